"""What is still missing of what a product asks to be proved on site, photos apart. Work is never held up by it."""

from __future__ import annotations

from dispatch import trips
from dispatch.work_order import Visit

REQUIRED = "required"
OF_CHECKLIST = "checklist:"


def missing_proofs(visit: Visit) -> list[str]:
    """`serial`, `signature`, `code` and `checklist:CODE` of what is required and has not been told, as things stand."""
    is_there = {
        "serial": "serial" in visit.told,
        "signature": "signed" in visit.told,
        "code": visit.accepted_at is not None,
    }
    asked = trips.proofs(visit)
    ticked = set(visit.told.get("checklist", ()))
    return [
        *(name for name, there in is_there.items() if asked[name] == REQUIRED and not there),
        *(OF_CHECKLIST + entry["code"] for entry in trips.checklist(visit) if _is_open(entry, ticked)),
    ]


def _is_open(entry: dict[str, object], ticked: set[str]) -> bool:
    return bool(entry["required"]) and entry["code"] not in ticked
