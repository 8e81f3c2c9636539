"""The columns of a technician file: how a row becomes a profile, and a profile a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from dispatch import csv_file, shift_text
from dispatch.csv_file import CsvRow, WrongCell
from dispatch.errors import RowProblem
from dispatch.new_order import NO_PHONE, PHONE
from dispatch.profile import USUAL_CAPACITY, Profile
from dispatch.siting import require_position
from technicians.errors import InvalidInput
from technicians.week import Week

T = TypeVar("T")
REQUIRED = (
    "code",
    "name",
    "phone",
    "provider",
    "outlet",
    "outlet_county",
    "area",
    "start_lng",
    "start_lat",
    "skills",
    "counties",
    "shift",
)
OPTIONAL = ("end_lng", "end_lat", "breaks", "capacity", "max_visits", "active", "language")
COLUMNS = (
    "code", "name", "phone", "provider", "outlet", "outlet_county", "area", "start_lng", "start_lat", "end_lng",
    "end_lat", "skills", "counties", "shift", "breaks", "capacity", "max_visits", "active", "language",
)  # fmt: skip
MOST_CAPACITY = 1_000_000
NO_NUMBER = "“{cell}” is not a whole number."
YES_OR_NO = {"yes": True, "no": False, "1": True, "0": False, "是": True, "否": False}


def read_profile(row: CsvRow) -> Profile | None:
    """The row's technician; None, with the row's problems noted, when something in it cannot be used."""
    start_lng, start_lat = _position(row, "start_lng", "start_lat")
    end_lng, end_lat = _position(row, "end_lng", "end_lat")
    if start_lng is None and not any(p.column.startswith("start_") for p in row.problems):
        row.wrong("start_lng", "It is empty; every technician starts somewhere.")
    if row.required("phone", 40) and not PHONE.fullmatch(row.text("phone")):
        row.wrong("phone", NO_PHONE, cell=row.text("phone")[:40])
    profile = Profile(
        code=row.required("code", 40),
        name=row.required("name", 80),
        phone=row.text("phone"),
        provider=row.required("provider", 40),
        outlet=row.required("outlet", 40),
        outlet_county=row.required("outlet_county", 12),
        area=row.required("area", 12),
        start_lng=start_lng or 0.0,
        start_lat=start_lat or 0.0,
        end_lng=end_lng if end_lng is not None else start_lng or 0.0,
        end_lat=end_lat if end_lat is not None else start_lat or 0.0,
        skills=_read(row, "skills", skill_levels) or {},
        counties=frozenset(_read(row, "counties", _counties) or ()),
        week=_week(row),
        capacity=int(row.within("capacity", int, 0, MOST_CAPACITY, NO_NUMBER) or 0)
        if row.text("capacity")
        else USUAL_CAPACITY,
        max_visits=_whole(row.within("max_visits", int, 1, 1000, NO_NUMBER)),
        active=_active(row),
        language=_language(row),
    )
    return None if row.problems else profile


def _read(row: CsvRow, column: str, parse: Callable[[str], T]) -> T | None:
    """The cell through `parse`, whose WrongCell already says what is wrong."""
    try:
        return parse(row.limited(column, 4000)) if row.text(column) else None
    except WrongCell as error:
        row.wrong(column, error.sentence, **error.values)
        return None


def _position(row: CsvRow, lng_column: str, lat_column: str) -> tuple[float | None, float | None]:
    lng = row.read(lng_column, float, "“{cell}” is not a longitude in degrees.")
    lat = row.read(lat_column, float, "“{cell}” is not a latitude in degrees.")
    if any(problem.column in {lng_column, lat_column} for problem in row.problems):
        return None, None
    try:
        require_position(lng, lat)
    except InvalidInput as error:
        column = lng_column if error.field == "lng" else lat_column
        row.problems.append(RowProblem(row.line, column, error.sentence, error.advice, **error.values))
        return None, None
    return lng, lat


def skill_levels(cell: str) -> dict[str, int]:
    """`water-heater:3;lamp` as levels by code; WrongCell."""
    found: dict[str, int] = {}
    for part in csv_file.listed(cell):
        code, _, level = part.partition(":")
        code, level = code.strip(), level.strip() or "1"
        if level not in {"1", "2", "3", "4", "5"}:
            raise WrongCell("“{part}” has no level from 1 to 5; write it like water-heater:3.", part=part[:60])
        if code in found:
            raise WrongCell("“{code}” is named twice.", code=code[:40])
        found[code] = int(level)
    return found


def _counties(cell: str) -> list[str]:
    codes = csv_file.listed(cell)
    twice = {code for code in codes if codes.count(code) > 1}
    if twice:
        raise WrongCell("“{code}” is named twice.", code=min(twice)[:40])
    return codes


def _week(row: CsvRow) -> Week:
    try:
        shift_text.parse(row.text("shift"))
    except WrongCell as error:
        row.wrong("shift", error.sentence, **error.values)
        return {}
    try:
        return shift_text.parse(row.text("shift"), row.text("breaks"))
    except WrongCell as error:
        row.wrong("breaks", error.sentence, **error.values)
        return {}


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _active(row: CsvRow) -> bool:
    cell = row.text("active").lower()
    if cell and cell not in YES_OR_NO:
        row.wrong("active", "“{cell}” is neither yes nor no.", cell=cell[:20])
    return YES_OR_NO.get(cell, True)


def _language(row: CsvRow) -> str:
    cell = row.text("language") or "zh"
    if cell not in {"zh", "en"}:
        row.wrong("language", "“{cell}” is not zh or en.", cell=cell[:20])
    return cell


def skills_cell(skills: Mapping[str, int]) -> str:
    """What `skill_levels` reads."""
    return ";".join(f"{code}:{level}" for code, level in sorted(skills.items()))


def write(profiles: Iterable[Profile]) -> str:
    """The file of these technicians."""
    return csv_file.written(COLUMNS, map(_cells, profiles))


def _cells(profile: Profile) -> list[object]:
    shift, breaks = shift_text.write(profile.week)
    cells = {
        **{name: getattr(profile, name) for name in COLUMNS if name not in {"shift", "breaks"}},
        "skills": skills_cell(profile.skills),
        "counties": ";".join(sorted(profile.counties)),
        "shift": shift,
        "breaks": breaks,
        "max_visits": profile.max_visits or "",
        "active": "yes" if profile.active else "no",
    }
    return [cells[name] for name in COLUMNS]
