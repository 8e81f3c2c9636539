"""Days kept in memory follow what is committed, and nothing else."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dispatch import appointments, roster_changes, slots, standing
from dispatch.errors import SlotTaken
from dispatch.slots import Offer
from dispatch.standing import Kept
from dispatch.system import System
from dispatch.work_order import BookedBy, WorkOrder
from technicians.people import AbsenceReason
from tests.town import DOORS, TUESDAY, Town, shanghai


def new_order(town: Town, number: str, product: str = "lamp", county: str = "310101") -> int:
    lng, lat = DOORS[county]
    with town.system.transaction() as session:
        order = town.order(session, number, product, county, at=(lng + len(number) * 1e-3, lat))
        order.consumer_phone, order.address = f"139{number}", f"南京东路{number}号"
        return order.id


def offered(system: System, order_id: int) -> tuple[Offer, ...]:
    with system.transaction(read_only=True) as session:
        visit = session.get_one(WorkOrder, order_id).visits[0]
        return slots.offers(session, system.travel_times, visit, system.now()).offers


def choose(system: System, order_id: int, starts_at: datetime) -> None:
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        appointments.choose(
            session, system.travel_times, order, starts_at,
            booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        )  # fmt: skip


def forgetful(system: System) -> System:
    """The same records, seen by a process that has just started."""
    return replace(system, days=Kept())


@pytest.mark.parametrize("most_changed", [40, 1])
def test_a_process_that_remembers_offers_what_one_offers_that_has_just_started(
    system: System, town: Town, monkeypatch: pytest.MonkeyPatch, most_changed: int
) -> None:
    monkeypatch.setattr(standing, "MOST_CHANGED", most_changed)
    asking = new_order(town, "asking")
    elsewhere, dice = forgetful(system), random.Random(7)
    booked: list[int] = []
    for n in range(8):
        assert offered(system, asking) == offered(forgetful(system), asking)
        if booked and dice.random() < 0.3:
            with elsewhere.transaction() as session:
                order = session.get_one(WorkOrder, booked.pop())
                appointments.call_off(session, system.travel_times, order, by="consumer", at=system.now())
        else:
            order_id = new_order(town, f"b{n}", dice.choice(["lamp", "water-heater"]))
            choose(elsewhere, order_id, dice.choice(offered(elsewhere, order_id)).starts_at)
            booked.append(order_id)
    assert offered(system, asking) == offered(forgetful(system), asking)


def test_what_a_transaction_gave_up_is_not_remembered(system: System, town: Town) -> None:
    asking, other = new_order(town, "asking", "water-heater", "310115"), new_order(town, "b", "water-heater", "310115")
    before = offered(system, asking)
    with pytest.raises(SlotTaken, match="on purpose"), system.transaction() as session:
        order = session.get_one(WorkOrder, other)
        appointments.choose(
            session, system.travel_times, order, shanghai(10),
            booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        )  # fmt: skip
        visit = session.get_one(WorkOrder, asking).visits[0]
        assert slots.offers(session, system.travel_times, visit, system.now()).offers != before
        raise SlotTaken("on purpose")
    assert offered(system, asking) == before


def test_a_booking_is_the_first_thing_a_process_is_asked_for(system: System, town: Town) -> None:
    asking, other = new_order(town, "asking"), new_order(town, "b")
    choose(system, other, shanghai(10))
    assert offered(system, asking) == offered(forgetful(system), asking)


def test_an_absence_is_noticed(system: System, town: Town) -> None:
    asking = new_order(town, "asking", "water-heater", "310115")
    assert {offer.on_date for offer in offered(system, asking)} >= {TUESDAY}
    with system.transaction() as session:
        roster_changes.add_absence(
            session, town.technicians["T3"], starts_at=shanghai(0), ends_at=shanghai(0) + timedelta(days=1),
            reason=AbsenceReason.ILL, by="ada", at=system.now(),
        )  # fmt: skip
    assert TUESDAY not in {offer.on_date for offer in offered(system, asking)}


def test_an_order_that_is_moved_finds_the_time_it_has_itself(system: System, town: Town) -> None:
    order_id = new_order(town, "a", "water-heater", "310115")
    free = {offer.starts_at for offer in offered(system, order_id)}
    choose(system, order_id, shanghai(10))
    assert {offer.starts_at for offer in offered(system, order_id)} == free


def test_only_so_many_routes_are_remembered(system: System, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "MOST_ROUTES_KEPT", 5)
    offered(system, new_order(town, "a"))
    assert sum(len(day.people) for day in system.days.days.values()) <= 5
