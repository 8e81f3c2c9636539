"""What a server that speaks protocol 1 does. Each check is a function of a logged-in phone; it moves no visit.

They leave events behind that are rejected or are no visit's: run them with an account made for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from tests.phone_conformance import site_checks
from tests.phone_conformance.client import MARKER, Client

NOBODYS = 2**31 - 2
VISIT_FIELDS = {
    "id", "state", "cause", "revision", "window", "confirmed", "address", "place", "parts", "checklist", "proofs",
    "shots", "missing", "surcharges", "currency", "price", "goods", "told", "agreed", "accepted_at", "before",
}  # fmt: skip
ROUTE_FIELDS = {
    "on", "revision", "seen_revision", "starts_at", "ends_at", "travel", "distance", "time_zone", "area", "start",
    "breaks",
}  # fmt: skip
TOLD = {"readiness", "checklist", "serial", "signed", "parts_needed"}
REASONS = {"farther", "no-skill", "no-coverage", "not-at-work", "day-full", "van-full"}
WEEK_FIELDS = {"from", "visits", "work", "travel", "distance", "mine_of_median", "median"}


def every_answer_carries_the_marker_refusals_too(phone: Client) -> None:
    stranger = Client(phone.url)
    for heard in (
        phone.ask("GET", "/mobile/v1/hello"),
        stranger.ask("GET", "/mobile/v1/hello"),
        phone.ask("GET", "/mobile/v1/no-such-thing"),
        phone.ask("POST", "/mobile/v1/events", raw=b'{"protocol": 1, "eve'),
    ):
        assert heard.headers.get(MARKER.lower()) == "1", f"{heard.status} came without {MARKER}: 1"


def without_a_token_nothing_is_told(phone: Client) -> None:
    stranger = Client(phone.url)
    asked = (
        ("GET", "hello"),
        ("GET", "changes"),
        ("POST", "events"),
        ("POST", "token"),
        ("GET", "why"),
        ("GET", "account"),
    )
    statuses = {path: stranger.ask(method, f"/mobile/v1/{path}", {}).status for method, path in asked}
    assert set(statuses.values()) == {401}, statuses


def hello_tells_time_versions_and_limits(phone: Client) -> None:
    hello = phone.ask("GET", "/mobile/v1/hello").body
    assert 1 in hello["protocols"]
    assert hello["next_seq"] >= 1
    assert {"events", "body_bytes", "photo_bytes", "clock_skew"} <= set(hello["limits"])


def an_unknown_cursor_brings_everything_and_a_known_one_only_what_is_new(phone: Client) -> None:
    everything = phone.ask("GET", "/mobile/v1/changes?cursor=nonsense").body
    assert everything["full"] is True
    assert everything["gone"] == []
    later = phone.ask("GET", f"/mobile/v1/changes?cursor={everything['cursor']}").body
    assert later["full"] is False


def changes_tell_all_that_a_visit_asks_for(phone: Client) -> None:
    everything = phone.ask("GET", "/mobile/v1/changes").body
    assert {"today", "time_zone", "visits", "gone", "routes", "requests"} <= set(everything)
    for shown in everything["visits"]:
        assert {"on", "position", "travel", "distance", "colleague"} <= set(shown)
        visit = shown["visit"]
        assert set(visit) >= VISIT_FIELDS, VISIT_FIELDS - set(visit)
        assert set(visit["told"]) >= TOLD
        assert {"serial", "signature", "code"} <= set(visit["proofs"])
        assert sum(line["amount"] for line in visit["price"]["lines"]) == visit["price"]["total"]
    for route in everything["routes"]:
        assert set(route) >= ROUTE_FIELDS, ROUTE_FIELDS - set(route)


def routes_and_requests_are_always_told_whole(phone: Client) -> None:
    everything = phone.ask("GET", "/mobile/v1/changes").body
    later = phone.ask("GET", f"/mobile/v1/changes?cursor={everything['cursor']}").body
    assert (later["routes"], later["requests"]) == (everything["routes"], everything["requests"])


def why_counts_ever_fewer_and_gives_known_reasons(phone: Client) -> None:
    today = phone.ask("GET", "/mobile/v1/changes").body["today"]
    why = phone.ask("GET", f"/mobile/v1/why?on={today}").body
    assert why["on"] == today
    for each in why["visits"]:
        counts = [each[name] for name in ("technicians", "covering", "skilled", "at_work")]
        assert counts == sorted(counts, reverse=True)
        assert 1 <= each["rank"] <= each["able"]
        assert len(each["others"]) <= 3
        assert {other["reason"] for other in each["others"]} <= REASONS
        drives = [other["minutes"] for other in each["others"]]
        assert drives == sorted(drives)


def the_account_has_four_weeks_from_their_mondays(phone: Client) -> None:
    weeks = phone.ask("GET", "/mobile/v1/account").body["weeks"]
    mondays = [date.fromisoformat(week["from"]) for week in weeks]
    assert [monday.weekday() for monday in mondays] == [0, 0, 0, 0]
    assert mondays == [mondays[0] + timedelta(weeks=n) for n in range(4)]
    assert all(set(week) >= WEEK_FIELDS for week in weeks)


def an_event_is_answered_once_and_the_same_when_repeated(phone: Client) -> None:
    event = phone.event("check-in", NOBODYS)
    first, again = phone.send(event), phone.send(event)
    assert first.body["answers"] == again.body["answers"]
    assert first.body["answers"][0]["reason"] == "not-yours"


def answers_come_in_the_order_of_the_events(phone: Client) -> None:
    events = [phone.event("check-in", NOBODYS) for _ in range(5)]
    answers = phone.send(*reversed(events)).body["answers"]
    assert [each["event_id"] for each in answers] == [each["event_id"] for each in reversed(events)]


def an_event_without_its_predecessor_is_held_until_that_comes(phone: Client) -> None:
    first, second = phone.event("check-in", NOBODYS), phone.event("check-in", NOBODYS)
    assert phone.outcomes(second) == ["held"]
    assert phone.outcomes(first) == ["rejected"]
    assert phone.outcomes(second) == ["rejected"]


def what_a_phone_has_lost_is_not_waited_for(phone: Client) -> None:
    _lost, kept = phone.event("check-in", NOBODYS), phone.event("check-in", NOBODYS)
    assert phone.outcomes(kept) == ["held"]
    assert phone.outcomes(kept, oldest_seq=kept["seq"]) == ["rejected"]
    assert phone.ask("GET", "/mobile/v1/hello").body["next_seq"] == kept["seq"] + 1


def an_edited_repeat_is_rejected(phone: Client) -> None:
    event = phone.event("check-in", NOBODYS)
    phone.send(event)
    answer = phone.send(event | {"visit_id": NOBODYS - 1}).body["answers"][0]
    assert (answer["outcome"], answer["reason"]) == ("rejected", "edited")


def an_unreadable_event_does_not_spoil_the_others(phone: Client) -> None:
    good, bad = phone.event("check-in", NOBODYS), {"event_id": "no uuid", "seq": -1}
    answers = phone.send(bad, good).body["answers"]
    assert answers[0]["reason"].startswith("unreadable:")
    assert answers[1]["reason"] == "not-yours"


def types_and_fields_of_a_newer_app_do_no_harm(phone: Client) -> None:
    newer = phone.event("hologram", NOBODYS, mood="good")
    answer = phone.send(newer, battery=80).body["answers"][0]
    assert (answer["outcome"], answer["reason"]) == ("rejected", "unknown-type")


def an_unknown_protocol_is_refused_whole(phone: Client) -> None:
    heard = phone.send(phone.event("check-in", NOBODYS), protocol=999)
    phone.seq -= 1
    assert heard.status == 422


def a_wrong_clock_is_measured_and_flagged_and_refuses_nothing(phone: Client) -> None:
    phone.skew = timedelta(hours=48)
    heard = phone.send(phone.event("check-in", NOBODYS))
    phone.skew = timedelta(0)
    assert abs(heard.body["skew"] - 48 * 3600) < 60
    assert heard.body["answers"][0]["flags"] == ["clock-skew"]


def too_large_a_batch_is_refused_whole(phone: Client) -> None:
    most = phone.ask("GET", "/mobile/v1/hello").body["limits"]["events"]
    event = phone.event("check-in", NOBODYS)
    phone.seq -= 1
    assert phone.send(*[event] * (most + 1)).status in {413, 422}


def a_token_is_replaced_and_the_old_one_is_good_for_a_repeat(phone: Client) -> None:
    lost, kept = (phone.ask("POST", "/mobile/v1/token") for _ in range(2))
    assert lost.body["token"] != kept.body["token"]
    phone.token = kept.body["token"]
    assert phone.ask("GET", "/mobile/v1/hello").status == 200


CHECKS: tuple[Callable[[Client], None], ...] = (
    every_answer_carries_the_marker_refusals_too,
    without_a_token_nothing_is_told,
    hello_tells_time_versions_and_limits,
    an_unknown_cursor_brings_everything_and_a_known_one_only_what_is_new,
    changes_tell_all_that_a_visit_asks_for,
    routes_and_requests_are_always_told_whole,
    why_counts_ever_fewer_and_gives_known_reasons,
    the_account_has_four_weeks_from_their_mondays,
    an_event_is_answered_once_and_the_same_when_repeated,
    answers_come_in_the_order_of_the_events,
    an_event_without_its_predecessor_is_held_until_that_comes,
    what_a_phone_has_lost_is_not_waited_for,
    an_edited_repeat_is_rejected,
    an_unreadable_event_does_not_spoil_the_others,
    types_and_fields_of_a_newer_app_do_no_harm,
    an_unknown_protocol_is_refused_whole,
    a_wrong_clock_is_measured_and_flagged_and_refuses_nothing,
    too_large_a_batch_is_refused_whole,
    *site_checks.CHECKS,
    a_token_is_replaced_and_the_old_one_is_good_for_a_repeat,
)
