"""Orders from a merchant's CSV file: looked at first, then taken in all at once or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import csv_file, intake, messages, order_file
from dispatch.catalogue import ServiceProduct
from dispatch.csv_file import CsvRow
from dispatch.errors import RowProblem, WrongRows
from dispatch.new_order import NewOrder
from dispatch.place import Places
from dispatch.siting import Site, sites
from dispatch.work_order import WorkOrder
from technicians.errors import InvalidInput
from technicians.place import County, PlanningArea

MOST_ROWS = 50_000
AT_A_TIME = 500
ON_ANOTHER_LINE = "Order {number} is on line {first} with another {columns}; use a new number."
KNOWN_ALREADY = "Order {number} is known already, with another {columns}; use a new number."


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row without a fault: its line, the order, and where it is (or why it will be parked)."""

    line: int
    order: NewOrder
    site: Site


@dataclass(frozen=True, slots=True)
class Preview:
    """What loading the file would do. With `problems` it is refused; `repeats` are lines of known orders."""

    rows: list[CheckedRow] = field(default_factory=list)
    repeats: list[int] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def parked(self) -> list[CheckedRow]:
        return [row for row in self.rows if row.site.parked is not None]


def check(
    session: Session, places: Places, merchant_id: int, content: bytes, *, zone: ZoneInfo, at: datetime
) -> Preview:
    """Read the file and say what is wrong with it, changing nothing. Times without an offset are `zone`'s.

    Raises InvalidInput for a file that cannot be read at all, and WrongRows for wrong columns.
    """
    preview = Preview()
    rows = csv_file.rows(content, order_file.REQUIRED, order_file.OPTIONAL)
    if len(rows) > MOST_ROWS:
        raise InvalidInput(
            "The file has {rows} rows.",
            field="file",
            remedy="Send at most {most} at a time.",
            rows=len(rows),
            most=MOST_ROWS,
        )
    products = set(session.scalars(select(ServiceProduct.code)))
    sound = [(row, order) for row in rows if (order := order_file.read_order(row, products, zone, at)) is not None]
    preview.problems.extend(problem for row in rows for problem in row.problems)
    fresh = list(_fresh(session, merchant_id, sound, preview))
    found = sites(session, places, [order.claim for _, order in fresh])
    zones = _zones(session, {site.county_code for site in found if site.county_code})
    for (row, order), site in zip(fresh, found, strict=True):
        try:
            intake.require_one_day(order, zones.get(site.county_code or ""))
            preview.rows.append(CheckedRow(row.line, order, site))
        except InvalidInput as error:
            preview.problems.append(order_file.problem_of(row.line, error))
    preview.problems.sort(key=lambda problem: problem.line)
    return preview


def load(
    session: Session,
    places: Places,
    merchant_id: int,
    content: bytes,
    *,
    zone: ZoneInfo,
    by: str,
    at: datetime,
) -> Preview:
    """Take in every order of the file that is not known yet; WrongRows, and none of them, if a row is wrong."""
    preview = check(session, places, merchant_id, content, zone=zone, at=at)
    if preview.problems:
        raise WrongRows(preview.problems)
    products = {product.code: product for product in session.scalars(select(ServiceProduct))}
    taken = [(row.order, row.site, products[row.order.product_code]) for row in preview.rows]
    ids = intake.take_in(session, merchant_id, taken, by=by, at=at)
    messages.invite_all(session, ids, by=by, at=at)
    return preview


def _fresh(
    session: Session, merchant_id: int, sound: Sequence[tuple[CsvRow, NewOrder]], preview: Preview
) -> Iterator[tuple[CsvRow, NewOrder]]:
    """The orders that are new; repeats and numbers taken by other orders are noted in the preview."""
    known = _known(session, merchant_id, [order.number for _, order in sound])
    line_of: dict[str, int] = {}
    for row, order in sound:
        if order.number not in known:
            known[order.number], line_of[order.number] = order.digest(), row.line
            yield row, order
            continue
        differing = intake.changed_fields(known[order.number], order)
        if not differing:
            preview.repeats.append(row.line)
            continue
        columns = ", ".join(order_file.COLUMN_OF.get(name, name) for name in differing)
        preview.problems.append(
            RowProblem(
                row.line,
                "number",
                ON_ANOTHER_LINE if order.number in line_of else KNOWN_ALREADY,
                number=order.number,
                first=line_of.get(order.number),
                columns=columns,
            )
        )


def _known(session: Session, merchant_id: int, numbers: Sequence[str]) -> dict[str, dict[str, str]]:
    """What was handed in before, by order number."""
    found: dict[str, dict[str, str]] = {}
    for begins in range(0, len(numbers), AT_A_TIME):
        some = numbers[begins : begins + AT_A_TIME]
        query = select(WorkOrder.number, WorkOrder.handed_in).where(
            WorkOrder.merchant_id == merchant_id, WorkOrder.number.in_(some)
        )
        found.update({number: handed_in for number, handed_in in session.execute(query)})
    return found


def _zones(session: Session, counties: set[str]) -> dict[str, ZoneInfo]:
    query = select(County.code, PlanningArea.time_zone).join(PlanningArea).where(County.code.in_(counties))
    return {code: ZoneInfo(name) for code, name in session.execute(query)}
