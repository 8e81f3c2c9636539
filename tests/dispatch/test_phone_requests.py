from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dispatch.audit import AuditEntry
from dispatch.request_records import RequestKind, RequestState, TechnicianRequest
from technicians.people import AbsenceReason
from tests.phone_pocket import Pocket, planned
from tests.town import Town, shanghai

FREE = {"starts_at": shanghai(8).isoformat(), "ends_at": shanghai(18).isoformat(), "note": "看牙"}


def requests(town: Town) -> list[TechnicianRequest]:
    with town.system.transaction(read_only=True) as session:
        found = list(session.scalars(select(TechnicianRequest).order_by(TechnicianRequest.id)))
        session.expunge_all()
        return found


def test_an_absence_is_asked_for_and_waits_for_the_office(town: Town) -> None:
    phone = Pocket(town)
    assert phone.tell("absence-request", None, **FREE, reason="ill") == "applied"
    [request] = requests(town)
    assert (request.kind, request.state, request.reason) == (RequestKind.ABSENCE, RequestState.OPEN, AbsenceReason.ILL)
    assert (request.starts_at, request.ends_at, request.note) == (shanghai(8), shanghai(18), "看牙")
    assert request.event_id == phone.made[0].event_id
    with town.system.transaction(read_only=True) as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == "request")).all()
    assert actions == ["request.asked"]


def test_asking_again_with_the_same_event_asks_once(town: Town) -> None:
    phone = Pocket(town)
    asked = phone.note("shift-request", None, **FREE)
    phone.send(asked)
    assert phone.send(asked)[0].verdict == "duplicate"
    assert [request.kind for request in requests(town)] == [RequestKind.SHIFT]


def test_a_swap_is_asked_for_one_of_ones_own_visits(town: Town) -> None:
    visit_id = planned(town)
    assert Pocket(town, "T3").tell("swap-request", visit_id, note="") == "not-yours"
    assert Pocket(town, "T1").tell("swap-request", visit_id, note="Too far") == "applied"
    [request] = requests(town)
    assert (request.kind, request.visit_id, request.starts_at) == (RequestKind.SWAP, visit_id, None)


def test_an_open_request_is_withdrawn_once_and_by_its_own_technician_only(town: Town) -> None:
    phone = Pocket(town)
    phone.tell("absence-request", None, **FREE, reason="leave")
    named = {"event_id": phone.made[0].event_id}
    assert Pocket(town, "T2").tell("request-withdrawn", None, **named) == "no-request"
    assert phone.tell("request-withdrawn", None, **named) == "applied"
    assert phone.tell("request-withdrawn", None, **named) == "applied"
    [request] = requests(town)
    assert (request.state, request.decided_by) == (RequestState.WITHDRAWN, "technician:T1")


def test_what_the_office_has_decided_cannot_be_withdrawn(sqlite_town: Town) -> None:
    phone = Pocket(sqlite_town)
    phone.tell("absence-request", None, **FREE, reason="leave")
    with sqlite_town.system.transaction() as session:
        request = session.scalars(select(TechnicianRequest)).one().move_to(RequestState.GRANTED)
        request.decided_at, request.decided_by = sqlite_town.system.now(), "dispatcher:li"
    assert phone.tell("request-withdrawn", None, event_id=phone.made[0].event_id) == "already-decided"
    assert requests(sqlite_town)[0].state == RequestState.GRANTED


@pytest.mark.parametrize(
    "payload",
    [
        FREE | {"reason": "tired"},
        FREE | {"reason": "ill", "ends_at": FREE["starts_at"]},
        FREE | {"reason": "ill", "starts_at": "2026-05-12T08:00:00"},
        FREE | {"reason": "ill", "ends_at": "tomorrow"},
        FREE | {"reason": "ill", "ends_at": (shanghai(8) + timedelta(days=400)).isoformat()},
    ],
)
def test_a_request_that_cannot_be_read_is_rejected(sqlite_town: Town, payload: dict[str, Any]) -> None:
    assert Pocket(sqlite_town).tell("absence-request", None, **payload) == "unreadable-payload"
    assert requests(sqlite_town) == []
