"""Why a visit is in no route, and the smallest changes that would place it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from routing.check import route_violations, violations
from routing.clock import start_windows
from routing.day import ANY_TIME, Day
from routing.eligibility import day_barrier, who_barrier
from routing.explanation import Explanation, Give, Obstacle, Relaxation, Remedy
from routing.partners import Opening, linked, opening
from routing.plan import Insertion, Plan, Route, Rule
from routing.problem import Problem, SameStart, Visit
from routing.relaxing import relaxed, remedied
from routing.schedule import stops
from routing.score import travel_cost
from routing.trials import Chance, Trial, chances

HANDFUL = 3
MOST_DOUBLES = 6
MOST_TRIED = 40
MUCH_CHEAPER = 0.5
SAVING = 600
STEP = 900
LIMIT_RULES = {
    Give.OVERTIME: Rule.SHIFT,
    Give.CAPACITY: Rule.CAPACITY,
    Give.MAX_VISITS: Rule.MAX_VISITS,
    Give.MAX_TRAVEL: Rule.MAX_TRAVEL,
    Give.MAX_DISTANCE: Rule.MAX_DISTANCE,
}


def explain(problem: Problem, plan: Plan, visit: Visit | int) -> Explanation:
    """What stops every vehicle from the visit, and what would have to be given up: each change really tried.

    `visit` may be an id of the problem or a visit it does not know. One that is served is looked at as if it were
    not. Two things are given up only where no single one helps, or where that is much cheaper.
    """
    wanted = problem.visit(visit) if isinstance(visit, int) else visit
    if not problem.has_visit(wanted.id):
        problem = replace(problem, visits=(*problem.visits, wanted))
    plan = _taken_out(plan, wanted.id)
    day = Day.of(problem, plan)
    places = tuple(day.insertions(wanted))
    free = {place.vehicle for place in places}
    obstacles = tuple(
        Obstacle(vehicle.id, _obstacle(problem, day, wanted, vehicle.id))
        for vehicle in problem.vehicles
        if vehicle.id not in free
    )
    remedies = () if places else tuple(_Search(problem, plan, day, wanted).remedies())
    return Explanation(wanted.id, places, obstacles, remedies)


def _taken_out(plan: Plan, visit_id: int) -> Plan:
    routes = (Route(route.vehicle, tuple(v for v in route.visits if v != visit_id)) for route in plan.routes)
    return replace(plan, routes=tuple(routes))


def _obstacle(problem: Problem, day: Day, visit: Visit, vehicle_id: int) -> Rule:
    """The first rule that stops the vehicle: the person's, the day's, a partner's, or that there is no room."""
    vehicle = problem.vehicle(vehicle_id)
    return (
        who_barrier(visit, vehicle)
        or day_barrier(problem, visit, vehicle)
        or _partners_rule(problem, day, visit, vehicle_id)
        or Rule.NO_TIME
    )


def _partners_rule(problem: Problem, day: Day, visit: Visit, vehicle_id: int) -> Rule | None:
    """Whether what a planned partner leaves open is not open to the vehicle, even on an empty day."""
    for link in linked(problem.links, visit.id):
        open_to = opening((link,), visit, day.held)
        if open_to is None or not open_to.allows(vehicle_id, (), 0) or _is_shut(problem, visit, vehicle_id, open_to):
            return Rule.PARTNER if isinstance(link, SameStart) else Rule.PRECEDENCE
    return None


def _is_shut(problem: Problem, visit: Visit, vehicle_id: int, open_to: Opening) -> bool:
    spans = open_to.narrowed(start_windows(visit) or ANY_TIME)
    windows = tuple(span for span in spans if span.earliest <= span.latest)
    narrowed = replace(visit, windows=windows, pin=None)
    return not windows or day_barrier(problem, narrowed, problem.vehicle(vehicle_id)) is not None


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for remedies: ranks the chances by what they seem to cost, then tries the best of each kind in earnest."""

    problem: Problem
    plan: Plan
    day: Day
    visit: Visit
    elsewhere: dict[tuple[int, int], Insertion | None] = field(default_factory=dict)

    def remedies(self) -> list[Remedy]:
        """Those that give up one thing, then those that give up two, the cheapest first."""
        kinds: dict[tuple[Give, ...], list[Chance]] = {}
        for chance in sorted(chances(self.problem, self.day, self.visit), key=_promise):
            kinds.setdefault(chance.kinds, []).append(chance)
        singles = [found for kind, some in kinds.items() if len(kind) == 1 for found in self._best(some, HANDFUL)]
        singles.sort(key=_cost)
        pairs = {kind: some for kind, some in kinds.items() if len(kind) > 1}
        return singles + self._doubles(pairs, _givers(singles), _worth(singles))

    def _doubles(
        self, kinds: dict[tuple[Give, ...], list[Chance]], singles: set[tuple[int, Give]], limit: float
    ) -> list[Remedy]:
        found: list[Remedy] = []
        for some in kinds.values():
            worth = [one for one in some if one.cost < limit and not _is_more_than_needed(one, singles)]
            found += self._best(worth, 1)
        return sorted((one for one in found if one.cost < limit), key=_cost)[:MOST_DOUBLES]

    def _best(self, some: Sequence[Chance], most: int) -> list[Remedy]:
        """The first chances that hold, each vehicle and each moved visit once."""
        found: list[Remedy] = []
        seen: set[tuple[int, int | None]] = set()
        for chance in some[:MOST_TRIED]:
            key = chance.trial.vehicle.id, chance.trial.moved
            if len(found) == most or key in seen:
                continue
            remedy = self._tried(chance)
            if remedy is not None:
                seen.add(key)
                found.append(remedy)
        return found

    def _tried(self, chance: Chance) -> Remedy | None:
        """The chance carried out on the relaxed problem; None where the referee objects or no waiver was needed."""
        given = chance.relaxations
        if chance.trial.moved is not None:
            place = self._elsewhere(chance.trial.moved, chance.trial.vehicle.id)
            if place is None:
                return None
            given = (*given, _moved(chance.trial.moved, chance.trial.vehicle.id, place))
        draft = Remedy(given, chance.trial.vehicle.id, chance.position, 0, 0, 0)
        plan = remedied(self.plan, self.visit.id, draft)
        given = (*given, *self._amounts(relaxed(self.problem, given), plan, chance.trial))
        if len(given) < len(chance.kinds):
            return None
        return self._carried_out(replace(draft, relaxations=given), plan)

    def _amounts(self, problem: Problem, plan: Plan, trial: Trial) -> Iterator[Relaxation]:
        """By how much each waived limit is really overrun."""
        if not trial.waived:
            return
        route = next(route for route in plan.routes if route.vehicle == trial.vehicle.id)
        broken = list(route_violations(problem, route))
        for kind in trial.waived:
            over = max((one.amount for one in broken if one.rule == LIMIT_RULES[kind]), default=0)
            if over:
                yield Relaxation(kind, self.visit.id, trial.vehicle.id, over)

    def _carried_out(self, remedy: Remedy, plan: Plan) -> Remedy | None:
        problem = relaxed(self.problem, remedy.relaxations)
        before = {route.vehicle: route for route in self.plan.routes}
        changed = [route for route in plan.routes if before.get(route.vehicle) != route]
        if any(next(route_violations(problem, route), None) for route in changed) or self._breaks_links(problem, plan):
            return None
        own = next(route for route in changed if route.vehicle == remedy.vehicle)
        timed = stops(problem, own)
        soft_end = problem.vehicle(remedy.vehicle).soft_end
        return replace(
            remedy,
            start=next(stop.start for stop in timed if stop.visit == self.visit.id),
            overtime=0 if soft_end is None else max(0, timed[-1].leave - soft_end),
            cost=travel_cost(problem, changed)
            - travel_cost(self.problem, [before[route.vehicle] for route in changed if route.vehicle in before]),
        )

    def _breaks_links(self, problem: Problem, plan: Plan) -> bool:
        """Whether something is broken that was not before; only links can reach from route to route."""
        if not problem.links:
            return False
        known = set(violations(self.problem, self.plan))
        return any(one not in known and one.vehicle is not None for one in violations(problem, plan))

    def _elsewhere(self, moved: int, vehicle: int) -> Insertion | None:
        """The cheapest place of a visit with anybody else."""
        if (moved, vehicle) not in self.elsewhere:
            places = self.day.insertions(self.problem.visit(moved))
            self.elsewhere[moved, vehicle] = next((place for place in places if place.vehicle != vehicle), None)
        return self.elsewhere[moved, vehicle]


def _moved(visit_id: int, vehicle: int, place: Insertion) -> Relaxation:
    return Relaxation(Give.MOVE, visit_id, vehicle, to_vehicle=place.vehicle, to_position=place.position)


def _promise(chance: Chance) -> tuple[int, int]:
    """Sorts by time overrun, in steps too small to argue about, then by cost."""
    return chance.amount // STEP, chance.cost


def _cost(remedy: Remedy) -> int:
    return remedy.cost


def _worth(singles: Sequence[Remedy]) -> float:
    """What giving up two things may cost to be worth a look: much less than giving up one."""
    if not singles:
        return float("inf")
    return min(MUCH_CHEAPER * singles[0].cost, singles[0].cost - SAVING)


def _givers(singles: Iterable[Remedy]) -> set[tuple[int, Give]]:
    return {(remedy.vehicle, remedy.relaxations[0].kind) for remedy in singles}


def _is_more_than_needed(chance: Chance, singles: set[tuple[int, Give]]) -> bool:
    """Whether one of the two things alone has been seen to help with the same vehicle."""
    return any((chance.trial.vehicle.id, kind) in singles for kind in chance.kinds)
