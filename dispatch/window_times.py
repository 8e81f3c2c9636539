"""The beginnings of windows as people write them: `08:00 10:00 14:30`, minutes after local midnight inside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from technicians.errors import InvalidInput

TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
BETWEEN = re.compile(r"[\s,;，；、]+")
LONGEST = 600


def parse(text: str) -> tuple[int, ...]:
    """Minutes after midnight in order of time; InvalidInput for what is no time, a time named twice, or none at all."""
    words = [word for word in BETWEEN.split(text[:LONGEST]) if word]
    if not words:
        raise InvalidInput(
            "There is no time in it.", field="starts", remedy="Write when windows begin, such as 08:00 10:00."
        )
    starts = sorted(map(_minutes, words))
    for one, other in pairwise(starts):
        if one == other:
            raise InvalidInput("{time} is named twice.", field="starts", remedy="Name each time once.", time=clock(one))
    return tuple(starts)


def _minutes(word: str) -> int:
    found = TIME.fullmatch(word)
    if found is None:
        raise InvalidInput(
            "“{cell}” is not a time of day.",
            field="starts",
            remedy="Write times like 08:00, with spaces between them.",
            cell=word[:20],
        )
    return int(found[1]) * 60 + int(found[2])


def write(starts: Iterable[int]) -> str:
    """The beginnings as `parse` takes them."""
    return " ".join(map(clock, starts))


def clock(minutes: int) -> str:
    """Minutes after midnight as 08:00; 24:00 is the end of the day."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
