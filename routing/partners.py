"""What links leave open: a planned visit that is joined to others keeps its start while more visits are put in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from routing.clock import LATE, first_begin, start_windows
from routing.links import ends
from routing.plan import Stop
from routing.problem import Link, Precedence, SameStart, TimeWindow, Visit

NEVER_BEGINS = (TimeWindow(LATE, LATE),)


@dataclass(frozen=True, slots=True)
class Opening:
    """When and with whom a visit may be made, given its planned partners.

    `only` is the one vehicle left (None: any), `without` are vehicles that are out. On the same route it comes after
    the visits `after` and before those of `before`.
    """

    earliest: int = -LATE
    latest: int = LATE - 1
    only: int | None = None
    without: frozenset[int] = frozenset()
    after: frozenset[int] = frozenset()
    before: frozenset[int] = frozenset()

    def narrowed(self, windows: Iterable[TimeWindow]) -> list[TimeWindow]:
        """The windows as far as they are open, in their order; one that is not open ends before it begins."""
        return [TimeWindow(max(w.earliest, self.earliest), min(w.latest, self.latest)) for w in windows]

    def allows(self, vehicle: int, visits: Sequence[int], position: int) -> bool:
        """Whether it may stand before `position` of the vehicle's visits."""
        if vehicle in self.without or self.only not in (None, vehicle):
            return False
        return not self.after & set(visits[position:]) and not self.before & set(visits[:position])


def linked(links: Iterable[Link], visit_id: int) -> list[Link]:
    """The links that concern a visit."""
    return [link for link in links if visit_id in ends(link)]


def is_kept_by_order(link: Link) -> bool:
    """Whether the order of the visits on one route is all that the link asks for."""
    return isinstance(link, Precedence) and link.same_vehicle and not link.delay


def opening(links: Iterable[Link], visit: Visit, planned: Mapping[int, tuple[int, Stop]]) -> Opening | None:
    """What the links of a visit leave open; None when a partner it cannot do without is not planned.

    `planned` gives the vehicle and the timed stop of the partners that are.
    """
    found: Opening | None = Opening()
    for link in linked(links, visit.id):
        first, second = ends(link)
        held = planned.get(second if visit.id == first else first)
        if found is not None:
            found = _open(found, link, visit, held)
    return found


def _open(left: Opening, link: Link, visit: Visit, held: tuple[int, Stop] | None) -> Opening | None:
    if held is None:
        return left if _can_do_without(link, visit) else None
    vehicle, stop = held
    if isinstance(link, SameStart):
        return replace(_within(left, stop.start, stop.start), without=left.without | {vehicle})
    if link.same_vehicle:
        if left.only not in (None, vehicle):
            return None
        left = _in_order(replace(left, only=vehicle), link, visit)
    if is_kept_by_order(link):
        return left
    if link.after == visit.id:
        return _within(left, stop.leave + link.delay, LATE - 1)
    return _within(left, -LATE, stop.start - link.delay - visit.service)


def _can_do_without(link: Link, visit: Visit) -> bool:
    """Only what comes first, and not on the same route, may be made alone."""
    return isinstance(link, Precedence) and link.before == visit.id and not link.same_vehicle


def _within(left: Opening, earliest: int, latest: int) -> Opening:
    return replace(left, earliest=max(left.earliest, earliest), latest=min(left.latest, latest))


def _in_order(left: Opening, link: Precedence, visit: Visit) -> Opening:
    if link.after == visit.id:
        return replace(left, after=left.after | {link.before})
    return replace(left, before=left.before | {link.after})


def kept_start(visit: Visit, start: int) -> tuple[TimeWindow, ...]:
    """The windows of a planned visit that must begin when it is planned to; none when that breaks its own."""
    if first_begin(start_windows(visit), start) != start:
        return NEVER_BEGINS
    return (TimeWindow(start, start),)
