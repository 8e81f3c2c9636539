"""Skills and service products in and out as CSV: a row is the whole truth about one, the file all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import audit, csv_file
from dispatch.catalogue_file import PRODUCTS, Kind, Values
from dispatch.csv_file import CsvRow
from dispatch.errors import RowProblem, WrongRows
from technicians.people import Skill


@dataclass(frozen=True, slots=True)
class Preview:
    """What loading the file would do, by code. With `problems` it is refused."""

    values: dict[str, Values] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


def check(session: Session, kind: Kind, content: bytes) -> Preview:
    """Read the file and say what it would change and what is wrong with it, changing nothing.

    Raises InvalidInput for a file that cannot be read at all, and WrongRows for wrong columns.
    """
    rows = csv_file.rows(content, kind.required, kind.optional)
    read = [(row, values) for row in rows if (values := kind.read(row)) is not None]
    _check_repeats(read)
    if kind is PRODUCTS:
        _check_skills(session, read)
    preview = Preview(problems=[problem for row in rows for problem in row.problems])
    known = _known(session, kind)
    for _, values in read:
        code = values["code"]
        preview.values[code] = values
        if code not in known:
            preview.created.append(code)
        elif changed := [name for name, value in values.items() if getattr(known[code], name) != value]:
            preview.changed[code] = changed
        else:
            preview.unchanged.append(code)
    return preview


def load(session: Session, kind: Kind, content: bytes, *, by: str, at: datetime) -> Preview:
    """Make skills or products what the file says; those not in it stay. WrongRows, and no change, if a row is wrong."""
    preview = check(session, kind, content)
    if preview.problems:
        raise WrongRows(preview.problems)
    known = _known(session, kind)
    for code in preview.created:
        values = preview.values[code]
        session.add(kind.record(**values))
        audit.note(session, by, f"{kind.subject}.created", kind.subject, code, at=at, after=values)
    for code, names in preview.changed.items():
        after = {name: preview.values[code][name] for name in names}
        before = {name: getattr(known[code], name) for name in names}
        for name, value in after.items():
            setattr(known[code], name, value)
        audit.note(session, by, f"{kind.subject}.changed", kind.subject, code, at=at, before=before, after=after)
    session.flush()
    return preview


def export(session: Session, kind: Kind) -> str:
    """The file from which `load` makes the same skills or products."""
    records = _known(session, kind)
    return csv_file.written(kind.columns, (kind.cells(records[code]) for code in sorted(records)))


def _known(session: Session, kind: Kind) -> dict[str, Any]:
    records: Iterable[Any] = session.scalars(select(kind.record))
    return {record.code: record for record in records}


def _check_repeats(read: Sequence[tuple[CsvRow, Values]]) -> None:
    line_of: dict[str, int] = {}
    for row, values in read:
        first = line_of.setdefault(values["code"], row.line)
        if first != row.line:
            row.wrong("code", "{code} is on line {first} already.", code=values["code"], first=first)


def _check_skills(session: Session, read: Sequence[tuple[CsvRow, Values]]) -> None:
    """A typing error makes no new skill."""
    skills = set(session.scalars(select(Skill.code)))
    for row, values in read:
        delivery = values["delivery"].get("skills", {})
        for column, named in (("skills", values["skills"]), ("delivery", delivery)):
            for code in sorted(named.keys() - skills):
                row.wrong(
                    column,
                    "“{code}” is no skill here; import it first with its names. Known are {known}.",
                    code=code[:40],
                    known=", ".join(sorted(skills)) or "–",
                )
