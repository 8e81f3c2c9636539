"""Which visits links join, and what cannot be made without what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from routing.problem import Link, SameStart


def ends(link: Link) -> tuple[int, int]:
    """Both visits of a link, by id; the one that comes first first."""
    return (link.first, link.second) if isinstance(link, SameStart) else (link.before, link.after)


def without(links: Collection[Link], missing: Iterable[int]) -> set[int]:
    """The visits that cannot be made when those `missing` are not, these included."""
    out = set(missing)
    known = -1
    while known < len(out):
        known = len(out)
        for link in links:
            first, second = ends(link)
            if first in out:
                out.add(second)
            elif second in out and (isinstance(link, SameStart) or link.same_vehicle):
                out.add(first)
    return out


def circle(links: Collection[Link], routes: Iterable[Sequence[int]] = ()) -> list[tuple[int, ...]]:
    """Visits that wait for each other in a circle, each before the next, given the order of `routes`; [] for none.

    Visits that begin together are one for this.
    """
    together = _together(links)
    order: TopologicalSorter[tuple[int, ...]] = TopologicalSorter()
    waiting = [ends(link) for link in links if not isinstance(link, SameStart)]
    for before, after in [*waiting, *(pair for route in routes for pair in pairwise(route))]:
        order.add(together.get(after, (after,)), together.get(before, (before,)))
    try:
        order.prepare()
    except CycleError as error:
        found: list[tuple[int, ...]] = error.args[1]
        return found
    return []


def _together(links: Iterable[Link]) -> dict[int, tuple[int, ...]]:
    """The visits that begin together with each visit, itself included."""
    found: dict[int, tuple[int, ...]] = {}
    for link in links:
        if isinstance(link, SameStart):
            one, other = found.get(link.first, (link.first,)), found.get(link.second, (link.second,))
            both = tuple(sorted({*one, *other}))
            found.update(dict.fromkeys(both, both))
    return found


def groups(links: Collection[Link], visits: Iterable[int]) -> list[list[int]]:
    """The visits in groups joined by links, none before what precedes it; one that is not joined is a group."""
    home = {visit: [visit] for visit in visits}
    inside = [link for link in links if all(visit in home for visit in ends(link))]
    for one, other in map(ends, inside):
        if home[one] is not home[other]:
            home[one] += home[other]
            home.update(dict.fromkeys(home[other], home[one]))
    found = {id(group): group for group in home.values()}
    return [_in_order(inside, group) if len(group) > 1 else group for group in found.values()]


def _in_order(links: Iterable[Link], group: list[int]) -> list[int]:
    before = [ends(link) for link in links if not isinstance(link, SameStart)]
    left, order = list(group), list[int]()
    while left:
        late = {after for first, after in before if first in left}
        order.append(next((visit for visit in left if visit not in late), left[0]))
        left.remove(order[-1])
    return order
