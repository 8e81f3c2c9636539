"""Orders as a CSV file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from dispatch import parking
from dispatch.order_list import OrderLine

COLUMNS = (
    "number", "merchant", "product", "state", "consumer_name", "phone", "address", "county_code", "county", "lng",
    "lat", "position", "priority", "goods_arrived_at", "window_starts_at", "window_ends_at", "note",
    "parked_because", "created_at",
)  # fmt: skip
FORMULA = ("=", "@", "\t", "\r")


def lines(rows: Iterable[OrderLine]) -> Iterator[str]:
    """The file line by line (with a BOM); times by the wall clock of the order's county, with their offset."""
    yield "\ufeff" + _line(COLUMNS)
    for row in rows:
        yield _line(_cells(row))


def _cells(row: OrderLine) -> tuple[object, ...]:
    return (
        _harmless(row.number), _harmless(row.merchant), row.product_code, row.state, _harmless(row.consumer_name),
        _harmless(row.consumer_phone), _harmless(row.address), row.county_code or "", row.county_zh or "",
        _degrees(row.lng), _degrees(row.lat), row.quality or "", row.priority, _time(row.goods_arrived_at, row.zone),
        _time(row.window_starts_at, row.zone), _time(row.window_ends_at, row.zone), _harmless(row.note),
        parking.read(row.parked_because).sentence if row.parked_because else "", _time(row.created_at, row.zone),
    )  # fmt: skip


def _line(cells: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _harmless(text: str) -> str:
    """Other people's text must not become a formula in somebody's spreadsheet."""
    is_formula = text.startswith(FORMULA) or (text[:1] in {"+", "-"} and not text[1:2].isdigit())
    return f"'{text}" if is_formula else text


def _degrees(value: float | None) -> object:
    return "" if value is None else value


def _time(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="minutes") if at else ""
