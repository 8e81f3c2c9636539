"""Every view says who may call it, and nobody else can."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from dispatch.account import Role
from dispatch.system import System
from tests.town import Town
from tests.webapp.console import Console
from webapp.access import allow, allow_anyone, declared, undeclared
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


def address(rule: Rule) -> str:
    """Some address of a view; whether anything is there does not matter."""
    return re.sub(r"<(?:(int)[^:>]*:)?[^>]+>", lambda part: "1" if part.group(1) else "x", rule.rule)


@pytest.mark.parametrize("role", [None, *Role])
def test_every_view_refuses_whoever_it_does_not_name(sqlite_town: Town, role: Role | None) -> None:
    more = {"merchant_id": sqlite_town.merchant_id} if role == Role.MERCHANT else {}
    console = Console.of(sqlite_town.system, role, **more) if role else Console(sqlite_town.system)
    let_in, asked = [], 0
    for rule in console.app.url_map.iter_rules():
        access = declared(console.app.view_functions[rule.endpoint])
        if access is None or access.roles is None or role in access.roles:
            continue
        for method in (rule.methods or set()) & {"GET", "POST"}:
            headers = {"Accept": "application/json", "X-CSRF-Token": console.secret()}
            answer = console.client.open(address(rule), method=method, headers=headers)
            asked += 1
            if answer.status_code != (403 if role else 401):
                let_in.append((method, rule.rule, answer.status_code))
    assert let_in == []
    assert asked or role == Role.OPERATOR


@pytest.mark.parametrize("path", ["/nowhere", "/login/nowhere"])
def test_an_unknown_address_is_a_page_that_says_so(sqlite_system: System, path: str) -> None:
    answer = Console(sqlite_system).get(path)
    assert answer.status_code == 404
    assert "nothing that you may see" in answer.get_data(as_text=True)
