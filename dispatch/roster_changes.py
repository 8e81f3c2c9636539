"""Changes to one technician, each checked against the rest of the roster and written into the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import audit, profile, roster
from technicians import availability
from technicians.errors import Conflict, InvalidInput, NotFound
from technicians.people import Absence, AbsenceReason, Technician
from technicians.place import County
from technicians.week import OFF, Day, DayHours, Week, faults, week_of

LONGEST_ABSENCE = timedelta(days=366)


def add_absence(
    session: Session,
    technician_id: int,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: AbsenceReason,
    note: str = "",
    by: str,
    at: datetime,
) -> Absence:
    """Somebody will not work although the shift says so. Raises Conflict when it overlaps another absence."""
    person = _lock(session, technician_id)
    if ends_at <= starts_at:
        raise InvalidInput("The end is not after the beginning.", field="ends_at", remedy="Are the two swapped?")
    if ends_at - starts_at > LONGEST_ABSENCE:
        raise InvalidInput(
            "The end is more than a year after the beginning.",
            field="ends_at",
            remedy="Make somebody who leaves inactive instead.",
        )
    other = session.scalars(
        select(Absence)
        .where(Absence.technician_id == person.id, Absence.starts_at < ends_at, Absence.ends_at > starts_at)
        .limit(1)
    ).one_or_none()
    if other is not None:
        raise Conflict(
            "It overlaps another absence, from {starts_at:%Y-%m-%d %H:%M} to {ends_at:%Y-%m-%d %H:%M} (UTC).",
            field="starts_at",
            remedy="End that one first, or choose other times.",
            starts_at=other.starts_at,
            ends_at=other.ends_at,
        )
    absence = Absence(
        technician_id=person.id, starts_at=starts_at, ends_at=ends_at, reason=reason, note=note.strip()[:500]
    )
    session.add(absence)
    availability.note_change(session, [person.area_code])
    session.flush()
    audit.note(
        session, by, "absence.added", "technician", person.id, at=at,
        after={"from": starts_at.isoformat(), "to": ends_at.isoformat(), "reason": reason},
    )  # fmt: skip
    return absence


def end_absence(session: Session, technician_id: int, absence_id: int, *, by: str, at: datetime) -> Absence | None:
    """Back at work: an absence that runs ends now, one that is to come is removed (None)."""
    person = _lock(session, technician_id)
    absence = session.get(Absence, absence_id)
    if absence is None or absence.technician_id != technician_id:
        raise NotFound("There is no such absence.", field="absence", remedy="Reload the page.")
    if absence.ends_at <= at:
        raise Conflict("This absence is over already.", field="absence", remedy="Reload the page.")
    before = {"from": absence.starts_at.isoformat(), "to": absence.ends_at.isoformat()}
    is_running = absence.starts_at < at
    if is_running:
        absence.ends_at = at
    else:
        session.delete(absence)
    availability.note_change(session, [person.area_code])
    audit.note(
        session, by, "absence.ended", "technician", technician_id, at=at,
        before=before, after={"to": at.isoformat()} if is_running else {},
    )  # fmt: skip
    session.flush()
    return absence if is_running else None


def set_skills(session: Session, technician_id: int, skills: Mapping[str, int], *, by: str, at: datetime) -> Technician:
    """Make these the technician's skills (code to level, 1 to 5)."""
    for level in skills.values():
        if not 1 <= level <= 5:
            raise InvalidInput("{level} is no level of a skill.", field="skills", remedy="Choose 1 to 5.", level=level)
    unknown = sorted(set(skills) - {skill.code for skill in roster.skills(session)})
    if unknown:
        raise InvalidInput(
            "“{code}” is no skill here.", field="skills", remedy="Choose from the list.", code=unknown[0]
        )
    return _changed(session, technician_id, lambda person: profile.assign_skills(person, skills), by=by, at=at)


def set_counties(session: Session, technician_id: int, codes: frozenset[str], *, by: str, at: datetime) -> Technician:
    """Make these the counties the technician works in."""
    known = set(session.scalars(select(County.code).where(County.code.in_(codes))))
    unknown = sorted(codes - known)
    if unknown:
        raise InvalidInput(
            "“{code}” is no county here.", field="counties", remedy="Choose from the list.", code=unknown[0]
        )
    return _changed(session, technician_id, lambda person: profile.assign_counties(person, codes), by=by, at=at)


def set_week(session: Session, technician_id: int, week: Week, *, by: str, at: datetime) -> Technician:
    """Make this the technician's whole pattern of shifts, dated exceptions included."""
    for fault in faults(week):
        raise InvalidInput(fault.sentence, field="shift", remedy="Correct the times.", **fault.values)
    return _changed(session, technician_id, lambda person: profile.assign_week(person, week), by=by, at=at)


def set_exception(
    session: Session, technician_id: int, on_date: date, hours: DayHours | None, *, by: str, at: datetime
) -> Technician:
    """What one date is different in: other hours, `OFF`, or None to let the weekday hold again."""
    week: dict[Day, DayHours] = dict(week_of(roster.find(session, technician_id).shifts))
    if hours is None:
        week.pop(on_date, None)
    else:
        week[on_date] = hours
    return set_week(session, technician_id, week, by=by, at=at)


def day_off(session: Session, technician_id: int, on_date: date, *, by: str, at: datetime) -> Technician:
    """No work on that date, whatever the weekday says."""
    return set_exception(session, technician_id, on_date, OFF, by=by, at=at)


def set_active(session: Session, technician_id: int, active: bool, *, by: str, at: datetime) -> Technician:
    """Whether somebody is planned at all; who leaves stays in the records."""

    def change(person: Technician) -> None:
        person.active = active

    return _changed(session, technician_id, change, by=by, at=at)


def _lock(session: Session, technician_id: int) -> Technician:
    person = session.scalars(select(Technician).where(Technician.id == technician_id).with_for_update()).one_or_none()
    return person or roster.find(session, technician_id)


def _changed(
    session: Session, technician_id: int, change: Callable[[Technician], None], *, by: str, at: datetime
) -> Technician:
    """Make a change under the technician's lock and write what differs into the audit."""
    person = _lock(session, technician_id)
    before = profile.profile_of(person)
    change(person)
    session.flush()
    after = profile.profile_of(person)
    columns = profile.differing(before, after)
    if columns:
        availability.note_change(session, [person.area_code])
        audit.note(
            session, by, "technician.changed", "technician", person.id, at=at,
            before=profile.shown(before, columns), after=profile.shown(after, columns),
        )  # fmt: skip
    return person
