"""Why a visit is somebody's: who else of the area covers the county, has the skill, is at work and has room for it.

Nearness is the drive to the visit from where somebody is by the plan when it begins: from their last stop before
that, or from home. Why somebody is not at work is never told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

import numpy as np

from routing.day import Day
from routing.eligibility import day_barrier
from routing.plan import Rule
from routing.problem import Break, TimeWindow, Vehicle, Visit
from routing.reach import Point
from routing.travel import TravelTimes, table

MOST_OTHERS = 3
MINUTE = 60


class WhyNot(StrEnum):
    """Why a visit is not another's, the first that holds, but for `farther`: they could, and are farther away."""

    NO_COVERAGE = "no-coverage"
    NO_SKILL = "no-skill"
    NOT_AT_WORK = "not-at-work"
    DAY_FULL = "day-full"
    VAN_FULL = "van-full"
    FARTHER = "farther"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the area, at work that day or not; `home` is where their days begin, (lng, lat)."""

    id: int
    name: str
    home: Point
    counties: frozenset[str]
    skills: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else, and why the visit is not theirs. `minutes` as in `Reasons`."""

    name: str
    minutes: int
    reason: WhyNot


@dataclass(frozen=True, slots=True)
class Reasons:
    """Of `technicians` so many cover the county; of these so many have the skill, of these are at work, of these have
    room for it in what they do by the plan (the one who has it among them).

    `rank`: how many of those who have room are nearer, and one. `minutes` of driving to it. `others`: the nearest of
    whom it can be said why not; somebody nearer with room is not among them, but in the rank.
    """

    visit_id: int
    technicians: int
    covering: int
    skilled: int
    at_work: int
    able: int
    rank: int
    minutes: int
    others: tuple[Other, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A visit with the windows it was promised, at the coordinates `at`, begun at `start` by the plan.

    `mine` has it, `along` come along.
    """

    visit_id: int
    visit: Visit
    at: Point
    start: int
    mine: int
    along: frozenset[int]


@dataclass(frozen=True, slots=True)
class Region:
    """Everybody of an area on one day: the plan made ready to be asked, and when each is where by it.

    `tracks` are the starts of the stops (s after midnight) and their coordinates, by technician, in order.
    """

    staff: Sequence[Person]
    day: Day
    tracks: Mapping[int, Sequence[tuple[int, Point]]]
    travel_times: TravelTimes

    def reasons(self, asked: Asked) -> Reasons:
        steps, drives = self._steps(asked), self._drives(asked)
        rest = [p for p in self.staff if p.id != asked.mine and p.id not in asked.along]
        rest.sort(key=lambda person: (drives[person.id], person.id))
        others = (self._other(person, asked, steps, drives) for person in rest)
        return Reasons(
            visit_id=asked.visit_id,
            technicians=len(self.staff),
            covering=len(steps.covering),
            skilled=len(steps.skilled),
            at_work=len(steps.at_work),
            able=len(steps.able),
            rank=1 + sum(drives[person.id] < drives[asked.mine] for person in rest if person.id in steps.able),
            minutes=_minutes(drives[asked.mine]),
            others=tuple(islice((other for other in others if other is not None), MOST_OTHERS)),
        )

    def _steps(self, asked: Asked) -> _Steps:
        visit, vehicles = asked.visit, self.day.vehicles
        covering = frozenset(person.id for person in self.staff if visit.county in person.counties)
        skilled = frozenset(p.id for p in self.staff if p.id in covering and _has(p.skills, visit.skills))
        at_work = skilled & {vehicle.id for vehicle in vehicles if is_at_work(vehicle, visit)}
        able = at_work & self._with_room(visit, asked.at) - asked.along | {asked.mine}
        is_tight = bool(at_work - able) and any(visit.load)
        empty = self._with_room(replace(visit, load=()), asked.at) if is_tight else frozenset()
        return _Steps(covering, skilled, at_work, able, empty)

    def _with_room(self, visit: Visit, at: Point) -> frozenset[int]:
        return frozenset(place.vehicle for place in self.day.insertions(visit, at))

    def _other(self, person: Person, asked: Asked, steps: _Steps, drives: Mapping[int, int]) -> Other | None:
        is_farther = drives[person.id] > drives[asked.mine]
        reason = steps.barrier(person.id) or self._reason_of_day(person.id, asked, steps, is_farther)
        return Other(person.name, _minutes(drives[person.id]), reason) if reason is not None else None

    def _reason_of_day(self, person_id: int, asked: Asked, steps: _Steps, is_farther: bool) -> WhyNot | None:
        """None for somebody who could and is as near."""
        if person_id in steps.able:
            return WhyNot.FARTHER if is_farther else None
        rule = self._alone(person_id, asked)
        if rule in {Rule.WINDOW, Rule.SHIFT} and is_farther:
            return WhyNot.FARTHER
        return WhyNot.VAN_FULL if rule == Rule.CAPACITY or person_id in steps.with_empty_van else WhyNot.DAY_FULL

    def _alone(self, person_id: int, asked: Asked) -> Rule | None:
        """What would stop them with nothing else to do."""
        placed = self.day.located(asked.visit, asked.at)
        problem = self.day.problem
        return day_barrier(problem, placed, problem.vehicle(person_id)) if placed.place >= 0 else None

    def _drives(self, asked: Asked) -> dict[int, int]:
        """Seconds of everybody's drive to the visit, from where they are by the plan when it begins."""
        where = [_place(self.tracks.get(person.id, ()), asked.start, person.home) for person in self.staff]
        seconds, _ = table(self.travel_times, np.array(where), np.array([asked.at]))
        return {person.id: int(row) for person, row in zip(self.staff, seconds[:, 0].tolist(), strict=True)}


@dataclass(frozen=True, slots=True)
class _Steps:
    """Who is left after each question; `with_empty_van` would have room if the goods took none."""

    covering: frozenset[int]
    skilled: frozenset[int]
    at_work: frozenset[int]
    able: frozenset[int]
    with_empty_van: frozenset[int]

    def barrier(self, person_id: int) -> WhyNot | None:
        """The first question at which they drop out, but for whether they have room."""
        if person_id not in self.covering:
            return WhyNot.NO_COVERAGE
        if person_id not in self.skilled:
            return WhyNot.NO_SKILL
        return WhyNot.NOT_AT_WORK if person_id not in self.at_work else None


def is_at_work(vehicle: Vehicle, visit: Visit) -> bool:
    """Whether the visit could begin in a window and be made within the shift and between absences, drives aside."""
    away = [(each.windows[0].earliest, each.windows[0].earliest + each.duration) for each in absences(vehicle)]
    spans = visit.windows or (vehicle.shift,)
    return any(_has_gap(span, vehicle.shift, away, visit.service) for span in spans)


def absences(vehicle: Vehicle) -> list[Break]:
    """The breaks that are absences within the shift: `dispatch.planning` numbers these below 0."""
    return [each for each in vehicle.breaks if each.id < 0]


def _has_gap(span: TimeWindow, shift: TimeWindow, away: Collection[tuple[int, int]], service: int) -> bool:
    first, last = max(span.earliest, shift.earliest), min(span.latest, shift.latest - service)
    starts = [first, *(ends for _, ends in away if ends > first)]
    return any(
        start <= last and all(start + service <= begins or start >= ends for begins, ends in away) for start in starts
    )


def _has(skills: Mapping[str, int], needed: Mapping[str, int]) -> bool:
    return all(skills.get(skill, 0) >= level for skill, level in needed.items())


def _place(track: Sequence[tuple[int, Point]], at: int, home: Point) -> Point:
    """Where the last stop begun before the instant is."""
    return next((place for start, place in reversed(track) if start < at), home)


def _minutes(seconds: int) -> int:
    return round(seconds / MINUTE)
