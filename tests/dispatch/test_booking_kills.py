"""A process that is killed while it books leaves what was, or what is to be; asked again, it gets there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from dispatch import orders, settings
from dispatch.outbox import Outbox, OutboxKind
from dispatch.planted import Point
from dispatch.system import System
from dispatch.work_order import AppointmentState
from technicians.errors import InvalidInput
from tests.mortal import KILLED, Errand, Mortal, do, mortal
from tests.promises import everything, faults, in_force
from tests.town import AREA, TUESDAY, Town, shanghai

HELD, CONFIRMED = AppointmentState.HELD, AppointmentState.CONFIRMED
TAKING = (Point.ROUTES_LOCKED, Point.LOOKED, Point.REWRITTEN)
GIVING = (Point.GIVING_BACK, Point.GIVEN_BACK)
FIRST, LAST = (Point.BEGUN, Point.VISIT_LOCKED), (Point.COMMITTING, Point.COMMITTED)

ENOUGH = {Point.VISIT_LOCKED, Point.GIVEN_BACK, Point.REWRITTEN, Point.COMMITTED}

# what was done before, the verb, its window, the points on its way, what is in force in the end
WAYS = {
    "hold": ([], "hold", 10.0, (*FIRST, *TAKING, *LAST), (HELD, 10.0)),
    "confirm": ([("hold", 10.0)], "confirm", None, (*FIRST, *LAST), (CONFIRMED, 10.0)),
    "choose": ([], "choose", 10.0, (*FIRST, *TAKING, *LAST), (CONFIRMED, 10.0)),
    "move": ([("choose", 10.0)], "choose", 14.0, (*FIRST, *GIVING, *TAKING, *LAST), (CONFIRMED, 14.0)),
    "release": ([("hold", 10.0)], "release", None, (*FIRST, *GIVING, *LAST), None),
    "cancel": ([("choose", 10.0)], "cancel", None, (*FIRST, *GIVING, *LAST), None),
}


@pytest.fixture(scope="module")
def children() -> Iterator[Mortal]:
    with mortal() as running:
        yield running


def errand(system: System, order_id: int, verb: str, hour: float | None, **more: str) -> Errand:
    environment = {
        "SHIFU_HOME": str(system.settings.home),
        "DATABASE_URL": system.settings.database_url,
        "SECRET_KEY": system.settings.secret_key,
        **more,
    }
    starts_at = shanghai(hour).isoformat() if hour is not None else None
    return Errand(environment, verb, order_id, system.now().isoformat(), starts_at)


def messages(system: System) -> int:
    with system.transaction(read_only=True) as session:
        query = select(func.count()).select_from(Outbox).where(Outbox.kind == OutboxKind.MESSAGE)
        return session.scalar(query) or 0


@pytest.mark.parametrize("way", WAYS)
def test_killed_anywhere_on_the_way_it_was_done_or_it_was_not(
    system: System, town: Town, children: Mortal, way: str
) -> None:
    done_before, verb, hour, points, wanted = WAYS[way]
    is_slow = system.engine.dialect.name == "postgresql"
    for point in ENOUGH.intersection(points) if is_slow else points:
        with system.transaction() as session:
            order = town.order(session, point)
            order.consumer_phone, order.address = f"139-{point}", f"{point} 1"
            order_id = order.id
        for earlier, at_hour in done_before:
            assert children.run(errand(system, order_id, earlier, at_hour)) == 0
        before, told = everything(system), messages(system)
        assert children.run(errand(system, order_id, verb, hour, PLANTED_DEATH=point)) == KILLED
        assert (everything(system) == before) == (point != Point.COMMITTED)
        assert faults(system, AREA, [TUESDAY]) == []
        assert children.run(errand(system, order_id, verb, hour)) == 0
        assert faults(system, AREA, [TUESDAY]) == []
        assert in_force(system, order_id) == ([(wanted[0], shanghai(wanted[1]))] if wanted else [])
        assert messages(system) - told == (0 if way in {"hold", "release"} else 1)
        with system.transaction() as session:
            orders.cancel(session, system.travel_times, order_id, by="li", at=system.now())


def test_without_one_transaction_a_death_would_leave_a_stop_that_nobody_was_promised(
    postgres_system: System, children: Mortal
) -> None:
    """The twin: every statement is a transaction of its own."""
    town = Town.build(postgres_system)
    with postgres_system.transaction() as session:
        order_id = town.order(session, "1").id
    given = errand(postgres_system, order_id, "hold", 10.0, PLANTED_DEATH=Point.REWRITTEN)
    assert (
        children.run(Errand(given.environment, "hold", order_id, given.at, given.starts_at, autocommit=True)) == KILLED
    )
    assert faults(postgres_system, AREA, [TUESDAY]) != []


def test_nothing_is_planted_where_nobody_asked_for_it(town: Town, system: System) -> None:
    with system.transaction() as session:
        order_id = town.order(session, "1").id
    do(errand(system, order_id, "hold", 10.0))
    assert in_force(system, order_id) == [(HELD, shanghai(10.0))]


def test_a_point_that_is_none_is_refused(tmp_path: object) -> None:
    with pytest.raises(InvalidInput, match="not a point"):
        settings.read({"SHIFU_HOME": str(tmp_path), "PLANTED_DEATH": "somewhere"})
