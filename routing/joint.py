"""When everything in a plan happens, its routes waiting for each other where links join their visits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from routing.links import circle, ends
from routing.plan import Plan, Route, Stop
from routing.problem import Link, Problem, SameStart
from routing.schedule import stops

Times = list[list[Stop]]


def timed(problem: Problem, plan: Plan) -> dict[int, list[Stop]]:
    """The timed stops of every route by vehicle, as early as order and links allow.

    Raises KeyError for unknown ids.
    """
    times = timed_routes(problem, plan.routes)
    return {route.vehicle: found for route, found in zip(plan.routes, times, strict=True)}


def starts(problem: Problem, plan: Plan) -> dict[int, int]:
    """When the service of every served visit begins, by id."""
    return {
        stop.visit: stop.start for found in timed(problem, plan).values() for stop in found if stop.visit is not None
    }


def timed_routes(problem: Problem, routes: Sequence[Route]) -> Times:
    """The timed stops of each route, as early as order and links allow.

    Starts are raised, never lowered, until every link is kept: without breaks that is the earliest plan there is
    (each start is a monotone function of the others); with them each route places its own as `stops` does. Links
    that cannot be kept are given up, and show in the times.
    """
    links = _to_keep(problem.links, routes)
    times, restless = _settled(problem, routes, links)
    while restless:
        links = [link for link in links if link not in restless]
        times, restless = _settled(problem, routes, links)
    return times


def waits(link: Link, at: Mapping[int, Stop]) -> Iterator[tuple[int, int]]:
    """The visits of a link that begin too early, each with its earliest start."""
    if isinstance(link, SameStart):
        first, second = at[link.first].start, at[link.second].start
        if first != second:
            yield (link.first, second) if first < second else (link.second, first)
    elif at[link.after].start < (earliest := at[link.before].leave + link.delay):
        yield link.after, earliest


def _to_keep(links: Sequence[Link], routes: Sequence[Route]) -> list[Link]:
    """The links between served visits, but for those no waiting can help: on one route, or in a circle of routes."""
    if not links:
        return []
    spot = {visit: (r, i) for r, route in enumerate(routes) for i, visit in enumerate(route.visits)}

    def can_wait(link: Link) -> bool:
        first, second = ends(link)
        if first not in spot or second not in spot:
            return False
        if spot[first][0] != spot[second][0]:
            return True
        return not isinstance(link, SameStart) and spot[first] < spot[second]

    kept = [link for link in links if can_wait(link)]
    joined = {visit for link in kept for visit in ends(link)}
    orders = [[visit for visit in route.visits if visit in joined] for route in routes]
    while waiting := {visit for visits in circle(kept, orders) for visit in visits}:
        patient = [link for link in kept if not waiting.issuperset(ends(link))]
        if len(patient) == len(kept):
            # A visit that is planned twice comes before itself, whatever the links.
            break
        kept = patient
    return kept


def _settled(problem: Problem, routes: Sequence[Route], links: Sequence[Link]) -> tuple[Times, list[Link]]:
    """Times that keep the links, and those that are still not kept when all could have come to rest."""
    times = [stops(problem, route) for route in routes]
    home = {visit: r for r, route in enumerate(routes) for visit in route.visits}
    at = {stop.visit: stop for found in times for stop in found if stop.visit is not None}
    bounds: dict[int, int] = {}
    for _ in range(_rounds(problem, links)):
        raised: dict[int, int] = {}
        for link in links:
            for visit, bound in waits(link, at):
                raised[visit] = max(bound, raised.get(visit, bound))
        if not raised:
            return times, []
        bounds |= raised
        for r in {home[visit] for visit in raised}:
            times[r] = stops(problem, routes[r], bounds)
            at |= {stop.visit: stop for stop in times[r] if stop.visit is not None}
    return times, [link for link in links if any(waits(link, at))]


def _rounds(problem: Problem, links: Sequence[Link]) -> int:
    """Enough rounds when no link waits for itself: one for each link, some for each window a shared start skips."""
    joined = {visit for link in links if isinstance(link, SameStart) for visit in ends(link)}
    return 2 + len(links) + 3 * sum(len(problem.visit(visit).windows) for visit in joined)
