"""What technicians tell in simulated phone-days beside where they are: payloads of every kind of event, by a seed.

One word in twenty is one that the server cannot use: a price that was another, a code nobody knows, an empty sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from benchmarks.phone_world import PRICES, PROMISED, TICKS
from dispatch.phone_reports import ReportType
from tests.phone_pocket import CODE

UNUSABLE = 0.05
ONE_PHOTO = "ab" * 32
LETTERS = "abcdefghij"
REASONS = ("nobody-home", "nobody-home", "consumer-refused", "parts-missing", "out-of-time")


@dataclass(frozen=True, slots=True)
class Word:
    """A kind of event with its payload; `photos` are pairs of a shot's code and a SHA-256 in hexadecimal."""

    type: ReportType
    said: Mapping[str, Any] = field(default_factory=dict)
    photos: tuple[tuple[str, str], ...] = ()


def on_site(rng: Random) -> Iterator[Word]:
    """All there is to tell of one visit while one is there, in the usual order."""
    yield of(ReportType.CHECKLIST, rng)
    yield of(ReportType.SERIAL, rng)
    yield from agreed(rng)
    yield of(ReportType.CHECKLIST, rng)
    yield of(ReportType.SIGNATURE, rng)
    yield from codes(rng)


def some(rng: Random) -> Iterator[Word]:
    """One or two kinds, at times the same again with other words."""
    for kind in rng.choices(tuple(SAYS), k=rng.choice((1, 1, 2))):
        yield from agreed(rng) if kind == ReportType.SURCHARGE else [of(kind, rng)]
    if rng.random() < 0.15:
        yield from codes(rng)


def of(kind: ReportType, rng: Random) -> Word:
    """One word of a kind that is told on site."""
    return SAYS[kind](rng)


def agreed(rng: Random) -> Iterator[Word]:
    """A surcharge, at times taken back or agreed to anew."""
    word = of(ReportType.SURCHARGE, rng)
    yield word
    if rng.random() < 0.4:
        yield replace(word, said={**word.said, "count": rng.choice((0, 0, 1))}, photos=())


def codes(rng: Random) -> Iterator[Word]:
    """The consumer's code after none, some or too many that were wrong."""
    for wrong in range(rng.choices((0, 1, 4, 5, 6), (80, 12, 2, 3, 3))[0]):
        yield Word(ReportType.ACCEPTANCE, {"code": f"00000{wrong}"})
    yield Word(ReportType.ACCEPTANCE, {"code": CODE})


def readiness(rng: Random) -> Word:
    parts = ["hook"] if rng.random() < 0.7 else []
    return Word(
        ReportType.READINESS,
        {
            "goods": rng.choice(("whole", "damaged", "missing")),
            "consumer": rng.choice(("confirmed", "not-reached")),
            "parts": [*parts, "anvil"] if _is_unusable(rng) else parts,
        },
    )


def completion(rng: Random) -> Word:
    """Done; each photo is promised once, whoever else promises the same one."""
    note = {"note": _text(rng)} if rng.random() < 0.1 else {}
    return Word(ReportType.COMPLETION, note, tuple((shot, ONE_PHOTO) for shot in PROMISED))


def failure(rng: Random) -> Iterator[Word]:
    """Why not: at times first with a reason that is none, at times with the call and what the consumer wishes."""
    if _is_unusable(rng):
        yield Word(ReportType.COULD_NOT_COMPLETE, {"reason": "no-mood"})
    said: dict[str, Any] = {"reason": rng.choice(REASONS)}
    if rng.random() < 0.5:
        said["called"] = {"outcome": rng.choice(("no-answer", "not-called"))}
        said["waited"] = rng.randint(0, 1200)
        days = [date(2027, 1, 1) + timedelta(days=rng.randint(0, 9)) for _ in range(rng.randint(0, 4))]
        said["wishes"] = [
            {"on": on.isoformat(), "part": rng.choice(("morning", "afternoon", "evening", "any"))} for on in days
        ]
    yield Word(ReportType.COULD_NOT_COMPLETE, said)


def request(rng: Random, now: datetime) -> Word:
    """Hours off, other hours; for a visit to be given away see `swap`. An end before the begin is of no use."""
    starts = now + timedelta(days=rng.randint(1, 30))
    hours = -2 if _is_unusable(rng) else rng.randint(1, 10)
    said = {
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=hours)).isoformat(),
        "note": _text(rng),
    }
    if rng.random() < 0.5:
        return Word(ReportType.SHIFT_REQUEST, said)
    reason = rng.choice(("ill", "leave", "training", "other"))
    return Word(ReportType.ABSENCE_REQUEST, said | {"reason": reason})


def swap(rng: Random) -> Word:
    return Word(ReportType.SWAP_REQUEST, {"note": _text(rng)})


def withdrawal(event_id: str) -> Word:
    return Word(ReportType.REQUEST_WITHDRAWN, {"event_id": event_id})


def seen(on: date, revision: int) -> Word:
    return Word(ReportType.ROUTE_SEEN, {"on": on.isoformat(), "revision": revision})


def _checklist(rng: Random) -> Word:
    done = [code for code in TICKS if rng.random() < 0.6]
    return Word(ReportType.CHECKLIST, {"done": [*done, "danced"] if _is_unusable(rng) else done})


def _serial(rng: Random) -> Word:
    number = "" if _is_unusable(rng) else f"SN{rng.getrandbits(32):08x}"
    return Word(ReportType.SERIAL, {"number": number, "read": rng.choice(("camera", "hand")), "format": "ean-13"})


def _signature(rng: Random) -> Word:
    strokes = [[rng.randint(0, 1000) for _ in range(4)] for _ in range(rng.randint(1, 3))]
    return Word(ReportType.SIGNATURE, {"name": _text(rng), "strokes": [] if _is_unusable(rng) else strokes})


def _surcharge(rng: Random) -> Word:
    """0 pieces take it back; a photo goes with some."""
    code = rng.choice(tuple(PRICES))
    amount, most = PRICES[code]
    said = {"code": code, "count": rng.choice((0, *range(1, most + 1))), "amount": amount, "agreed": True}
    if _is_unusable(rng):
        said |= rng.choice(({"code": "gold"}, {"amount": amount + 1, "count": 1}, {"count": most + 1}))
    photos = ((f"surcharge:{code}", f"{rng.getrandbits(256):064x}"),) if rng.random() < 0.5 else ()
    return Word(ReportType.SURCHARGE, said, photos if said["code"] == code else ())


def _parts_needed(rng: Random) -> Word:
    return Word(ReportType.PARTS_NEEDED, {"text": _text(rng), "count": rng.choice((0, 1, 2))})


def _text(rng: Random) -> str:
    return "".join(rng.choices(LETTERS, k=8))


def _is_unusable(rng: Random) -> bool:
    return rng.random() < UNUSABLE


SAYS: Mapping[ReportType, Callable[[Random], Word]] = {
    ReportType.CHECKLIST: _checklist,
    ReportType.SERIAL: _serial,
    ReportType.SIGNATURE: _signature,
    ReportType.SURCHARGE: _surcharge,
    ReportType.PARTS_NEEDED: _parts_needed,
}
