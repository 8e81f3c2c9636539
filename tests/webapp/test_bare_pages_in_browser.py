"""The pages around the console, for everybody's eyes and readers."""

from __future__ import annotations

import pytest

from dispatch.account import Role
from dispatch.system import System
from tests.axe import serious_violations
from tests.browser import chromium, serving, sign_in
from tests.webapp.console import add_account
from webapp.app import create_app


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_serious_on_the_login_and_on_a_refusal(sqlite_system: System, width: int) -> None:
    add_account(sqlite_system, "ann", Role.DISPATCHER)
    with serving(create_app(sqlite_system)) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": width, "height": 740})
        page.goto(f"{address}/login")
        found = serious_violations(page)
        sign_in(page, address, "ann")
        page.goto(f"{address}/orders/999")
        found += serious_violations(page)
    assert found == []
