"""How a technician's phone logs in: code and PIN once, then an opaque token that only the phone holds."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from dispatch import audit
from dispatch.account import DeviceToken, TechnicianLogin
from dispatch.system import System
from technicians.errors import InvalidInput, NotAllowed
from technicians.people import Technician

FAILURES_ALLOWED = 8
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
TOKEN_LASTS = timedelta(days=30)
TOKEN_BYTES = 32

_hasher = PasswordHasher()
_nobody = _hasher.hash(secrets.token_urlsafe(16))


class NotLoggedIn(NotAllowed):
    """No token, or one that is unknown, expired or revoked."""

    code = "not-logged-in"


class WrongPin(NotAllowed):
    """Technician code and PIN do not belong together; which of the two is wrong is not told."""

    code = "wrong-pin"


class LoginLocked(NotAllowed):
    """Too many wrong PINs. `minutes` is how long the lock still holds."""

    code = "login-locked"

    def __init__(self, minutes: int) -> None:
        super().__init__(
            f"This login is locked for {minutes} more minutes after too many wrong PINs.",
            field="pin",
            remedy="Wait, or ask the dispatcher to set a new PIN.",
        )
        self.minutes = minutes


@dataclass(frozen=True, slots=True)
class Login:
    """What a phone gets once: the bearer token in clear, whose it is and until when."""

    token: str
    technician: Technician
    expires_at: datetime


def set_pin(session: Session, technician: Technician, pin: str, *, at: datetime, by: str) -> None:
    """Give a technician a PIN of 6 to 12 digits; lifts a lock and logs every phone of theirs out."""
    if not (pin.isascii() and pin.isdigit() and 6 <= len(pin) <= 12):
        raise InvalidInput("A PIN is 6 to 12 digits.", field="pin", remedy="Choose digits only, six or more.")
    login = session.get(TechnicianLogin, technician.id) or TechnicianLogin(technician_id=technician.id)
    login.pin_hash = _hasher.hash(pin)
    login.failed_logins, login.locked_until = 0, None
    session.add(login)
    revoke_all(session, technician.id, at)
    audit.note(session, by, "technician.set-pin", "technician", technician.id, at=at)


def log_in(system: System, code: str, pin: str, device_id: str) -> Login:
    """A new token for this phone; its older one ends. Raises WrongPin or LoginLocked.

    The attempt is counted and committed before the PIN is looked at, so that guesses in parallel all count,
    and hashing happens between two short transactions instead of holding one.
    """
    with system.transaction() as session:
        login = _counted_attempt(session, code, system.now())
        technician_id, pin_hash = (login.technician_id, login.pin_hash) if login else (None, _nobody)
    if not _matches(pin_hash, pin) or technician_id is None:
        raise WrongPin(
            "Technician code and PIN do not match.", field="pin", remedy="Check both, or ask your dispatcher."
        )
    with system.transaction() as session:
        return _grant(session, technician_id, device_id, system.now())


def who(session: Session, token: str, at: datetime) -> DeviceToken:
    """The phone that holds this token, with its technician; NotLoggedIn when it ends or never was."""
    with_technician = select(DeviceToken).options(joinedload(DeviceToken.technician))
    device = session.scalars(with_technician.where(DeviceToken.token_hash == _hashed(token))).one_or_none()
    if device is None or device.revoked_at is not None or device.expires_at <= at or not device.technician.active:
        raise NotLoggedIn("This phone is not logged in.", remedy="Log in with your code and PIN.")
    return device


def revoke(session: Session, device: DeviceToken, at: datetime) -> None:
    """Log this phone out."""
    device.revoked_at = at


def revoke_all(session: Session, technician_id: int, at: datetime) -> None:
    """Log every phone of a technician out: one is lost, or the person has left."""
    session.execute(
        update(DeviceToken)
        .where(DeviceToken.technician_id == technician_id, DeviceToken.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def issue(session: Session, technician_id: int, device_id: str, at: datetime) -> Login:
    """One more token for this phone; what becomes of its others is the caller's to say."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    device = DeviceToken(
        technician_id=technician_id,
        device_id=device_id,
        token_hash=_hashed(token),
        created_at=at,
        expires_at=at + TOKEN_LASTS,
    )
    session.add(device)
    session.flush()
    return Login(token, device.technician, device.expires_at)


def _counted_attempt(session: Session, code: str, at: datetime) -> TechnicianLogin | None:
    login = session.scalars(
        select(TechnicianLogin)
        .join(Technician)
        .where(Technician.code == code, Technician.active)
        .with_for_update(of=TechnicianLogin)
    ).one_or_none()
    if login is None:
        return None
    if login.locked_until is not None and login.locked_until > at:
        raise LoginLocked(minutes=-(-(login.locked_until - at) // timedelta(minutes=1)))
    login.failed_logins += 1
    beyond = login.failed_logins - FAILURES_ALLOWED
    if beyond >= 0:
        login.locked_until = at + min(FIRST_LOCK * 2 ** min(beyond, 10), LONGEST_LOCK)
    return login


def _grant(session: Session, technician_id: int, device_id: str, at: datetime) -> Login:
    login = session.get_one(TechnicianLogin, technician_id)
    login.failed_logins, login.locked_until = 0, None
    session.execute(
        update(DeviceToken)
        .where(
            DeviceToken.technician_id == technician_id,
            DeviceToken.device_id == device_id,
            DeviceToken.revoked_at.is_(None),
        )
        .values(revoked_at=at)
    )
    return issue(session, technician_id, device_id, at)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _matches(pin_hash: str, pin: str) -> bool:
    try:
        return _hasher.verify(pin_hash, pin)
    except VerifyMismatchError:
        return False
