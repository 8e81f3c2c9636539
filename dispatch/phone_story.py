"""Facts from phones as people are told of them: codes with their names, what is nobody's business left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispatch.catalogue import ServiceProduct
from dispatch.evidence import EventType, VisitEvent
from dispatch.photo_album import name_of
from dispatch.site_proofs import OF_CHECKLIST

UNTOLD = frozenset({"strokes", "code", "at"})


@dataclass(frozen=True, slots=True)
class Item:
    """Something of a product's lists, with its names in both languages."""

    name_zh: str
    name_en: str


def happened_at(event: VisitEvent) -> datetime:
    """When it happened by our clock."""
    at = event.payload.get("at")
    return datetime.fromisoformat(at) if at else event.device_time


def facts_of(event: VisitEvent, product: ServiceProduct) -> dict[str, Any]:
    """What the event says, without codes of acceptance and strokes of signatures.

    `item`: what was photographed or charged; `done` and `left`: of the checklist; `lacking`: parts that are not in the
    van; `missing`: what else had to be proved when the work was done.
    """
    payload = event.payload
    told = {name: value for name, value in payload.items() if name not in UNTOLD} | {
        "event_id": event.event_id,
        "visit_id": event.visit_id,
    }
    match event.type:
        case EventType.PROOF:
            told["item"] = Item(*name_of(product, payload.get("shot", "")))
        case EventType.SURCHARGE:
            told["item"] = _named(product.surcharges, [payload.get("code", "")])[0]
            told["currency"] = product.currency
        case EventType.CHECKLIST:
            told |= _checklist(product, payload.get("done", []))
        case EventType.COMPLETION:
            missing = payload.get("missing", [])
            told["missing"] = [name for name in missing if not name.startswith(OF_CHECKLIST)]
            left = [name.removeprefix(OF_CHECKLIST) for name in missing if name.startswith(OF_CHECKLIST)]
            told["left"] = _named(product.checklist, left)
        case EventType.READINESS:
            carried = payload.get("parts", [])
            told["lacking"] = [_item(part) for part in product.parts if part["code"] not in carried]
    return told


def _checklist(product: ServiceProduct, done: list[str]) -> dict[str, Any]:
    left = [_item(entry) for entry in product.checklist if entry["required"] and entry["code"] not in done]
    return {"done": _named(product.checklist, done), "left": left}


def _named(entries: Iterable[Mapping[str, Any]], codes: Iterable[str]) -> list[Item]:
    known = {entry["code"]: _item(entry) for entry in entries}
    return [known.get(code, Item(code, code)) for code in codes]


def _item(entry: Mapping[str, Any]) -> Item:
    return Item(entry["name_zh"], entry["name_en"])
