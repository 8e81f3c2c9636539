from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from dispatch import phone_events, phone_login
from dispatch.day_plan import Route, Stop
from dispatch.evidence import VisitEvent
from dispatch.phone_records import PhoneConflict, PhoneEvent
from dispatch.work_order import Visit, VisitState
from tests.phone_day import Phone, Tuesday, log_in

PROMISED = [
    {"sha256": "ab" * 32, "size": 1000, "kind": "photo", "shot": "before"},
    {"sha256": "cd" * 32, "size": 1000, "kind": "photo", "shot": "after"},
]


@dataclass
class Outbox:
    """A phone's events, numbered as they happen."""

    phone: Phone
    seq: int = 0
    made: list[dict[str, Any]] = field(default_factory=list)

    def note(self, kind: str, visit_id: int | None, **more: Any) -> dict[str, Any]:
        self.seq += 1
        event = {
            "event_id": str(uuid.uuid4()), "seq": self.seq, "type": kind, "visit_id": visit_id,
            "device_time": self.phone.clock().isoformat(),
        } | more  # fmt: skip
        self.made.append(event)
        return event

    def send(self, *events: dict[str, Any], **more: Any) -> Any:
        body = {"protocol": 1, "sent_at": self.phone.clock().isoformat(), "events": list(events)} | more
        answer = self.phone.post("/mobile/v1/events", **body)
        assert answer.status_code == 200, answer.text
        return answer.json

    def outcomes(self, *events: dict[str, Any], **more: Any) -> list[str]:
        return [each["outcome"] for each in self.send(*events, **more)["answers"]]

    def whole(self, visit_id: int) -> list[dict[str, Any]]:
        return [
            self.note("en-route", visit_id),
            self.note("check-in", visit_id),
            self.note("completion", visit_id, attachments=PROMISED),
        ]


@pytest.fixture
def outbox(tuesday: Tuesday) -> Outbox:
    return Outbox(tuesday.phone)


def count(tuesday: Tuesday, record: type[Any]) -> int:
    with tuesday.town.system.transaction(read_only=True) as session:
        return session.scalar(select(func.count()).select_from(record)) or 0


def visit_of(tuesday: Tuesday, visit_id: int) -> Visit:
    with tuesday.town.system.transaction(read_only=True) as session:
        return session.get_one(Visit, visit_id)


def give_to(tuesday: Tuesday, code: str, visit_id: int) -> None:
    """Move a visit to another technician's published route."""
    with tuesday.town.system.transaction() as session:
        stop = session.scalars(select(Stop).where(Stop.visit_id == visit_id)).one()
        route = Route(day_plan_id=stop.day_plan_id, technician_id=tuesday.town.technicians[code])
        session.add(route)
        session.flush()
        stop.route_id = route.id


def test_a_whole_visit_in_one_batch_is_applied_in_order_however_it_is_shuffled(
    tuesday: Tuesday, outbox: Outbox
) -> None:
    events = outbox.whole(tuesday.first)
    assert outbox.outcomes(*reversed(events)) == ["applied"] * 3
    assert visit_of(tuesday, tuesday.first).state == VisitState.COMPLETED


def test_a_batch_sent_again_changes_nothing(tuesday: Tuesday, outbox: Outbox) -> None:
    events = outbox.whole(tuesday.first)
    outbox.send(*events)
    assert outbox.outcomes(*events) == ["duplicate"] * 3
    assert count(tuesday, VisitEvent) == 3


def test_an_event_without_its_predecessor_is_held_until_that_comes(tuesday: Tuesday, outbox: Outbox) -> None:
    first, second, third = outbox.whole(tuesday.first)
    assert outbox.outcomes(second, third) == ["held", "held"]
    assert visit_of(tuesday, tuesday.first).state == VisitState.WAITING
    assert outbox.outcomes(first) == ["applied"]
    assert visit_of(tuesday, tuesday.first).state == VisitState.COMPLETED
    assert outbox.outcomes(second, third) == ["duplicate", "duplicate"]


def test_what_a_phone_has_lost_is_not_waited_for(tuesday: Tuesday, outbox: Outbox) -> None:
    _lost, arrival, completion = outbox.whole(tuesday.first)
    assert outbox.outcomes(arrival, completion) == ["held", "held"]
    assert outbox.outcomes(arrival, completion, oldest_seq=2) == ["applied", "applied"]


def test_what_was_held_for_half_a_day_is_applied_without_its_predecessor(tuesday: Tuesday, outbox: Outbox) -> None:
    _lost, arrival, completion = outbox.whole(tuesday.first)
    outbox.send(arrival, completion)
    tuesday.clock.advance(hours=11)
    assert phone_events.sweep(tuesday.town.system) == 0
    tuesday.clock.advance(hours=2)
    assert phone_events.sweep(tuesday.town.system) == 1
    assert visit_of(tuesday, tuesday.first).state == VisitState.COMPLETED


def test_a_phone_that_leaves_gaps_without_end_is_not_waited_for_without_end(
    tuesday: Tuesday, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_events, "HELD_MOST", 2)
    _lost, arrival, completion = outbox.whole(tuesday.first)
    assert outbox.outcomes(arrival, completion) == ["held", "held"]
    outbox.seq += 1
    later = outbox.note("en-route", tuesday.visit_ids[1])
    assert outbox.outcomes(later) == ["held"]
    assert visit_of(tuesday, tuesday.first).state == VisitState.COMPLETED, "what came first no longer waits"


def test_a_repeat_with_other_words_is_rejected(tuesday: Tuesday, outbox: Outbox) -> None:
    event = outbox.note("check-in", tuesday.first)
    outbox.send(event)
    answer = outbox.send(event | {"visit_id": tuesday.visit_ids[1]})["answers"][0]
    assert (answer["outcome"], answer["reason"]) == ("rejected", "edited")


def test_somebody_elses_event_id_and_visit_are_rejected(tuesday: Tuesday, outbox: Outbox) -> None:
    event = outbox.note("check-in", tuesday.first)
    outbox.send(event)
    other = Outbox(log_in(tuesday.phone.client, tuesday.clock, "T2"))
    assert other.send(event)["answers"][0]["reason"] == "event-id-taken"
    foreign, unknown = other.note("check-in", tuesday.first), other.note("check-in", 999_999)
    assert [each["reason"] for each in other.send(foreign, unknown)["answers"]] == ["not-yours"] * 2
    assert count(tuesday, VisitEvent) == 1


def test_an_unreadable_event_does_not_spoil_the_others(tuesday: Tuesday, outbox: Outbox) -> None:
    good = outbox.note("check-in", tuesday.first)
    bad = outbox.note("check-in", tuesday.first) | {"lng": 500, "lat": 31}
    answers = outbox.send(bad, good)["answers"]
    assert [each["outcome"] for each in answers] == ["rejected", "applied"]
    assert answers[0]["reason"] == "unreadable:lng"


def test_an_event_type_of_a_newer_app_is_kept_and_does_not_stop_what_follows(tuesday: Tuesday, outbox: Outbox) -> None:
    newer = outbox.note("hologram", tuesday.first, mood="good")
    answers = outbox.send(newer, outbox.note("check-in", tuesday.first))["answers"]
    assert [(each["outcome"], each["reason"]) for each in answers] == [("rejected", "unknown-type"), ("applied", "")]
    assert count(tuesday, PhoneEvent) == 2


def test_a_clock_two_days_wrong_changes_no_time_and_is_flagged(tuesday: Tuesday, outbox: Outbox) -> None:
    wrong = tuesday.clock() + timedelta(hours=48)
    event = outbox.note("check-in", tuesday.first, device_time=(wrong - timedelta(minutes=50)).isoformat())
    receipt = outbox.send(event, sent_at=wrong.isoformat())
    assert receipt["skew"] == 48 * 3600
    assert receipt["answers"][0]["flags"] == ["clock-skew"]
    assert visit_of(tuesday, tuesday.first).arrived_at == tuesday.clock() - timedelta(minutes=50)


def test_a_clock_that_was_set_in_between_is_seen_through_by_the_counter(tuesday: Tuesday, outbox: Outbox) -> None:
    long_ago = (tuesday.clock() - timedelta(hours=30)).isoformat()
    event = outbox.note("check-in", tuesday.first, device_time=long_ago, boot="b1", monotonic_ms=60_000)
    outbox.send(event, boot="b1", monotonic_ms=660_000)
    assert visit_of(tuesday, tuesday.first).arrived_at == tuesday.clock() - timedelta(minutes=10)


def test_what_was_done_before_the_office_gave_it_away_counts_and_the_dispatcher_sees_it(
    tuesday: Tuesday, outbox: Outbox
) -> None:
    tuesday.phone.get("/mobile/v1/changes")
    give_to(tuesday, "T2", tuesday.first)
    answers = outbox.send(*outbox.whole(tuesday.first))["answers"]
    assert [(each["outcome"], each["counts"]) for each in answers] == [
        ("conflict", False), ("conflict", True), ("applied", True),
    ]  # fmt: skip
    done = visit_of(tuesday, tuesday.first)
    assert (done.state, done.technician_id) == (VisitState.COMPLETED, tuesday.town.technicians["T1"])
    assert (count(tuesday, VisitEvent), count(tuesday, PhoneConflict)) == (3, 2)


def test_two_who_completed_the_same_visit_leave_two_facts_and_the_earlier_one_counts(
    tuesday: Tuesday, outbox: Outbox
) -> None:
    tuesday.phone.get("/mobile/v1/changes")
    early = outbox.whole(tuesday.first)
    give_to(tuesday, "T2", tuesday.first)
    tuesday.clock.advance(hours=2)
    other = Outbox(log_in(tuesday.phone.client, tuesday.clock, "T2"))
    late = other.whole(tuesday.first)
    assert other.outcomes(*late) == ["applied"] * 3
    answers = outbox.send(*early)["answers"]
    assert [(each["reason"], each["counts"]) for each in answers] == [
        ("taken", False), ("taken", False), ("taken", True),
    ]  # fmt: skip
    done = visit_of(tuesday, tuesday.first)
    assert done.technician_id == tuesday.town.technicians["T1"]
    assert done.left_at == tuesday.clock() - timedelta(hours=2)
    assert count(tuesday, VisitEvent) == 6


def test_what_was_done_at_a_cancelled_visit_is_kept_and_moves_nothing(tuesday: Tuesday, outbox: Outbox) -> None:
    with tuesday.town.system.transaction() as session:
        session.get_one(Visit, tuesday.first).move_to(VisitState.CANCELLED)
    answers = outbox.send(*outbox.whole(tuesday.first))["answers"]
    assert [(each["reason"], each["counts"]) for each in answers] == [("cancelled", False)] * 3
    assert visit_of(tuesday, tuesday.first).state == VisitState.CANCELLED
    assert (count(tuesday, VisitEvent), count(tuesday, PhoneConflict)) == (3, 3)


def test_completion_without_promised_photos_is_a_conflict_and_stops_nothing(tuesday: Tuesday, outbox: Outbox) -> None:
    arrival, completion = outbox.note("check-in", tuesday.first), outbox.note("completion", tuesday.first)
    answers = outbox.send(arrival, completion, outbox.note("en-route", tuesday.visit_ids[1]))["answers"]
    assert [each["outcome"] for each in answers] == ["applied", "conflict", "applied"]
    assert answers[1]["reason"] == "photos-missing"


def test_an_event_that_an_older_app_told_already_is_a_duplicate(tuesday: Tuesday, outbox: Outbox) -> None:
    event = outbox.note("check-in", tuesday.first)
    old = {"event_id": event["event_id"], "occurred_at": event["device_time"]}
    assert tuesday.phone.post(f"/mobile/v1/visits/{tuesday.first}/arrival", **old).status_code == 200
    assert outbox.outcomes(event, outbox.note("completion", tuesday.first, attachments=PROMISED)) == [
        "duplicate", "applied",
    ]  # fmt: skip


def test_fields_of_a_newer_app_are_passed_over_and_an_unknown_protocol_is_refused(
    tuesday: Tuesday, outbox: Outbox
) -> None:
    event = outbox.note("check-in", tuesday.first, mood="good")
    assert outbox.outcomes(event, battery=80) == ["applied"]
    body = {"protocol": 9, "sent_at": tuesday.clock().isoformat(), "events": []}
    assert tuesday.phone.post("/mobile/v1/events", **body).status_code == 422


def test_that_a_route_was_seen_is_an_event_too(tuesday: Tuesday, outbox: Outbox) -> None:
    seen = outbox.note("route-seen", None, payload={"on": "2026-05-12", "revision": 1})
    wrong = outbox.note("route-seen", None, payload={"on": "someday"})
    none = outbox.note("route-seen", None, payload={"on": "2026-05-30", "revision": 1})
    answers = outbox.send(seen, wrong, none)["answers"]
    assert [each["reason"] for each in answers] == ["", "unreadable-payload", "no-route"]
    assert tuesday.phone.read("/mobile/v1/day")["seen_revision"] == 1


def test_the_same_batch_from_many_connections_at_once_counts_once(tuesday_on_both: Tuesday) -> None:
    phone = tuesday_on_both.phone
    events = Outbox(phone).whole(tuesday_on_both.first)
    body = {"protocol": 1, "sent_at": phone.clock().isoformat(), "events": events}
    together = Barrier(4)

    def send() -> int:
        client = phone.client.application.test_client()
        together.wait()
        return replace(phone, client=client).post("/mobile/v1/events", **body).status_code

    with ThreadPoolExecutor(4) as threads:
        answers = [each.result() for each in [threads.submit(send) for _ in range(4)]]
    assert set(answers) <= {200, 409}
    assert Outbox(phone).outcomes(*events) == ["duplicate"] * 3
    assert count(tuesday_on_both, VisitEvent) == 3


def test_every_answer_carries_the_marker_refusals_too(tuesday: Tuesday) -> None:
    client = tuesday.phone.client
    answers = [
        tuesday.phone.get("/mobile/v1/hello"),
        tuesday.phone.post("/mobile/v1/events", nonsense=1),
        client.get("/mobile/v1/hello"),
        client.get("/mobile/v1/nothing-here"),
    ]
    assert [answer.status_code for answer in answers] == [200, 422, 401, 404]
    assert {answer.headers["Shifu-Protocol"] for answer in answers} == {"1"}


def test_hello_tells_the_time_the_limits_and_where_the_server_stands(tuesday: Tuesday, outbox: Outbox) -> None:
    outbox.send(*outbox.whole(tuesday.first))
    hello = tuesday.phone.read("/mobile/v1/hello")
    assert (hello["protocols"], hello["next_seq"], hello["rotate_token"]) == ([1], 4, False)
    assert hello["server_time"] == tuesday.clock().isoformat().replace("+00:00", "Z")


def test_a_token_is_replaced_and_the_old_one_is_good_for_a_repeat_within_the_hour(tuesday: Tuesday) -> None:
    phone = tuesday.phone
    lost, kept = phone.post("/mobile/v1/token"), phone.post("/mobile/v1/token")
    assert lost.json is not None
    assert kept.json is not None
    renewed = replace(phone, token=kept.json["token"])
    tuesday.clock.advance(minutes=61)
    assert renewed.get("/mobile/v1/hello").status_code == 200
    assert phone.get("/mobile/v1/hello").status_code == 401
    assert replace(phone, token=lost.json["token"]).get("/mobile/v1/hello").status_code == 401


def test_a_revoked_phone_is_out_at_once_with_all_its_tokens(tuesday: Tuesday) -> None:
    granted = tuesday.phone.post("/mobile/v1/token").json
    assert granted is not None
    renewed = replace(tuesday.phone, token=granted["token"])
    with tuesday.town.system.transaction() as session:
        phone_login.revoke_all(session, tuesday.town.technicians["T1"], tuesday.clock())
    assert [each.get("/mobile/v1/hello").status_code for each in (tuesday.phone, renewed)] == [401, 401]
