"""What errors say, in the reader's language: the sentence is looked up first, its values are put in after."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import gettext as _

from dispatch.errors import RowProblem
from technicians.errors import ShifuError, filled_in
from webapp.words import word


def message(error: ShifuError) -> str:
    return _said(error.sentence, error.values)


def remedy(error: ShifuError) -> str | None:
    return None if error.advice is None else _said(error.advice, error.values)


def reason(problem: RowProblem) -> str:
    """What is wrong with a cell of a file, without its place."""
    return " ".join(_said(part, problem.values) for part in (problem.sentence, problem.advice) if part)


def row(problem: RowProblem) -> str:
    """What is wrong with a cell of a file, and where it is."""
    told = reason(problem)
    return str(_("line %(line)d, column %(column)s: %(told)s", line=problem.line, column=problem.column, told=told))


def _said(sentence: str, values: Mapping[str, object]) -> str:
    return filled_in(_(sentence), {name: _shown(value) for name, value in values.items()})


def _shown(value: object) -> object:
    match value:
        case StrEnum():
            return word(value)
        case tuple():
            return str(_(", ")).join(str(_shown(one)) for one in value)
        case RowProblem():
            return row(value)
        case _:
            return value
