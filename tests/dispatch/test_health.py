"""What is found out about an installation."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dispatch import health, metrics, outbox, schema, system
from dispatch.errors import NotReady
from dispatch.notify.smtp import Smtp
from dispatch.outbox import OutboxKind
from dispatch.settings import Settings
from dispatch.system import System
from tests.clock import Clock


def with_settings(built: System, **changes: object) -> System:
    return replace(built, settings=replace(built.settings, **changes))  # type: ignore[arg-type]


@pytest.fixture
def empty(tmp_path: Path) -> System:
    """A database without a single table."""
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'empty.db'}", None, f"file://{tmp_path}", "s" * 40)
    return system.assemble(settings)


def test_an_installation_that_was_set_up_is_ready(system: System) -> None:
    health.require_ready(system)


def test_an_empty_database_is_not_ready_and_says_what_to_run(empty: System) -> None:
    with pytest.raises(NotReady, match=r"schema is at version none.*Run: dispatch init"):
        health.require_ready(empty)


def test_a_database_without_counties_is_not_ready(empty: System) -> None:
    schema.upgrade(empty.engine)
    with pytest.raises(NotReady, match=r"counties: 0 loaded.*Run: dispatch init"):
        health.require_ready(empty)


def test_a_database_that_does_not_answer_is_found(empty: System) -> None:
    lost = replace(empty.settings, database_url="postgresql://nobody@/x?host=/nowhere&connect_timeout=1")
    found = health.database(system.assemble(lost))
    assert not found.is_sound
    assert "DATABASE_URL" in found.remedy


def test_missing_boundaries_are_found_until_there_is_a_layer(sqlite_system: System) -> None:
    assert not health.boundaries(sqlite_system).is_sound
    sqlite_system.settings.boundaries.mkdir()
    (sqlite_system.settings.boundaries / "cn.npz").touch()
    assert health.boundaries(sqlite_system).is_sound


def test_a_redis_that_answers_is_sound_and_a_dead_one_is_not(sqlite_system: System, redis_url: str) -> None:
    assert health.redis(with_settings(sqlite_system, redis_url=redis_url)).is_sound
    dead = health.redis(with_settings(sqlite_system, redis_url="redis://127.0.0.1:1/0"))
    assert not dead.is_sound
    assert "REDIS_URL" in dead.remedy


def test_the_photo_store_is_written_to_and_read_from(sqlite_system: System) -> None:
    assert health.photo_store(sqlite_system).is_sound


def test_a_short_secret_or_one_that_others_may_read_is_found(sqlite_system: System) -> None:
    assert not health.secret_key(with_settings(sqlite_system, secret_key="short")).is_sound
    long = with_settings(sqlite_system, secret_key="x" * 48)
    assert health.secret_key(long).is_sound
    kept = sqlite_system.settings.home / "secret-key"
    kept.touch(mode=0o644)
    kept.chmod(0o644)
    assert "chmod 600" in health.secret_key(long).remedy


def test_every_finding_that_is_not_sound_has_a_remedy(empty: System) -> None:
    for found in health.findings(with_settings(empty, redis_url="redis://127.0.0.1:1/0", secret_key="short")):
        assert found.is_sound or found.remedy, found.what


def test_the_figures_count_rows_and_tell_how_long_the_oldest_has_waited(system: System, clock: Clock) -> None:
    with system.transaction() as session:
        outbox.add(session, OutboxKind.MESSAGE, {}, asked_by="dora", at=clock())
    clock.advance(seconds=42)
    text = metrics.exposition(system).decode()
    assert 'shifu_outbox_rows{kind="message",state="waiting"} 1.0' in text
    assert "shifu_outbox_lag_seconds 42.0" in text
    assert "shifu_outbox_failed_day 0.0" in text


def test_a_planner_that_plans_is_sound_and_says_whether_it_was_compiled(sqlite_system: System) -> None:
    found = health.planner(sqlite_system)
    assert found.is_sound, found.detail
    assert "kernels" in found.detail


def test_a_planner_that_does_not_start_is_found(sqlite_system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    found = health.planner(sqlite_system)
    assert not found.is_sound
    assert "make setup" in found.remedy


def test_messages_that_leave_the_machine_need_an_address_for_their_links(empty: System) -> None:
    assert health.notifier(empty).is_sound
    mail = replace(empty, notifier=Smtp("mail.example", 587, "a@shifu.example", "{phone}@sms.example"))
    found = health.notifier(mail)
    assert not found.is_sound and "http://127.0.0.1:8000" in found.detail and "PUBLIC_URL" in found.remedy
    assert health.notifier(with_settings(mail, public_url="https://shifu.example")).is_sound


def test_webhooks_into_private_networks_are_pointed_out(system: System) -> None:
    assert health.webhooks(system).is_sound
    found = health.webhooks(with_settings(system, webhook_private=True))
    assert not found.is_sound and "WEBHOOK_PRIVATE" in found.remedy
