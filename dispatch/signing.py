"""A signature as it was drawn: strokes of points, kept in the fact that brought it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from dispatch.evidence import EventType, VisitEvent
from dispatch.facts import happened

EDGE = 1000
MARGIN = 20
LEAST = 200


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed (perhaps nobody wrote a name) and when; each stroke alternates x and y from 0 to 1000."""

    name: str
    at: datetime
    strokes: tuple[tuple[int, ...], ...]

    @property
    def lines(self) -> list[str]:
        """Each stroke as the points of an SVG polyline; a dot is a line to itself."""
        return [
            " ".join(f"{x},{y}" for x, y in _pairs(stroke if len(stroke) > 2 else stroke * 2))
            for stroke in self.strokes
        ]

    @property
    def box(self) -> str:
        """The part of the plane that was drawn on, as an SVG viewBox."""
        xs = [x for stroke in self.strokes for x, _ in _pairs(stroke)]
        ys = [y for stroke in self.strokes for _, y in _pairs(stroke)]
        left, top = min(xs) - MARGIN, min(ys) - MARGIN
        width, height = max(xs) + MARGIN - left, max(ys) + MARGIN - top
        return f"{left} {top} {max(width, LEAST)} {max(height, LEAST)}"


def of_visits(session: Session, visit_ids: Collection[int]) -> dict[int, Signature]:
    """The signature drawn last on each visit; that of somebody who did not make the visit does not count."""
    query = (
        select(VisitEvent)
        .join(VisitEvent.visit)
        .where(VisitEvent.visit_id.in_(visit_ids), VisitEvent.type == EventType.SIGNATURE)
        .options(contains_eager(VisitEvent.visit))
        .order_by(VisitEvent.id)
    )
    counting = [_drawn(event) for event in session.scalars(query) if _counts(event)]
    drawn = sorted((each for each in counting if each[1].strokes), key=lambda each: each[1].at)
    return dict(drawn)


def _counts(event: VisitEvent) -> bool:
    return "conflict" not in event.payload or event.technician_id == event.visit.technician_id


def _drawn(event: VisitEvent) -> tuple[int, Signature]:
    payload: dict[str, Any] = event.payload
    strokes = tuple(_clean(stroke) for stroke in payload.get("strokes", []))
    return event.visit_id, Signature(
        str(payload.get("name", "")), happened(event), tuple(stroke for stroke in strokes if stroke)
    )


def _clean(stroke: Any) -> tuple[int, ...]:
    """Whole pairs within the plane; what is no stroke is empty."""
    if not isinstance(stroke, list) or not all(isinstance(each, int) for each in stroke):
        return ()
    return tuple(min(max(each, 0), EDGE) for each in stroke[: len(stroke) // 2 * 2])


def _pairs(stroke: tuple[int, ...]) -> list[tuple[int, int]]:
    return list(zip(stroke[::2], stroke[1::2], strict=True))
