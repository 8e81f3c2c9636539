"""What a day must end in, worked out from what really happened and what the network delivered, by the rule alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dispatch.phone_reports import ReportType
from dispatch.work_order import VisitState

NEAR = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Happened:
    """One true event, as a technician told it on a device under a number.

    `is_timed`: False where the phone's clock was set that day, so that nobody can tell when. `photos` are pairs of a
    shot's code and a digest.
    """

    event_id: str
    technician: str
    visit_id: int | None
    type: ReportType
    at: datetime
    device: str
    seq: int
    said: Mapping[str, Any] = field(default_factory=dict)
    photos: tuple[tuple[str, str], ...] = ()
    is_timed: bool = True


@dataclass(frozen=True, slots=True)
class Ending:
    """How a visit must end: its state, and where one completed it, any of `by` (two when nobody can tell) and `at`."""

    state: VisitState
    by: frozenset[str] = frozenset()
    at: datetime | None = None


def endings(facts: Sequence[Happened], owner: str, *, was_cancelled: bool, was_moved: bool) -> tuple[Ending, ...]:
    """How one visit may end, from the delivered facts about it. `owner`: whose it is by the plan in the end.

    Of one that was given away two things hang on what the server heard first: whether its owner had set out while it
    was the other's, and whether its owner gave it up before the other was there.
    """
    if was_cancelled:
        return (Ending(VisitState.CANCELLED),)
    usual = _ending(facts, owner)
    said = {each.type for each in facts if each.technician == owner}
    if not was_moved:
        return (usual,)
    if usual.state == VisitState.EN_ROUTE:
        return usual, Ending(VisitState.WAITING)
    if ReportType.COULD_NOT_COMPLETE in said and ReportType.COMPLETION not in said:
        return usual, Ending(VisitState.COULD_NOT_COMPLETE, frozenset({owner}))
    return (usual,)


def _ending(facts: Sequence[Happened], owner: str) -> Ending:
    there = {each.technician for each in facts if each.type == ReportType.CHECK_IN}
    done = sorted(
        (each for each in facts if each.type == ReportType.COMPLETION and each.technician in there),
        key=lambda each: each.at,
    )
    if done:
        return _completed(done)
    gave_up = {each.technician for each in facts if each.type == ReportType.COULD_NOT_COMPLETE}
    if owner in gave_up and there <= {owner}:
        return Ending(VisitState.COULD_NOT_COMPLETE, frozenset({owner}))
    if there:
        return Ending(VisitState.ON_SITE)
    is_coming = any(each.type == ReportType.EN_ROUTE and each.technician == owner for each in facts)
    return Ending(VisitState.EN_ROUTE if is_coming else VisitState.WAITING)


def _completed(done: Sequence[Happened]) -> Ending:
    first = done[0]
    if not all(each.is_timed for each in done):
        return Ending(VisitState.COMPLETED, frozenset(each.technician for each in done))
    near = [each.technician for each in done if each.at - first.at <= NEAR]
    return Ending(VisitState.COMPLETED, frozenset(near), first.at)


def list_of(
    technician: str, ends: Mapping[int, Ending], owners: Mapping[int, str], begun_by: Mapping[int, str | None]
) -> Collection[int]:
    """The visits that this technician's phone must show in the evening."""
    mine = {visit_id for visit_id, owner in owners.items() if owner == technician}
    begun = {VisitState.EN_ROUTE, VisitState.ON_SITE}
    shown = {
        visit_id
        for visit_id in mine
        if ends[visit_id].state == VisitState.WAITING or begun_by[visit_id] in (None, technician)
    }
    also = {each for each, end in ends.items() if end.state in begun and begun_by[each] == technician}
    gone = {each for each, end in ends.items() if end.state == VisitState.CANCELLED}
    return (shown | also) - gone
