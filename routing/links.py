"""Which visits links join, and what cannot be made without what."""

from __future__ import annotations

from collections.abc import Collection, Iterable

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
