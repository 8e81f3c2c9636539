"""The second visit booked on the spot, over HTTP."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from werkzeug.test import TestResponse

from dispatch import appointments
from dispatch.work_order import Appointment, AppointmentState, BookedBy, WorkOrder
from tests.phone_day import Tuesday, log_in
from tests.promises import faults, in_force
from tests.town import AREA, TUESDAY, ZONE


def failed(tuesday: Tuesday, reason: str = "nobody-home") -> str:
    """T1's first visit comes to nothing; the beginning of the routes about it."""
    tuesday.phone.report(tuesday.first, "arrival")
    assert tuesday.phone.report(tuesday.first, "could-not-complete", reason=reason).status_code == 200
    return f"/mobile/v1/visits/{tuesday.first}"


def book(tuesday: Tuesday, one: str, starts_at: str, event_id: str = "") -> TestResponse:
    return tuesday.phone.post(f"{one}/appointment", event_id=event_id or str(uuid.uuid4()), starts_at=starts_at)


def promises(tuesday: Tuesday) -> list[Appointment]:
    with tuesday.town.system.transaction(read_only=True) as session:
        order = session.get_one(WorkOrder, tuesday.order_ids[0])
        return [made for visit in order.visits[1:] for made in visit.appointments]


def test_the_technician_books_the_second_visit_with_the_consumer_beside(tuesday: Tuesday) -> None:
    one = failed(tuesday)
    answer = tuesday.phone.get(f"{one}/windows")
    assert (answer.status_code, answer.headers["Shifu-Protocol"]) == (200, "1")
    found: Any = answer.json
    assert found["visit_id"] == tuesday.first
    assert (found["nothing_because"], found["appointment"]) == (None, None)
    assert any(offer["best"] for offer in found["offers"])
    chosen = found["offers"][-1]
    made = book(tuesday, one, chosen["starts_at"])
    assert (made.status_code, made.headers["Shifu-Protocol"]) == (200, "1")
    assert made.json is not None
    assert (made.json["starts_at"], made.json["booked_by"]) == (chosen["starts_at"], "technician")
    assert made.json["next_visit_id"] != tuesday.first
    (promise,) = promises(tuesday)
    assert (promise.booked_by, promise.state) == (BookedBy.TECHNICIAN, AppointmentState.CONFIRMED)
    on = datetime.fromisoformat(chosen["starts_at"]).astimezone(ZONE).date()
    assert on > TUESDAY
    assert faults(tuesday.town.system, AREA, [on]) == []
    assert tuesday.phone.read(f"{one}/windows")["appointment"]["starts_at"] == chosen["starts_at"]


def test_the_same_event_books_once_and_another_use_of_it_is_refused(tuesday: Tuesday) -> None:
    one = failed(tuesday)
    first, second = [offer["starts_at"] for offer in tuesday.phone.read(f"{one}/windows")["offers"]][-2:]
    event_id = str(uuid.uuid4())
    answers = [book(tuesday, one, first, event_id) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[0].json == answers[1].json == answers[2].json
    assert len(promises(tuesday)) == 1
    assert book(tuesday, one, second, event_id).status_code == 422
    moved = book(tuesday, one, second)
    assert moved.json is not None and moved.json["starts_at"] == second
    assert book(tuesday, one, first, event_id).json == moved.json
    assert len(in_force(tuesday.town.system, tuesday.order_ids[0])) == 1


def test_a_window_that_is_none_is_refused_and_nothing_is_booked(tuesday: Tuesday) -> None:
    one = failed(tuesday)
    assert book(tuesday, one, "2026-05-13T01:23:00Z").status_code == 422
    assert book(tuesday, one, "2026-05-13").status_code == 422
    assert tuesday.phone.post(f"{one}/appointment", starts_at="2026-05-13T02:00:00Z").status_code == 422
    assert promises(tuesday) == []


def test_there_is_no_second_visit_before_the_first_has_failed(tuesday: Tuesday) -> None:
    one = f"/mobile/v1/visits/{tuesday.first}"
    assert tuesday.phone.get(f"{one}/windows").status_code == 409
    refused = book(tuesday, one, "2026-05-13T02:00:00Z")
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (409, "illegal-transition")


def test_others_visits_are_not_found(tuesday: Tuesday) -> None:
    one = failed(tuesday)
    starts_at = tuesday.phone.read(f"{one}/windows")["offers"][0]["starts_at"]
    other = log_in(tuesday.phone.client, tuesday.clock, "T2")
    assert other.get(f"{one}/windows").status_code == 404
    body = {"event_id": str(uuid.uuid4()), "starts_at": starts_at}
    assert other.post(f"{one}/appointment", **body).status_code == 404
    assert promises(tuesday) == []


def test_what_the_consumer_has_booked_meanwhile_is_shown_and_not_moved(tuesday: Tuesday) -> None:
    one = failed(tuesday)
    first, second = [offer["starts_at"] for offer in tuesday.phone.read(f"{one}/windows")["offers"]][-2:]
    by_consumer(tuesday, first)
    found = tuesday.phone.read(f"{one}/windows")
    assert (found["offers"], found["appointment"]["starts_at"]) == ([], first)
    refused = book(tuesday, one, second)
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (409, "booked-already")
    assert [promise.booked_by for promise in promises(tuesday)] == [BookedBy.CONSUMER]


def by_consumer(tuesday: Tuesday, starts_at: str) -> None:
    system = tuesday.town.system
    with system.transaction() as session:
        appointments.choose(
            session, system.travel_times, session.get_one(WorkOrder, tuesday.order_ids[0]),
            datetime.fromisoformat(starts_at), booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        )  # fmt: skip
