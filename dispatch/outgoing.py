"""One HTTP exchange with somebody else's server: one deadline for all of it, no redirects, a bounded answer.

The name is resolved once and the connection goes to the address that was looked at, so that a name which points
elsewhere a moment later (DNS rebinding) leads nowhere else.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
MOST_BYTES = 64 << 10
PORTS = {"http": 80, "https": 443}
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NoAnswer(Exception):
    """Nothing that could be read came back; the text says why, without the address that was asked."""


class Forbidden(NoAnswer):
    """The name leads to an address that must not be asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is cut after 64 kB."""

    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    allows: Callable[[Address], bool] = lambda _address: True,
    method: str = "POST",
) -> Answer:
    """The answer to a request; NoAnswer when there is none within `seconds`, Forbidden when `allows` says no."""
    deadline = time.monotonic() + seconds
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with _connected(host, port, allows, deadline) as line, _watched(line, deadline):
            secured = _secured(line, host) if parts.scheme == "https" else line
            return _exchanged(secured, host, port, parts.scheme, (method, path, body, headers))
    except NoAnswer:
        raise
    except (OSError, HTTPException, UnicodeError, ValueError) as error:
        if time.monotonic() >= deadline or isinstance(error, TimeoutError):
            raise NoAnswer(f"no answer within {seconds:g} s") from None
        raise NoAnswer(f"it cannot be reached ({_told(error)})") from None


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, also where it is wrapped into an IPv6 address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
        if address in NAT64 or address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _connected(host: str, port: int, allows: Callable[[Address], bool], deadline: float) -> socket.socket:
    """A connection to the first address of the host that takes one; every address must be allowed."""
    found = list(dict.fromkeys(info[4][:2] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    for address, _port in found:
        if not allows(ipaddress.ip_address(str(address).partition("%")[0])):
            raise Forbidden("its name leads to an address that is not public")
    failure: OSError = TimeoutError("no address")
    for place in found:
        try:
            return socket.create_connection((str(place[0]), port), max(deadline - time.monotonic(), 0.001))
        except OSError as error:
            failure = error
    raise failure


@contextmanager
def _watched(line: socket.socket, deadline: float) -> Iterator[None]:
    """Cuts a connection at the deadline, however busily the other side drips.

    Through a second handle: the first one is taken over by TLS.
    """
    with line.dup() as handle:
        timer = threading.Timer(max(deadline - time.monotonic(), 0), _cut, (handle,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _secured(line: socket.socket, host: str) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(line, server_hostname=host)


def _exchanged(
    line: socket.socket, host: str, port: int, scheme: str, asked: tuple[str, str, bytes, Mapping[str, str]]
) -> Answer:
    method, path, body, headers = asked
    connection = HTTPConnection(host, port)
    connection.default_port = PORTS[scheme]
    connection.sock = line
    try:
        connection.request(method, path, body, dict(headers))
        with connection.getresponse() as response:
            return Answer(response.status, response.read(MOST_BYTES))
    finally:
        connection.close()


def _told(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate: {error.verify_message}"
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
