"""Small servers on 127.0.0.1 that stand where the outside world begins: an HTTP listener, a mail server."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Heard:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Listener:
    """What was heard, and how it is answered: a status with headers and a body, or bytes that drip without end."""

    answer: Callable[[Heard], tuple[int, dict[str, str], bytes | Iterator[bytes]]]
    url: str = ""
    heard: list[Heard] = field(default_factory=list)


@contextmanager
def listening(status: int = 200, body: bytes = b"{}", headers: dict[str, str] | None = None) -> Iterator[Listener]:
    """A server that answers everything alike until its `answer` is changed."""
    listener = Listener(lambda _heard: (status, headers or {}, body))

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            lower = {name.lower(): value for name, value in self.headers.items()}
            heard = Heard(self.command, self.path, lower, self.rfile.read(length))
            listener.heard.append(heard)
            status, headers, body = listener.answer(heard)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):
                self.wfile.writelines([body] if isinstance(body, bytes) else body)

        do_POST = do_GET = do_PUT = reply  # noqa: N815

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        httpd.daemon_threads, httpd.block_on_close = True, False
        listener.url = f"http://127.0.0.1:{httpd.server_port}"
        with _served(httpd):
            yield listener


@dataclass
class MailServer:
    """The mails it took. `refuses` is the answer to a receiver, such as "550 no such number"."""

    port: int = 0
    refuses: str = ""
    mails: list[str] = field(default_factory=list)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server without encryption that takes every mail."""
    server = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                self.say(self.answer(line.upper()))

        def answer(self, line: str) -> str:
            if line.startswith("RCPT") and server.refuses:
                return server.refuses
            if line == "DATA":
                self.say("354 go on")
                server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
            return "250 ok"

        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as tcp:
        tcp.daemon_threads, tcp.block_on_close = True, False
        server.port = tcp.server_address[1]
        with _served(tcp):
            yield server


@contextmanager
def _served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
