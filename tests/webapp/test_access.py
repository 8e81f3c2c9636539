"""Every view says who may call it, and nobody else can."""

from __future__ import annotations

import pytest
from flask import Flask

from dispatch.account import Role
from dispatch.system import System
from tests.webapp.console import Console
from webapp.access import allow, allow_anyone, undeclared
from webapp.app import create_app


def test_every_view_declares_who_may_call_it(sqlite_system: System) -> None:
    assert undeclared(create_app(sqlite_system)) == []


def test_a_view_that_does_not_is_found() -> None:
    app = Flask("x", static_folder=None)
    app.add_url_rule("/open", "open", allow_anyone(lambda: "a"))
    app.add_url_rule("/roles", "roles", allow(Role.OPERATOR)(lambda: "a"))
    app.add_url_rule("/silent", "silent", lambda: "a")
    assert undeclared(app) == ["silent"]


def test_a_role_that_is_not_declared_is_refused(sqlite_system: System) -> None:
    from_merchant = Console.of(sqlite_system, Role.OPERATOR)
    assert from_merchant.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/nowhere", "/login/nowhere"])
def test_an_unknown_address_is_a_page_that_says_so(sqlite_system: System, path: str) -> None:
    answer = Console(sqlite_system).get(path)
    assert answer.status_code == 404
    assert "nothing that you may see" in answer.get_data(as_text=True)
