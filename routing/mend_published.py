"""Brings visits back to the technician who was published, where more have changed than may."""

from __future__ import annotations

from collections.abc import Iterable

from routing.check import route_violations
from routing.check_links import changed_visits
from routing.insertion import fits, inserted
from routing.links import ends
from routing.mend_links import together
from routing.plan import Route
from routing.problem import Problem


def too_many_changed(problem: Problem, routes: Iterable[Route]) -> int:
    """How many more visits have changed their vehicle than may, or are left out."""
    published = problem.published
    if published is None or published.most_changed is None:
        return 0
    vehicles = {visit: route.vehicle for route in routes for visit in route.visits}
    return len(changed_visits(problem, vehicles)) - published.most_changed


def nearer_to_published(problem: Problem, kept: dict[int, Route]) -> dict[int, Route]:
    """Routes of which fewer visits have changed their vehicle, if more had than may."""
    over = too_many_changed(problem, kept.values())
    if over <= 0 or problem.published is None:
        return kept
    bound = {visit for link in problem.links for visit in ends(link)}
    bound |= {visit for vehicle in problem.vehicles for visit in vehicle.frozen}
    home = {visit: route.vehicle for route in kept.values() for visit in route.visits}
    for visit_id in changed_visits(problem, home):
        back = problem.published.vehicles[visit_id]
        if over > 0 and visit_id in home and visit_id not in bound:
            moved = _moved(problem, kept, visit_id, home[visit_id], back)
            over -= moved is not None
            kept = moved or kept
    return kept


def _moved(problem: Problem, kept: dict[int, Route], visit_id: int, start: int, end: int) -> dict[int, Route] | None:
    shorter = Route(start, tuple(visit for visit in kept[start].visits if visit != visit_id))
    place = fits(problem, kept.get(end, Route(end, ())), problem.visit(visit_id))
    if place is None:
        return None
    moved = {**kept, start: shorter, end: inserted(kept.get(end, Route(end, ())), visit_id, place.position)}
    unharmed = not any(route_violations(problem, shorter)) and together(problem, moved) == moved
    return moved if unharmed else None
