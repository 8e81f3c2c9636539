"""`dispatch merchant add` and `dispatch merchant key`: letting merchants' programs in."""

from __future__ import annotations

import click

from dispatch import merchants
from dispatch.system import System

BY = "command-line"
ONCE = "Its API key, shown only now: "


@click.group("merchant")
def merchant() -> None:
    """Merchants and the keys of their programs."""


@merchant.command("add")
@click.argument("code")
@click.option("--name", help="Shown to consumers; the code if left out.")
@click.pass_obj
def add(system: System, code: str, name: str | None) -> None:
    """Add a merchant and give it an API key."""
    with system.transaction() as session:
        _made, key = merchants.create(session, code, name or code, by=BY, at=system.now())
    click.echo(f"{code} can hand in orders. {ONCE}{key}")


@merchant.command("key")
@click.argument("code")
@click.pass_obj
def key(system: System, code: str) -> None:
    """Give a merchant a new API key; the one before stops working."""
    with system.transaction() as session:
        fresh = merchants.new_key(session, code, by=BY, at=system.now())
    click.echo(f"{code} has a new key. {ONCE}{fresh}")
