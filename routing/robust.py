"""Plans that keep more promises: searched over sampled days, on which a broken promise has its price."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np

from routing.check import violations
from routing.eligibility import reason
from routing.exchange import with_better
from routing.hedge import LOST, OPEN, Hedge, can_be_hedged, hedge_of
from routing.hedge_kernel import Goals, Room
from routing.hedge_search import BEST, Routes, search
from routing.limits import Limits, Progress
from routing.plan import Plan, Route
from routing.problem import Problem, TimeWindow, Vehicle, Visit
from routing.solve import solve
from routing.spread import Spreads

ORDINARY = Spreads()
SAMPLED_DAYS = 192
FIRST_SHARE = 0.3
"""The share of the time that goes to a plan on mean times, from which the search begins."""
PRICE, FLOOR = 1.0, 0.5
CAREFUL = 4.0
STEEP = 20.0
HOT, COLD = 0.04, 0.0015
"""Temperatures, as shares of what a visit left out costs."""
WARM = 0.01
"""The temperature at which a running plan is improved."""
NEVER_LEFT_OUT = 1 << 30
AT_ONCE = 20
ROUNDS = 20
"""Iterations of this search for one of `Limits.iterations`."""
SPARE = 20
"""Room for so many visits more than twice the longest route has."""
HOUR = 3600
CHECKING = 0.0005
"""Seconds for each visit that are left for reasons and the referee."""


def robust(
    problem: Problem,
    limits: Limits,
    start: Plan | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    spreads: Spreads = ORDINARY,
    kinds: Mapping[int, str] | None = None,
    price: float = PRICE,
    floor: float = FLOOR,
) -> Plan:
    """A plan as `solve` makes it, but for days as they come: it breaks no rule on the planned times, and costs least in
    expectation, overtime included.

    A broken promise costs `price` times a visit left out, and below the chance `floor` each costs twenty times what is
    lacking on top. With a price of 1 as many promises as possible are kept in expectation, with about as many visits
    as `solve` plans; with 10 about one visit in ten is left out so that nearly every promise is kept. `spreads` and
    `kinds` as in `simulate`. Problems without a matrix (very large ones) are planned on mean times. Raises
    InvalidProblem for contradictory input.
    """
    if not can_be_hedged(problem):
        return solve(problem, limits, start, progress)
    began, tell = time.monotonic(), progress or _ignore
    first = replace(limits, seconds=limits.seconds * FIRST_SHARE)
    roomy = with_slack(problem, first_share(price), spreads, kinds or {})
    plan = solve(roomy, first, start, lambda now: tell(replace(now, percent=now.percent * FIRST_SHARE)))

    def later(now: Progress) -> None:
        percent = 100 * FIRST_SHARE + (1 - FIRST_SHARE) * now.percent
        tell(replace(now, percent=percent, seconds=time.monotonic() - began))

    rest = replace(limits, seconds=limits.seconds - (time.monotonic() - began))
    return hedged(problem, plan, rest, later, spreads=spreads, kinds=kinds, price=price, floor=floor)


def improved(
    problem: Problem,
    limits: Limits,
    start: Plan | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    spreads: Spreads = ORDINARY,
    kinds: Mapping[int, str] | None = None,
    floor: float,
) -> Plan:
    """A running plan made better while its promises stay as likely, with the signature of an engine.

    Nothing is planned anew as in `robust`: what is served stays so, no chance falls below `floor` or what it was, and
    of what a few seconds find only those parts are changed that are better on their own (`routing.exchange`).
    """
    if start is None:
        return solve(problem, limits, start, progress)
    served = frozenset(visit for route in start.routes for visit in route.visits)
    found = (
        hedged(
            problem, start, limits, progress,
            spreads=spreads, kinds=kinds, price=CAREFUL, floor=floor, keeping=served, hot=WARM,
        )
        if can_be_hedged(problem)
        else solve(problem, limits, start, progress)
    )  # fmt: skip
    return with_better(
        problem, start, found, spreads=spreads, kinds=kinds or {}, floor=floor, worth=problem.weights.left_out
    )


def first_share(price: float) -> float:
    """The percentile of durations at which the first plan is made: half way to the one at which a news vendor stops.

    What is too long for one visit is made good by others, so all of that would be too much.
    """
    return max(0.5, 0.25 + 0.5 * price / (1 + price))


def with_slack(problem: Problem, share: float, spreads: Spreads, kinds: Mapping[int, str]) -> Problem:
    """The problem (one with a matrix) with all durations at a percentile, none shorter than planned.

    A plan of it breaks no rule of the problem itself: earlier is never worse.
    """
    assert problem.durations is not None
    if share <= 0.5:
        return problem
    factors = {visit.id: max(1.0, spreads.of_kind(kinds.get(visit.id)).quantile(share)) for visit in problem.visits}
    visits = tuple(
        replace(visit, service=round(visit.service * factors[visit.id]), setup=round(visit.setup * factors[visit.id]))
        for visit in problem.visits
    )
    durations = np.rint(problem.durations * max(1.0, spreads.travel.quantile(share))).astype(np.int32)
    return replace(problem, visits=visits, durations=durations)


def _ignore(_progress: Progress) -> None: ...


def hedged(
    problem: Problem,
    plan: Plan,
    limits: Limits,
    progress: Callable[[Progress], None] | None = None,
    *,
    spreads: Spreads = ORDINARY,
    kinds: Mapping[int, str] | None = None,
    price: float = PRICE,
    floor: float = FLOOR,
    keeping: Collection[int] = (),
    hot: float = HOT,
) -> Plan:
    """A plan made better in the sense of `robust`. The problem must have a matrix.

    What the search does not understand stays as it is: see `routing.hedge.hedge_of`. Visits whose ids are in `keeping`
    are not left out. `hot` is the temperature at which the search begins.
    """
    began, worth = time.monotonic(), float(problem.weights.left_out)
    goals = Goals(price * worth, float(floor), STEEP * worth)
    search_of = _Search(problem, plan, limits.seed, spreads, kinds or {}, goals, hot)
    search_of.keep(keeping)
    for share in _shares(limits, began, CHECKING * len(problem.visits)):
        search_of.go_on(share)
        if progress is not None:
            progress(search_of.progress(share, began))
    found = search_of.plan()
    return plan if violations(problem, found) else found


def prepare() -> None:
    """Compile the search, which takes half a minute once in an installation: call it where no limit runs."""
    vehicle = Vehicle(1, None, None, TimeWindow(0, HOUR))
    problem = Problem((Visit(1, 0, 60),), (vehicle,), np.zeros((1, 1), np.int32))
    hedged(problem, Plan((), {}), Limits(60.0, iterations=1))


def trial_run(problem: Problem, plan: Plan, hedge: Hedge) -> dict[int, float]:
    """The chance that each promise of the plan breaks, by visit id, as the search reckons it.

    Only those of the routes it understands: see `hedge_of`.
    """
    routes = _routes(problem, plan, 0, hedge.work.shape[1])
    search(hedge, Goals(0.0, 0.0, 0.0), routes, _room(routes), 0, 0, 1.0)
    index = {vehicle.id: k for k, vehicle in enumerate(problem.vehicles)}
    return {
        visit: float(routes.broken[index[route.vehicle], i])
        for route in plan.routes
        for i, visit in enumerate(route.visits)
        if hedge.vehicle[index[route.vehicle], OPEN]
    }


def _shares(limits: Limits, began: float, checking: float) -> Iterator[float]:
    """How much of the search is done, from 0 to 1, each time some more is to be done."""
    rest = max(1e-6, began + limits.seconds - checking - time.monotonic())
    ends = time.monotonic() + rest
    rounds = None if limits.iterations is None else max(1, limits.iterations * ROUNDS // AT_ONCE)
    done = 0
    while (left := ends - time.monotonic()) > 0 and (rounds is None or done < rounds):
        yield 1 - left / rest if rounds is None else done / rounds
        done += 1


class _Search:
    """The arrays of one search."""

    def __init__(
        self, problem: Problem, plan: Plan, seed: int, spreads: Spreads, kinds: Mapping[int, str], goals: Goals,
        hot: float,
    ) -> None:  # fmt: skip
        self.problem, self.goals, self.hot, self.done = problem, goals, hot, 0
        self.hedge: Hedge = hedge_of(problem, plan, SAMPLED_DAYS, seed, spreads, kinds)
        self.routes = _routes(problem, plan, seed, SAMPLED_DAYS)
        self.room = _room(self.routes)

    def keep(self, visits: Collection[int]) -> None:
        """Leave none of these out."""
        numbers = [number for number, visit in enumerate(self.problem.visits) if visit.id in visits]
        self.hedge.visit[numbers, LOST] = NEVER_LEFT_OUT

    def go_on(self, share: float) -> None:
        """Some iterations at the temperature that belongs to that share of the search."""
        temperature = self.problem.weights.left_out * self.hot * (COLD / self.hot) ** share
        search(self.hedge, self.goals, self.routes, self.room, self.done, AT_ONCE, temperature)
        self.done += AT_ONCE

    def plan(self) -> Plan:
        """The best routes found, with reasons for what they leave out."""
        found = tuple(
            Route(vehicle.id, tuple(self.problem.visits[v].id for v in visits[:count]))
            for vehicle, visits, count in zip(
                self.problem.vehicles, self.routes.best_visits, self.routes.best_length, strict=True
            )
            if count
        )
        served = {visit for route in found for visit in route.visits}
        routed = Plan(found, {})
        left = [visit for visit in self.problem.visits if visit.id not in served]
        return Plan(found, {visit.id: reason(self.problem, routed, visit) for visit in left})

    def progress(self, share: float, began: float) -> Progress:
        placed, cost = int(self.routes.best_length.sum()), round(float(self.routes.sum[BEST]))
        return Progress(100 * share, placed, len(self.problem.visits), cost, time.monotonic() - began)


def _routes(problem: Problem, plan: Plan, seed: int, days: int) -> Routes:
    number = {visit.id: n for n, visit in enumerate(problem.visits)}
    index = {vehicle.id: k for k, vehicle in enumerate(problem.vehicles)}
    k, n = len(problem.vehicles), len(problem.visits)
    longest = min(n, 2 * max((len(route.visits) for route in plan.routes), default=0) + SPARE) + 1
    visits, count, home = np.zeros((k, longest), np.int64), np.zeros(k, np.int64), np.full(n, -1, np.int64)
    for route in plan.routes:
        at = index[route.vehicle]
        count[at] = len(route.visits)
        visits[at, : count[at]] = [number[visit] for visit in route.visits]
        home[visits[at, : count[at]]] = at
    legs = (k, longest + 2)
    return Routes(
        visits=visits, length=count, cost=np.zeros(k), home=home, broken=np.zeros(legs, np.float32),
        free=np.zeros(legs, np.int64), by=np.zeros(legs, np.int64), leg=np.zeros(k, np.int64),
        clocks=np.zeros((*legs, days), np.float32), at=np.zeros(legs, np.int64), spent=np.zeros(legs),
        drives=np.zeros(legs, np.int64), touched=np.full(k, -1, np.int64), old_visits=visits.copy(),
        old_length=count.copy(), best_visits=visits.copy(), best_length=count.copy(), sum=np.zeros(2),
        random=np.array([88172645463325252 + 2 * seed], np.uint64), out=np.zeros(n, np.int64),
    )  # fmt: skip


def _room(routes: Routes) -> Room:
    """Room for one more route."""
    return Room(
        routes.clocks[0].copy(), routes.at[0].copy(), routes.spent[0].copy(), routes.drives[0].copy(),
        routes.broken[0].copy(),
    )  # fmt: skip
