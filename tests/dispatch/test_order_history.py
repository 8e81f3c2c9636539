from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from dispatch import order_history, orders
from dispatch.evidence import EventType, Proof, ProofKind, VisitEvent
from dispatch.work_order import FailureReason, WorkOrder
from technicians.errors import NotFound
from tests.town import Town, shanghai


def event(town: Town, order: WorkOrder, kind: EventType, hour: float, number: int) -> VisitEvent:
    return VisitEvent(
        event_id=f"0197-{number}", visit_id=order.visits[0].id, technician_id=town.technicians["T1"], type=kind,
        device_id="phone", device_time=shanghai(hour), received_at=shanghai(hour) + timedelta(minutes=1), payload={},
    )  # fmt: skip


def photographed(town: Town, session: Session, order: WorkOrder, content: bytes, shot: str = "after") -> Proof:
    proof = Proof(
        visit_id=order.visits[0].id, technician_id=town.technicians["T1"], kind=ProofKind.PHOTO, shot_code=shot,
        source_sha256="s", sha256=town.system.photos.put(content), size=len(content), received_at=town.system.now(),
    )  # fmt: skip
    session.add(proof)
    session.flush()
    return proof


def test_decisions_promises_and_facts_are_told_in_the_order_of_time(town: Town) -> None:
    with town.system.transaction() as session:
        order = town.order(session, "A-1", window=(9, 11))
        session.add_all(
            event(town, order, kind, hour, number)
            for number, (kind, hour) in enumerate([(EventType.CHECK_IN, 9.5), (EventType.EN_ROUTE, 9)])
        )
        session.flush()
        told = order_history.history(session, order.id)
    assert [(h.kind, h.what) for h in told] == [
        ("decided", "work-order.submitted"),
        ("promised", "confirmed"),
        ("reported", "en-route"),
        ("reported", "check-in"),
    ]
    assert told[2].by == "王师傅"
    assert told[1].facts == {"starts_at": shanghai(9), "ends_at": shanghai(11)}


def test_a_cancellation_is_told_with_who_and_why(sqlite_town: Town) -> None:
    system = sqlite_town.system
    with system.transaction() as session:
        order = sqlite_town.order(session, "A-1")
        orders.cancel(session, system.travel_times, order.id, by="li", at=system.now(), why="sold the house")
        last = order_history.history(session, order.id)[-1]
    assert (last.what, last.by, last.why) == ("work-order.cancelled", "li", "sold the house")


def test_a_failed_visit_is_told_with_its_reason(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        order = sqlite_town.order(session, "A-1")
        visit = order.visits[0]
        visit.failure_reason, visit.failure_note = FailureReason.NOBODY_HOME, "rang three times"
        session.add(event(sqlite_town, order, EventType.COULD_NOT_COMPLETE, 9, 1))
        session.flush()
        last = order_history.history(session, order.id)[-1]
    assert (last.facts["reason"], last.why) == (FailureReason.NOBODY_HOME, "rang three times")


def test_a_photo_is_not_found_under_another_order_or_for_another_merchant(sqlite_town: Town) -> None:
    system = sqlite_town.system
    with system.transaction() as session:
        mine, other = sqlite_town.order(session, "A-1"), sqlite_town.order(session, "A-2")
        proof = photographed(sqlite_town, session, mine, b"a photo")
        order_history.require_photo(session, mine.id, proof.id)
        with pytest.raises(NotFound):
            order_history.require_photo(session, other.id, proof.id)
        with pytest.raises(NotFound):
            order_history.require_photo(session, mine.id, proof.id, merchant_id=99)
        with pytest.raises(NotFound):
            order_history.history(session, mine.id, merchant_id=99)
