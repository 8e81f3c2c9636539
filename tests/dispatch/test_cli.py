"""The command line: what the commands say, and what they say when something is wrong."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from dispatch import outbox, plans
from dispatch.account import Account, Role, TechnicianLogin
from dispatch.accounts import sign_in
from dispatch.cli import main
from dispatch.day_plan import DayPlanState
from dispatch.outbox import OutboxKind
from dispatch.settings import Settings
from dispatch.system import System, assemble
from technicians.people import Technician
from tests.servers import free_port
from tests.town import Town

Run = Callable[..., Result]
TODAY = date(2026, 5, 11)


def runner_for(system: System | None) -> Run:
    def run(*arguments: object, **more: str) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], obj=system, **more)  # type: ignore[arg-type]

    return run


@pytest.fixture
def run(sqlite_system: System) -> Run:
    """Calls `dispatch …` on an installation with Shanghai's counties."""
    return runner_for(sqlite_system)


def technician_code(system: System) -> str:
    with system.transaction(read_only=True) as session:
        return session.scalars(select(Technician.code).order_by(Technician.code).limit(1)).one()


def refused(result: Result) -> str:
    """The one line that a command was refused with."""
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.stderr
    line: str = result.stderr.strip().splitlines()[-1]
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


def test_init_makes_an_installation_and_can_be_run_again(tmp_path: Path) -> None:
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'new.db'}", None, f"file://{tmp_path}", "s" * 40)
    run = runner_for(assemble(settings))
    added = re.search(r"(\d+) counties and (\d+) areas added", run("init").output)
    assert added is not None
    assert int(added[1]) > 6000
    assert "0 counties and 0 areas added, 0 counties brought up to date" in run("init").output


def test_commands_on_an_empty_database_say_what_to_run(tmp_path: Path) -> None:
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'empty.db'}", None, f"file://{tmp_path}", "s" * 40)
    run = runner_for(assemble(settings))
    assert "Run: dispatch check" in refused(run("plan", "--area", "310100"))
    assert "Run: dispatch init" in refused(run("serve"))
    assert "Run: dispatch init" in refused(run("worker"))


def test_check_shows_every_finding_and_what_to_do(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 1
    assert re.search(r"ok +database +sqlite", result.output)
    assert re.search(r"NOT OK +boundaries .*\n +Run: dispatch regions import", result.output)


def test_plan_plans_the_day_without_redis_and_publishes_it_when_asked(sqlite_town: Town) -> None:
    run = runner_for(sqlite_town.system)
    first = run("plan", "--area", "310100", "--date", TODAY, "--seconds", 1)
    assert "0 of 0 visits placed" in first.output
    assert "Published." in run("plan", "--area", "310100", "--seconds", 1, "--publish").output
    again = run("plan", "--area", "310100", "--if-missing")
    assert again.output == "310100 2026-05-11 has a published plan already.\n"
    with sqlite_town.system.transaction(read_only=True) as session:
        assert plans.in_state(session, "310100", TODAY, DayPlanState.PUBLISHED) is not None


def test_plan_all_asks_the_workers_for_every_area_with_technicians(sqlite_town: Town) -> None:
    result = runner_for(sqlite_town.system)("plan", "--all", "--date", TODAY)
    assert result.output.startswith("1 area will be planned")
    with sqlite_town.system.transaction(read_only=True) as session:
        rows = [session.get_one(outbox.Outbox, row) for row in outbox.due(session, sqlite_town.system.now())]
        asked = [row for row in rows if row.kind == OutboxKind.PLAN]
        assert [(row.payload["area"], row.payload["date"]) for row in asked] == [("310100", "2026-05-11")]


def test_one_visit_is_left_out_and_two_are(sqlite_town: Town) -> None:
    run = runner_for(sqlite_town.system)
    for number, told in (("A-1", "1 is left out;"), ("A-2", "2 are left out;")):
        with sqlite_town.system.transaction() as session:
            sqlite_town.order(session, number, "chandelier", "310115", window=(13, 15), on_date=TODAY)
        assert told in run("plan", "--area", "310100", "--date", TODAY, "--seconds", 1).output


def test_the_demonstration_shows_links_with_its_port(sqlite_system: System) -> None:
    run = runner_for(sqlite_system)
    told = run("demo", "--technicians", 3, "--visits", 4, "--port", 8123).output
    assert "http://127.0.0.1:8123/phone" in told
    assert ":8000" not in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--area", "999999"), "area: .*999999"),
        ((), "area: Name one area, or --all"),
        (("--area", "310100", "--all"), "area: Name one area, or --all"),
        (("--all", "--publish"), "publish: "),
    ],
)
def test_plan_refuses_what_it_cannot_plan(run: Run, arguments: tuple[str, ...], told: str) -> None:
    assert re.match(told, refused(run("plan", *arguments)))


def test_an_account_that_was_added_can_log_in(run: Run, sqlite_system: System) -> None:
    result = run("account", "add", "dora", "--role", "operator", "--password", "a-long-password")
    assert result.output == "dora can log in as operator.\n"
    assert sign_in(sqlite_system, "dora", "a-long-password").role == Role.OPERATOR


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("--password", "short"), "password"),
        (("--password", "a-long-password", "--role", "merchant"), "merchant_id"),
        (("--password", "a-long-password", "--role", "merchant", "--merchant", "nobody"), "merchant"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    run: Run, sqlite_system: System, arguments: tuple[str, ...], field: str
) -> None:
    assert refused(run("account", "add", "dora", *arguments)).startswith(f"{field}: ")
    with sqlite_system.transaction(read_only=True) as session:
        assert session.scalars(select(Account)).all() == []


def test_an_account_gets_another_password_is_closed_and_opened(run: Run, sqlite_system: System) -> None:
    run("account", "add", "dora", "--password", "a-long-password")
    assert "with the new password" in run("account", "password", "dora", "--password", "another-password").output
    assert sign_in(sqlite_system, "dora", "another-password").login == "dora"
    assert run("account", "close", "dora").output == "dora is closed; its sessions have ended.\n"
    assert run("account", "open", "dora", "--password", "a-third-password").output == "dora can log in again.\n"
    assert sign_in(sqlite_system, "dora", "a-third-password").login == "dora"
    assert refused(run("account", "close", "nobody")) == "login: There is no account nobody. Check the login."


def test_a_technician_gets_a_pin(sqlite_town: Town) -> None:
    run = runner_for(sqlite_town.system)
    with sqlite_town.system.transaction(read_only=True) as session:
        before = set(session.scalars(select(TechnicianLogin.pin_hash)))
    code = technician_code(sqlite_town.system)
    assert run("technician", "pin", code, "--pin", "135790").output == f"{code} can log in with the new PIN.\n"
    with sqlite_town.system.transaction(read_only=True) as session:
        assert set(session.scalars(select(TechnicianLogin.pin_hash))) - before
    assert refused(run("technician", "pin", "nobody", "--pin", "135790")).startswith("code: ")
    assert refused(run("technician", "pin", code, "--pin", "12")).startswith("pin: ")


def test_boundaries_need_a_source_and_a_declared_datum(run: Run, tmp_path: Path) -> None:
    assert refused(run("regions", "import")).startswith("file: ")
    assert refused(run("regions", "import", "--package", "geotool-cn")).startswith("datum: ")
    not_a_layer = tmp_path / "counties.geojson"
    not_a_layer.write_text("{}")
    assert "counties.geojson" in refused(run("regions", "import", not_a_layer, "--datum", "wgs84"))


def test_serve_refuses_a_port_that_somebody_listens_on(run: Run) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        assert refused(run("serve", "--port", port)).startswith(f"port: 127.0.0.1:{port} cannot be listened on")
