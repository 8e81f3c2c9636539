"""What the reference of simulated phone-days says, on days of a few words."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from benchmarks.phone_reference import Happened
from benchmarks.phone_words import (
    Terms,
    code_answers,
    refusal,
    request_states,
    standing,
    tries,
    withdrawal_answers,
)
from dispatch.phone_reports import ReportType
from dispatch.work_order import VisitState

TERMS = Terms({"hook"}, ("power-off",), {"cable": (1500, 10)}, "482915", "2026-05-12")
CHARGE: dict[str, Any] = {"code": "cable", "count": 1, "amount": 1500}
NUMBERS = count(1)


def told(kind: ReportType, minute: int = 0, device: str = "A", **said: Any) -> Happened:
    """T1 tells it, or T2 on a device of another letter."""
    number, who = next(NUMBERS), "T1" if device[0] == "A" else "T2"
    at = datetime(2026, 5, 12, 1, minute, tzinfo=UTC)
    return Happened(f"e{number}", who, 1, kind, at, device, number, said)


def serial(number: int, minute: int = 0, device: str = "A") -> Happened:
    return told(ReportType.SERIAL, minute, device, number=number)


def stands(facts: list[Happened], state: VisitState, maker: str = "T1", was_moved: bool = False) -> set[Any]:
    return set(standing(facts, state, maker, was_moved, lambda fact: fact.said["number"]))


def test_the_last_word_of_whoever_makes_the_visit_stands() -> None:
    facts = [serial(1), serial(2, 9), serial(3, 20, "B")]
    assert stands(facts, VisitState.COMPLETED) == {2}
    assert stands(facts, VisitState.COMPLETED, "T2") == {3}
    assert stands(facts[2:], VisitState.ON_SITE) == {None}


def test_the_numbers_of_a_device_say_which_word_was_the_last_and_of_two_devices_the_time() -> None:
    first, second = serial(1, 9), serial(2, 3)
    assert stands([second, first], VisitState.COMPLETED) == {2}
    assert stands([serial(1, 9, "A1"), serial(2, 3, "A2")], VisitState.COMPLETED) == {1}
    assert stands([serial(1, 3, "A1"), serial(2, 4, "A2")], VisitState.COMPLETED) == {1, 2}


def test_nothing_or_any_word_stands_of_a_visit_that_was_called_off_or_given_away_before_it_began() -> None:
    assert stands([serial(1), serial(2)], VisitState.CANCELLED) == {None, 1, 2}
    assert stands([serial(1)], VisitState.WAITING, was_moved=True) == {None, 1}
    assert stands([serial(1)], VisitState.WAITING) == {1}


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        (told(ReportType.CHECKLIST, done=["power-off"]), ""),
        (told(ReportType.CHECKLIST, done=["danced"]), "unknown-code"),
        (told(ReportType.SURCHARGE, **CHARGE), ""),
        (told(ReportType.SURCHARGE, **CHARGE | {"amount": 1}), "wrong-price"),
        (told(ReportType.SURCHARGE, **CHARGE | {"amount": 1, "count": 0}), ""),
        (told(ReportType.SURCHARGE, **CHARGE | {"count": 11}), "too-many"),
        (told(ReportType.SURCHARGE, **CHARGE | {"code": "gold"}), "unknown-code"),
        (told(ReportType.COULD_NOT_COMPLETE, reason="no-mood"), "unknown-reason"),
        (told(ReportType.ROUTE_SEEN, on="2026-05-13"), "no-route"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(fact: Happened, reason: str) -> None:
    assert refusal(fact, TERMS) == reason


def test_after_five_wrong_codes_the_right_one_comes_too_late() -> None:
    wrong = [told(ReportType.ACCEPTANCE, code="000000") for _ in range(6)]
    right = told(ReportType.ACCEPTANCE, code="482915")
    early, late = [*wrong[:4], right], [*wrong, right]
    assert code_answers(early, TERMS, was_cancelled=False)[right.event_id] == {""}
    assert code_answers(late, TERMS, was_cancelled=False)[right.event_id] == {"too-many-codes"}
    assert (tries(early, TERMS, was_cancelled=False), tries(late, TERMS, was_cancelled=False)) == ({4}, {5})


def test_a_request_is_withdrawn_unless_the_office_was_faster() -> None:
    asked = told(ReportType.SWAP_REQUEST)
    withdrawn = told(ReportType.REQUEST_WITHDRAWN, event_id=asked.event_id)
    assert request_states(asked, [asked], ()) == {"open"}
    assert request_states(asked, [asked, withdrawn], ()) == {"withdrawn"}
    assert request_states(asked, [asked, withdrawn], {asked.event_id}) == {"refused"}
    assert withdrawal_answers(withdrawn, [asked, withdrawn], ()) == {""}
    assert withdrawal_answers(withdrawn, [withdrawn], ()) == {"no-request"}


def test_a_withdrawal_from_another_phone_may_be_there_before_the_request() -> None:
    asked = told(ReportType.SWAP_REQUEST, device="A1")
    withdrawn = told(ReportType.REQUEST_WITHDRAWN, device="A2", event_id=asked.event_id)
    assert request_states(asked, [asked, withdrawn], ()) == {"open", "withdrawn"}
    assert withdrawal_answers(withdrawn, [asked, withdrawn], ()) == {"", "no-request"}


def test_a_clock_that_was_set_leaves_open_which_of_two_devices_was_last() -> None:
    early, late = serial(1, 0, "A1"), serial(2, 30, "A2")
    untimed = Happened("x", "T1", 1, ReportType.SERIAL, late.at - timedelta(hours=1), "A2", 9, {"number": 3}, (), False)
    assert stands([early, late], VisitState.COMPLETED) == {2}
    assert stands([early, untimed], VisitState.COMPLETED) == {1, 3}
