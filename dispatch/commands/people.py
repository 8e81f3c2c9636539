"""`dispatch account …` and `dispatch technician pin`: letting people in, and out."""

from __future__ import annotations

import click
from sqlalchemy import select

from dispatch import accounts, phone_login
from dispatch.account import Role
from dispatch.catalogue import Merchant
from dispatch.system import System
from technicians.errors import NotFound
from technicians.people import Technician

BY = "command-line"


@click.group("account")
def account() -> None:
    """People who work in the console."""


@account.command("add")
@click.argument("login")
@click.option("--name", help="Shown in the console; the login if left out.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.DISPATCHER.value,
    show_default=True,
)
@click.option("--merchant", help="Code of the merchant, for the role merchant.")
@click.option("--area", help="Code of the planning area to begin with.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.password_option(help="Asked for if left out.")
@click.pass_obj
def add_account(
    system: System, login: str, name: str | None, role: str, merchant: str | None, area: str | None,
    language: str, password: str,
) -> None:  # fmt: skip
    """Let somebody into the console."""
    with system.transaction() as session:
        merchant_id = None
        if merchant is not None:
            merchant_id = session.scalar(select(Merchant.id).where(Merchant.code == merchant))
            if merchant_id is None:
                raise NotFound(f"There is no merchant {merchant}.", field="merchant", remedy="Check the code.")
        accounts.create(
            session, login=login, name=name or login, password=password, role=Role(role), at=system.now(),
            by=BY, merchant_id=merchant_id, area_code=area, language=language,
        )  # fmt: skip
    click.echo(f"{login} can log in as {role}.")


@account.command("password")
@click.argument("login")
@click.password_option(help="Asked for if left out.")
@click.pass_obj
def set_password(system: System, login: str, password: str) -> None:
    """Change the password of LOGIN, lift a lock and end all sessions."""
    with system.transaction() as session:
        accounts.set_password(session, login, password, by=BY, at=system.now())
    click.echo(f"{login} can log in with the new password; older sessions have ended.")


@account.command("close")
@click.argument("login")
@click.pass_obj
def close_account(system: System, login: str) -> None:
    """Let LOGIN in no more, and end all sessions."""
    with system.transaction() as session:
        accounts.close(session, login, by=BY, at=system.now())
    click.echo(f"{login} is closed; its sessions have ended.")


@account.command("open")
@click.argument("login")
@click.password_option(help="A new one; asked for if left out.")
@click.pass_obj
def open_account(system: System, login: str, password: str) -> None:
    """Let LOGIN, which was closed, in again with a new password."""
    with system.transaction() as session:
        accounts.reopen(session, login, password, by=BY, at=system.now())
    click.echo(f"{login} can log in again.")


@click.group("technician")
def technician() -> None:
    """People who work on the road."""


@technician.command("pin")
@click.argument("code")
@click.password_option("--pin", prompt="PIN", help="Asked for if left out.")
@click.pass_obj
def set_pin(system: System, code: str, pin: str) -> None:
    """Set the PIN with which the technician CODE logs in on a phone."""
    with system.transaction() as session:
        person = session.scalars(select(Technician).where(Technician.code == code)).one_or_none()
        if person is None:
            raise NotFound(f"There is no technician {code}.", field="code", remedy="Look into the roster.")
        phone_login.set_pin(session, person, pin, at=system.now(), by=BY)
    click.echo(f"{code} can log in with the new PIN.")
