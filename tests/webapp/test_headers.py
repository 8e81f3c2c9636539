"""What every answer carries."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dispatch.account import Role
from dispatch.system import System
from tests.webapp.console import Console, add_account


def test_no_inline_script_runs_without_the_nonce_of_its_page(sqlite_system: System) -> None:
    answer = Console(sqlite_system).get("/login")
    policy = answer.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert "'unsafe-eval'" not in policy
    again = Console(sqlite_system).get("/login").headers["Content-Security-Policy"]
    assert policy != again


def test_every_script_of_a_page_has_the_nonce(sqlite_system: System) -> None:
    console = Console.of(sqlite_system)
    answer = console.get("/")
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    scripts = re.findall(r"<script[^>]*>", answer.get_data(as_text=True))
    assert nonce and scripts
    assert all(f'nonce="{nonce.group(1)}"' in script for script in scripts)
    assert not re.search(r"<[^>]+\s(on\w+|style)=", answer.get_data(as_text=True))


def test_a_static_file_is_kept_for_a_year_under_its_version_only(sqlite_system: System) -> None:
    console = Console(sqlite_system)
    page = console.page("/login")
    versioned = re.search(r'href="(/static/tokens.css\?v=[^"]+)"', page)
    assert versioned
    assert "immutable" in console.get(versioned.group(1)).headers["Cache-Control"]
    assert "immutable" not in console.get("/static/tokens.css").headers["Cache-Control"]


def test_pages_are_not_kept(sqlite_system: System) -> None:
    assert Console(sqlite_system).get("/login").headers["Cache-Control"] == "no-store"


def test_behind_tls_the_cookie_is_bound_to_the_host(sqlite_system: System) -> None:
    system = replace(sqlite_system, settings=replace(sqlite_system.settings, proxy_hops=1))
    console = Console(system)
    plain = console.get("/login")
    secured = console.get("/login", **{"X-Forwarded-Proto": "https"})
    assert plain.headers["Set-Cookie"].startswith("shifu=")
    cookie = secured.headers["Set-Cookie"]
    assert cookie.startswith("__Host-shifu=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "Strict-Transport-Security" in secured.headers


def test_without_a_trusted_proxy_forwarded_headers_are_not_believed(sqlite_system: System) -> None:
    answer = Console(sqlite_system).get("/login", **{"X-Forwarded-Proto": "https"})
    assert answer.headers["Set-Cookie"].startswith("shifu=")


def test_an_unknown_host_is_refused(sqlite_system: System) -> None:
    system = replace(sqlite_system, settings=replace(sqlite_system.settings, trusted_hosts=("dispatch.example",)))
    console = Console(system)
    assert console.get("/login", Host="dispatch.example").status_code == 200
    assert console.get("/login", Host="evil.example").status_code == 400


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_body_that_is_too_large_is_refused_with_the_limit(sqlite_system: System, accept: str) -> None:
    add_account(sqlite_system, "ann", Role.DISPATCHER)
    console = Console(sqlite_system)
    console.headers["Accept"] = accept
    answer = console.post("/login", {"login": "a" * 300_000})
    assert answer.status_code == 413
    assert "256 kB" in answer.get_data(as_text=True)
