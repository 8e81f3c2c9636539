"""The numbers about booking as a CSV file: one row for each county and product."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.booking_numbers import Numbers, Report
from dispatch.consumer_records import NothingBecause
from dispatch.csv_file import written

COUNTS = (
    "arrived", "in_time", "late", "running", "looked", "found", "held", "held_booked", "booked", "moved", "cancelled",
    "by_consumer", "by_merchant", "by_dispatcher", "kept", "broken", "predicted", "predicted_kept",
    "failed", "next_in_time", "wasted_by_consumer", "wasted_by_merchant", "wasted_by_us",
)  # fmt: skip
RATES = ("booking_rate", "found_rate", "hold_rate", "kept_rate", "predicted_rate", "median_hours", "next_rate")
COLUMNS = (
    "county_code", "county", "product_code", "product", *COUNTS, *RATES,
    *(f"nothing_{reason.replace('-', '_')}" for reason in NothingBecause),
)  # fmt: skip


def content(report: Report) -> str:
    """The file; rates as fractions of 1, empty where there is nothing to divide by."""
    return written(COLUMNS, _lines(report))


def _lines(report: Report) -> Iterator[list[object]]:
    for (county, product), numbers in report.cells.items():
        names = [county, report.counties[county].name, product, report.products[product].name_zh]
        yield [*names, *_cells(numbers)]


def _cells(numbers: Numbers) -> Iterator[object]:
    yield from (getattr(numbers, name) for name in COUNTS)
    for name in RATES:
        value = getattr(numbers, name)
        yield "" if value is None else round(value, 4)
    yield from (numbers.nothing[reason] for reason in NothingBecause)
