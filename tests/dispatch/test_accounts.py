"""Console accounts: who can be made, and how often a password can be guessed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from dispatch import accounts
from dispatch.account import Account, Role
from dispatch.accounts import MOST_FAILURES, SignInRefused
from dispatch.audit import AuditEntry
from dispatch.system import System
from technicians.errors import Conflict, InvalidInput, NotFound, ShifuError
from tests.clock import Clock

PASSWORD = "correct horse"


def add(system: System, login: str = "ann", **more: object) -> None:
    given: dict[str, object] = {"name": "Ann", "password": PASSWORD, "role": Role.DISPATCHER, **more}
    with system.transaction() as session:
        accounts.create(session, login=login, at=system.now(), by="test", **given)  # type: ignore[arg-type]


def refused(system: System, password: str = "not the one") -> SignInRefused | None:
    try:
        accounts.sign_in(system, "ann", password)
    except SignInRefused as error:
        return error
    return None


def test_the_right_password_gives_the_person(system: System) -> None:
    add(system)
    assert accounts.sign_in(system, "ann", PASSWORD).name == "Ann"


def test_passwords_are_kept_as_argon2_and_nothing_else(system: System) -> None:
    add(system)
    with system.transaction(read_only=True) as session:
        assert session.scalars(select(Account.password_hash)).one().startswith("$argon2id$")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"password": "short"}, "password"),
        ({"login": " ann"}, "login"),
        ({"role": Role.MERCHANT}, "merchant_id"),
        ({"merchant_id": 1}, "merchant_id"),
    ],
)
def test_an_account_that_cannot_be_is_refused_by_field(
    sqlite_system: System, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        add(sqlite_system, **wrong)  # type: ignore[arg-type]
    assert caught.value.field == field


def test_a_login_is_taken_once(sqlite_system: System) -> None:
    add(sqlite_system)
    with pytest.raises(Conflict, match="ann is taken"):
        add(sqlite_system)


def test_after_eight_failures_even_the_right_password_is_refused_until_the_lock_ends(
    system: System, clock: Clock
) -> None:
    add(system)
    for _ in range(MOST_FAILURES):
        assert refused(system)
    locked = refused(system, PASSWORD)
    assert locked is not None
    assert locked.locked_until is not None
    clock.set(locked.locked_until)
    assert refused(system, PASSWORD) is None


def test_eight_at_once_are_counted_one_by_one(system: System) -> None:
    add(system)

    def guess(_: int) -> bool:
        try:
            accounts.sign_in(system, "ann", "not the one")
        except ShifuError:
            return True
        return False

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(guess, range(MOST_FAILURES)))
    with system.transaction(read_only=True) as session:
        account = session.scalars(select(Account)).one()
        assert account.locked_until is not None
        assert session.scalars(select(AuditEntry.action)).all() == ["account.created", "account.locked"]


def test_an_inactive_account_reads_like_a_wrong_password(sqlite_system: System) -> None:
    add(sqlite_system)
    with sqlite_system.transaction() as session:
        session.scalars(select(Account)).one().active = False
    inactive, unknown = refused(sqlite_system, PASSWORD), None
    try:
        accounts.sign_in(sqlite_system, "nobody", PASSWORD)
    except SignInRefused as error:
        unknown = error
    assert inactive is not None
    assert unknown is not None
    assert str(inactive) == str(unknown)


def test_a_new_password_replaces_the_old_one_and_lifts_a_lock(system: System) -> None:
    add(system)
    for _ in range(MOST_FAILURES):
        refused(system)
    with system.transaction() as session:
        accounts.set_password(session, "ann", "battery staple", by="root", at=system.now())
    assert refused(system, PASSWORD) is not None
    assert accounts.sign_in(system, "ann", "battery staple").login == "ann"


def test_a_closed_account_lets_nobody_in_until_it_is_opened_with_a_new_password(system: System) -> None:
    add(system)
    with system.transaction() as session:
        accounts.close(session, "ann", by="root", at=system.now())
        accounts.close(session, "ann", by="root", at=system.now())
    assert refused(system, PASSWORD) is not None
    with system.transaction() as session:
        accounts.reopen(session, "ann", "battery staple", by="root", at=system.now())
    assert accounts.sign_in(system, "ann", "battery staple").login == "ann"
    with system.transaction(read_only=True) as session:
        told = [(entry.actor, entry.action) for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert told[1:] == [("root", "account.closed"), ("root", "account.opened")]


def test_what_cannot_be_done_to_an_account_is_refused(sqlite_system: System) -> None:
    add(sqlite_system)
    at = sqlite_system.now()
    with sqlite_system.transaction() as session:
        with pytest.raises(NotFound):
            accounts.close(session, "bob", by="root", at=at)
        with pytest.raises(InvalidInput):
            accounts.set_password(session, "ann", "short", by="root", at=at)
        with pytest.raises(Conflict, match="not closed"):
            accounts.reopen(session, "ann", "battery staple", by="root", at=at)


def test_a_password_that_was_changed_while_it_was_compared_counts_as_wrong(
    sqlite_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(sqlite_system)
    compare = accounts._matches

    def compare_and_change(password_hash: str, password: str) -> bool:
        with sqlite_system.transaction() as session:
            accounts.set_password(session, "ann", "battery staple", by="root", at=sqlite_system.now())
        return compare(password_hash, password)

    monkeypatch.setattr(accounts, "_matches", compare_and_change)
    assert refused(sqlite_system, PASSWORD) is not None
