from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from dispatch.day_plan import Route, Stop
from dispatch.phone_clock import Reading
from dispatch.work_order import VisitState
from tests.phone_pocket import PROMISED, Pocket, give_to, planned, visit
from tests.town import Town


def give_back(town: Town, technician: str, visit_id: int) -> None:
    with town.system.transaction() as session:
        theirs = select(Route.id).where(Route.technician_id == town.technicians[technician])
        stop = session.scalars(select(Stop).where(Stop.visit_id == visit_id)).one()
        stop.route_id = session.scalars(theirs).one()


def test_when_another_set_out_says_nothing_of_when_the_one_who_made_the_visit_was_there(sqlite_town: Town) -> None:
    town = sqlite_town
    visit_id, now = planned(town), town.system.now()
    give_to(town, "T2", visit_id)
    other, maker = Pocket(town, "T2", "phone-2"), Pocket(town)
    set_out = other.note("en-route", visit_id)
    other.send(replace(set_out, happened=Reading(now + timedelta(hours=2))))
    give_back(town, "T1", visit_id)
    maker.arrives(visit_id)
    maker.send(maker.note("completion", visit_id, *PROMISED))
    made = visit(town, visit_id)
    assert (made.state, made.technician_id) == (VisitState.COMPLETED, town.technicians["T1"])
    assert made.left_at is not None and made.left_at < now + timedelta(hours=1)
