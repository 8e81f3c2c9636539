"""A published Tuesday, on SQLite or on both databases; browsers, a server, and a phone with the app installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

import wsgi
from dispatch import phone_login
from tests import bars
from tests.browser import chromium, serving
from tests.clock import Clock
from tests.fault_proxy import FaultProxy
from tests.mobile_api.exchange import Exchange
from tests.mobile_api.phone_browser import install, put_away, small_phone, wipe
from tests.phone_day import CHEAP, Tuesday, day_of
from tests.phone_walk import room
from tests.town import Town


@pytest.fixture(autouse=True)
def _cheap_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real hash with the lowest cost: what it costs is not what is tested."""
    monkeypatch.setattr(phone_login, "_hasher", CHEAP)


@pytest.fixture
def tuesday(sqlite_town: Town, clock: Clock) -> Tuesday:
    return day_of(sqlite_town, clock)


@pytest.fixture
def tuesday_on_both(town: Town, clock: Clock) -> Tuesday:
    return day_of(town, clock)


@pytest.fixture(scope="module")
def plain() -> Iterator[Browser]:
    """Without a camera."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the camera sees whenever it is switched on."""
    return bars.film(room(), tmp_path_factory.mktemp("film") / "room.mjpeg")


@pytest.fixture(scope="module")
def filming(plain: Browser, film: Path) -> Iterator[Browser]:
    with bars.filming(plain, film) as started:
        yield started


@pytest.fixture(scope="module")
def browser(plain: Browser) -> Browser:
    """The one that the phone has; a file may say that it has a camera."""
    return plain


@pytest.fixture(scope="module")
def exchange() -> Exchange:
    return Exchange()


@pytest.fixture(scope="module")
def house(exchange: Exchange) -> Iterator[str]:
    """The address that stays the same for all tests of a file."""
    with serving(exchange) as url:
        yield url


@pytest.fixture
def line(tuesday: Tuesday) -> FaultProxy:
    """Good, until a test chooses otherwise."""
    return FaultProxy(wsgi.mount(tuesday.town.system))


@pytest.fixture
def address(exchange: Exchange, house: str, line: FaultProxy) -> Iterator[str]:
    with exchange.connected(line):
        yield house


@pytest.fixture(scope="module")
def installed(browser: Browser) -> Iterator[BrowserContext]:
    with small_phone(browser) as context:
        yield context


@pytest.fixture
def phone(installed: BrowserContext, address: str) -> Iterator[BrowserContext]:
    """The app is installed on it with all its files, and nobody has ever logged in."""
    if not installed.service_workers:
        install(installed, address)
    wipe(installed, address)
    yield installed
    put_away(installed)
