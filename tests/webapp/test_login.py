"""Coming in: passwords, locks, sessions, and where the login leads."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dispatch import accounts
from dispatch.account import Account, Role
from dispatch.accounts import MOST_FAILURES
from dispatch.system import System
from tests.clock import Clock
from tests.webapp.console import Console, add_account


@pytest.fixture
def console(sqlite_system: System) -> Console:
    add_account(sqlite_system, "ann", Role.DISPATCHER)
    return Console(sqlite_system)


def test_the_first_page_leads_a_stranger_to_the_login_and_back(console: Console) -> None:
    answer = console.get("/?day=2026-05-12")
    assert (answer.status_code, answer.location) == (302, "/login?next=/?day%3D2026-05-12")
    assert console.sign_in("ann", next="/?day=2026-05-12").location == "/?day=2026-05-12"


def test_a_program_without_a_session_gets_a_problem_and_not_a_page(console: Console) -> None:
    answer = console.get("/", Accept="application/json")
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.get_json()["code"] == "not-signed-in"


def test_a_wrong_password_and_an_unknown_login_read_the_same(console: Console) -> None:
    wrong, unknown = console.sign_in("ann", "not the one"), console.sign_in("nobody", "not the one")
    assert wrong.status_code == unknown.status_code == 403
    for answer in (wrong, unknown):
        assert "Login or password is wrong" in answer.get_data(as_text=True)


def test_eight_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(console: Console, clock: Clock) -> None:
    for _ in range(MOST_FAILURES):
        console.sign_in("ann", "not the one")
    assert "Too many wrong passwords" in console.sign_in("ann").get_data(as_text=True)
    clock.advance(minutes=16)
    assert console.sign_in("ann").status_code == 302


def test_a_right_password_forgets_the_wrong_ones_before_it(console: Console) -> None:
    for _ in range(MOST_FAILURES - 1):
        console.sign_in("ann", "not the one")
    console.sign_in("ann")
    console.post("/logout")
    assert "Login or password is wrong" in console.sign_in("ann", "not the one").get_data(as_text=True)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_login_never_leads_to_another_site(console: Console, elsewhere: str) -> None:
    assert console.sign_in("ann", next=elsewhere).location == "/"


def test_a_write_without_the_secret_of_the_session_is_refused(console: Console) -> None:
    console.sign_in("ann")
    answer = console.client.post("/logout", headers=console.headers)
    assert answer.status_code == 403
    assert "nothing was changed" in answer.get_data(as_text=True)
    assert console.get("/").status_code == 200


def test_logging_out_ends_the_session(console: Console) -> None:
    console.sign_in("ann")
    console.post("/logout")
    assert console.get("/").status_code == 302


def test_a_new_password_ends_the_sessions_of_the_old_one(console: Console, sqlite_system: System) -> None:
    console.sign_in("ann")
    with sqlite_system.transaction() as session:
        session.scalars(select(Account)).one().password_hash = "another"
    assert console.get("/").status_code == 302


def test_a_deactivated_account_is_out_at_once(console: Console, sqlite_system: System) -> None:
    console.sign_in("ann")
    with sqlite_system.transaction() as session:
        session.scalars(select(Account)).one().active = False
    assert console.get("/").status_code == 302


def test_the_chosen_language_is_kept_with_the_account(console: Console, sqlite_system: System) -> None:
    console.sign_in("ann")
    answer = console.post("/preferences", {"language": "zh", "back": "/"})
    assert answer.location == "/"
    assert '<html lang="zh-CN"' in console.page("/")
    with sqlite_system.transaction() as session:
        assert session.scalars(select(Account.language)).one() == "zh"


def test_a_stranger_is_addressed_in_the_language_of_the_browser(console: Console) -> None:
    assert "登录" in console.get("/login", **{"Accept-Language": "zh-CN,zh;q=0.9"}).get_data(as_text=True)
    assert "Log in" in console.get("/login", **{"Accept-Language": "en-US"}).get_data(as_text=True)


def test_the_theme_is_in_the_page_before_it_is_painted(console: Console) -> None:
    console.post("/preferences", {"theme": "dark"})
    assert 'data-theme="dark"' in console.get("/login").get_data(as_text=True)


def test_closing_an_account_ends_its_sessions_and_opening_it_brings_none_back(sqlite_system: System) -> None:
    console = Console.of(sqlite_system)
    assert console.get("/orders").status_code == 200
    with sqlite_system.transaction() as session:
        accounts.close(session, "dispatcher", by="root", at=sqlite_system.now())
    assert console.get("/orders").status_code == 302
    with sqlite_system.transaction() as session:
        accounts.reopen(session, "dispatcher", "battery staple", by="root", at=sqlite_system.now())
    assert console.get("/orders").status_code == 302
