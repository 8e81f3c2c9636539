"""Console accounts: making and closing one, and logging in with a password that is guessed eight times at most."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import audit
from dispatch.account import Account, Role
from dispatch.system import System
from technicians.errors import Conflict, InvalidInput, NotAllowed, NotFound

MOST_FAILURES = 8
LOCKED_FOR = timedelta(minutes=15)
SHORTEST_PASSWORD = 8
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$u3n1yA2l3J8b9Qy1mYq0Yz0m1hZ3gG1l8p0xw2d4cJ0"

_hasher = PasswordHasher()


class SignInRefused(NotAllowed):
    """Wrong login or password, or too many wrong ones. `locked_until` says until when nothing is tried."""

    code = "sign-in-refused"

    def __init__(self, message: str, remedy: str, locked_until: datetime | None = None) -> None:
        super().__init__(message, field="password", remedy=remedy)
        self.locked_until = locked_until


@dataclass(frozen=True, slots=True)
class Person:
    """Who is logged in: what a front end needs to know of an account. `stamp` changes with the password."""

    id: int
    login: str
    name: str
    role: Role
    merchant_id: int | None
    area_code: str | None
    language: str
    stamp: str


def create(
    session: Session,
    *,
    login: str,
    name: str,
    password: str,
    role: Role,
    at: datetime,
    by: str,
    merchant_id: int | None = None,
    area_code: str | None = None,
    language: str = "zh",
) -> Account:
    """A new account. InvalidInput: short password, role that does not fit. Conflict: login taken."""
    _check_new(login, password, role, merchant_id)
    if session.scalar(select(Account.id).where(Account.login == login)) is not None:
        raise Conflict("The login {login} is taken.", field="login", remedy="Choose another one.", login=login)
    account = Account(
        login=login, name=name, password_hash=_hasher.hash(password), role=role, merchant_id=merchant_id,
        area_code=area_code, language=language,
    )  # fmt: skip
    session.add(account)
    session.flush()
    audit.note(session, by, "account.created", "account", account.id, at=at, after={"role": role})
    return account


def set_password(session: Session, login: str, password: str, *, by: str, at: datetime) -> None:
    """Another password, and no lock; every session of the old one ends. NotFound, InvalidInput."""
    account = _by_login(session, login)
    _check_password(password)
    _give(account, password)
    audit.note(session, by, "account.password-changed", "account", account.id, at=at)


def close(session: Session, login: str, *, by: str, at: datetime) -> None:
    """Nobody logs in with this account any more, and its sessions end. Safe to repeat. NotFound."""
    account = _by_login(session, login)
    if account.active:
        account.active = False
        audit.note(session, by, "account.closed", "account", account.id, at=at)


def reopen(session: Session, login: str, password: str, *, by: str, at: datetime) -> None:
    """Let a closed account in again, with a new password, so that no session of before comes back to life.

    NotFound, InvalidInput; Conflict when it is not closed.
    """
    account = _by_login(session, login)
    if account.active:
        raise Conflict(
            "The account {login} is not closed.", field="login", remedy="Change its password instead.", login=login
        )
    _check_password(password)
    account.active = True
    _give(account, password)
    audit.note(session, by, "account.opened", "account", account.id, at=at)


def _by_login(session: Session, login: str) -> Account:
    account = session.scalars(select(Account).where(Account.login == login).with_for_update()).one_or_none()
    if account is None:
        raise NotFound("There is no account {login}.", field="login", remedy="Check the login.", login=login)
    return account


def _give(account: Account, password: str) -> None:
    account.password_hash = _hasher.hash(password)
    account.failed_logins, account.locked_until = 0, None


def _check_password(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(
            "The password has {length} characters.",
            field="password",
            remedy="Choose one with at least {shortest}.",
            length=len(password),
            shortest=SHORTEST_PASSWORD,
        )


def _check_new(login: str, password: str, role: Role, merchant_id: int | None) -> None:
    if not login.strip() or login != login.strip():
        raise InvalidInput("A login is at least one letter, without spaces around it.", field="login")
    _check_password(password)
    if (role == Role.MERCHANT) != (merchant_id is not None):
        raise InvalidInput(
            "A merchant's account belongs to one merchant, every other account to none.",
            field="merchant_id",
            remedy="Name the merchant for the role merchant, and leave it out otherwise.",
        )


def find(session: Session, account_id: int) -> Person | None:
    """The person of an active account."""
    account = session.get(Account, account_id)
    return _person(account) if account is not None and account.active else None


def sign_in(system: System, login: str, password: str) -> Person:
    """The person with this login and password, or SignInRefused.

    Two short transactions with the slow comparison between them, so that nobody waits for a lock meanwhile.
    The second counts under the account's row lock: however many attempts come at once, eight are answered.
    """
    with system.transaction(read_only=True) as session:
        query = select(Account.id, Account.password_hash).where(Account.login == login)
        found = session.execute(query).one_or_none()
    is_right = _matches(found.password_hash if found else NOBODY, password)
    if found is None:
        raise _refusal(None)
    with system.transaction() as session:
        matched = found.password_hash if is_right else None
        person, locked_until = _count(session, found.id, matched, system.now())
    if person is None:
        raise _refusal(locked_until)
    return person


def _count(
    session: Session, account_id: int, matched: str | None, at: datetime
) -> tuple[Person | None, datetime | None]:
    """Write down one attempt; the person when it counts as a login, else until when the account is locked.

    `matched` is the hash that the password fits: of no use when the password was changed meanwhile.
    """
    account = session.scalars(select(Account).where(Account.id == account_id).with_for_update()).one()
    if account.locked_until is not None and account.locked_until > at:
        return None, account.locked_until
    if account.active and account.password_hash == matched:
        account.failed_logins, account.locked_until = 0, None
        return _person(account), None
    account.failed_logins += 1
    if account.failed_logins >= MOST_FAILURES:
        account.failed_logins, account.locked_until = 0, at + LOCKED_FOR
        audit.note(session, account.login, "account.locked", "account", account.id, at=at)
    return None, account.locked_until if account.locked_until and account.locked_until > at else None


def set_language(session: Session, account_id: int, language: str) -> None:
    """Remember in which language somebody works."""
    account = session.get_one(Account, account_id)
    account.language = language


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _refusal(locked_until: datetime | None) -> SignInRefused:
    if locked_until is None:
        return SignInRefused("Login or password is wrong.", "Check both, and whether the caps lock is on.")
    minutes = int(LOCKED_FOR.total_seconds() // 60)
    return SignInRefused("Too many wrong passwords.", f"Wait {minutes} minutes, or ask an operator.", locked_until)


def _person(account: Account) -> Person:
    stamp = hashlib.sha256(account.password_hash.encode()).hexdigest()[:16]
    return Person(
        account.id, account.login, account.name, account.role, account.merchant_id, account.area_code,
        account.language, stamp,
    )  # fmt: skip
