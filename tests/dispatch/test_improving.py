"""Drafts get shorter between bookings; bookings made meanwhile, and every promise, stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from dispatch import booking, improving, plans, routes
from dispatch.day_plan import Route, Stop
from dispatch.improving import Improvement, improve
from dispatch.outbox import Outbox, OutboxKind
from dispatch.planning import snapshot
from dispatch.system import System
from dispatch.work_order import Appointment, BookedBy, Visit
from routing.check import violations
from routing.limits import Limits
from routing.plan import Plan
from routing.plan import Route as PlannedRoute
from tests.town import AREA, TUESDAY, Town, shanghai

EAST, WEST = (121.492, 31.2316), (121.430, 31.1885)
A_LITTLE = Limits(seconds=20.0, iterations=40)


def book(system: System, town: Town, number: str, hour: float, door: tuple[float, float]) -> int:
    with system.transaction() as session:
        visit = town.order(session, number, at=door).visits[0]
        booking.book(
            session, system.travel_times, visit, shanghai(hour),
            booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        )  # fmt: skip
        return visit.id


def give_to(system: System, technician_id: int, visits: list[int]) -> None:
    """Put visits into somebody's route and nowhere else, in this order."""
    with system.transaction() as session:
        plan = plans.current(session, AREA, TUESDAY)
        assert plan is not None
        people = session.scalars(select(Route.technician_id).where(Route.day_plan_id == plan.id)).all()
        locked = routes.lock(session, plan.id, people)
        snap = snapshot(session, system.travel_times, AREA, TUESDAY, plan=plan)
        kept = {r.vehicle: tuple(v for v in r.visits if v not in visits) for r in snap.running.routes}
        kept[technician_id] = (*kept.get(technician_id, ()), *visits)
        routes.rewrite(session, locked, [PlannedRoute(t, v) for t, v in kept.items()], snap)


def crossed(system: System, town: Town) -> dict[str, int]:
    """Two technicians who each have the visits at the other's door."""
    made = {f"E{n}": book(system, town, f"E{n}", hour, EAST) for n, hour in enumerate((8, 12))}
    made |= {f"W{n}": book(system, town, f"W{n}", hour, WEST) for n, hour in enumerate((10, 14))}
    give_to(system, town.technicians["T2"], [made["E0"], made["W0"]])
    give_to(system, town.technicians["T1"], [made["E1"], made["W1"]])
    return made


def running(system: System) -> tuple[Plan, list[object]]:
    with system.transaction(read_only=True) as session:
        plan = plans.current(session, AREA, TUESDAY)
        snap = snapshot(session, system.travel_times, AREA, TUESDAY, plan=plan)
        return snap.running, [v for v in violations(snap.problem, snap.running)]


def travel(system: System) -> int:
    with system.transaction(read_only=True) as session:
        return sum(session.scalars(select(Route.travel)))


def windows(system: System) -> list[tuple[int, object, str]]:
    with system.transaction(read_only=True) as session:
        rows = session.scalars(select(Appointment).order_by(Appointment.id))
        return [(row.visit_id, row.window_starts_at, row.state) for row in rows]


def test_a_draft_gets_shorter_and_every_promise_stands(system: System, town: Town) -> None:
    visits = crossed(system, town)
    before, promised = travel(system), windows(system)
    gained = improve(system, AREA, TUESDAY, A_LITTLE)
    assert gained.travel > 0
    assert travel(system) == before - gained.travel
    assert windows(system) == promised
    plan, broken = running(system)
    assert broken == []
    assert sorted(v for route in plan.routes for v in route.visits) == sorted(visits.values())


def test_a_booking_made_while_the_day_is_improved_is_not_lost(
    system: System, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = list(crossed(system, town).values())
    monkeypatch.setattr(improving, "solve_in_child", meanwhile(lambda: visits.append(late(system, town))))
    gained = improve(system, AREA, TUESDAY, A_LITTLE)
    assert gained == Improvement(routes=0, travel=0, skipped=1)
    plan, broken = running(system)
    assert broken == []
    assert sorted(v for route in plan.routes for v in route.visits) == sorted(visits)


def test_without_comparing_revisions_the_booking_would_be_lost(
    system: System, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: what is written does not look whether a route has moved on."""
    visits = list(crossed(system, town).values())
    monkeypatch.setattr(improving, "solve_in_child", meanwhile(lambda: visits.append(late(system, town))))
    monkeypatch.setattr(improving, "is_unchanged", lambda *_: True)
    improve(system, AREA, TUESDAY, A_LITTLE)
    plan, _ = running(system)
    assert visits[-1] not in {v for route in plan.routes for v in route.visits}


def late(system: System, town: Town) -> int:
    return book(system, town, "late", 16, EAST)


def meanwhile(happens: Callable[[], object]) -> Callable[..., Plan]:
    """The same planning, during which something happens."""
    solve = improving.solve_in_child

    def solved(*args: object, **options: object) -> Plan:
        planned: Plan = solve(*args, **options)  # type: ignore[arg-type]
        happens()
        return planned

    return solved


def test_a_published_day_is_left_alone(system: System, town: Town) -> None:
    crossed(system, town)
    with system.transaction() as session:
        plan = plans.current(session, AREA, TUESDAY)
        assert plan is not None
        plans.publish(session, plan.id, by="ada", at=system.now())
    assert improve(system, AREA, TUESDAY, A_LITTLE) == Improvement(0, 0, 0)


def test_a_day_without_a_plan_has_nothing_to_improve(system: System, town: Town) -> None:
    assert improve(system, AREA, TUESDAY, A_LITTLE) == Improvement(0, 0, 0)


def test_several_bookings_ask_for_one_improvement_when_it_is_quiet(system: System, town: Town) -> None:
    for n, hour in enumerate((10, 14)):
        book(system, town, str(n), hour, EAST)
    with system.transaction(read_only=True) as session:
        rows = list(session.scalars(select(Outbox).where(Outbox.kind == OutboxKind.IMPROVE)))
        assert [row.payload for row in rows] == [{"area": AREA, "date": TUESDAY.isoformat()}]
        assert rows[0].due_at == system.now() + timedelta(seconds=30)


def test_a_visit_and_its_stop_agree_after_the_improvement(system: System, town: Town) -> None:
    crossed(system, town)
    improve(system, AREA, TUESDAY, A_LITTLE)
    with system.transaction(read_only=True) as session:
        for stop in session.scalars(select(Stop).where(Stop.visit_id.is_not(None))):
            promise = session.get_one(Visit, stop.visit_id).appointment
            assert promise is not None
            assert promise.window_starts_at <= stop.scheduled_start <= promise.window_ends_at
