"""Visits that take two technicians: planned, kept, moved, shown and made together."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from dispatch import (
    board,
    booking,
    changes,
    consumer_view,
    links,
    orders,
    plan_day,
    plans,
    publishing,
    replan,
    technician_day,
    visit_card,
    visits,
)
from dispatch.catalogue import ServiceProduct
from dispatch.day_plan import Route, Stop, Unassigned
from dispatch.engines import Engine
from dispatch.evidence import VisitEvent
from dispatch.mishaps import Mishaps
from dispatch.planning import Snapshot, snapshot
from dispatch.system import System
from dispatch.work_order import BookedBy, Visit, VisitState
from routing.check import violations
from routing.limits import Limits
from tests.clock import Clock
from tests.dispatch import engines
from tests.phone_day import fact
from tests.town import AREA, TUESDAY, Town, shanghai

LIMITS = Limits(seconds=1.0, iterations=200)
BOTH = {"T1", "T2"}


@pytest.fixture
def crew_town(town: Town) -> Town:
    """The town, in which a lamp takes two; T1 and T2 can do it in Huangpu and Xuhui."""
    with town.system.transaction() as session:
        session.get_one(ServiceProduct, "lamp").crew_size = 2
    return town


def ordered(town: Town, number: str = "A1", product: str = "lamp", window: tuple[float, float] = (10, 12)) -> int:
    with town.system.transaction() as session:
        return town.order(session, number, product, "310101", window).visits[0].id


def planned(town: Town, engine: Engine | None = None) -> int:
    chosen = {"engine": engine} if engine else {}
    return plan_day.run(town.system, AREA, TUESDAY, LIMITS, by="ada", **chosen).plan_id


def published(town: Town) -> int:
    plan_id = planned(town)
    with town.system.transaction() as session:
        plans.publish(session, plan_id, by="ada", at=town.system.now())
    return plan_id


def who_and_when(town: Town, plan_id: int, visit_id: int) -> dict[str, datetime]:
    """The start of every stop of the visit, by the technician's code."""
    codes = {number: code for code, number in town.technicians.items()}
    query = select(Route.technician_id, Stop.scheduled_start).join(Stop, Stop.route_id == Route.id)
    with town.system.transaction(read_only=True) as session:
        rows = session.execute(query.where(Stop.day_plan_id == plan_id, Stop.visit_id == visit_id))
        return {codes[technician]: start for technician, start in rows}


def looked_at(system: System, plan_id: int) -> Snapshot:
    with system.transaction(read_only=True) as session:
        return snapshot(session, system.travel_times, AREA, TUESDAY, plan=plans.find(session, plan_id))


def moved(town: Town, plan_id: int, visit_id: int, to: str | None, **more: object) -> list[str]:
    """Move by hand; the rules that breaks."""
    with town.system.transaction() as session:
        technician_id = town.technicians[to] if to else None
        done = changes.move(
            session, town.system.travel_times, plan_id, visit_id, technician_id, **more,
            revisions={}, by="ada", at=town.system.now(),
        )  # type: ignore[arg-type]  # fmt: skip
    return [violation["rule"] for violation in done.violations]


def test_two_technicians_begin_at_the_same_instant_and_it_counts_as_one_visit(crew_town: Town) -> None:
    visit_id = ordered(crew_town)
    outcome = plan_day.run(crew_town.system, AREA, TUESDAY, LIMITS, by="ada")
    found = who_and_when(crew_town, outcome.plan_id, visit_id)
    assert found.keys() == BOTH
    assert len(set(found.values())) == 1
    assert (outcome.visits, outcome.placed) == (1, 1)


def test_a_plan_with_two_at_one_visit_is_read_back_as_it_was_kept(crew_town: Town) -> None:
    ordered(crew_town)
    ordered(crew_town, "A2", "mattress")
    snap = looked_at(crew_town.system, planned(crew_town))
    assert len(snap.problem.links) == 1
    assert violations(snap.problem, snap.running) == []


def test_when_only_one_can_come_nobody_does_and_the_reason_is_kept_once(crew_town: Town) -> None:
    visit_id = ordered(crew_town)
    with crew_town.system.transaction() as session:
        session.get_one(ServiceProduct, "lamp").skills = {"lamp": 3}
    plan_id = planned(crew_town)
    assert who_and_when(crew_town, plan_id, visit_id) == {}
    with crew_town.system.transaction(read_only=True) as session:
        assert session.scalars(select(Unassigned.visit_id)).all() == [visit_id]


def test_the_fallback_sends_two_as_well(crew_town: Town) -> None:
    visit_id = ordered(crew_town)
    found = who_and_when(crew_town, planned(crew_town, engines.crashes), visit_id)
    assert found.keys() == BOTH
    assert len(set(found.values())) == 1


def test_once_begun_both_stay_whatever_is_planned_anew(crew_town: Town) -> None:
    visit_id = ordered(crew_town)
    before = who_and_when(crew_town, published(crew_town), visit_id)
    with crew_town.system.transaction() as session:
        session.get_one(Visit, visit_id).move_to(VisitState.EN_ROUTE)
    ordered(crew_town, "A2", "mattress", (9, 11))
    assert who_and_when(crew_town, planned(crew_town), visit_id) == before


def test_a_pin_holds_the_technician_who_has_one_half(crew_town: Town) -> None:
    visit_id = ordered(crew_town)
    plan_id = planned(crew_town)
    with crew_town.system.transaction() as session:
        half = session.scalars(select(Stop).where(Stop.day_plan_id == plan_id, Stop.half == 2)).one()
        session.get_one(Visit, visit_id).pinned_technician_id = half.route.technician_id
    snap = looked_at(crew_town.system, plan_id)
    assert [visit.id for visit in snap.problem.visits if visit.pin] == [-visit_id]
    assert violations(snap.problem, snap.running) == []


def test_sending_one_alone_is_shown_as_broken_and_the_second_mends_it(crew_town: Town) -> None:
    visit_id = ordered(crew_town)
    plan_id = planned(crew_town)
    assert moved(crew_town, plan_id, visit_id, None) == []
    assert who_and_when(crew_town, plan_id, visit_id) == {}
    assert moved(crew_town, plan_id, visit_id, "T2") == ["partner"]
    assert moved(crew_town, plan_id, visit_id, "T1") == []
    found = who_and_when(crew_town, plan_id, visit_id)
    assert found.keys() == BOTH
    assert len(set(found.values())) == 1


def test_the_half_that_is_dragged_is_the_one_that_moves(crew_town: Town) -> None:
    visit_id = ordered(crew_town)
    plan_id = planned(crew_town)
    assert moved(crew_town, plan_id, visit_id, "T3", source_id=crew_town.technicians["T1"]) == ["county"]
    assert who_and_when(crew_town, plan_id, visit_id).keys() == {"T2", "T3"}


def test_a_visit_put_before_one_half_makes_the_other_wait_too(crew_town: Town) -> None:
    crew = ordered(crew_town)
    other = ordered(crew_town, "A2", "mattress", (8, 18))
    plan_id = planned(crew_town)
    moved(crew_town, plan_id, other, "T2", start_at=shanghai(8))
    moved(crew_town, plan_id, crew, "T2", start_at=shanghai(18), source_id=crew_town.technicians["T2"])
    snap = looked_at(crew_town.system, plan_id)
    assert violations(snap.problem, snap.running) == []
    assert len(set(who_and_when(crew_town, plan_id, crew).values())) == 1


def test_a_booking_on_the_same_day_does_not_tear_the_two_apart(crew_town: Town) -> None:
    visit_id = ordered(crew_town, window=(8, 10))
    plan_id = published(crew_town)
    before = who_and_when(crew_town, plan_id, visit_id)
    with crew_town.system.transaction() as session:
        crew_town.take_risks(session)
        late = crew_town.order(session, "A2", "mattress", "310104").visits[0]
        booking.book(
            session, crew_town.system.travel_times, late, shanghai(8),
            booked_by=BookedBy.CONSUMER, by="consumer", at=crew_town.system.now(),
        )  # fmt: skip
    assert who_and_when(crew_town, plan_id, visit_id) == before
    snap = looked_at(crew_town.system, plan_id)
    assert violations(snap.problem, snap.running) == []


def test_cancelling_frees_both(crew_town: Town) -> None:
    visit_id = ordered(crew_town)
    plan_id = published(crew_town)
    system = crew_town.system
    with system.transaction() as session:
        order_id = session.get_one(Visit, visit_id).work_order_id
        orders.cancel(session, system.travel_times, order_id, by="ada", at=system.now(), why="moved away")
    assert who_and_when(crew_town, plan_id, visit_id) == {}


def test_every_page_names_both(crew_town: Town) -> None:
    visit_id = ordered(crew_town)
    system = crew_town.system
    draft = planned(crew_town)
    with system.transaction() as session:
        (change,) = publishing.review(session, draft).changes
        assert change.technicians_after == ("王师傅", "李师傅")
        assert publishing.review(session, draft).planned == 1
        plans.publish(session, draft, by="ada", at=system.now())
        assert visit_card.card(session, visit_id, draft).technician in {"王师傅 + 李师傅", "李师傅 + 王师傅"}
        drawn = board.day(session, AREA, TUESDAY)
        assert (drawn["figures"]["visits"], drawn["figures"]["planned"], drawn["figures"]["technicians"]) == (1, 1, 2)
        assert len(drawn["stops"]["rows"]) == 2 + sum(row[1] is None for row in drawn["stops"]["rows"])
        order_id = session.get_one(Visit, visit_id).work_order_id
        token = links.create(session, order_id, system.now())
        seen = consumer_view.view(session, links.find(session, token, system.now()), system.now())
        assert set((seen.technician or "").split("、")) == {"王师傅", "李师傅"}
        sheet = technician_day.my_day(session, crew_town.technicians["T1"], TUESDAY)
        assert sheet.colleagues == {visit_id: "李师傅"}


def test_the_first_to_say_it_moves_the_visit_and_the_other_is_heard_too(crew_town: Town) -> None:
    visit_id = ordered(crew_town)
    published(crew_town)
    one, other = (crew_town.technicians[code] for code in ("T1", "T2"))
    with crew_town.system.transaction() as session:
        visits.set_out(session, visit_id, one, fact(crew_town, shanghai(9)))
        visits.set_out(session, visit_id, other, fact(crew_town, shanghai(9.1)))
        visits.arrive(session, visit_id, other, fact(crew_town, shanghai(10)))
        visit = visits.arrive(session, visit_id, one, fact(crew_town, shanghai(10.2)))
        assert (visit.state, visit.en_route_at, visit.arrived_at) == (VisitState.ON_SITE, shanghai(9), shanghai(10))
        told = session.execute(select(VisitEvent.type, VisitEvent.technician_id).order_by(VisitEvent.id)).all()
    assert [tuple(row) for row in told] == [
        ("en-route", one), ("en-route", other), ("check-in", other), ("check-in", one),
    ]  # fmt: skip


def test_when_one_of_two_falls_ill_the_rest_of_the_day_is_planned_for_both(crew_town: Town, clock: Clock) -> None:
    visit_id = ordered(crew_town, window=(14, 16))
    before = published(crew_town)
    clock.set(shanghai(11))
    outcome = replan.run(crew_town.system, AREA, TUESDAY, LIMITS, by="ada", happened=Mishaps(ill=("T2",)))
    assert outcome.warning is None
    assert who_and_when(crew_town, before, visit_id).keys() == BOTH
    assert who_and_when(crew_town, outcome.plan_id, visit_id) == {}
    with crew_town.system.transaction(read_only=True) as session:
        assert session.scalars(select(Unassigned.visit_id)).all() == [visit_id]
