"""What errors say, in the reader's language: the sentence is looked up first, its values are put in after."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import gettext

from technicians.errors import ShifuError, filled_in
from webapp.words import word


def message(error: ShifuError) -> str:
    return _said(error.sentence, error)


def remedy(error: ShifuError) -> str | None:
    return None if error.advice is None else _said(error.advice, error)


def _said(sentence: str, error: ShifuError) -> str:
    values = {name: word(value) if isinstance(value, StrEnum) else value for name, value in error.values.items()}
    return filled_in(gettext(sentence), values)
