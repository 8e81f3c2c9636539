"""How booking goes: from the goods' arrival to a promise that was kept, by county and product.

Every number about booking is about the orders whose goods arrived on the days asked for, and counts orders; every
number about promises is about those whose window began on these days.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import reduce
from itertools import repeat
from statistics import median
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import booking_orders, kept_promises, wasted_numbers
from dispatch.booking_clock import InADay, in_a_day
from dispatch.booking_orders import OrderRow
from dispatch.booking_period import Asked
from dispatch.catalogue import ServiceProduct
from dispatch.consumer_records import NothingBecause
from dispatch.kept_promises import PromiseRow
from dispatch.wasted_numbers import WastedRow
from technicians.place import County

Cell = tuple[str, str]
HOUR = 3600
SUMMED = (
    "looked", "found", "held", "held_booked", "moved", "cancelled", "by_consumer", "by_merchant", "by_dispatcher",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was counted, to be added up; and the rates that follow from it, None where there is nothing to divide by.

    `arrived` orders had their goods arrive: `in_time`, `late` and `running` as `booking_clock.in_a_day` says; `looked`
    for a window, `found` any, `held` one, booked the held one (`held_booked`), `booked` any; `moved` or `cancelled`
    it at least once. `by_…` are windows promised, moves included. `nothing` has the reasons of those whose last look
    found nothing, `waits` the seconds from the goods to the first appointment (0 when that was made before). What
    `failed` and `wasted_…` count is said in `wasted_numbers`.
    """

    arrived: int = 0
    in_time: int = 0
    late: int = 0
    running: int = 0
    looked: int = 0
    found: int = 0
    held: int = 0
    held_booked: int = 0
    booked: int = 0
    moved: int = 0
    cancelled: int = 0
    by_consumer: int = 0
    by_merchant: int = 0
    by_dispatcher: int = 0
    kept: int = 0
    broken: int = 0
    predicted: int = 0
    predicted_kept: int = 0
    chances: float = 0.0
    failed: int = 0
    next_in_time: int = 0
    wasted_by_consumer: int = 0
    wasted_by_merchant: int = 0
    wasted_by_us: int = 0
    nothing: Counter[NothingBecause] = field(default_factory=Counter)
    waits: tuple[int, ...] = ()

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def booking_rate(self) -> float | None:
        """The 24-hour booking rate; what counts as in time is said in `booking_clock`."""
        return _share(self.in_time, self.in_time + self.late)

    @property
    def found_rate(self) -> float | None:
        return _share(self.found, self.looked)

    @property
    def hold_rate(self) -> float | None:
        """Of those who held a window, how many made an appointment of it."""
        return _share(self.held_booked, self.held)

    @property
    def kept_rate(self) -> float | None:
        return _share(self.kept, self.kept + self.broken)

    @property
    def predicted_rate(self) -> float | None:
        """The mean chance that the promises were given when they were made."""
        return self.chances / self.predicted if self.predicted else None

    @property
    def calibration(self) -> float | None:
        """Kept rate less mean chance, of the promises that had one: below 0 more was promised than was kept."""
        rate, kept = self.predicted_rate, _share(self.predicted_kept, self.predicted)
        return None if rate is None or kept is None else kept - rate

    @property
    def next_rate(self) -> float | None:
        """Of the visits that came to nothing, those whose next appointment was made before the old window ended."""
        return _share(self.next_in_time, self.failed)

    @property
    def median_hours(self) -> float | None:
        """Half of the booked orders had their appointment within this many hours of the goods' arrival."""
        return median(self.waits) / HOUR if self.waits else None

    @property
    def promised(self) -> int:
        return self.by_consumer + self.by_merchant + self.by_dispatcher

    @property
    def consumer_share(self) -> float | None:
        return _share(self.by_consumer, self.promised)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class Report:
    """The numbers of every county and product with any, by their codes, and what the codes stand for."""

    cells: Mapping[Cell, Numbers]
    counties: Mapping[str, County]
    products: Mapping[str, ServiceProduct]

    def total(self, county: str | None = None, product: str | None = None) -> Numbers:
        """Of one county, one product, both or all."""
        wanted = (n for cell, n in self.cells.items() if county in (None, cell[0]) and product in (None, cell[1]))
        return reduce(Numbers.__add__, wanted, Numbers())

    def by_county(self, product: str | None = None) -> dict[str, Numbers]:
        return self._by(0, ((cell, n) for cell, n in self.cells.items() if product in (None, cell[1])))

    def by_product(self, county: str | None = None) -> dict[str, Numbers]:
        return self._by(1, ((cell, n) for cell, n in self.cells.items() if county in (None, cell[0])))

    @staticmethod
    def _by(axis: int, cells: Iterable[tuple[Cell, Numbers]]) -> dict[str, Numbers]:
        found: dict[str, Numbers] = defaultdict(Numbers)
        for cell, numbers in cells:
            found[cell[axis]] += numbers
        return dict(found)


def of(session: Session, asked: Asked, at: datetime) -> Report:
    """The numbers as they stand at `at`, in a handful of statements. InvalidInput for a period that is none."""
    asked.require_sound()
    rested = booking_orders.rested(session, asked, at)
    orders: dict[Cell, list[tuple[Any, ...]]] = defaultdict(list)
    for row in booking_orders.rows(session, asked):
        orders[row[0], row[1]].append(row)
    promises = {(row.county, row.product): row for row in kept_promises.rows(session, asked)}
    wasted = {(row.county, row.product): row for row in wasted_numbers.rows(session, asked)}
    now = round(at.timestamp())
    cells = {
        cell: _booking(orders.get(cell, []), rested, now) + _promises(promises.get(cell)) + _wasted(wasted.get(cell))
        for cell in sorted(orders.keys() | promises.keys() | wasted.keys())
    }
    return Report(cells, *_names(session, cells))


def _booking(rows: Sequence[tuple[Any, ...]], rested: Mapping[int, int], now: int) -> Numbers:
    timed = Counter(in_a_day(order, rested, now) for order in map(OrderRow._make, rows))
    column = dict(zip(OrderRow._fields, zip(*rows, strict=True) if rows else repeat(()), strict=False))
    goods, booked = column["goods_at"], column["first_booked_at"]
    waits = tuple(max(0, until - since) for since, until in zip(goods, booked, strict=True) if until is not None)
    return Numbers(
        arrived=len(rows), in_time=timed[InADay.IN_TIME], late=timed[InADay.LATE], running=timed[InADay.RUNNING],
        booked=len(waits), waits=waits,
        nothing=Counter(NothingBecause(reason) for reason in column["nothing_because"] if reason),
        **{name: sum(column[name]) for name in SUMMED},
    )  # fmt: skip


def _promises(row: PromiseRow | None) -> Numbers:
    if row is None:
        return Numbers()
    return Numbers(
        kept=row.kept, broken=row.broken, predicted=row.predicted, predicted_kept=row.predicted_kept,
        chances=row.chances,
    )  # fmt: skip


def _wasted(row: WastedRow | None) -> Numbers:
    if row is None:
        return Numbers()
    return Numbers(
        failed=row.failed, next_in_time=row.next_in_time, wasted_by_consumer=row.by_consumer,
        wasted_by_merchant=row.by_merchant, wasted_by_us=row.by_us,
    )  # fmt: skip


def _names(session: Session, cells: Iterable[Cell]) -> tuple[dict[str, County], dict[str, ServiceProduct]]:
    wanted = {county for county, _ in cells}
    counties = session.scalars(select(County).where(County.code.in_(wanted)))
    return {county.code: county for county in counties}, {p.code: p for p in session.scalars(select(ServiceProduct))}
