"""A CSV file that somebody sent with a form, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import request
from flask_babel import gettext

from dispatch.errors import RowProblem, WrongRows
from technicians.errors import InvalidInput, filled_in
from webapp import sentences


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The file as sent. `problems` are rows that are wrong, `refusal` is what is wrong with the file itself."""

    name: str
    content: bytes
    problems: tuple[RowProblem, ...] = ()
    refusal: str | None = None

    @property
    def is_refused(self) -> bool:
        return bool(self.problems) or self.refusal is not None

    def refused(self, error: InvalidInput) -> Uploaded:
        if isinstance(error, WrongRows):
            return replace(self, problems=tuple(error.problems))
        told = " ".join(part for part in (sentences.message(error), sentences.remedy(error)) if part)
        return replace(self, refusal=told)


def uploaded() -> Uploaded:
    """The form's file. InvalidInput when none was chosen."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidInput("No file was chosen.", field="file", remedy="Choose a CSV file first.")
    return Uploaded(file.filename[:120], file.read())


def reason(problem: RowProblem) -> str:
    """What is wrong with a cell, in the reader's language."""
    told = (filled_in(gettext(part), problem.values) for part in (problem.sentence, problem.advice) if part)
    return " ".join(told)
