from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Select, select

from dispatch import verification, visit_told
from dispatch.phone_records import PhoneConflict
from dispatch.system import System
from dispatch.work_order import Visit
from tests.phone_pocket import PROMISED, Pocket, facts, give_to, planned, surcharges, visit
from tests.town import Town

CABLE = {"code": "cable", "count": 2, "amount": 1500, "agreed": True}
READY = {"goods": "whole", "consumer": "confirmed", "parts": ["hook"]}


@pytest.fixture
def visit_id(town: Town) -> int:
    """A lamp of T1's, who checked what must be in the van before the office gave it to T2."""
    visit_id = planned(town)
    Pocket(town, device="morning").tell("readiness", visit_id, **READY)
    give_to(town, "T2", visit_id)
    return visit_id


def conflicts(town: Town) -> list[tuple[str, bool]]:
    with town.system.transaction(read_only=True) as session:
        rows = session.scalars(select(PhoneConflict).order_by(PhoneConflict.id))
        return [(row.kind, row.counts) for row in rows]


def test_what_is_told_of_a_visit_that_is_anothers_by_now_is_kept_as_one_conflict_and_does_not_count(
    town: Town, visit_id: int
) -> None:
    once = Pocket(town, "T1")
    assert once.tell("surcharge", visit_id, **CABLE) == "reassigned"
    assert once.tell("checklist", visit_id, done=["power-off"]) == "reassigned"
    assert surcharges(town, visit_id) == {}
    assert "checklist" not in visit(town, visit_id).told
    assert conflicts(town) == [("reassigned", False)]
    assert [fact.type for fact in facts(town, visit_id)] == ["readiness", "surcharge", "checklist"]


def test_whoever_makes_the_visit_after_all_brings_what_they_told_before(town: Town, visit_id: int) -> None:
    once = Pocket(town, "T1")
    once.tell("surcharge", visit_id, **CABLE)
    once.tell("acceptance", visit_id, code="482915")
    assert visit(town, visit_id).accepted_at is None
    once.tell("check-in", visit_id)
    assert surcharges(town, visit_id) == {"cable": (2, 1500)}
    assert visit(town, visit_id).accepted_at is not None


def test_what_another_told_does_not_count_once_somebody_else_turns_out_to_have_completed_first(
    town: Town, visit_id: int
) -> None:
    once, now = Pocket(town, "T1", "offline"), Pocket(town, "T2")
    late = [
        once.note("check-in", visit_id),
        once.note("surcharge", visit_id, **CABLE),
        once.note("completion", visit_id, *PROMISED),
    ]
    for _ in late:
        now.tell("route-seen", None)
    now.arrives(visit_id)
    now.tell("surcharge", visit_id, code="drill", count=1, amount=3000, agreed=True)
    now.tell("signature", visit_id, name="", strokes=[[0, 0]])
    now.tell("completion", visit_id, *PROMISED)
    assert surcharges(town, visit_id) == {"drill": (1, 3000)}
    once.send(*late)
    found = visit(town, visit_id)
    assert found.technician_id == town.technicians["T1"]
    assert surcharges(town, visit_id) == {"cable": (2, 1500)}
    assert "signed" not in found.told


def test_two_who_go_together_may_both_tell(town: Town) -> None:
    visit_id = planned(town)
    with town.system.transaction() as session:
        session.get_one(Visit, visit_id).work_order.product.crew_size = 2
    one, other = Pocket(town, "T1"), Pocket(town, "T2")
    one.arrives(visit_id)
    give_to(town, "T2", visit_id)
    assert other.tell("checklist", visit_id, done=["power-off"]) == "applied"
    assert one.tell("surcharge", visit_id, **CABLE) == "applied"
    assert visit(town, visit_id).told == {"checklist": ["power-off"]}
    assert surcharges(town, visit_id) == {"cable": (2, 1500)}


def test_two_phones_at_once_have_five_tries_together(town: Town) -> None:
    visit_id = planned(town)
    gate = Barrier(2)

    def guess(device: str) -> list[str]:
        phone = Pocket(town, device=device)
        gate.wait(10)
        return [phone.tell("acceptance", visit_id, code=f"00000{n}") for n in range(4)]

    with ThreadPoolExecutor(2) as pool:
        answers = [answer for told in pool.map(guess, ("one", "other")) for answer in told]
    assert sorted(answers) == ["too-many-codes"] * 3 + ["wrong-code"] * 5
    assert visit(town, visit_id).code_tries == 5


def test_the_twin_that_does_not_lock_the_visit_counts_two_wrong_codes_as_one(
    postgres_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have looked before either writes. On SQLite a transaction that writes has locked everything already."""
    town = Town.build(postgres_system)
    visit_id = planned(town)
    have_looked, accepts = Barrier(2), verification.accepts

    def look_together(visit: Visit, said: str) -> bool:
        have_looked.wait(20)
        return accepts(visit, said)

    monkeypatch.setattr(verification, "accepts", look_together)
    monkeypatch.setattr(Select, "with_for_update", lambda query, **_: query)
    with ThreadPoolExecutor(2) as pool:
        told = pool.map(lambda device: Pocket(town, device=device).tell("acceptance", visit_id, code="000000"), "ab")
        assert list(told) == ["wrong-code", "wrong-code"]
    assert visit(town, visit_id).code_tries == 1


def test_the_twin_that_lets_everybodys_words_count_mixes_what_two_told(
    town: Town, visit_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit_told, "_counts", lambda _visit, _event: True)
    Pocket(town, "T1", "offline").tell("surcharge", visit_id, **CABLE)
    now = Pocket(town, "T2")
    now.arrives(visit_id)
    now.tell("surcharge", visit_id, code="drill", count=1, amount=3000, agreed=True)
    assert surcharges(town, visit_id) == {"cable": (2, 1500), "drill": (1, 3000)}
