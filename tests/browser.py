"""A real browser against a real server, for what only they can show."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.webapp.console import PASSWORD

PATIENCE = 30_000
SOON = 0.02
expect.set_options(timeout=PATIENCE)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu-compositing",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class _Quiet(WSGIRequestHandler):
    """Gives up a connection that a browser opened and does not use, so that every thread ends with the server."""

    timeout = 2

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """What the application has cut off is cut off at once: nobody waits for another request on that line."""
        self.close_connection = True

    def log(self, type: str, message: str, *args: Any) -> None:
        """Keep the test's output clean."""


def whole(application: Any) -> Any:
    """Each answer made and closed before it is sent: werkzeug's server forgets to close one whose reader has left."""

    def answering(environ: Any, start_response: Any) -> list[bytes]:
        answer = application(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            if hasattr(answer, "close"):
                answer.close()

    return answering


@contextmanager
def serving(application: Any) -> Iterator[str]:
    """The address at which a WSGI application answers, on a free port of this machine."""
    server = make_server("127.0.0.1", 0, whole(application), threaded=True, request_handler=_Quiet)
    server.daemon_threads = False  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=[SOON], daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The installed Chromium, without a window and without a graphics card; maps are drawn all the same."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_path(), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def another(browser: Browser, *arguments: str) -> Browser:
    """One more Chromium, started with these arguments too."""
    return browser.browser_type.launch(executable_path=_path(), args=[*ARGUMENTS, *arguments])


def executable(browser: Browser) -> str:
    """The program."""
    return _path() or browser.browser_type.executable_path


def _path() -> str | None:
    return next((found for name in CHROMIUM if (found := shutil.which(name))), None)


def sign_in(page: Page, address: str, login: str) -> None:
    """Open the console as somebody whose password is the tests' own."""
    page.goto(f"{address}/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(f"{address}/**")
