"""Reading single fields of VROOM's JSON form; every refusal names the field and what it must be."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from routing.errors import InvalidProblem
from routing.problem import TimeWindow
from routing.validate import LATEST

LARGEST = 1 << 53
MOST_UNITS = 1 << 30

Json = Mapping[str, Any]


def rows(row: Json, name: str, where: str = "") -> list[Json]:
    """A list of objects; empty when the field is absent."""
    given = row.get(name)
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(one, Mapping) for one in given):
        raise InvalidProblem(where or name, "must be a list of objects")
    return given


def whole(row: Json, name: str, where: str, default: int | None = None, most: int = LARGEST) -> int:
    """A whole number (1.0 is one) from 0 to `most`; required when there is no default."""
    value = default if row.get(name) is None else row[name]
    if value is None:
        raise InvalidProblem(f"{where}.{name}", "is missing; give a whole number")
    if not is_whole(value) or not 0 <= value <= most:
        raise InvalidProblem(f"{where}.{name}", f"must be a whole number from 0 to {most}, not {shown(value)}")
    return int(value)


def seconds(row: Json, name: str, where: str, default: int | None = 0) -> int:
    """A duration or an instant."""
    return whole(row, name, where, default, LATEST)


def identity(row: Json, where: str) -> int:
    """The `id` of a row: a whole number, or one in quotation marks as some versions of VROOM's examples have it."""
    value = row.get("id")
    if isinstance(value, str) and value.isascii() and value.isdigit() and int(value) < LARGEST:
        return int(value)
    return whole(row, "id", where)


def given_id(row: Json) -> int | str:
    """The `id` as it was written, for the answer."""
    value = row["id"]
    return value if isinstance(value, str) else int(value)


def limit(row: Json, name: str, where: str) -> int | None:
    """A limit; None when there is none, or one that no plan can reach."""
    most = None if row.get(name) is None else whole(row, name, where)
    return None if most is None or most > LATEST else most


def number(row: Json, name: str, where: str, default: float) -> float:
    value = default if row.get(name) is None else row[name]
    if not is_number(value):
        raise InvalidProblem(f"{where}.{name}", f"must be a number, not {shown(value)}")
    return float(value)


def numbers(row: Json, name: str, where: str) -> list[int]:
    """A list of whole numbers; empty when the field is absent."""
    values = [] if row.get(name) is None else row[name]
    if not isinstance(values, list) or not all(is_whole(value) for value in values):
        raise InvalidProblem(f"{where}.{name}", "must be a list of whole numbers")
    return [int(value) for value in values]


def amounts(row: Json, name: str, where: str, width: int | None = None) -> tuple[int, ...]:
    """Units per dimension; `width` is how many dimensions the vehicles carry."""
    units = numbers(row, name, where)
    if not all(0 <= unit <= MOST_UNITS for unit in units):
        raise InvalidProblem(f"{where}.{name}", f"must hold whole numbers from 0 to {MOST_UNITS}")
    if units and width is not None and len(units) != width:
        raise InvalidProblem(
            f"{where}.{name}", f"has {len(units)} entries where capacities have {width}; give all alike"
        )
    return tuple(units)


def skills(row: Json, where: str) -> dict[str, int]:
    return {str(skill): 1 for skill in numbers(row, "skills", where)}


def windows(row: Json, where: str) -> tuple[TimeWindow, ...]:
    given = [] if row.get("time_windows") is None else row["time_windows"]
    if not isinstance(given, list):
        raise InvalidProblem(f"{where}.time_windows", "must be a list of [from, to]")
    return tuple(pair(one, f"{where}.time_windows") for one in given)


def pair(value: Any, where: str) -> TimeWindow:
    if not isinstance(value, list) or len(value) != 2 or not all(is_whole(end) for end in value):
        raise InvalidProblem(where, f"must be [from, to] in whole seconds, not {shown(value)}")
    window = TimeWindow(int(value[0]), int(value[1]))
    if not 0 <= window.earliest <= window.latest <= LATEST:
        raise InvalidProblem(where, f"{shown(value)} must be [from, to] with 0 <= from <= to <= {LATEST}, in seconds")
    return window


def text(row: Json, name: str = "description") -> str:
    return "" if row.get(name) is None else str(row[name])


def refuse(row: Json, where: str, messages: Mapping[str, str]) -> None:
    """Refuse the fields that have a message: they would change the meaning and are not planned with."""
    for name, message in messages.items():
        if row.get(name) is not None:
            raise InvalidProblem(f"{where}.{name}", message)


def once(ids: Iterable[int], where: str) -> None:
    """Refuse an id that appears twice."""
    seen: set[int] = set()
    for one in ids:
        if one in seen:
            raise InvalidProblem(where, f"id {one} appears more than once; give each its own id")
        seen.add(one)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_whole(value: Any) -> bool:
    return is_number(value) and value == int(value) and abs(value) < LARGEST


def shown(value: Any) -> str:
    """What was given, cut to what fits into a sentence."""
    told = repr(value)
    return told if len(told) <= 60 else f"{told[:57]}..."
