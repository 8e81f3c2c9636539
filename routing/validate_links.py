"""Do links, pins, frozen heads and what was published agree with each other?"""

from __future__ import annotations

from collections.abc import Mapping

from routing import sound
from routing.errors import InvalidProblem
from routing.links import circle, ends
from routing.problem import Link, Precedence, Problem, SameStart, Visit


def check_links(problem: Problem) -> None:
    """Raises InvalidProblem for links that name what is not there, repeat or contradict each other or pins."""
    owners = {visit: vehicle.id for vehicle in problem.vehicles for visit in vehicle.frozen}
    owners |= {v.id: v.pin.vehicle for v in problem.visits if v.pin is not None and v.pin.vehicle is not None}
    joined: set[frozenset[int]] = set()
    for i, link in enumerate(problem.links):
        _ends(problem, link, f"links[{i}]", joined)
        if isinstance(link, SameStart):
            _partners(problem, link, f"links[{i}]", owners)
        else:
            sound.whole(f"links[{i}].delay", link.delay)
            _precedence(problem, link, f"links[{i}]", owners)
    _shipments(problem)
    _no_circle(problem)


def check_frozen(problem: Problem) -> None:
    """Raises InvalidProblem for frozen visits that no route could begin with."""
    owner: dict[int, int] = {}
    for vehicle in problem.vehicles:
        field = f"vehicle {vehicle.id} frozen"
        sound.unique(field, vehicle.frozen)
        for visit_id in vehicle.frozen:
            if not problem.has_visit(visit_id):
                raise InvalidProblem(field, f"visit {visit_id} is not in the problem; add it or take it out here")
            if visit_id in owner:
                raise InvalidProblem(field, f"visit {visit_id} is frozen for vehicle {owner[visit_id]} too; choose one")
            owner[visit_id] = vehicle.id
            _may_be_frozen(problem.visit(visit_id), vehicle.id, field)


def check_published(problem: Problem) -> None:
    """Raises InvalidProblem for a budget that is none; what is not there any more may have been published."""
    if problem.published is not None and problem.published.most_changed is not None:
        sound.whole("published.most_changed", problem.published.most_changed)


def _may_be_frozen(visit: Visit, vehicle: int, field: str) -> None:
    if visit.pin is not None and visit.pin.vehicle not in (None, vehicle):
        says = f"visit {visit.id} is pinned to vehicle {visit.pin.vehicle}; freeze it there or lift the pin"
        raise InvalidProblem(field, says)
    if vehicle in visit.forbidden:
        raise InvalidProblem(field, f"visit {visit.id} forbids vehicle {vehicle}; take it out of one of the two")


def _ends(problem: Problem, link: Link, field: str, joined: set[frozenset[int]]) -> None:
    names = ("first", "second") if isinstance(link, SameStart) else ("before", "after")
    one, other = ends(link)
    for name, visit_id in zip(names, (one, other), strict=True):
        if not problem.has_visit(visit_id):
            raise InvalidProblem(f"{field}.{name}", f"visit {visit_id} is not in the problem; add it or drop the link")
    if one == other:
        raise InvalidProblem(field, f"joins visit {one} to itself; name two visits")
    if frozenset((one, other)) in joined:
        raise InvalidProblem(field, f"joins visits {one} and {other} once more; keep one link of the two")
    joined.add(frozenset((one, other)))


def _partners(problem: Problem, link: SameStart, field: str, owners: Mapping[int, int]) -> None:
    one, other = owners.get(link.first), owners.get(link.second)
    both = f"visits {link.first} and {link.second} begin together"
    if one is not None and one == other:
        raise InvalidProblem(field, f"{both} with different vehicles, but both are bound to vehicle {one}; free one")
    starts = _pinned_start(problem, link.first), _pinned_start(problem, link.second)
    if None not in starts and starts[0] != starts[1]:
        raise InvalidProblem(field, f"{both}, but are pinned to {starts[0]} and {starts[1]}; pin them to one start")


def _precedence(problem: Problem, link: Precedence, field: str, owners: Mapping[int, int]) -> None:
    one, other = owners.get(link.before), owners.get(link.after)
    if link.same_vehicle and None not in (one, other) and one != other:
        says = f"visits {link.before} and {link.after} need one vehicle, but are bound to {one} and {other}; free one"
        raise InvalidProblem(field, says)
    first, second = _pinned_start(problem, link.before), _pinned_start(problem, link.after)
    if first is not None and second is not None:
        earliest = first + problem.visit(link.before).service + link.delay
        if second < earliest:
            says = f"visit {link.after} cannot begin before {earliest}, but is pinned to {second}; move one of the pins"
            raise InvalidProblem(field, says)


def _pinned_start(problem: Problem, visit_id: int) -> int | None:
    pin = problem.visit(visit_id).pin
    return None if pin is None else pin.start


def _shipments(problem: Problem) -> None:
    """What is picked up is delivered at one visit, which has no load of its own."""
    delivered: dict[int, int] = {}
    for i, link in enumerate(problem.links):
        if not isinstance(link, Precedence) or not link.same_vehicle or not any(problem.visit(link.before).pickup):
            continue
        if link.before in delivered:
            says = f"what visit {link.before} picks up is delivered at visit {delivered[link.before]}; pick up twice"
            raise InvalidProblem(f"links[{i}]", says)
        delivered[link.before] = link.after
        if any(problem.visit(link.after).load):
            says = f"what is delivered there is picked up at visit {link.before}; leave it empty"
            raise InvalidProblem(f"visit {link.after} load", says)


def _no_circle(problem: Problem) -> None:
    if found := circle(problem.links):
        says = " before ".join("+".join(map(str, visits)) for visits in found)
        raise InvalidProblem("links", f"visits wait for each other in a circle: {says}; drop one of them")
