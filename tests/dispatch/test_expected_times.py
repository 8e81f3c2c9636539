"""What a consumer is told of the technician's coming: narrower with every fact, and honest when it is late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from dispatch import expected_times, plans
from dispatch.consumer_records import ExpectedBecause, ExpectedTime
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.expected_times import Coming, Expected, expected
from dispatch.work_order import Visit, VisitState
from tests.clock import Clock
from tests.town import AREA, TUESDAY, Town, shanghai

MINUTE = timedelta(minutes=1)
WINDOW = (shanghai(10), shanghai(12))
EARLY = shanghai(7)


def stop(start: datetime, *, travel: int = 15, work: int = 40, wait: int = 0, **known: Any) -> Coming:
    return Coming(start - wait * MINUTE, start, start + work * MINUTE, travel * 60, **known)


def clock_of(found: Expected) -> tuple[str, str]:
    begins, ends = ((at + timedelta(hours=8)).strftime("%H:%M") for at in (found.starts_at, found.ends_at))
    return begins, ends


def test_a_published_start_is_told_half_an_hour_either_way_within_the_window() -> None:
    found = expected([], stop(shanghai(11)), WINDOW, EARLY)
    assert (clock_of(found), found.because, found.is_late) == (("10:30", "11:30"), ExpectedBecause.PUBLISHED, False)
    assert clock_of(expected([], stop(shanghai(10)), WINDOW, EARLY)) == ("10:00", "10:30")
    assert clock_of(expected([], stop(shanghai(12)), WINDOW, EARLY)) == ("11:30", "12:00")


def test_it_narrows_as_the_day_begins_the_stop_before_ends_and_the_technician_sets_out() -> None:
    first, second, mine = stop(shanghai(8)), stop(shanghai(9)), stop(shanghai(11))
    told = [expected([first, second], mine, WINDOW, EARLY)]
    first = stop(shanghai(8), en_route_at=shanghai(7.75), arrived_at=shanghai(8), left_at=shanghai(8) + 40 * MINUTE)
    told.append(expected([first, second], mine, WINDOW, shanghai(8.75)))
    second = stop(shanghai(9), en_route_at=shanghai(8.75), arrived_at=shanghai(9), left_at=shanghai(9) + 40 * MINUTE)
    told.append(expected([first, second], mine, WINDOW, shanghai(9.75)))
    mine = stop(shanghai(11), en_route_at=shanghai(10.75))
    told.append(expected([first, second], mine, WINDOW, shanghai(10.75)))
    assert [clock_of(each) for each in told] == [
        ("10:30", "11:30"), ("10:40", "11:20"), ("10:45", "11:15"), ("10:50", "11:10"),
    ]  # fmt: skip
    assert [each.because for each in told] == [
        ExpectedBecause.PUBLISHED, ExpectedBecause.DAY_BEGAN, ExpectedBecause.STOP_BEFORE, ExpectedBecause.EN_ROUTE,
    ]  # fmt: skip


def test_a_stop_before_that_ends_early_brings_the_technician_earlier_but_never_before_the_window() -> None:
    before = stop(shanghai(10), arrived_at=shanghai(9.5), left_at=shanghai(9.75))
    mine = stop(shanghai(10) + 55 * MINUTE)
    assert clock_of(expected([before], mine, WINDOW, shanghai(9.75))) == ("10:00", "10:15")


def test_delay_is_carried_on_and_waiting_takes_it_up() -> None:
    late = stop(shanghai(8), arrived_at=shanghai(9))
    straight = [late, stop(shanghai(9.5))]
    assert clock_of(expected(straight, stop(shanghai(10.5)), WINDOW, shanghai(9))) == ("11:10", "11:50")
    with_room = [late, stop(shanghai(9.5), wait=30)]
    assert clock_of(expected(with_room, stop(shanghai(10.5)), WINDOW, shanghai(9))) == ("10:40", "11:20")


def test_what_cannot_be_kept_is_told_as_late() -> None:
    before = stop(shanghai(10), arrived_at=shanghai(11.5), left_at=shanghai(12))
    found = expected([before], stop(shanghai(10) + 55 * MINUTE), WINDOW, shanghai(12))
    assert (clock_of(found), found.is_late) == (("12:00", "12:30"), True)


def test_a_time_that_has_passed_is_not_told_again() -> None:
    found = expected([], stop(shanghai(10.5)), WINDOW, shanghai(11.5))
    assert clock_of(found) == ("11:15", "12:00")
    assert clock_of(expected([], stop(shanghai(10.5), en_route_at=shanghai(10)), WINDOW, shanghai(11))) == (
        "10:50", "11:10",
    )  # fmt: skip


def test_a_break_between_two_stops_is_waited_for() -> None:
    before = stop(shanghai(9), left_at=shanghai(9) + 40 * MINUTE)
    pause = Coming(shanghai(9.75), shanghai(9.75), shanghai(10.25), 0, is_visit=False)
    found = expected([before, pause], stop(shanghai(10.5)), WINDOW, shanghai(9.75))
    assert (clock_of(found), found.because) == (("10:15", "10:45"), ExpectedBecause.STOP_BEFORE)


moments = st.integers(0, 60 * 10).map(lambda minutes: shanghai(8) + minutes * MINUTE)


@given(moments, moments, st.none() | moments, moments, st.integers(0, 90))
def test_nothing_outside_the_promise_is_told_unless_it_cannot_be_kept(
    planned: datetime, before: datetime, left: datetime | None, at: datetime, travel: int
) -> None:
    earlier = Coming(before, before, before + 40 * MINUTE, 600, left_at=left)
    mine = Coming(planned, planned, planned + 40 * MINUTE, travel * 60)
    found = expected([earlier], mine, WINDOW, at)
    assert found.starts_at <= found.ends_at
    assert WINDOW[0] <= found.starts_at
    assert (found.ends_at > WINDOW[1]) == found.is_late
    assert found.ends_at - found.starts_at <= 2 * expected_times.EITHER_WAY[found.because]


class Published:
    """Three lamps of the town on one route, published."""

    def __init__(self, town: Town) -> None:
        self.town, self.system = town, town.system
        with self.system.transaction() as session:
            orders = [town.order(session, f"A{n}", window=(8 + 2 * n, 10 + 2 * n)) for n in range(3)]
            self.visits = [order.visits[0].id for order in orders]
            plan = plans.ensure(session, AREA, TUESDAY, self.system.now())
            route = session.scalars(
                select(Route).where(Route.day_plan_id == plan.id, Route.technician_id == town.technicians["T1"])
            ).one()
            for n, visit_id in enumerate(self.visits):
                start = shanghai(8.5 + 2 * n)
                session.add(
                    Stop(
                        day_plan_id=plan.id, route_id=route.id, position=n, visit_id=visit_id, travel=900, distance=5,
                        scheduled_arrival=start, scheduled_start=start, scheduled_leave=start + 30 * MINUTE,
                    )
                )  # fmt: skip
            self.plan_id = plan.id

    def publish(self) -> None:
        with self.system.transaction() as session:
            plan = session.get_one(DayPlan, self.plan_id)
            plan.move_to(DayPlanState.PUBLISHED)
            expected_times.record(session, plan, self.system.now())

    def again(self) -> int:
        with self.system.transaction() as session:
            return len(expected_times.record(session, session.get_one(DayPlan, self.plan_id), self.system.now()))

    def told(self, n: int) -> list[tuple[datetime, datetime, ExpectedBecause]]:
        with self.system.transaction(read_only=True) as session:
            rows = session.scalars(
                select(ExpectedTime).where(ExpectedTime.visit_id == self.visits[n]).order_by(ExpectedTime.id)
            )
            return [(row.starts_at, row.ends_at, row.because) for row in rows]

    def happens(self, n: int, state: VisitState, **facts: datetime) -> None:
        with self.system.transaction() as session:
            visit = session.get_one(Visit, self.visits[n])
            visit.move_to(state)
            for name, value in facts.items():
                setattr(visit, name, value)
            expected_times.after_fact(session, visit, self.system.now())


def test_a_draft_is_told_to_nobody(sqlite_town: Town) -> None:
    day = Published(sqlite_town)
    assert day.again() == 0


def test_every_narrowing_is_written_down_once(town: Town, clock: Clock) -> None:
    day = Published(town)
    day.publish()
    assert day.again() == 0
    assert day.told(1) == [(shanghai(10), shanghai(11), ExpectedBecause.PUBLISHED)]
    clock.set(shanghai(8.25))
    day.happens(0, VisitState.EN_ROUTE, en_route_at=clock())
    clock.set(shanghai(8.5))
    day.happens(0, VisitState.ON_SITE, arrived_at=clock())
    clock.set(shanghai(9))
    day.happens(0, VisitState.COMPLETED, left_at=clock())
    clock.set(shanghai(10.25))
    day.happens(1, VisitState.EN_ROUTE, en_route_at=clock())
    assert [because for _, _, because in day.told(1)] == [
        ExpectedBecause.PUBLISHED, ExpectedBecause.DAY_BEGAN, ExpectedBecause.STOP_BEFORE, ExpectedBecause.EN_ROUTE,
    ]  # fmt: skip
    widths = [ends - starts for starts, ends, _ in day.told(1)]
    assert widths == sorted(widths, reverse=True)
    assert [because for _, _, because in day.told(2)] == [ExpectedBecause.PUBLISHED, ExpectedBecause.DAY_BEGAN]


def test_a_route_that_changes_says_so(sqlite_town: Town) -> None:
    day = Published(sqlite_town)
    day.publish()
    with sqlite_town.system.transaction() as session:
        moved = session.scalars(select(Stop).where(Stop.visit_id == day.visits[2])).one()
        moved.scheduled_arrival = moved.scheduled_start = shanghai(13.5)
        moved.scheduled_leave = shanghai(14)
    assert day.again() == 1
    assert day.told(2)[-1] == (shanghai(13), shanghai(14), ExpectedBecause.ROUTE_CHANGED)


def test_a_whole_plan_is_read_in_a_handful_of_statements(sqlite_town: Town) -> None:
    day = Published(sqlite_town)
    said: list[str] = []
    event.listen(sqlite_town.system.engine, "before_cursor_execute", lambda *call: said.append(call[2]))
    day.publish()
    assert sum(statement.startswith("SELECT") for statement in said) <= 6
