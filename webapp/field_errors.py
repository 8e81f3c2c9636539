"""What is wrong with the fields of a JSON body or a query, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString, lazy_gettext
from pydantic import ValidationError

NO_WHOLE_NUMBER = lazy_gettext("It is not a whole number.")
NO_NUMBER = lazy_gettext("It is not a number.")
NO_TEXT = lazy_gettext("It is not text.")
NO_DAY = lazy_gettext("It is not a day such as 2026-05-12.")
NO_TIME = lazy_gettext("It is not a time with its offset, such as 2026-05-12T09:00:00+08:00.")
SENTENCES: dict[str, LazyString] = {
    "missing": lazy_gettext("It is missing."),
    "extra_forbidden": lazy_gettext("There is no such field."),
    "int_parsing": NO_WHOLE_NUMBER,
    "int_type": NO_WHOLE_NUMBER,
    "int_from_float": NO_WHOLE_NUMBER,
    "float_parsing": NO_NUMBER,
    "float_type": NO_NUMBER,
    "finite_number": NO_NUMBER,
    "string_type": NO_TEXT,
    "bool_parsing": lazy_gettext("It is neither true nor false."),
    "date_parsing": NO_DAY,
    "date_from_datetime_parsing": NO_DAY,
    "datetime_parsing": NO_TIME,
    "datetime_from_date_parsing": NO_TIME,
    "timezone_aware": NO_TIME,
    "enum": lazy_gettext("It is none of {expected}."),
    "greater_than_equal": lazy_gettext("It is less than {ge}."),
    "less_than_equal": lazy_gettext("It is more than {le}."),
    "less_than": lazy_gettext("It is not less than {lt}."),
    "string_too_short": lazy_gettext("It has fewer than {min_length} characters."),
    "string_too_long": lazy_gettext("It has more than {max_length} characters."),
    "string_pattern_mismatch": lazy_gettext("It does not match {pattern}."),
}


def wrong_fields(error: ValidationError) -> dict[str, str]:
    """Field path to what is wrong with it; several faults of one field after each other."""
    told: dict[str, str] = {}
    for fault in error.errors():
        field = ".".join(map(str, fault["loc"])) or "_schema"
        said = _said(fault["type"], fault["msg"], fault.get("ctx", {}))
        told[field] = f"{told[field]} {said}" if field in told else said
    return told


def _said(kind: str, english: str, values: Mapping[str, Any]) -> str:
    sentence = SENTENCES.get(kind)
    return english if sentence is None else str(sentence).format(**values)
