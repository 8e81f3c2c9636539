"""Where one more visit fits into planned routes, the other visits keeping their order."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from operator import attrgetter
from threading import Lock
from weakref import ref

from routing.day import Day
from routing.links import ends
from routing.plan import Insertion, Plan, Route, Stop
from routing.problem import Link, Problem, Visit
from routing.schedule import stops

MOST_KEPT = 8


def insertions(problem: Problem, plan: Plan, visit: Visit | int) -> list[Insertion]:
    """Every place, and every window of the visit there, where it fits; cheapest first, then earliest.

    `visit` may be an id of the problem or a visit it does not know (its `place` must be one of the
    problem's). A visit the plan already serves is tried as if it were not in its route. Complete and exact
    for time, breaks, load, limits; planned visits that links join to others keep their starts. What can be worked
    out of a plan once is kept while the plan lives, so that asking again takes a millisecond.
    """
    wanted = problem.visit(visit) if isinstance(visit, int) else visit
    return _RECENT.day(problem, plan).insertions(wanted)


def fits(problem: Problem, route: Route, visit: Visit) -> Insertion | None:
    """The cheapest place of `visit` in one route, None when it does not fit; links to other routes do not count."""
    rest = Route(route.vehicle, tuple(v for v in route.visits if v != visit.id))
    known = [problem.visit(v) for v in rest.visits]
    links, held = _inside(problem, rest, visit)
    day = Day.over(problem, (problem.vehicle(route.vehicle),), known, [rest], [0], links, held)
    return min(day.insertions(visit), key=attrgetter("cost", "start", "position"), default=None)


def _inside(problem: Problem, rest: Route, visit: Visit) -> tuple[list[Link], dict[int, tuple[int, Stop]]]:
    """The links that can be kept on one route, and the times of its visits when there are any."""
    if not problem.links:
        return [], {}
    own = {visit.id, *rest.visits}
    links = [link for link in problem.links if own.issuperset(ends(link))]
    timed = stops(problem, rest) if links else []
    return links, {stop.visit: (rest.vehicle, stop) for stop in timed if stop.visit is not None}


def inserted(route: Route, visit_id: int, position: int) -> Route:
    """The route with the visit before `position`."""
    return Route(route.vehicle, (*route.visits[:position], visit_id, *route.visits[position:]))


@dataclass(slots=True)
class _Recent:
    """The days of the plans asked for lately, the latest last, each as long as its plan lives."""

    days: deque[tuple[ref[Plan], list[Day]]] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    lock: Lock = field(default_factory=Lock)

    def day(self, problem: Problem, plan: Plan) -> Day:
        """The plan made ready: as it was kept, or from a kept plan of the same problem, or anew."""
        kept = self._of(problem)
        for whose, day in kept:
            if whose is plan:
                return day
        day = kept[-1][1].changed(plan) if kept else Day.of(problem, plan)
        cell = [day]
        with self.lock:
            self.days.append((ref(plan, lambda _: cell.clear()), cell))
        return day

    def _of(self, problem: Problem) -> list[tuple[Plan | None, Day]]:
        with self.lock:
            return [(whose(), day) for whose, cell in self.days for day in cell if day.problem is problem]


_RECENT = _Recent()
