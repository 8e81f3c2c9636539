"""The referee on what joins routes: links between visits, frozen heads of routes, and what was published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from routing.links import ends
from routing.plan import Route, Rule, Stop, Violation
from routing.problem import Link, Precedence, Problem, SameStart, Vehicle


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a visit is served: the vehicle, how many visits it makes before, and when."""

    vehicle: int
    position: int
    stop: Stop


def spots(routes: Sequence[Route], times: Sequence[Sequence[Stop]]) -> dict[int, Spot]:
    """The spot of every served visit, by id."""
    found = {}
    for route, timed in zip(routes, times, strict=True):
        visits = (stop for stop in timed if stop.visit is not None)
        for position, stop in enumerate(visits):
            assert stop.visit is not None
            found[stop.visit] = Spot(route.vehicle, position, stop)
    return found


def broken_links(problem: Problem, links: Iterable[Link], served: Mapping[int, Spot]) -> Iterator[Violation]:
    """Every link that is not kept, but for those to visits the problem does not know."""
    for link in links:
        if all(problem.has_visit(visit) for visit in ends(link)):
            yield from _partners(link, served) if isinstance(link, SameStart) else _precedence(link, served)


def links_inside(links: Iterable[Link], visits: Iterable[int]) -> list[Link]:
    """The links one route alone must keep: both visits on it, or one of two that share a vehicle."""
    own = set(visits)

    def decided(link: Link) -> bool:
        inside = sum(visit in own for visit in ends(link))
        return inside == 2 or (inside == 1 and isinstance(link, Precedence) and link.same_vehicle)

    return [link for link in links if decided(link)]


def broken_sequence(vehicle: Vehicle, visits: Sequence[int]) -> Iterator[Violation]:
    """The frozen visits that are not where the vehicle's route begins."""
    for position, visit in enumerate(vehicle.frozen):
        if visits[position : position + 1] != (visit,):
            says = f"visit {visit} is frozen as number {position + 1} of vehicle {vehicle.id}"
            yield Violation(Rule.SEQUENCE, vehicle.id, visit, 0, says)


def broken_promises(problem: Problem, served: Mapping[int, Spot]) -> Iterator[Violation]:
    """More changes of what was published than may be."""
    published = problem.published
    if published is None or published.most_changed is None:
        return
    over = (
        len(changed_visits(problem, {visit: spot.vehicle for visit, spot in served.items()})) - published.most_changed
    )
    if over > 0:
        says = f"{over} more visits than may be are not made by the vehicle that was published"
        yield Violation(Rule.DISRUPTION, None, None, over, says)


def changed_visits(problem: Problem, vehicles: Mapping[int, int]) -> list[int]:
    """The published visits that `vehicles` (by visit) gives to another vehicle, or to none.

    What nobody can keep is no change: a visit or a vehicle that is not in the problem any more.
    """
    if problem.published is None:
        return []
    return [
        visit
        for visit, told in problem.published.vehicles.items()
        if problem.has_visit(visit) and problem.has_vehicle(told) and vehicles.get(visit) != told
    ]


def _partners(link: SameStart, served: Mapping[int, Spot]) -> Iterator[Violation]:
    first, second = served.get(link.first), served.get(link.second)
    if first is not None and second is not None:
        if first.vehicle == second.vehicle:
            says = f"vehicle {first.vehicle} cannot make visits {link.first} and {link.second} at the same time"
            yield Violation(Rule.PARTNER, first.vehicle, link.second, 0, says)
        elif apart := abs(first.stop.start - second.stop.start):
            says = f"visits {link.first} and {link.second} begin {apart} s apart"
            yield Violation(Rule.PARTNER, second.vehicle, link.second, apart, says)
    elif first is not None:
        yield Violation(Rule.PARTNER, first.vehicle, link.first, 0, _alone(link.first, link.second))
    elif second is not None:
        yield Violation(Rule.PARTNER, second.vehicle, link.second, 0, _alone(link.second, link.first))


def _precedence(link: Precedence, served: Mapping[int, Spot]) -> Iterator[Violation]:
    before, after = served.get(link.before), served.get(link.after)
    if after is None:
        if before is not None and link.same_vehicle:
            yield Violation(Rule.PRECEDENCE, before.vehicle, link.before, 0, _alone(link.before, link.after))
    elif before is None:
        yield Violation(Rule.PRECEDENCE, after.vehicle, link.after, 0, _alone(link.after, link.before))
    elif link.same_vehicle and before.vehicle != after.vehicle:
        says = f"visits {link.before} and {link.after} need the same vehicle"
        yield Violation(Rule.PRECEDENCE, after.vehicle, link.after, 0, says)
    elif (early := before.stop.leave + link.delay - after.stop.start) > 0:
        says = f"visit {link.after} begins {early} s too early after visit {link.before}"
        yield Violation(Rule.PRECEDENCE, after.vehicle, link.after, early, says)
    elif link.same_vehicle and before.position > after.position:
        says = f"visit {link.after} is made before visit {link.before}"
        yield Violation(Rule.PRECEDENCE, after.vehicle, link.after, 0, says)


def _alone(visit: int, other: int) -> str:
    return f"visit {visit} is made and visit {other} is not"
