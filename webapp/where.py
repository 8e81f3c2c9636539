"""Which area and which day the reader is looking at; chosen in the top bar, kept from page to page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import request, session
from flask_babel import gettext as _

from dispatch import areas
from dispatch.areas import Area
from technicians.errors import InvalidInput, NotFound
from webapp.login import me
from webapp.system import system


@dataclass(frozen=True, slots=True)
class Where:
    """An area, a local day, and the areas one could look at instead. `area` is None in an empty house."""

    area: Area | None
    on_date: date
    today: date
    areas: tuple[Area, ...]

    @property
    def zone(self) -> ZoneInfo:
        """The area's time zone; UTC in an empty house."""
        return self.area.zone if self.area is not None else ZoneInfo("UTC")

    @property
    def before(self) -> date:
        return self.on_date - timedelta(days=1)

    @property
    def after(self) -> date:
        return self.on_date + timedelta(days=1)


def where() -> Where:
    """From the address (`area`, `day`), else from this session, else the person's own area and today.

    NotFound for an area that has nobody in it; InvalidInput for a day that is none.
    """
    with system().transaction(read_only=True) as rows:
        known = tuple(areas.staffed(rows))
    area = _area(known)
    today = system().now().astimezone(area.zone if area else ZoneInfo("UTC")).date()
    day = _day(request.args.get("day"), today)
    if area is not None:
        session["area"] = area.code
    session["day"] = day.isoformat()
    return Where(area, day, today, known)


def _area(known: tuple[Area, ...]) -> Area | None:
    by_code = {area.code: area for area in known}
    asked = request.args.get("area")
    if asked and asked not in by_code:
        raise NotFound(_("No technician works in area %(area)s.", area=asked), field="area")
    for code in (asked, session.get("area"), me().area_code):
        if code in by_code:
            return by_code[str(code)]
    return known[0] if known else None


def _day(asked: str | None, today: date) -> date:
    if asked == "today":
        return today
    kept = session.get("day")
    try:
        return date.fromisoformat(asked or kept or today.isoformat())
    except ValueError:
        raise InvalidInput(
            _("%(day)s is not a day.", day=asked or ""), field="day", remedy=_("Write it like 2026-05-12.")
        ) from None
