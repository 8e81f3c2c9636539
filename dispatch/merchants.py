"""Merchants and their API keys. A key is told once; of it only the SHA-256 is kept."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import audit
from dispatch.catalogue import Merchant
from dispatch.system import System
from technicians.errors import Conflict, InvalidInput, NotAllowed, NotFound

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
PREFIX = "shifu_"
RANDOM_BYTES = 32
LONGEST_NAME = 120


class WrongKey(NotAllowed):
    """There was no API key, or none that is known."""

    code = "wrong-key"


def create(session: Session, code: str, name: str, *, by: str, at: datetime) -> tuple[Merchant, str]:
    """A new merchant and its API key. Raises InvalidInput, or Conflict when the code is taken."""
    if not CODE.fullmatch(code):
        raise InvalidInput("“{code}” is no code.", field="code", remedy="Use a-z, 0-9 and -, at most 40.", code=code)
    if not name.strip() or len(name) > LONGEST_NAME:
        raise InvalidInput(
            "It is empty or too long.", field="name", remedy="Use 1 to {longest} characters.", longest=LONGEST_NAME
        )
    if session.scalar(select(Merchant.id).where(Merchant.code == code)) is not None:
        raise Conflict("There is a merchant “{code}” already.", field="code", remedy="Choose another code.", code=code)
    merchant = Merchant(code=code, name=name.strip(), created_at=at)
    session.add(merchant)
    session.flush()
    audit.note(session, by, "merchant.created", "merchant", merchant.id, at=at, after={"code": code})
    return merchant, new_key(session, code, by=by, at=at)


def new_key(session: Session, code: str, *, by: str, at: datetime) -> str:
    """A fresh API key for a merchant; the one before stops working at once."""
    merchant = by_code(session, code)
    key = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    merchant.api_key_hash = _hash(key)
    audit.note(session, by, "merchant.key-changed", "merchant", merchant.id, at=at)
    return key


def everybody(session: Session) -> list[Merchant]:
    """All merchants by name."""
    return list(session.scalars(select(Merchant).order_by(Merchant.name, Merchant.id)))


def by_code(session: Session, code: str) -> Merchant:
    """The merchant with this code; NotFound."""
    merchant = session.scalars(select(Merchant).where(Merchant.code == code)).one_or_none()
    if merchant is None:
        raise NotFound("There is no merchant “{code}”.", field="merchant", remedy="Check the code.", code=code)
    return merchant


def by_key(session: Session, key: str) -> Merchant:
    """Whose key it is; WrongKey when nobody's."""
    merchant = session.scalars(select(Merchant).where(Merchant.api_key_hash == _hash(key))).one_or_none()
    if merchant is None:
        raise WrongKey(
            "The API key is missing or not known.",
            field="Authorization",
            remedy="Send the header `Authorization: Bearer <key>`; an operator can give you a new key.",
        )
    return merchant


@contextmanager
def acting(system: System, key: str, *, read_only: bool = False) -> Iterator[tuple[Session, Merchant]]:
    """The one transaction of a merchant's request, and who it is. Raises WrongKey."""
    with system.transaction(read_only=read_only) as session:
        yield session, by_key(session, key)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
