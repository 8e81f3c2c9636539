"""How consumers are reached, as the settings NOTIFY, NOTIFY_SECRET and NOTIFY_GATEWAY say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from dispatch import signature
from dispatch.notify import sms
from dispatch.notify.sms import Gateway
from dispatch.notify.smtp import Smtp

SMTP_PORTS = {"smtp": 587, "smtps": 465}
MAIL_PARTS = {"from", "to"}


class Way(StrEnum):
    LOG = "log"
    SMTP = "smtp"
    WEBHOOK = "webhook"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class NotifyAddress:
    """The way, and what it needs. Passwords and secrets are in no text of it."""

    way: Way = Way.LOG
    url: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    mail: Smtp | None = field(default=None, repr=False)
    gateway: Gateway | None = field(default=None, repr=False)


def read(text: str, secret: str = "", gateway: str = "") -> NotifyAddress:
    """What the settings mean; ValueError says what is wrong, never with a password in it."""
    way, _, url = text.strip().partition(":")
    if way in SMTP_PORTS:
        return NotifyAddress(Way.SMTP, mail=_mail(text.strip()))
    if way == Way.WEBHOOK:
        if not signature.is_secret(secret):
            raise ValueError(
                "NOTIFY_SECRET is no “whsec_” followed by 16 to 64 bytes in base64; it signs the messages."
            )
        return NotifyAddress(Way.WEBHOOK, _http(url), secret)
    if way == Way.SMS:
        if not gateway:
            raise ValueError("NOTIFY_GATEWAY names no file; it says how the gateway wants to be asked.")
        return NotifyAddress(Way.SMS, _http(url), gateway=sms.read(Path(gateway)))
    if way != Way.LOG or url:
        raise ValueError("It is neither log nor begins with smtp://, smtps://, webhook:https:// or sms:https://.")
    return NotifyAddress()


def _http(url: str) -> str:
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or parts.username or parts.query or parts.fragment:
        raise ValueError("No http:// or https:// address without user, query and fragment follows the first colon.")
    return url


def _mail(text: str) -> Smtp:
    parts = _split(text)
    if parts is None:
        raise ValueError("No mail server follows smtp://.")
    given = dict(parse_qsl(parts.query))
    if given.keys() != MAIL_PARTS or "@" not in given["from"]:
        raise ValueError("It needs ?from= with the sender and &to= with the receiver, and nothing else.")
    if not any(place in given["to"] for place in ("{phone}", "{digits}", "{national}")):
        raise ValueError("Its to= has no {phone}, {digits} or {national} where the number belongs.")
    return Smtp(
        parts.hostname or "", parts.port or SMTP_PORTS[parts.scheme], given["from"], given["to"],
        parts.scheme == "smtps", unquote(parts.username or ""), unquote(parts.password or ""),
    )  # fmt: skip


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and (parts.port or 1) > 0 else None
    except ValueError:
        return None
