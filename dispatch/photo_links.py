"""Short signed links to photos: whoever has one sees one photo for a while, without a login."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from technicians.errors import NotFound

VALID_FOR = timedelta(minutes=15)
SEAL_BYTES = 18
LONGEST = 80


class Look(StrEnum):
    WHOLE = "whole"
    SMALL = "small"


def sign(secret: str, proof_id: int, look: Look, at: datetime) -> str:
    """The end of a link to one photo, good for 15 to 30 minutes: all links of a quarter of an hour are the same, so
    that a browser keeps what it has. 144 bits of HMAC-SHA256 over the photo, its size and the end.
    """
    quarter = int(VALID_FOR.total_seconds())
    ends = (int(at.timestamp()) // quarter + 2) * quarter
    said = f"{proof_id}.{look}.{ends}"
    return f"{said}.{_seal(secret, said)}"


def opened(secret: str, token: str, at: datetime) -> tuple[int, Look]:
    """Which photo a link shows, and how; NotFound alike for a forged one and one that has expired."""
    said, _, seal = token.rpartition(".")
    if len(token) > LONGEST or not token.isascii() or not hmac.compare_digest(seal, _seal(secret, said)):
        raise _not_valid()
    proof_id, look, ends = said.split(".")
    if at >= datetime.fromtimestamp(int(ends), UTC):
        raise _not_valid()
    return int(proof_id), Look(look)


def ends_at(token: str) -> datetime:
    """Until when a link that was opened is good."""
    return datetime.fromtimestamp(int(token.split(".")[2]), UTC)


def _seal(secret: str, said: str) -> str:
    sealed = hmac.new(secret.encode(), f"photo-link:{said}".encode(), hashlib.sha256).digest()[:SEAL_BYTES]
    return base64.urlsafe_b64encode(sealed).decode()


def _not_valid() -> NotFound:
    return NotFound("This link to a photo is not valid, or no longer.", field="link", remedy="Reload the page.")
