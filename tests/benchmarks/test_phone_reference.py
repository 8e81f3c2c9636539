"""How a simulated visit may end, from a few words about it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from benchmarks.phone_reference import Happened, endings
from dispatch.phone_reports import ReportType

NUMBERS = count(1)
EN_ROUTE, CHECK_IN = ReportType.EN_ROUTE, ReportType.CHECK_IN
DONE, COULD_NOT = ReportType.COMPLETION, ReportType.COULD_NOT_COMPLETE


def told(technician: str, kind: ReportType, minute: int) -> Happened:
    number = next(NUMBERS)
    at = datetime(2026, 5, 12, 1, minute, tzinfo=UTC)
    return Happened(f"e{number}", technician, 1, kind, at, f"phone of {technician}", number)


def states(*facts: Happened, owner: str = "T1", was_cancelled: bool = False, was_moved: bool = False) -> set[str]:
    return {end.state.value for end in endings(facts, owner, was_cancelled=was_cancelled, was_moved=was_moved)}


def test_the_first_completion_of_somebody_who_was_there_counts_whoever_told_it() -> None:
    facts = [told("T1", CHECK_IN, 1), told("T2", CHECK_IN, 2), told("T1", DONE, 40), told("T2", DONE, 30)]
    assert [(end.by, end.at) for end in endings(facts, "T1", was_cancelled=False, was_moved=True)] == [
        (frozenset({"T2"}), facts[3].at)
    ]
    assert states(told("T1", DONE, 40)) == {"waiting"}


def test_a_visit_that_was_called_off_stays_so() -> None:
    assert states(told("T1", CHECK_IN, 1), told("T1", DONE, 2), was_cancelled=True) == {"cancelled"}


def test_who_set_out_is_on_the_way_but_for_a_visit_that_may_have_been_anothers_then() -> None:
    assert states(told("T1", EN_ROUTE, 1)) == {"en-route"}
    assert states(told("T2", EN_ROUTE, 1)) == {"waiting"}
    assert states(told("T1", EN_ROUTE, 1), was_moved=True) == {"en-route", "waiting"}


def test_a_visit_is_given_up_by_its_owner_unless_another_may_have_been_there_before() -> None:
    assert states(told("T1", COULD_NOT, 5)) == {"could-not-complete"}
    assert states(told("T2", COULD_NOT, 5)) == {"waiting"}
    other = told("T2", CHECK_IN, 1), told("T2", DONE, 9)
    assert states(*other, told("T1", COULD_NOT, 5), was_moved=True) == {"completed", "could-not-complete"}
    assert states(*other, was_moved=True) == {"completed"}
