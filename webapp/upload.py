"""A CSV file that somebody sent with a form, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import request

from dispatch.errors import RowProblem, WrongRows
from technicians.errors import InvalidInput
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
