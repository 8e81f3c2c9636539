"""`dispatch import`: skills, products, technicians, orders and county boundaries from files, all or nothing."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from dispatch import catalogue_import, merchants, order_import, roster_import
from dispatch.catalogue_file import PRODUCTS, SKILLS, Kind
from dispatch.commands.regions import import_boundaries
from dispatch.errors import RowProblem, WrongRows
from dispatch.system import System
from technicians.errors import InvalidInput

BY = "command-line"
SHOWN = 20
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
CHECK = click.option("--check", "only_check", is_flag=True, help="Say what would change, and change nothing.")


@click.group("import")
def import_() -> None:
    """Take skills, service products, technicians, orders or boundaries from a file."""


@import_.command("skills")
@FILE
@CHECK
@click.pass_obj
def skills(system: System, file: Path, only_check: bool) -> None:
    """Make the skills what FILE (CSV: code,name_zh,name_en) says; those not in it stay."""
    _take_in(system, SKILLS, "skills", file, only_check)


@import_.command("products")
@FILE
@CHECK
@click.pass_obj
def products(system: System, file: Path, only_check: bool) -> None:
    """Make the service products what FILE (CSV) says; those not in it stay. Their skills must exist."""
    _take_in(system, PRODUCTS, "products", file, only_check)


def _take_in(system: System, kind: Kind, noun: str, file: Path, only_check: bool) -> None:
    content = file.read_bytes()
    with system.transaction(read_only=True) as session:
        preview = catalogue_import.check(session, kind, content)
    _refuse(preview.problems)
    if not only_check:
        with system.transaction() as session:
            preview = catalogue_import.load(session, kind, content, by=BY, at=system.now())
    _tell(noun, preview)


def _tell(noun: str, preview: catalogue_import.Preview | roster_import.Preview) -> None:
    click.echo(
        f"{noun}: {len(preview.created)} new, {len(preview.changed)} changed, {len(preview.unchanged)} unchanged."
    )


@import_.command("technicians")
@FILE
@CHECK
@click.pass_obj
def technicians(system: System, file: Path, only_check: bool) -> None:
    """Make the roster what FILE (CSV) says; who is not in it stays."""
    content = file.read_bytes()
    with system.transaction(read_only=True) as session:
        preview = roster_import.check(session, content)
    _refuse(preview.problems)
    if not only_check:
        with system.transaction() as session:
            preview = roster_import.load(session, content, by=BY, at=system.now())
    _tell("technicians", preview)


@import_.command("orders")
@FILE
@click.option("--merchant", required=True, help="The code of the merchant whose orders these are.")
@click.option("--zone", default="Asia/Shanghai", show_default=True, help="Of times that carry no offset.")
@CHECK
@click.pass_obj
def orders(system: System, file: Path, merchant: str, zone: str, only_check: bool) -> None:
    """Take in the orders of FILE (CSV); those known already are left alone, those without a county are parked."""
    content = file.read_bytes()
    wall_clock = _zone(zone)
    with system.transaction(read_only=True) as session:
        seller = merchants.by_code(session, merchant).id
        preview = order_import.check(session, system.places, seller, content, zone=wall_clock, at=system.now())
    _refuse(preview.problems)
    if not only_check:
        with system.transaction() as session:
            preview = order_import.load(
                session, system.places, seller, content, zone=wall_clock, by=BY, at=system.now()
            )
    click.echo(f"orders: {len(preview.rows)} new, {len(preview.repeats)} known already, {len(preview.parked)} parked.")
    for row in preview.parked[:SHOWN]:
        reason = row.site.parked.sentence if row.site.parked else ""
        click.echo(f"  line {row.line}, order {row.order.number}: {reason}")
    _and_more(len(preview.parked))


import_.add_command(import_boundaries, "boundaries")


def _refuse(problems: list[RowProblem]) -> None:
    if not problems:
        return
    for problem in problems[:SHOWN]:
        click.echo(str(problem), err=True)
    _and_more(len(problems))
    raise WrongRows(problems)


def _and_more(count: int) -> None:
    if count > SHOWN:
        click.echo(f"  … and {count - SHOWN} more", err=True)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise InvalidInput(
            "{name!r} is no time zone.", field="zone", remedy="Use a name such as Asia/Shanghai.", name=name
        ) from None
