"""Signatures of what is sent to other people's servers, as Standard Webhooks defines them (version v1)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

PREFIX = "whsec_"
RANDOM_BYTES = 32
LEAST_BYTES, MOST_BYTES = 16, 64


def new_secret() -> str:
    """256 random bits in the usual form."""
    return PREFIX + base64.b64encode(secrets.token_bytes(RANDOM_BYTES)).decode()


def is_secret(text: str) -> bool:
    """Whether it is a secret that can be signed with: `whsec_` and 16 to 64 bytes in base64."""
    try:
        return text.startswith(PREFIX) and LEAST_BYTES <= len(_key(text)) <= MOST_BYTES
    except ValueError:
        return False


def headers(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a signed request. HMAC-SHA256 over `id.seconds.body`; `at` is when it is sent."""
    seconds = int(at.timestamp())
    signed = f"{message_id}.{seconds}.".encode() + body
    seal = base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(seconds), "webhook-signature": f"v1,{seal}"}


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
