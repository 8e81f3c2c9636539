"""What may be the address of a webhook, as far as that can be told before its name is looked up."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from dispatch.outgoing import is_public
from technicians.errors import InvalidInput

LONGEST_URL = 500
INSIDE = (".localhost", ".local", ".internal")


def require_usable(url: str, *, is_private_allowed: bool) -> None:
    """InvalidInput unless something can be sent there. Private addresses and plain http only where they are allowed."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        is_plain = not (parts.username or parts.password or parts.fragment) and url.isascii() and url.isprintable()
    except ValueError:
        is_address = is_plain = False
    if not is_address or not is_plain or len(url) > LONGEST_URL or " " in url:
        raise InvalidInput(
            "It is no address that can be asked.",
            field="url",
            remedy="Use https:// with a host and a path, without user, password and fragment.",
        )
    if is_private_allowed:
        return
    if parts.scheme != "https":
        raise InvalidInput("It does not begin with https://.", field="url", remedy="Use an address with encryption.")
    if not _may_be_public(parts.hostname or ""):
        raise InvalidInput(
            "It leads into a private network.", field="url", remedy="Use an address that can be reached from outside."
        )


def _may_be_public(host: str) -> bool:
    """Whether nothing speaks against a host yet; where its name leads is looked at when something is sent."""
    try:
        return is_public(ip_address(host))
    except ValueError:
        return "." in host and not host.endswith(INSIDE)
