from __future__ import annotations

import pytest
from sqlalchemy import select

from dispatch import merchants
from dispatch.audit import AuditEntry
from dispatch.catalogue import Merchant
from dispatch.merchants import WrongKey
from dispatch.system import System
from technicians.errors import Conflict, InvalidInput, NotFound


def test_a_key_names_its_merchant_until_there_is_a_new_one(system: System) -> None:
    with system.transaction() as session:
        merchant, first = merchants.create(session, "lights", "Bright Lights", by="ada", at=system.now())
        assert merchants.by_key(session, first).id == merchant.id
        second = merchants.new_key(session, "lights", by="ada", at=system.now())
        assert merchants.by_key(session, second).id == merchant.id
        with pytest.raises(WrongKey):
            merchants.by_key(session, first)


def test_no_key_is_nobodys_even_while_a_merchant_has_none(sqlite_system: System) -> None:
    with sqlite_system.transaction() as session:
        session.add(Merchant(code="quiet", name="Quiet", created_at=sqlite_system.now()))
        session.flush()
        for guess in ("", "None", "shifu_"):
            with pytest.raises(WrongKey) as refused:
                merchants.by_key(session, guess)
            assert refused.value.remedy


def test_the_key_is_kept_nowhere_in_the_clear(sqlite_system: System) -> None:
    with sqlite_system.transaction() as session:
        merchant, key = merchants.create(session, "lights", "Lights", by="ada", at=sqlite_system.now())
        trail = session.scalars(select(AuditEntry)).all()
    assert key not in str(vars(merchant)) and len(trail) == 2
    assert all(key not in str(vars(entry)) for entry in trail)


@pytest.mark.parametrize(("code", "name", "field"), [("No Way", "x", "code"), ("", "x", "code"), ("ok", " ", "name")])
def test_a_merchant_needs_a_plain_code_and_a_name(sqlite_system: System, code: str, name: str, field: str) -> None:
    with sqlite_system.transaction() as session, pytest.raises(InvalidInput) as refused:
        merchants.create(session, code, name, by="ada", at=sqlite_system.now())
    assert refused.value.field == field


def test_a_code_is_given_once_and_an_unknown_one_has_no_key(sqlite_system: System) -> None:
    with sqlite_system.transaction() as session:
        merchants.create(session, "lights", "Lights", by="ada", at=sqlite_system.now())
        with pytest.raises(Conflict):
            merchants.create(session, "lights", "Other", by="ada", at=sqlite_system.now())
        with pytest.raises(NotFound):
            merchants.new_key(session, "nobody", by="ada", at=sqlite_system.now())
