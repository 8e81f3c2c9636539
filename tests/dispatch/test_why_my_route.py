"""Why a visit is mine, in towns drawn as a street: a sign a place, 950 m and some three minutes from the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from dispatch import why_my_route
from dispatch.catalogue import ServiceProduct
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.system import Session
from dispatch.why_my_route import Why
from dispatch.why_not import Other, Reasons
from dispatch.work_order import Visit, VisitState
from technicians.people import Absence, AbsenceReason, Coverage, Outlet, Shift, Technician, TechnicianSkill
from tests.town import AREA, HOUR, TUESDAY, Town, shanghai

WORKS = (8, 18)


@dataclass
class Street:
    """A drawn street: who lives at a letter, and which visits of theirs are at a figure."""

    town: Town
    drawing: str
    people: dict[str, int] = field(default_factory=dict)
    visits: dict[str, int] = field(default_factory=dict)

    def at(self, sign: str) -> tuple[float, float]:
        return round(121.40 + 0.01 * self.drawing.index(sign), 6), 31.22

    def lives(
        self,
        name: str,
        skills: dict[str, int] | None = None,
        county: str = "310101",
        hours: tuple[float, float] | None = WORKS,
        capacity: int = 100,
    ) -> None:
        """Somebody at the letter who fits lamps in Huangpu from eight to six, unless something else is said."""
        lng, lat = self.at(name)
        with self.town.system.transaction() as session:
            outlet = session.scalars(select(Outlet)).first()
            assert outlet is not None
            person = Technician(
                code=f"S-{name}", name=name, phone="1", outlet=outlet, area_code=AREA, capacity=capacity,
                start_lng=lng, start_lat=lat, end_lng=lng, end_lat=lat,
                skills=[TechnicianSkill(skill_code=s, level=n) for s, n in (skills or {"lamp": 1}).items()],
                coverage=[Coverage(county_code=county)],
                shifts=[_shift(hours)] if hours else [],
            )  # fmt: skip
            session.add(person)
            session.flush()
            self.people[name] = person.id

    def plan(self, routes: dict[str, Sequence[tuple[str, tuple[float, float], float]]], product: str = "lamp") -> None:
        """Publish who goes where: figure, window, and when it begins, in hours."""
        with self.town.system.transaction() as session:
            plan = DayPlan(
                area_code=AREA, on_date=TUESDAY, version=1, state=DayPlanState.PUBLISHED, basis={}, solver={},
                created_at=self.town.system.now(),
            )  # fmt: skip
            session.add(plan)
            session.flush()
            for name, stops in routes.items():
                route = Route(day_plan_id=plan.id, technician_id=self.people[name])
                for position, (sign, window, start) in enumerate(stops):
                    if sign not in self.visits:
                        order = self.town.order(session, f"V-{sign}", product, window=window, at=self.at(sign))
                        self.visits[sign] = order.visits[0].id
                    begins = shanghai(start)
                    route.stops.append(
                        Stop(
                            day_plan_id=plan.id, position=position, visit_id=self.visits[sign], travel=0, distance=0,
                            scheduled_arrival=begins, scheduled_start=begins,
                            scheduled_leave=begins + timedelta(minutes=30),
                            half=1 if not self._is_planned(session, plan, sign) else 2,
                        )
                    )  # fmt: skip
                session.add(route)
                session.flush()

    def _is_planned(self, session: Session, plan: DayPlan, sign: str) -> bool:
        query = select(Stop.id).where(Stop.day_plan_id == plan.id, Stop.visit_id == self.visits[sign])
        return session.scalar(query) is not None

    def why(self, name: str) -> Why:
        with self.town.system.transaction(read_only=True) as session:
            person = session.get_one(Technician, self.people[name])
            return why_my_route.why(session, self.town.system.travel_times, person, TUESDAY)

    def of(self, name: str, sign: str = "1") -> Reasons:
        return next(each for each in self.why(name).visits if each.visit_id == self.visits[sign])


def _shift(hours: tuple[float, float]) -> Shift:
    begins, ends = (round(hour * HOUR) for hour in hours)
    return Shift(weekday=TUESDAY.weekday(), begins=begins, soft_ends=ends, hard_ends=ends)


def street(town: Town, drawing: str) -> Street:
    """An empty street: the town's own technicians have left."""
    with town.system.transaction() as session:
        session.execute(update(Technician).values(active=False))
    return Street(town, drawing)


def told(others: Sequence[Other]) -> list[tuple[str, str]]:
    return [(other.name, other.reason.value) for other in others]


def test_the_nearest_with_room_has_it_and_the_others_are_farther(sqlite_town: Town) -> None:
    town = street(sqlite_town, "M.1....F....G")
    for name in "MFG":
        town.lives(name)
    town.plan({"M": [("1", (9, 12), 9.5)]})
    mine = town.of("M")
    assert (mine.technicians, mine.covering, mine.skilled, mine.at_work, mine.able, mine.rank) == (3, 3, 3, 3, 3, 1)
    assert told(mine.others) == [("F", "farther"), ("G", "farther")]
    assert mine.minutes < mine.others[0].minutes < mine.others[1].minutes


def test_who_does_not_cover_the_county_or_lacks_the_skill_is_said_to(sqlite_town: Town) -> None:
    town = street(sqlite_town, "M...1C.S..L")
    town.lives("M", skills={"lamp": 3})
    town.lives("C", skills={"lamp": 3}, county="310115")
    town.lives("S", skills={"mattress": 5})
    town.lives("L", skills={"lamp": 2})
    town.plan({"M": [("1", (9, 12), 9.5)]}, product="chandelier")
    mine = town.of("M")
    assert (mine.technicians, mine.covering, mine.skilled, mine.at_work, mine.able) == (4, 3, 1, 1, 1)
    assert told(mine.others) == [("C", "no-coverage"), ("S", "no-skill"), ("L", "no-skill")]


def test_who_is_not_at_work_at_that_time_is_said_to_be_just_that(sqlite_town: Town) -> None:
    town = street(sqlite_town, "M....1N.I.E")
    town.lives("M")
    town.lives("N", hours=None)
    town.lives("I")
    town.lives("E", hours=(13, 18))
    with sqlite_town.system.transaction() as session:
        away = {"starts_at": shanghai(7), "ends_at": shanghai(20), "reason": AbsenceReason.ILL, "note": "fever"}
        session.add(Absence(technician_id=town.people["I"], **away))
    town.plan({"M": [("1", (9, 12), 9.5)]})
    mine = town.of("M")
    assert (mine.skilled, mine.at_work, mine.able) == (4, 1, 1)
    assert told(mine.others) == [(name, "not-at-work") for name in "NIE"]
    assert "fever" not in repr(mine)


def test_an_hour_away_in_the_middle_of_the_window_leaves_room_beside_it(sqlite_town: Town) -> None:
    town = street(sqlite_town, "M....1P..A")
    for name in "MPA":
        town.lives(name)
    with sqlite_town.system.transaction() as session:
        for name, hours in (("P", (10.0, 11.0)), ("A", (8.5, 12.5))):
            begins, ends = (shanghai(hour) for hour in hours)
            session.add(
                Absence(
                    technician_id=town.people[name], starts_at=begins, ends_at=ends, reason=AbsenceReason.LEAVE, note=""
                )
            )
    town.plan({"M": [("1", (9, 12), 9.5)]})
    mine = town.of("M")
    assert (mine.at_work, mine.able, mine.rank) == (2, 2, 2)
    assert told(mine.others) == [("A", "not-at-work")]


def test_whose_day_leaves_no_room_is_full(sqlite_town: Town) -> None:
    town = street(sqlite_town, "M....1D.2.3")
    for name in "MD":
        town.lives(name)
    town.plan({"M": [("1", (9, 9.5), 9.25)], "D": [("2", (9, 9), 9), ("3", (9.75, 9.75), 9.75)]})
    mine = town.of("M")
    assert (mine.at_work, mine.able, told(mine.others)) == (2, 1, [("D", "day-full")])


def test_whose_van_holds_no_more_is_said_to_have_a_full_van(sqlite_town: Town) -> None:
    town = street(sqlite_town, "M....1V.2..")
    town.lives("M")
    town.lives("V", capacity=9)
    town.plan({"M": [("1", (9, 12), 9.5)], "V": [("2", (14, 16), 14)]})
    assert told(town.of("M").others) == [("V", "van-full")]


def test_a_van_too_small_even_when_empty_is_full_too(sqlite_town: Town) -> None:
    town = street(sqlite_town, "M....1V")
    town.lives("M")
    town.lives("V", capacity=4)
    town.plan({"M": [("1", (9, 12), 9.5)]})
    assert told(town.of("M").others) == [("V", "van-full")]


def test_who_could_never_be_there_in_time_is_farther_not_full(sqlite_town: Town) -> None:
    town = street(sqlite_town, "M1......................F")
    for name in "MF":
        town.lives(name)
    town.plan({"M": [("1", (8.25, 8.5), 8.25)]})
    mine = town.of("M")
    assert (mine.at_work, mine.able, told(mine.others)) == (2, 1, [("F", "farther")])


def test_somebody_nearer_with_room_is_told_by_the_rank_and_gets_no_untrue_reason(sqlite_town: Town) -> None:
    town = street(sqlite_town, "M....1N....F")
    for name in "MNF":
        town.lives(name)
    town.plan({"M": [("1", (9, 12), 9.5)]})
    mine = town.of("M")
    assert (mine.able, mine.rank, told(mine.others)) == (3, 2, [("F", "farther")])


def test_nearness_is_from_where_somebody_is_by_the_plan_when_it_begins(sqlite_town: Town) -> None:
    town = street(sqlite_town, "M.......................21N")
    for name in "MN":
        town.lives(name)
    town.plan({"M": [("2", (9, 10), 9.5), ("1", (10, 14), 11)], "N": []})
    first, second = town.of("M", "2"), town.of("M", "1")
    assert (first.rank, second.rank) == (2, 1)
    assert second.minutes < 7 < 60 < first.minutes


def test_only_the_nearest_three_are_named(sqlite_town: Town) -> None:
    town = street(sqlite_town, "M1.A.B.C.D.E")
    for name in "MABCDE":
        town.lives(name)
    town.plan({"M": [("1", (9, 12), 9.5)]})
    assert told(town.of("M").others) == [(name, "farther") for name in "ABC"]


def test_who_comes_along_is_not_asked_why_not(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        session.get_one(ServiceProduct, "lamp").crew_size = 2
    town = street(sqlite_town, "M.1.P....F")
    for name in "MPF":
        town.lives(name)
    town.plan({"M": [("1", (9, 12), 9.5)], "P": [("1", (9, 12), 9.5)]})
    mine, theirs = town.of("M"), town.of("P")
    assert (told(mine.others), told(theirs.others)) == ([("F", "farther")], [("F", "farther")])
    assert (mine.able, theirs.able) == (2, 2)


@pytest.mark.parametrize("state", [VisitState.ON_SITE, VisitState.COMPLETED])
def test_a_visit_that_has_begun_is_asked_about_as_it_was_promised(sqlite_town: Town, state: VisitState) -> None:
    town = street(sqlite_town, "M.1..S..F")
    town.lives("M")
    town.lives("S", skills={"mattress": 1})
    town.lives("F")
    town.plan({"M": [("1", (9, 12), 9.5)]})
    with sqlite_town.system.transaction() as session:
        visit = session.get_one(Visit, town.visits["1"])
        visit.state, visit.technician_id = state, town.people["M"]
    mine = town.of("M")
    assert (mine.able, told(mine.others)) == (2, [("S", "no-skill"), ("F", "farther")])


def test_what_was_worked_out_is_kept_until_a_route_or_the_roster_moves_on(sqlite_town: Town) -> None:
    town = street(sqlite_town, "M.1....F")
    for name in "MF":
        town.lives(name)
    town.plan({"M": [("1", (9, 12), 9.5)], "F": []})
    first = town.why("M")
    assert town.why("M").visits is first.visits
    with sqlite_town.system.transaction() as session:
        session.execute(update(Route).where(Route.technician_id == town.people["F"]).values(revision=2))
    assert town.why("M").visits is not first.visits


def test_a_day_that_is_not_published_has_no_reasons(sqlite_town: Town) -> None:
    town = street(sqlite_town, "M.1....F")
    town.lives("M")
    town.lives("F")
    town.plan({"M": [("1", (9, 12), 9.5)]})
    with sqlite_town.system.transaction() as session:
        session.execute(update(DayPlan).values(state=DayPlanState.DRAFT))
    assert (town.why("M").revision, town.why("M").visits) == (None, ())
    assert town.why("F").visits == ()


def test_who_has_moved_to_another_area_since_is_still_told(sqlite_town: Town) -> None:
    town = street(sqlite_town, "M.1....F")
    town.lives("M")
    town.lives("F")
    town.plan({"M": [("1", (9, 12), 9.5)]})
    with sqlite_town.system.transaction() as session:
        session.get_one(Technician, town.people["M"]).active = False
    assert town.of("M").rank == 1
