"""The hours that a technician asks for on one date, beside those of the pattern: what is won and what is lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from dispatch import roster
from dispatch.request_records import TechnicianRequest
from technicians.week import DAY, DayHours, in_force, week_of
from technicians.working_day import local_instant

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Hours:
    """On `on_date`: the shift as it is (None: no work), as asked for, and both together (None: no more than one).

    `lost` are the times of the present shift that the hours asked for leave out.
    """

    on_date: date
    present: DayHours | None
    asked: DayHours
    both: DayHours | None
    lost: tuple[Stretch, ...]


def of(session: Session, request: TechnicianRequest, zone: ZoneInfo) -> Hours:
    """What a request for a shift means for its date, that on which it begins in the area's zone."""
    if request.starts_at is None or request.ends_at is None:
        raise ValueError("a request for a shift has two instants")
    on_date = request.starts_at.astimezone(zone).date()
    present = in_force(week_of(roster.find(session, request.technician_id).shifts), on_date)
    if present is not None and present.off:
        present = None
    begins, ends = (_wall_clock(at, on_date, zone) for at in (request.starts_at, request.ends_at))
    asked = _hours(begins, ends, ends, present)
    if present is None:
        return Hours(on_date, None, asked, None, ())
    both = _hours(
        min(begins, present.begins), max(ends, present.soft_ends), max(ends, present.hard_ends), present
    )  # fmt: skip
    lost = [(present.begins, min(begins, present.hard_ends)), (max(ends, present.begins), present.hard_ends)]
    stretches = tuple(
        (local_instant(zone, on_date, since), local_instant(zone, on_date, until))
        for since, until in lost
        if since < until
    )
    is_more = (both.begins, both.hard_ends) not in {(each.begins, each.hard_ends) for each in (asked, present)}
    return Hours(on_date, present, asked, both if is_more else None, stretches)


def outside(hours: Hours, zone: ZoneInfo) -> list[Stretch]:
    """The times of the date at which nobody works by the shift as it is now."""
    if hours.present is None:
        return []
    edges = ((0, hours.present.begins), (hours.present.hard_ends, max(DAY, hours.present.hard_ends + 1)))
    return [
        (local_instant(zone, hours.on_date, since), local_instant(zone, hours.on_date, until)) for since, until in edges
    ]


def _hours(begins: int, soft_ends: int, hard_ends: int, present: DayHours | None) -> DayHours:
    """A shift with those breaks of the present one that still lie inside it."""
    hours = DayHours(begins, soft_ends, hard_ends)
    breaks = tuple(rest for rest in present.breaks if rest.fits(hours)) if present else ()
    return replace(hours, breaks=breaks)


def _wall_clock(at: datetime, on_date: date, zone: ZoneInfo) -> int:
    """What the clocks show, in seconds after midnight of that date."""
    shown = at.astimezone(zone).replace(tzinfo=None) - datetime.combine(on_date, time.min)
    return round(shown / timedelta(seconds=1))
