"""The operator's numbers: from the goods' arrival to a promise that was kept, by county and product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from dispatch import booking_file, booking_numbers, merchants
from dispatch.booking_numbers import Numbers
from dispatch.booking_period import Asked
from technicians.errors import InvalidInput
from webapp.access import allow
from webapp.number_words import BY_KEY, COLUMNS, REASONS, written
from webapp.page import local_name
from webapp.scope import EVERYBODY, own_merchant
from webapp.system import system
from webapp.where import Where, where

bp = APIBlueprint("numbers", __name__, url_prefix="/numbers", enable_openapi=False)
PERIODS = (7, 28, 90)
USUAL_DAYS = 28
NARROWED = ("county", "product")
KEPT = ("since", "until", "merchant", *NARROWED)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: what it is about, and its numbers."""

    code: str
    name: str
    numbers: Numbers


@bp.get("")
@allow(*EVERYBODY)
def page() -> ResponseReturnValue:
    here = where()
    with system().transaction(read_only=True) as session:
        sellers = merchants.everybody(session) if own_merchant() is None else []
        asked = _asked(here, {seller.code: seller.id for seller in sellers})
        report = booking_numbers.of(session, asked, system().now())
    county, product = (request.args.get(name) or None for name in NARROWED)
    sort, descending = _sorting()
    return render_template(
        "numbers.html",
        where=here,
        asked=asked,
        total=report.total(county, product),
        tables=[
            ("county", _sorted(report.by_county(product), report.counties, sort, descending)),
            ("product", _sorted(report.by_product(county), report.products, sort, descending)),
        ],
        narrowed={"county": report.counties.get(county or ""), "product": report.products.get(product or "")},
        columns=COLUMNS,
        reasons=REASONS,
        written=written,
        sort=sort,
        descending=descending,
        kept={name: value for name in KEPT if (value := request.args.get(name))},
        periods=[(days, here.today - timedelta(days=days - 1)) for days in PERIODS],
        merchants=sellers,
    )


@bp.get("/file.csv")
@allow(*EVERYBODY)
def download() -> Response:
    """Every county and product of the period, in one file."""
    here = where()
    with system().transaction(read_only=True) as session:
        sellers = merchants.everybody(session) if own_merchant() is None else []
        asked = _asked(here, {seller.code: seller.id for seller in sellers})
        content = booking_file.content(booking_numbers.of(session, asked, system().now()))
    answer = Response(content, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="bookings-{asked.since}-{asked.until}.csv"'
    return answer


def _asked(here: Where, sellers: Mapping[str, int]) -> Asked:
    """The period and whose orders: a merchant's own wherever they are, or the area's, perhaps of one merchant."""
    until = _day("until", here.today)
    asked = Asked(_day("since", until - timedelta(days=USUAL_DAYS - 1)), until)
    own, code = own_merchant(), request.args.get("merchant")
    if own is not None:
        return Asked(asked.since, asked.until, merchant_id=own)
    if code and code not in sellers:
        raise InvalidInput(
            "There is no merchant “{code}”.", field="merchant", remedy="Choose one from the list.", code=code[:40]
        )
    area_code = here.area.code if here.area else None
    return Asked(asked.since, asked.until, area_code, sellers.get(code or ""))


def _day(name: str, usual: date) -> date:
    text = request.args.get(name)
    if not text:
        return usual
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            "“{cell}” is not a day.", field=name, remedy="Write it like 2026-05-12.", cell=text[:40]
        ) from None


def _sorting() -> tuple[str, bool]:
    asked = request.args.get("sort", "")
    return (asked, request.args.get("down") == "yes") if asked in BY_KEY or asked == "name" else ("arrived", True)


def _sorted(found: Mapping[str, Numbers], things: Mapping[str, Any], sort: str, descending: bool) -> list[Line]:
    """Rows by name or number; those without the number come last either way."""
    lines = [Line(code, local_name(things[code]), numbers) for code, numbers in sorted(found.items())]
    if sort == "name":
        return sorted(lines, key=lambda line: line.name, reverse=descending)
    sign = -1 if descending else 1
    return sorted(lines, key=lambda line: _place(getattr(line.numbers, sort), sign))


def _place(value: float | None, sign: int) -> tuple[bool, float]:
    return (True, 0) if value is None else (False, sign * value)
