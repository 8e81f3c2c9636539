"""The columns of an order file, and how a row of it becomes an order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from dispatch.csv_file import CsvRow
from dispatch.errors import RowProblem
from dispatch.new_order import NewOrder
from seed_regions.datum import Datum
from technicians.errors import InvalidInput

REQUIRED = ("number", "product", "consumer_name", "phone", "address")
OPTIONAL = (
    "county_code",
    "lng",
    "lat",
    "datum",
    "priority",
    "goods_arrived_at",
    "window_starts_at",
    "window_ends_at",
    "note",
    "language",
    "service_seconds",
)
COLUMN_OF = {"product_code": "product", "consumer_phone": "phone", "service": "service_seconds"}
NO_TIME = "“{cell}” is not a time such as 2026-05-12 09:00."
FORMATS = ("%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S")


def read_order(row: CsvRow, products: set[str], zone: ZoneInfo, at: datetime) -> NewOrder | None:
    """The row's order; None, with the row's problems noted, when something in it cannot be used."""

    def instant(text: str) -> datetime:
        return read_instant(text, zone)

    order = NewOrder(
        number=row.required("number", 80),
        product_code=row.required("product", 40),
        consumer_name=row.text("consumer_name"),
        consumer_phone=row.text("phone"),
        address=row.text("address"),
        county_code=row.text("county_code") or None,
        lng=row.read("lng", float, "“{cell}” is not a longitude in degrees."),
        lat=row.read("lat", float, "“{cell}” is not a latitude in degrees."),
        datum=row.read("datum", _datum, "“{cell}” is not wgs84, gcj02 or bd09.") or Datum.WGS84,
        priority=row.read("priority", int, "“{cell}” is not a whole number from 0 to 100.") or 0,
        goods_arrived_at=row.read("goods_arrived_at", instant, NO_TIME),
        window_starts_at=row.read("window_starts_at", instant, NO_TIME),
        window_ends_at=row.read("window_ends_at", instant, NO_TIME),
        note=row.text("note"),
        language=row.text("language") or "zh",
        service=row.read("service_seconds", int, "“{cell}” is not a whole number of seconds."),
    )
    if order.product_code and order.product_code not in products:
        row.wrong(
            "product",
            "“{code}” is no service product; known are {known}.",
            code=order.product_code,
            known=_some(products),
        )
    unread = {problem.column for problem in row.problems}
    for error in order.faults(at):
        problem = problem_of(row.line, error)
        if problem.column not in unread and not (problem.column in {"lng", "lat"} and unread & {"lng", "lat"}):
            row.problems.append(problem)
    return None if row.problems else order


def read_instant(text: str, zone: ZoneInfo) -> datetime:
    """An ISO 8601 time, or the way spreadsheets write it (2026/5/12 9:00); ValueError for anything else."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = _spreadsheets(text)
    return read if read.tzinfo is not None else read.replace(tzinfo=zone)


def _spreadsheets(text: str) -> datetime:
    for form in FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the caller's
        except ValueError:
            continue
    raise ValueError(text)


def _datum(text: str) -> Datum:
    return Datum(text.lower().replace("-", ""))


def _some(codes: Iterable[str]) -> str:
    return ", ".join(sorted(codes)[:12])


def problem_of(line: int, error: InvalidInput) -> RowProblem:
    field_name = error.field or "number"
    return RowProblem(line, COLUMN_OF.get(field_name, field_name), error.sentence, error.advice, **error.values)
