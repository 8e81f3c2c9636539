"""`dispatch export`: skills, service products, technicians, orders and the numbers about booking as CSV files."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from dispatch import booking_file, booking_numbers, catalogue_import, merchants, order_export, order_list, roster_import
from dispatch.booking_period import Asked
from dispatch.catalogue_file import PRODUCTS, SKILLS
from dispatch.day import find_area
from dispatch.order_list import Wanted
from dispatch.system import System
from dispatch.work_order import WorkOrderState

TO = click.option(
    "-o", "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="A file; else the screen."
)
DAY = click.DateTime(["%Y-%m-%d"])
AREA = click.option("--area", help="Only this planning area, for example 310100.")


@click.group("export")
def export() -> None:
    """Write skills, service products, technicians, orders or the numbers about booking as CSV."""


@export.command("skills")
@TO
@click.pass_obj
def skills(system: System, output: Path | None) -> None:
    """The skills, in the form that `dispatch import skills` takes."""
    with system.transaction(read_only=True) as session:
        _write([catalogue_import.export(session, SKILLS)], output)


@export.command("products")
@TO
@click.pass_obj
def products(system: System, output: Path | None) -> None:
    """The service products, in the form that `dispatch import products` takes."""
    with system.transaction(read_only=True) as session:
        _write([catalogue_import.export(session, PRODUCTS)], output)


@export.command("technicians")
@AREA
@TO
@click.pass_obj
def technicians(system: System, area: str | None, output: Path | None) -> None:
    """The roster, in the form that `dispatch import technicians` takes."""
    with system.transaction(read_only=True) as session:
        _write([roster_import.export(session, area)], output)


@export.command("orders")
@AREA
@click.option("--merchant", help="Only this merchant's, by code.")
@click.option("--state", type=click.Choice([state.value for state in WorkOrderState]))
@TO
@click.pass_obj
def orders(system: System, area: str | None, merchant: str | None, state: str | None, output: Path | None) -> None:
    """Orders with their state and place."""
    with system.transaction(read_only=True) as session:
        wanted = Wanted(
            state=WorkOrderState(state) if state else None,
            merchant_id=merchants.by_code(session, merchant).id if merchant else None,
            area_code=area,
        )
        _write(order_export.lines(order_list.every(session, wanted)), output)


@export.command("bookings")
@AREA
@click.option("--merchant", help="Only orders of this merchant, by code.")
@click.option("--since", type=DAY, required=True, help="The first day, where the consumers live: 2026-05-01.")
@click.option("--until", type=DAY, required=True, help="The last day.")
@TO
@click.pass_obj
def bookings(
    system: System, area: str | None, merchant: str | None, since: datetime, until: datetime, output: Path | None
) -> None:
    """The numbers of the page Numbers: a row for each county and product with any."""
    with system.transaction(read_only=True) as session:
        if area is not None:
            find_area(session, area)
        merchant_id = merchants.by_code(session, merchant).id if merchant else None
        asked = Asked(since.date(), until.date(), area, merchant_id)
        _write([booking_file.content(booking_numbers.of(session, asked, system.now()))], output)


def _write(lines: Iterable[str], output: Path | None) -> None:
    if output is None:
        for line in lines:
            sys.stdout.write(line.removeprefix("\ufeff").replace("\r\n", "\n"))
        return
    with output.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
