"""Technicians in and out as one CSV file: a row is the whole truth about one person, the file all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import audit, csv_file, roster_file
from dispatch.csv_file import CsvRow
from dispatch.errors import RowProblem, WrongRows
from dispatch.profile import Profile, apply, differing, profile_of, shown, whole
from seed_regions.code_history import CodeHistory
from technicians import availability
from technicians.people import (
    Outlet,
    Provider,
    Skill,
    Technician,
)
from technicians.place import County, PlanningArea

AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """What loading the file would do, by technician code. With `problems` it is refused."""

    profiles: list[Profile] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


def check(session: Session, content: bytes) -> Preview:
    """Read the file and say what it would change and what is wrong with it, changing nothing.

    Raises InvalidInput for a file that cannot be read at all, and WrongRows for wrong columns.
    """
    return _checked(session, content)[0]


def load(session: Session, content: bytes, *, by: str, at: datetime) -> Preview:
    """Make the roster what the file says; who is not in it stays. WrongRows, and no change, if a row is wrong.

    Providers and outlets that are new are made; skills, counties and planning areas must exist.
    """
    preview, known = _checked(session, content)
    if preview.problems:
        raise WrongRows(preview.problems)
    outlets = _outlets(session, preview.profiles)
    written, areas = [], set[str]()
    for profile in preview.profiles:
        if profile.code in preview.unchanged:
            continue
        person = known.get(profile.code) or Technician(code=profile.code)
        before = profile_of(person) if profile.code in known else None
        areas |= {profile.area, before.area if before else profile.area}
        apply(person, profile, outlets[profile.provider, profile.outlet])
        session.add(person)
        written.append((person, before, profile))
    session.flush()
    availability.note_change(session, areas)
    for person, before, profile in written:
        _note(session, person, before, profile, by=by, at=at)
    return preview


def export(session: Session, area_code: str | None = None) -> str:
    """The file from which `load` makes the same roster; everybody, or one planning area."""
    query = select(Technician).order_by(Technician.code)
    if area_code is not None:
        query = query.where(Technician.area_code == area_code)
    return roster_file.write(profile_of(person) for person in session.scalars(whole(query)))


def _checked(session: Session, content: bytes) -> tuple[Preview, dict[str, Technician]]:
    preview = Preview()
    rows = csv_file.rows(content, roster_file.REQUIRED, roster_file.OPTIONAL)
    read = [(row, profile) for row in rows if (profile := roster_file.read_profile(row)) is not None]
    _check_codes(session, read)
    _check_repeats(read)
    preview.problems.extend(problem for row in rows for problem in row.problems)
    known = _known(session, [profile.code for _, profile in read])
    for _, profile in read:
        preview.profiles.append(profile)
        if profile.code not in known:
            preview.created.append(profile.code)
        elif columns := differing(profile_of(known[profile.code]), profile):
            preview.changed[profile.code] = columns
        else:
            preview.unchanged.append(profile.code)
    return preview, known


def _check_codes(session: Session, read: Sequence[tuple[CsvRow, Profile]]) -> None:
    """Skills, counties and areas must be there already: a typing error makes no new one."""
    skills = set(session.scalars(select(Skill.code)))
    counties = set(session.scalars(select(County.code)))
    areas = set(session.scalars(select(PlanningArea.code)))
    outlets = {
        (provider, outlet): county
        for provider, outlet, county in session.execute(
            select(Provider.code, Outlet.code, Outlet.county_code).join(Outlet.provider)
        )
    }
    for row, profile in read:
        for code in sorted(set(profile.skills) - skills):
            row.wrong(
                "skills",
                "“{code}” is no skill here; known are {known}.",
                code=code[:40],
                known=", ".join(sorted(skills)) or "–",
            )
        for code in sorted(profile.counties - counties):
            _note_county(row, "counties", code)
        if profile.outlet_county not in counties:
            _note_county(row, "outlet_county", profile.outlet_county)
        if profile.area not in areas:
            row.wrong("area", "“{code}” is no planning area here; use a code such as 310100.", code=profile.area)
        settled = outlets.setdefault((profile.provider, profile.outlet), profile.outlet_county)
        if settled != profile.outlet_county:
            row.wrong(
                "outlet_county",
                "Outlet {outlet} is in county {settled}, not in {county}.",
                outlet=profile.outlet,
                settled=settled,
                county=profile.outlet_county,
            )


def _note_county(row: CsvRow, column: str, code: str) -> None:
    heirs = CodeHistory.load().successors(code)
    if heirs == (code,):
        row.wrong(column, "“{code}” is no county here.", code=code[:40])
    else:
        row.wrong(column, "County {code} is no more; today it is {heirs}.", code=code, heirs=", ".join(heirs))


def _check_repeats(read: Sequence[tuple[CsvRow, Profile]]) -> None:
    line_of: dict[str, int] = {}
    for row, profile in read:
        first = line_of.setdefault(profile.code, row.line)
        if first != row.line:
            row.wrong(
                "code", "{code} is on line {first} already; one row is one technician.", code=profile.code, first=first
            )


def _known(session: Session, codes: Sequence[str]) -> dict[str, Technician]:
    found: dict[str, Technician] = {}
    for begins in range(0, len(codes), AT_A_TIME):
        some = codes[begins : begins + AT_A_TIME]
        query = whole(select(Technician).where(Technician.code.in_(some)))
        found.update({person.code: person for person in session.scalars(query)})
    return found


def _outlets(session: Session, profiles: Iterable[Profile]) -> dict[tuple[str, str], Outlet]:
    """The outlets the profiles name, made where they are new, together with their providers."""
    providers = {provider.code: provider for provider in session.scalars(select(Provider))}
    outlets = {(outlet.provider.code, outlet.code): outlet for outlet in session.scalars(select(Outlet))}
    for profile in profiles:
        if profile.provider not in providers:
            providers[profile.provider] = Provider(code=profile.provider, name=profile.provider)
        if (profile.provider, profile.outlet) not in outlets:
            outlets[profile.provider, profile.outlet] = Outlet(
                provider=providers[profile.provider],
                code=profile.outlet,
                name=profile.outlet,
                county_code=profile.outlet_county,
            )
    return outlets


def _note(
    session: Session, person: Technician, before: Profile | None, after: Profile, *, by: str, at: datetime
) -> None:
    """Who changed which columns; values only where they are not personal."""
    changed = differing(before, after) if before else [f.name for f in fields(Profile)]
    audit.note(
        session,
        by,
        "technician.changed" if before else "technician.created",
        "technician",
        person.id,
        at=at,
        before=shown(before, changed) if before else {},
        after=shown(after, changed),
    )
