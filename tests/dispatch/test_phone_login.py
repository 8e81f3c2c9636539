from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from dispatch import phone_login
from dispatch.account import DeviceToken, TechnicianLogin
from dispatch.phone_login import LoginLocked, NotLoggedIn, WrongPin
from technicians.errors import InvalidInput
from technicians.people import Technician
from tests.clock import Clock
from tests.phone_day import CHEAP, PIN
from tests.town import Town


@pytest.fixture(autouse=True)
def _cheap_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real hash with the lowest cost: what it costs is not what is tested."""
    monkeypatch.setattr(phone_login, "_hasher", CHEAP)


def with_pin(town: Town) -> Town:
    with town.system.transaction() as session:
        person = session.get_one(Technician, town.technicians["T1"])
        phone_login.set_pin(session, person, PIN, at=town.system.now(), by="operator")
    return town


def guess_wrong(town: Town, times: int) -> None:
    for _ in range(times):
        with pytest.raises(WrongPin):
            phone_login.log_in(town.system, "T1", "000000", "phone-1")


def test_code_and_pin_give_a_token_that_is_kept_only_as_a_hash(town: Town) -> None:
    granted = phone_login.log_in(with_pin(town).system, "T1", PIN, "phone-1")
    with town.system.transaction() as session:
        assert phone_login.who(session, granted.token, town.system.now()).technician.code == "T1"
        kept = session.scalars(select(DeviceToken)).one()
        assert kept.token_hash == hashlib.sha256(granted.token.encode()).hexdigest()
        assert len(granted.token) >= 128 / 6


@pytest.mark.parametrize(("code", "pin"), [("T1", "482916"), ("T9", PIN), ("t1", PIN)])
def test_a_wrong_code_and_a_wrong_pin_are_told_alike(sqlite_town: Town, code: str, pin: str) -> None:
    with pytest.raises(WrongPin, match="do not match"):
        phone_login.log_in(with_pin(sqlite_town).system, code, pin, "phone-1")


def test_after_eight_wrong_pins_even_the_right_one_has_to_wait(town: Town, clock: Clock) -> None:
    guess_wrong(with_pin(town), 8)
    with pytest.raises(LoginLocked, match="15 more minutes"):
        phone_login.log_in(town.system, "T1", PIN, "phone-1")
    clock.advance(minutes=15)
    assert phone_login.log_in(town.system, "T1", PIN, "phone-1").token


def test_seven_wrong_pins_lock_nothing_and_a_right_one_starts_the_count_again(sqlite_town: Town) -> None:
    town = with_pin(sqlite_town)
    for _ in range(2):
        guess_wrong(town, 7)
        assert phone_login.log_in(town.system, "T1", PIN, "phone-1").token


def test_every_further_wrong_pin_locks_for_twice_as_long(sqlite_town: Town, clock: Clock) -> None:
    guess_wrong(with_pin(sqlite_town), 8)
    clock.advance(minutes=15)
    guess_wrong(sqlite_town, 1)
    with pytest.raises(LoginLocked, match="30 more minutes"):
        phone_login.log_in(sqlite_town.system, "T1", PIN, "phone-1")


def test_a_new_pin_lifts_the_lock_and_logs_every_phone_out(sqlite_town: Town) -> None:
    town = with_pin(sqlite_town)
    granted = phone_login.log_in(town.system, "T1", PIN, "phone-1")
    guess_wrong(town, 8)
    with_pin(town)
    with town.system.transaction() as session:
        assert session.get_one(TechnicianLogin, town.technicians["T1"]).locked_until is None
        with pytest.raises(NotLoggedIn):
            phone_login.who(session, granted.token, town.system.now())


@pytest.mark.parametrize("pin", ["12345", "1" * 13, "12345a", "", "１２３４５６"])
def test_a_pin_is_six_to_twelve_digits(sqlite_town: Town, pin: str) -> None:
    with sqlite_town.system.transaction() as session:
        person = session.get_one(Technician, sqlite_town.technicians["T1"])
        with pytest.raises(InvalidInput, match="pin"):
            phone_login.set_pin(session, person, pin, at=sqlite_town.system.now(), by="operator")


def test_a_token_ends_after_thirty_days_or_by_logging_out(sqlite_town: Town, clock: Clock) -> None:
    town = with_pin(sqlite_town)
    first, second = (phone_login.log_in(town.system, "T1", PIN, f"phone-{n}") for n in (1, 2))
    with town.system.transaction() as session:
        phone_login.revoke(session, phone_login.who(session, first.token, clock()), clock())
        with pytest.raises(NotLoggedIn):
            phone_login.who(session, first.token, clock())
        assert phone_login.who(session, second.token, clock() + timedelta(days=29))
        with pytest.raises(NotLoggedIn):
            phone_login.who(session, second.token, clock() + timedelta(days=30))


def test_logging_in_again_on_one_phone_ends_its_older_token(sqlite_town: Town, clock: Clock) -> None:
    town = with_pin(sqlite_town)
    older, newer = (phone_login.log_in(town.system, "T1", PIN, "phone-1") for _ in range(2))
    with town.system.transaction() as session:
        assert phone_login.who(session, newer.token, clock())
        with pytest.raises(NotLoggedIn):
            phone_login.who(session, older.token, clock())


def test_somebody_who_has_left_is_logged_out_and_cannot_come_back(sqlite_town: Town, clock: Clock) -> None:
    town = with_pin(sqlite_town)
    granted = phone_login.log_in(town.system, "T1", PIN, "phone-1")
    with town.system.transaction() as session:
        session.get_one(Technician, town.technicians["T1"]).active = False
    with town.system.transaction() as session, pytest.raises(NotLoggedIn):
        phone_login.who(session, granted.token, clock())
    with pytest.raises(WrongPin):
        phone_login.log_in(town.system, "T1", PIN, "phone-1")
