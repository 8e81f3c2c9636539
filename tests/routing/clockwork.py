"""A plan acted out second by second: what times it has, found without any of the planner's arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, field

from routing.plan import Plan
from routing.problem import Precedence, Problem, SameStart, Vehicle, Visit

TOO_LATE = 600


@dataclass
class Technician:
    vehicle: Vehicle
    ahead: list[Visit]
    place: int | None
    free_at: int
    ready_at: int = 0


@dataclass
class ActedOut:
    """Vehicles without breaks act out a plan; a visit nobody can begin any more stops its vehicle for good."""

    problem: Problem
    plan: Plan
    starts: dict[int, int] = field(default_factory=dict)
    leaves: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)

    def run(self) -> bool:
        """Whether all is done in time."""
        people = [
            Technician(v, [self.problem.visit(n) for n in r.visits], v.start, v.shift.earliest)
            for r in self.plan.routes
            if (v := self.problem.vehicle(r.vehicle)) and r.visits
        ]
        for one in people:
            self._set_out(one)
        for now in range(TOO_LATE):
            while any([self._step(one, people, now) for one in people]):
                pass
        return all(not one.ahead and one.free_at <= one.vehicle.shift.latest for one in people)

    def _set_out(self, one: Technician) -> None:
        goal = one.ahead[0].place if one.ahead else one.vehicle.end
        drive = 0
        if one.place is not None and goal is not None and self.problem.durations is not None:
            drive = int(self.problem.durations[one.place, goal])
        if one.ahead:
            one.ready_at = one.free_at + drive + (one.ahead[0].setup if one.place != goal else 0)
        else:
            one.free_at += drive

    def _step(self, one: Technician, people: list[Technician], now: int) -> bool:
        """Begin the next visit if that can be now, together with its partners."""
        if not one.ahead:
            return False
        partners = self._with_partners(one.ahead[0].id)
        able = [other for other in people if other.ahead and other.ahead[0].id in partners]
        if len(able) < len(partners) or not all(self._can_begin(other, now) for other in able):
            return False
        for other in able:
            visit = other.ahead.pop(0)
            self.starts[visit.id] = now
            self.leaves[visit.id] = other.free_at = now + visit.service
            other.place = visit.place
            self._set_out(other)
        return True

    def _can_begin(self, one: Technician, now: int) -> bool:
        visit = one.ahead[0]
        if visit.pin is not None and visit.pin.start not in (None, now):
            return False
        if one.ready_at > now or (visit.windows and not any(w.earliest <= now <= w.latest for w in visit.windows)):
            return False
        return all(
            link.before in self.leaves and self.leaves[link.before] + link.delay <= now
            for link in self.problem.links
            if isinstance(link, Precedence) and link.after == visit.id
        )

    def _with_partners(self, visit_id: int) -> set[int]:
        found = {visit_id}
        for _ in self.problem.links:
            for link in self.problem.links:
                if isinstance(link, SameStart) and found & {link.first, link.second}:
                    found |= {link.first, link.second}
        return found
