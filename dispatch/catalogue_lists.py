"""The lists of a service product, each in one cell of a file, and back.

    shots       label:铭牌:Rating plate:label:数字要能看清:Every digit must be readable!
                doorplate:门牌:Door number:doorplate:::delivery|first
    parts       hook:膨胀挂钩:Wall hook:2;sealant:密封胶:Sealant
    checklist   power-off:断电:Power is off!;shown:已演示:Shown how it works
    surcharges  pipe:加长铜管（每米）:Copper pipe per metre:80:10:photo
    proofs      serial=required;signature=optional;code=required

Semicolons between the entries, `!` for what is required. A shot may have an outline, a hint in both languages and the
causes of the visits for which it is asked; a part a count; a surcharge has its price a piece and how many there may be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dispatch import csv_file, money
from dispatch.csv_file import WrongCell
from dispatch.trips import USUAL_PROOFS
from dispatch.work_order import VisitCause

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
LONGEST_NAME, LONGEST_HINT = 80, 120
LONGEST_SURCHARGE = 30
MOST_ENTRIES = 40
MOST_PIECES = 999
OUTLINES = ("overview", "doorplate", "packaging", "label", "fixing", "before", "after", "tidy", "damage")
HOW_MUCH = ("none", "optional", "required")
PHOTO = "photo"

Entry = dict[str, Any]
EXAMPLES = {
    "shot": "label:铭牌:Rating plate:label:数字要能看清:Every digit must be readable!",
    "part": "hook:膨胀挂钩:Wall hook:2",
    "tick": "power-off:断电:Power is off!",
    "surcharge": "pipe:加长铜管（每米）:Copper pipe per metre:80:10:photo",
}
NO_SHOT = "“{part}” is no photo; write it like before:安装前:Before!"
NO_ENTRY = "“{part}” cannot be read; write it like {example}"


def shots(cell: str) -> list[Entry]:
    """`before:安装前:Before!;label:铭牌:Label` as a shot list, ! for a photo that is required; WrongCell."""
    return _entries(cell, _shot)


def parts(cell: str) -> list[Entry]:
    """What must be in the van, one piece where no number is written; WrongCell."""
    return _entries(cell, _part)


def checklist(cell: str) -> list[Entry]:
    """What is ticked on site; WrongCell."""
    return _entries(cell, _tick)


def surcharges(cell: str, currency: str) -> list[Entry]:
    """All that may be charged on site, a piece in minor units of the currency; WrongCell."""
    return _entries(cell, lambda part: _surcharge(part, currency))


def proofs(cell: str) -> dict[str, str]:
    """How much each proof is asked for; WrongCell."""
    found: dict[str, str] = {}
    for part in csv_file.listed(cell):
        name, _, much = (piece.strip() for piece in part.partition("="))
        if name not in USUAL_PROOFS or much not in HOW_MUCH:
            raise WrongCell(
                "“{part}” is no proof; {names} may be {words}, like serial=required.",
                part=part[:60], names=", ".join(USUAL_PROOFS), words=", ".join(HOW_MUCH),
            )  # fmt: skip
        if name in found:
            raise WrongCell("“{code}” is named twice.", code=name)
        found[name] = much
    return found


def shots_cell(listed: Iterable[Mapping[str, Any]]) -> str:
    """The cell that `shots` reads as these."""
    return _written(listed, lambda shot: [
        shot.get("outline", ""), shot.get("hint_zh", ""), shot.get("hint_en", ""), "|".join(shot.get("visits", ())),
    ])  # fmt: skip


def parts_cell(listed: Iterable[Mapping[str, Any]]) -> str:
    return _written(listed, lambda part: [str(part["count"])])


def checklist_cell(listed: Iterable[Mapping[str, Any]]) -> str:
    return _written(listed, lambda _: [])


def surcharges_cell(listed: Iterable[Mapping[str, Any]], currency: str) -> str:
    return _written(listed, lambda entry: [
        money.major(entry["amount"], currency), str(entry["most"]), PHOTO if entry["photo"] else "",
    ])  # fmt: skip


def proofs_cell(asked: Mapping[str, str]) -> str:
    return ";".join(f"{name}={asked[name]}" for name in USUAL_PROOFS if name in asked)


def _entries(cell: str, read: Callable[[str], Entry]) -> list[Entry]:
    found: dict[str, Entry] = {}
    for part in csv_file.listed(cell):
        entry = read(part)
        if entry["code"] in found:
            raise WrongCell("“{code}” is named twice.", code=entry["code"])
        found[entry["code"]] = entry
    if len(found) > MOST_ENTRIES:
        raise WrongCell("It has {number} entries; the most is {most}.", number=len(found), most=MOST_ENTRIES)
    return list(found.values())


def _pieces(part: str) -> tuple[bool, list[str]]:
    """Whether it ends in an exclamation mark, and what stands between the colons, Chinese ones too."""
    is_required = part.endswith(("!", "！"))
    return is_required, [piece.strip() for piece in part.rstrip("!！").replace("：", ":").split(":")]


def _named(pieces: Sequence[str], sentence: str, part: str, **more: object) -> Entry:
    code, *names = pieces[:3]
    if not CODE.fullmatch(code) or len(names) != 2 or not all(0 < len(name) <= LONGEST_NAME for name in names):
        raise WrongCell(sentence, part=part[:60], **more)
    return {"code": code, "name_zh": names[0], "name_en": names[1]}


def _shot(part: str) -> Entry:
    is_required, pieces = _pieces(part)
    entry = _named(pieces, NO_SHOT, part) | {"required": is_required}
    outline, hint_zh, hint_en, visits, *more = [*pieces[3:], "", "", "", ""]
    if any(more) or max(len(hint_zh), len(hint_en)) > LONGEST_HINT:
        raise WrongCell(NO_ENTRY, part=part[:60], example=EXAMPLES["shot"])
    if outline not in {"", *OUTLINES}:
        raise WrongCell("“{outline}” is no outline; known are {known}.",
                        outline=outline[:40], known=", ".join(OUTLINES))  # fmt: skip
    drawn = {"outline": outline, "hint_zh": hint_zh, "hint_en": hint_en}
    return entry | {name: value for name, value in drawn.items() if value} | _causes(visits)


def _causes(cell: str) -> Entry:
    asked = [cause.strip() for cause in cell.split("|") if cause.strip()]
    for cause in asked:
        if cause not in {each.value for each in VisitCause}:
            known = ", ".join(VisitCause)
            raise WrongCell("“{cause}” is no cause of a visit; known are {known}.", cause=cause[:40], known=known)
    return {"visits": asked} if asked else {}


def _part(part: str) -> Entry:
    is_required, pieces = _pieces(part)
    entry = _named(pieces, NO_ENTRY, part, example=EXAMPLES["part"])
    if is_required or len(pieces) > 4:
        raise WrongCell(NO_ENTRY, part=part[:60], example=EXAMPLES["part"])
    return entry | {"count": _number(pieces[3] if len(pieces) == 4 else "1", part, "part")}


def _tick(part: str) -> Entry:
    is_required, pieces = _pieces(part)
    if len(pieces) > 3:
        raise WrongCell(NO_ENTRY, part=part[:60], example=EXAMPLES["tick"])
    return _named(pieces, NO_ENTRY, part, example=EXAMPLES["tick"]) | {"required": is_required}


def _surcharge(part: str, currency: str) -> Entry:
    is_required, pieces = _pieces(part)
    example = EXAMPLES["surcharge"]
    entry = _named(pieces, NO_ENTRY, part, example=example)
    amount, most, photo, *more = [*pieces[3:], "", "", ""]
    if is_required or any(more) or photo not in {"", PHOTO} or len(entry["code"]) > LONGEST_SURCHARGE:
        raise WrongCell(NO_ENTRY, part=part[:60], example=example)
    try:
        price = money.minor(amount, currency)
    except ValueError:
        raise WrongCell(NO_ENTRY, part=part[:60], example=example) from None
    return entry | {"amount": price, "most": _number(most, part, "surcharge"), "photo": photo == PHOTO}


def _number(piece: str, part: str, kind: str) -> int:
    if not (piece.isascii() and piece.isdigit() and 1 <= int(piece) <= MOST_PIECES):
        raise WrongCell(NO_ENTRY, part=part[:60], example=EXAMPLES[kind])
    return int(piece)


def _written(listed: Iterable[Mapping[str, Any]], rest: Callable[[Mapping[str, Any]], list[str]]) -> str:
    return ";".join(_entry_written(entry, rest(entry)) for entry in listed)


def _entry_written(entry: Mapping[str, Any], rest: list[str]) -> str:
    while rest and not rest[-1]:
        rest.pop()
    required = "!" if entry.get("required") else ""
    return ":".join([entry["code"], entry["name_zh"], entry["name_en"], *rest]) + required
