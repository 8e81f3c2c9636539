"""The pages around the console, for everybody's eyes and readers."""

from __future__ import annotations

import pytest
from axe_core_python.sync_playwright import Axe

from dispatch.account import Role
from dispatch.system import System
from tests.browser import chromium, serving, sign_in
from tests.webapp.console import add_account
from webapp.app import create_app

SERIOUS = {"serious", "critical"}


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_serious_on_the_login_and_on_a_refusal(sqlite_system: System, width: int) -> None:
    add_account(sqlite_system, "ann", Role.DISPATCHER)
    with serving(create_app(sqlite_system)) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": width, "height": 740})
        page.goto(f"{address}/login")
        found = Axe().run(page)["violations"]
        sign_in(page, address, "ann")
        page.goto(f"{address}/orders/999")
        found += Axe().run(page)["violations"]
    assert [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in SERIOUS] == []
