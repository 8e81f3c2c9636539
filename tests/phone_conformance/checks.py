"""What a server that speaks protocol 1 does. Each check is a function of a logged-in phone; it moves no visit.

They leave events behind that are rejected or are no visit's: run them with an account made for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.phone_conformance.client import MARKER, Client

NOBODYS = 2**31 - 2


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
    asked = (("GET", "hello"), ("GET", "changes"), ("POST", "events"), ("POST", "token"))
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
    a_token_is_replaced_and_the_old_one_is_good_for_a_repeat,
)
