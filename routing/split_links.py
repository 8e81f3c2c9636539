"""What joins the parts of an area: groups of visits stay together, what is planned stays put, budgets are shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from routing.check_links import changed_visits
from routing.joint import starts
from routing.links import ends, groups, without
from routing.plan import Plan, Route
from routing.problem import Link, Pin, Problem, Published, Visit


def bound_and_loose(problem: Problem, routes: Sequence[Route]) -> tuple[dict[int, list[Visit]], list[list[Visit]]]:
    """The visits in no route: by the vehicle they cannot be parted from, and the others in groups joined by links.

    A group belongs to the vehicle one of its visits is frozen for or pinned to, or that makes a visit it is joined to.
    """
    home = {visit: route.vehicle for route in routes for visit in route.visits}
    left = [visit.id for visit in problem.visits if visit.id not in home]
    owner = _owners(problem) | _beside(problem.links, home)
    bound: dict[int, list[Visit]] = {}
    loose: list[list[Visit]] = []
    for group in groups(problem.links, left):
        visits = [problem.visit(visit) for visit in group]
        vehicle = next((owner[visit] for visit in group if visit in owner), None)
        if vehicle is None:
            loose.append(visits)
        else:
            bound.setdefault(vehicle, []).extend(visits)
    return bound, loose


def _owners(problem: Problem) -> dict[int, int]:
    """The vehicle each visit is pinned to or frozen for."""
    pinned = {v.id: v.pin.vehicle for v in problem.visits if v.pin is not None and v.pin.vehicle is not None}
    frozen = {visit: vehicle.id for vehicle in problem.vehicles for visit in vehicle.frozen}
    return {visit: vehicle for visit, vehicle in pinned.items() if problem.has_vehicle(vehicle)} | frozen


def _beside(links: Sequence[Link], home: Mapping[int, int]) -> dict[int, int]:
    """For visits in no route the vehicle that makes a visit they are joined to."""
    found: dict[int, int] = {}
    for one, other in map(ends, links):
        if one in home and other not in home:
            found[other] = home[one]
        elif other in home and one not in home:
            found[one] = home[other]
    return found


def with_own_links(problem: Problem, plan: Plan, cut: Sequence[Problem]) -> list[Problem]:
    """The parts of a problem, each with the links inside it.

    A planned visit that is joined to one in another part keeps its vehicle and its start; one that is not planned
    yet is in no part then.
    """
    if not problem.links:
        return list(cut)
    part_of = {visit.id: number for number, part in enumerate(cut) for visit in part.visits}
    across = {v for link in problem.links if len({part_of.get(v) for v in ends(link)}) > 1 for v in ends(link)}
    home = {visit: route.vehicle for route in plan.routes for visit in route.visits}
    at = starts(problem, plan) if across else {}
    out = without(problem.links, across - home.keys()) - home.keys()

    def held(visit: Visit) -> Visit:
        return replace(visit, pin=Pin(home[visit.id], at[visit.id])) if visit.id in across else visit

    found = []
    for part in cut:
        kept = tuple(held(visit) for visit in part.visits if visit.id not in out)
        inside = {visit.id for visit in kept}
        links = tuple(link for link in problem.links if inside.issuperset(ends(link)))
        found.append(replace(part, visits=kept, links=links))
    return found


def with_own_budgets(problem: Problem, plan: Plan, cut: Sequence[Problem]) -> list[Problem]:
    """The parts of a problem, each with what it may change of what was published: what it has, and a share of the rest.

    Where nothing is planned yet there are only shares.
    """
    published = problem.published
    if published is None or published.most_changed is None:
        return list(cut)
    home = {visit: route.vehicle for route in plan.routes for visit in route.visits}
    has = [len(changed_visits(part, home)) if home else 0 for part in cut]
    left = max(0, published.most_changed - (len(changed_visits(problem, home)) if home else 0))
    return [
        replace(part, published=Published(published.vehicles, has[n] + (left + n) // len(cut)))
        for n, part in enumerate(cut)
    ]
