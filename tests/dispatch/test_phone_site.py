from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from dispatch import site_proofs, trips
from dispatch.audit import AuditEntry
from dispatch.evidence import Proof, ProofKind
from dispatch.phone_records import PhoneConflict, PhoneEvent
from dispatch.phone_reports import Attachment
from dispatch.work_order import Visit, VisitCause, VisitState
from tests.phone_pocket import PROMISED, Pocket, facts, planned, surcharges, visit
from tests.town import SHOTS, Town

READY = {"goods": "whole", "consumer": "confirmed", "parts": ["hook"]}
SERIAL = {"number": "SN 4711-A", "read": "camera", "format": "code-128"}
DRAWN = {"name": "陈女士", "strokes": [[0, 0, 500, 1000], [10, 10]]}
CABLE = {"code": "cable", "count": 2, "amount": 1500, "agreed": True}


@pytest.fixture
def visit_id(town: Town) -> int:
    """A lamp on T1's published Tuesday; the product asks for everything there is."""
    return planned(town)


@pytest.fixture
def sqlite_visit_id(sqlite_town: Town) -> int:
    return planned(sqlite_town)


def proofs(town: Town, visit_id: int) -> dict[ProofKind, str]:
    with town.system.transaction(read_only=True) as session:
        return {proof.kind: proof.text for proof in session.scalars(select(Proof).where(Proof.visit_id == visit_id))}


def conflicts(town: Town) -> list[tuple[str, bool]]:
    with town.system.transaction(read_only=True) as session:
        rows = session.scalars(select(PhoneConflict).order_by(PhoneConflict.id))
        return [(row.kind, row.counts) for row in rows]


def test_what_a_technician_tells_on_site_stands_on_the_visit_and_in_its_history(town: Town, visit_id: int) -> None:
    phone = Pocket(town)
    answers = [phone.tell("readiness", visit_id, **READY)]
    phone.arrives(visit_id)
    answers += [
        phone.tell("checklist", visit_id, done=["power-off"]),
        phone.tell("serial", visit_id, **SERIAL),
        phone.tell("signature", visit_id, **DRAWN),
        phone.tell("parts-needed", visit_id, text="Longer hook", count=1),
        phone.tell("acceptance", visit_id, code="482 915"),
    ]
    assert answers == ["applied"] * 6
    found = visit(town, visit_id)
    assert found.told == {
        "readiness": READY, "by": town.technicians["T1"], "checklist": ["power-off"], "serial": SERIAL,
        "signed": True, "parts_needed": {"text": "Longer hook", "count": 1},
    }  # fmt: skip
    assert found.accepted_at is not None
    assert proofs(town, visit_id) == {ProofKind.SERIAL_NUMBER: "SN 4711-A", ProofKind.SIGNATURE: "陈女士"}
    assert [fact.type for fact in facts(town, visit_id)] == [
        "readiness", "en-route", "check-in", "checklist", "serial", "signature", "parts-needed", "acceptance",
    ]  # fmt: skip


def test_what_is_told_again_replaces_what_was_told_before(sqlite_town: Town, sqlite_visit_id: int) -> None:
    phone = Pocket(sqlite_town)
    phone.tell("checklist", sqlite_visit_id, done=["power-off", "shown"])
    phone.tell("checklist", sqlite_visit_id, done=["shown"])
    phone.tell("serial", sqlite_visit_id, **SERIAL)
    phone.tell("serial", sqlite_visit_id, **SERIAL | {"number": "4712"})
    phone.tell("parts-needed", sqlite_visit_id, text="Hook", count=1)
    phone.tell("parts-needed", sqlite_visit_id, text="Hook", count=0)
    found = visit(sqlite_town, sqlite_visit_id)
    assert found.told["checklist"] == ["shown"]
    assert proofs(sqlite_town, sqlite_visit_id) == {ProofKind.SERIAL_NUMBER: "4712"}
    assert "parts_needed" not in found.told


def test_a_repeated_batch_changes_nothing(town: Town, visit_id: int) -> None:
    phone = Pocket(town)
    events = [phone.note("surcharge", visit_id, **CABLE), phone.note("acceptance", visit_id, code="000000")]
    first = phone.send(*events)
    again = phone.send(*events)
    assert [answer.verdict for answer in first] == ["applied", "rejected"]
    assert [answer.verdict for answer in again] == ["duplicate", "rejected"]
    assert surcharges(town, visit_id) == {"cable": (2, 1500)}
    assert visit(town, visit_id).code_tries == 1


@pytest.mark.parametrize(
    ("kind", "payload", "reason"),
    [
        ("readiness", READY | {"goods": "stolen"}, "unreadable-payload"),
        ("readiness", READY | {"parts": "hook"}, "unreadable-payload"),
        ("readiness", READY | {"parts": ["anvil"]}, "unknown-code"),
        ("readiness", {}, "unreadable-payload"),
        ("checklist", {"done": ["power-off", "anvil"]}, "unknown-code"),
        ("checklist", {"done": [["power-off"]]}, "unreadable-payload"),
        ("serial", SERIAL | {"number": " "}, "unreadable-payload"),
        ("serial", SERIAL | {"number": "9" * 81}, "unreadable-payload"),
        ("serial", SERIAL | {"number": "47\x07"}, "unreadable-payload"),
        ("serial", SERIAL | {"number": 4711}, "unreadable-payload"),
        ("serial", SERIAL | {"read": "guessed"}, "unreadable-payload"),
        ("serial", SERIAL | {"format": "<b>"}, "unreadable-payload"),
        ("signature", DRAWN | {"strokes": []}, "unreadable-payload"),
        ("signature", DRAWN | {"strokes": [[1]]}, "unreadable-payload"),
        ("signature", DRAWN | {"strokes": [[1, 1001]]}, "unreadable-payload"),
        ("signature", DRAWN | {"strokes": [[1, True]]}, "unreadable-payload"),
        ("signature", DRAWN | {"strokes": [[1, 2]] * 2001}, "unreadable-payload"),
        ("surcharge", CABLE | {"code": "gold"}, "unknown-code"),
        ("surcharge", CABLE | {"amount": 1499}, "wrong-price"),
        ("surcharge", CABLE | {"count": 11}, "too-many"),
        ("surcharge", CABLE | {"count": -1}, "unreadable-payload"),
        ("surcharge", CABLE | {"count": True}, "unreadable-payload"),
        ("surcharge", CABLE | {"agreed": False}, "unreadable-payload"),
        ("surcharge", CABLE | {"agreed": "yes"}, "unreadable-payload"),
        ("acceptance", {"code": 482915}, "unreadable-payload"),
        ("parts-needed", {"text": "", "count": 1}, "unreadable-payload"),
        ("parts-needed", {"text": "Hook"}, "unreadable-payload"),
    ],
)
def test_what_cannot_be_used_is_rejected_with_its_reason_and_kept(
    sqlite_town: Town, sqlite_visit_id: int, kind: str, payload: dict[str, Any], reason: str
) -> None:
    assert Pocket(sqlite_town).tell(kind, sqlite_visit_id, **payload) == reason
    assert visit(sqlite_town, sqlite_visit_id).told == {}
    assert facts(sqlite_town, sqlite_visit_id) == []
    with sqlite_town.system.transaction(read_only=True) as session:
        assert session.scalars(select(PhoneEvent)).one().body["payload"] == payload


def test_somebody_elses_visit_is_not_told_of(sqlite_town: Town, sqlite_visit_id: int) -> None:
    stranger = Pocket(sqlite_town, technician="T3")
    assert stranger.tell("surcharge", sqlite_visit_id, **CABLE) == "not-yours"
    assert stranger.tell("checklist", 999, done=[]) == "not-yours"
    assert stranger.tell("checklist", None, done=[]) == "no-visit"
    assert facts(sqlite_town, sqlite_visit_id) == []


def test_a_surcharge_is_kept_as_the_price_list_stood_with_its_photo_and_an_audit_entry(
    town: Town, visit_id: int
) -> None:
    picture = Attachment("ef" * 32, 2000, "photo", "surcharge:cable")
    assert Pocket(town).tell("surcharge", visit_id, picture, **CABLE) == "applied"
    assert surcharges(town, visit_id) == {"cable": (2, 1500)}
    assert facts(town, visit_id)[0].payload["photo_sha256"] == "ef" * 32
    with town.system.transaction(read_only=True) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "visit.surcharge")).one()
    assert (entry.actor, entry.after["count"], entry.after["amount"]) == ("technician:T1", 2, 1500)


def test_no_pieces_take_a_surcharge_back(town: Town, visit_id: int) -> None:
    phone = Pocket(town)
    phone.tell("surcharge", visit_id, **CABLE)
    phone.tell("surcharge", visit_id, code="drill", count=1, amount=3000, agreed=True)
    assert phone.tell("surcharge", visit_id, code="cable", count=0) == "applied"
    assert surcharges(town, visit_id) == {"drill": (1, 3000)}


def test_the_codes_tried_are_counted_and_after_five_wrong_ones_the_right_one_comes_too_late(
    town: Town, visit_id: int
) -> None:
    phone = Pocket(town)
    wrong = [phone.tell("acceptance", visit_id, code=f"00000{n}") for n in range(5)]
    assert wrong == ["wrong-code"] * 5
    assert phone.tell("acceptance", visit_id, code="482915") == "too-many-codes"
    found = visit(town, visit_id)
    assert (found.code_tries, found.accepted_at) == (5, None)


def test_the_code_itself_is_not_in_the_history(sqlite_town: Town, sqlite_visit_id: int) -> None:
    Pocket(sqlite_town).tell("acceptance", sqlite_visit_id, code="482915")
    assert "482915" not in str([fact.payload for fact in facts(sqlite_town, sqlite_visit_id)])


def test_completing_is_not_held_up_by_what_is_missing_which_is_written_down(town: Town, visit_id: int) -> None:
    phone = Pocket(town)
    phone.arrives(visit_id)
    phone.tell("serial", visit_id, **SERIAL)
    assert phone.tell("completion", visit_id, *PROMISED) == "applied"
    found = visit(town, visit_id)
    assert found.state == VisitState.COMPLETED
    assert site_proofs.missing_proofs(found) == ["signature", "code", "checklist:power-off"]
    assert facts(town, visit_id)[-1].payload["missing"] == ["signature", "code", "checklist:power-off"]


def test_what_is_told_after_completing_still_counts(sqlite_town: Town, sqlite_visit_id: int) -> None:
    phone = Pocket(sqlite_town)
    phone.arrives(sqlite_visit_id)
    phone.tell("completion", sqlite_visit_id, *PROMISED)
    late = Pocket(sqlite_town, device="phone-2")
    late.tell("checklist", sqlite_visit_id, done=["power-off"])
    late.tell("signature", sqlite_visit_id, **DRAWN)
    assert site_proofs.missing_proofs(visit(sqlite_town, sqlite_visit_id)) == ["serial", "code"]


def test_of_a_visit_called_off_the_facts_are_kept_and_do_not_count(sqlite_town: Town, sqlite_visit_id: int) -> None:
    with sqlite_town.system.transaction() as session:
        session.get_one(Visit, sqlite_visit_id).move_to(VisitState.CANCELLED)
    phone = Pocket(sqlite_town)
    assert phone.tell("surcharge", sqlite_visit_id, **CABLE) == "cancelled"
    assert phone.tell("checklist", sqlite_visit_id, done=["power-off"]) == "cancelled"
    assert phone.tell("acceptance", sqlite_visit_id, code="482915") == "cancelled"
    assert surcharges(sqlite_town, sqlite_visit_id) == {}
    assert visit(sqlite_town, sqlite_visit_id).told == {}
    assert conflicts(sqlite_town) == [("cancelled", False)]
    assert len(facts(sqlite_town, sqlite_visit_id)) == 3


def test_a_text_that_no_database_takes_is_rejected_like_any_other(town: Town, visit_id: int) -> None:
    assert Pocket(town).tell("serial", visit_id, **SERIAL | {"number": "47\x0011"}) == "unreadable-payload"


def test_a_second_visit_asks_for_what_the_first_did_and_bringing_goods_for_nothing(
    sqlite_town: Town, sqlite_visit_id: int
) -> None:
    with sqlite_town.system.transaction() as session:
        found = session.get_one(Visit, sqlite_visit_id)
        assert "serial" in site_proofs.missing_proofs(found)
        found.cause = VisitCause.DELIVERY
        assert site_proofs.missing_proofs(found) == []
        assert (trips.parts(found), trips.checklist(found), trips.shots(found)) == ([], [], [])
        found.work_order.product.shot_list = [{**SHOTS[0], "visits": ["delivery"]}, SHOTS[1]]
        assert [shot["code"] for shot in trips.shots(found)] == ["before"]
        found.cause = VisitCause.SECOND_VISIT
        assert [shot["code"] for shot in trips.shots(found)] == ["after"]
        assert "serial" in site_proofs.missing_proofs(found)
