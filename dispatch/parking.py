"""Why an order is parked: a rule and its facts, kept as one line of text and told as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode


class ParkRule(StrEnum):
    NO_PLACE = "no-place"
    UNKNOWN_CODE = "unknown-code"
    NOT_SERVED = "not-served"
    ADDRESS_UNCLEAR = "address-unclear"
    ADDRESS_SILENT = "address-silent"
    OUTSIDE = "outside"
    NO_BOUNDARIES = "no-boundaries"
    CODE_DISAGREES = "code-disagrees"
    ADDRESS_DISAGREES = "address-disagrees"
    OTHER = "other"


SENTENCES: dict[ParkRule, str] = {
    ParkRule.NO_PLACE: "There is neither an address with a county nor a position.",
    ParkRule.UNKNOWN_CODE: "County code {code} is not in the registry.",
    ParkRule.NOT_SERVED: "County {county} is not loaded in this installation.",
    ParkRule.ADDRESS_UNCLEAR: "The address does not name one county (it may be: {candidates}).",
    ParkRule.ADDRESS_SILENT: "The address names no county that is known.",
    ParkRule.OUTSIDE: "The position {lng}, {lat} lies in no county.",
    ParkRule.NO_BOUNDARIES: "Only the position is known, and no boundaries are loaded; nearest is {nearest}.",
    ParkRule.CODE_DISAGREES: "The order says county {code}, its position lies in {point}.",
    ParkRule.ADDRESS_DISAGREES: "The address names county {address}, the rest of the order says {other}.",
    ParkRule.OTHER: "{text}",
}
LIKELIEST_FIRST = ("point", "candidates", "nearest", "address", "other", "code")
GCJ02_HINT = " They would agree if the position were GCJ-02 (AMap, Tencent)."


@dataclass(frozen=True, slots=True)
class Parked:
    """`facts` holds county codes (several joined by commas) and numbers as text, by name."""

    rule: ParkRule
    facts: Mapping[str, str]

    def __str__(self) -> str:
        """The form in which a work order keeps it (at most 500 characters)."""
        return f"{self.rule}?{urlencode(self.facts, safe=',')}"[:500]

    @property
    def counties(self) -> tuple[str, ...]:
        """The counties that come into question, the likeliest first."""
        named = (self.facts.get(name, "") for name in LIKELIEST_FIRST)
        return tuple(dict.fromkeys(code for codes in named for code in codes.split(",") if code))

    @property
    def sentence(self) -> str:
        hint = GCJ02_HINT if self.facts.get("datum") == "gcj02" else ""
        return SENTENCES[self.rule].format_map(_Shown(self.facts)) + hint


class _Shown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def read(text: str) -> Parked:
    """What `str` of a reason gave; any other text is a reason in somebody's own words."""
    rule, _, facts = text.partition("?")
    if rule in SENTENCES:
        return Parked(ParkRule(rule), dict(parse_qsl(facts)))
    return Parked(ParkRule.OTHER, {"text": text})
