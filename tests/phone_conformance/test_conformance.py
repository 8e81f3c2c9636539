"""The suite against this server over real HTTP, and against a captive portal that says 200 to everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from dispatch import phone_login
from mobile_api.app import create_app
from tests.clock import Clock
from tests.phone_conformance.checks import CHECKS, every_answer_carries_the_marker_refusals_too
from tests.phone_conformance.client import Client
from tests.phone_day import CHEAP, PIN, day_of
from tests.town import Town


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served(app: Any) -> Iterator[str]:
    with make_server("127.0.0.1", 0, app, handler_class=_Quiet) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def phone(sqlite_town: Town, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setattr(phone_login, "_hasher", CHEAP)
    day_of(sqlite_town, clock)
    with served(create_app(sqlite_town.system)) as url:
        client = Client(url)
        client.now = lambda: (clock() + client.skew).isoformat()  # type: ignore[method-assign]
        assert client.log_in("T1", PIN).status == 200
        yield client


def test_this_server_passes_every_check_in_a_row(phone: Client) -> None:
    for check in CHECKS:
        check(phone)


def test_a_captive_portal_is_not_taken_for_the_server() -> None:
    def portal(_environ: Any, start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html")])
        return [b"<h1>Welcome to the hotel</h1>"]

    with served(portal) as url, pytest.raises(AssertionError, match="came without"):
        every_answer_carries_the_marker_refusals_too(Client(url))
