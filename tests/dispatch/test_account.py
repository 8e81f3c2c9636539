"""What a technician has done, week by week, beside the area's median."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from dispatch import my_weeks
from dispatch.catalogue import ServiceProduct
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.my_weeks import Account, Figures, usual
from dispatch.work_order import FailureReason, VisitState
from technicians.people import Technician
from technicians.place import PlanningArea
from tests.town import AREA, Town, shanghai

MONDAY, FRIDAY = date(2026, 4, 27), date(2026, 5, 1)
_numbers = count()


def made(town: Town, code: str, on: date, hours: tuple[float, float], state: VisitState = VisitState.COMPLETED) -> int:
    """A visit that ended, from when to when; its id."""
    with town.system.transaction() as session:
        visit = town.order(session, f"W-{next(_numbers)}").visits[0]
        visit.technician_id = town.technicians[code]
        visit.arrived_at, visit.left_at = shanghai(hours[0], on), shanghai(hours[1], on)
        visit.state = state
        if state == VisitState.COULD_NOT_COMPLETE:
            visit.failure_reason = FailureReason.NOBODY_HOME
        return visit.id


def driven(
    town: Town, code: str, on: date, travel: int, distance: int, state: DayPlanState = DayPlanState.PUBLISHED
) -> int:
    """A route of a day plan of its own; the plan's id."""
    with town.system.transaction() as session:
        plan = DayPlan(
            area_code=AREA, on_date=on, version=next(_numbers), state=state, basis={}, solver={},
            created_at=town.system.now(),
            routes=[Route(technician_id=town.technicians[code], travel=travel, distance=distance)],
        )  # fmt: skip
        session.add(plan)
        session.flush()
        return plan.id


def account_of(town: Town, code: str) -> Account:
    with town.system.transaction(read_only=True) as session:
        person, area = session.get_one(Technician, town.technicians[code]), session.get_one(PlanningArea, AREA)
        return my_weeks.account(session, person, area, town.system.now())


def test_there_are_four_weeks_from_their_mondays_the_present_one_last(sqlite_town: Town) -> None:
    weeks = account_of(sqlite_town, "T1").weeks
    assert [week.begins_on for week in weeks] == [date(2026, 4, 20), MONDAY, date(2026, 5, 4), date(2026, 5, 11)]
    assert all((week.mine, week.median, week.mine_of_median) == (Figures(), Figures(), None) for week in weeks)


def test_work_is_from_check_in_to_leaving_and_visits_are_those_completed(sqlite_town: Town) -> None:
    made(sqlite_town, "T1", MONDAY, (9, 10.5))
    made(sqlite_town, "T1", FRIDAY, (14, 14.5), VisitState.COULD_NOT_COMPLETE)
    week = account_of(sqlite_town, "T1").weeks[1]
    assert (week.mine.visits, week.mine.work) == (1, 2 * 3600)


def test_a_visit_left_after_midnight_by_the_areas_clock_counts_in_that_week(sqlite_town: Town) -> None:
    made(sqlite_town, "T1", MONDAY, (0, 0.5))
    made(sqlite_town, "T1", MONDAY - timedelta(days=1), (23, 23.5))
    weeks = account_of(sqlite_town, "T1").weeks
    assert [week.mine.visits for week in weeks] == [1, 1, 0, 0]


def test_what_is_older_than_four_weeks_is_not_told(sqlite_town: Town) -> None:
    made(sqlite_town, "T1", date(2026, 4, 19), (9, 10))
    driven(sqlite_town, "T1", date(2026, 4, 19), 900, 5000)
    assert account_of(sqlite_town, "T1").median == Figures()


def test_the_road_is_that_of_published_routes_up_to_today(sqlite_town: Town) -> None:
    today = sqlite_town.system.now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    driven(sqlite_town, "T1", MONDAY, 3600, 20_000)
    driven(sqlite_town, "T1", MONDAY, 9999, 99_999, DayPlanState.SUPERSEDED)
    driven(sqlite_town, "T1", today, 600, 4_000)
    driven(sqlite_town, "T1", today + timedelta(days=1), 9999, 99_999)
    weeks = account_of(sqlite_town, "T1").weeks
    assert [(week.mine.travel, week.mine.distance) for week in weeks] == [(0, 0), (3600, 20_000), (0, 0), (600, 4_000)]


def test_the_median_is_of_those_who_worked_in_that_week(sqlite_town: Town) -> None:
    made(sqlite_town, "T1", MONDAY, (9, 12))
    made(sqlite_town, "T2", MONDAY, (9, 11))
    week = account_of(sqlite_town, "T1").weeks[1]
    assert (week.median.visits, week.median.work, week.mine_of_median) == (1, 9000, 1.2)
    assert account_of(sqlite_town, "T3").weeks[1].mine_of_median == 0.0


def test_the_four_weeks_together_have_a_median_too(sqlite_town: Town) -> None:
    for on in (MONDAY, date(2026, 5, 4)):
        made(sqlite_town, "T1", on, (9, 10))
    made(sqlite_town, "T2", MONDAY, (9, 13))
    assert account_of(sqlite_town, "T1").median == Figures(visits=2, work=3 * 3600)


def test_a_visit_for_two_is_a_visit_of_both(sqlite_town: Town) -> None:
    visit_id = made(sqlite_town, "T1", MONDAY, (9, 10))
    plan_id = driven(sqlite_town, "T2", MONDAY, 600, 3000)
    with sqlite_town.system.transaction() as session:
        session.get_one(ServiceProduct, "lamp").crew_size = 2
        (known,) = session.get_one(DayPlan, plan_id).routes
        theirs = Route(day_plan_id=plan_id, technician_id=sqlite_town.technicians["T1"])
        begins = shanghai(9, MONDAY)
        for half, route in ((1, theirs), (2, known)):
            route.stops.append(
                Stop(
                    day_plan_id=plan_id, position=0, visit_id=visit_id, half=half, travel=0, distance=0,
                    scheduled_arrival=begins, scheduled_start=begins, scheduled_leave=begins + timedelta(hours=1),
                )
            )  # fmt: skip
            session.add(route)
    assert [account_of(sqlite_town, code).weeks[1].mine.visits for code in ("T1", "T2", "T3")] == [1, 1, 0]


def test_the_usual_of_nobody_is_nothing() -> None:
    assert usual([]) == Figures()
    assert usual([Figures(1, 2, 3, 4), Figures(3, 4, 5, 6)]) == Figures(2, 3, 4, 5)
