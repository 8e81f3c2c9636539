"""What of all that technicians told must stand in the end, by the page about the protocol alone.

Each answer is the set of what may stand: one, unless the protocol leaves it open. It does where two phones of one
technician told the same kind within minutes of each other, or one had its clock set; where a visit was called off, for
nobody can tell what had been told before; and where one was given away that nobody has begun yet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.phone_reference import NEAR, Happened
from dispatch.phone_reports import ReportType
from dispatch.work_order import FailureReason, VisitState

BEGUN = {VisitState.ON_SITE, VisitState.COMPLETED, VisitState.COULD_NOT_COMPLETE}
MOST_TRIES = 5
KEPT = ""
ASKS = {ReportType.ABSENCE_REQUEST, ReportType.SHIFT_REQUEST, ReportType.SWAP_REQUEST}


@dataclass(frozen=True, slots=True)
class Terms:
    """What there is: codes of parts and ticks, amount and most pieces by code, the consumer's code, the date."""

    parts: Collection[str]
    ticks: Collection[str]
    prices: Mapping[str, tuple[int, int]]
    code: str
    on: str


def is_wrong_code(fact: Happened, terms: Terms) -> bool:
    return fact.type == ReportType.ACCEPTANCE and fact.said["code"] != terms.code


def refusal(fact: Happened, terms: Terms) -> str:
    """Why the event cannot be used whatever else was told; "" when it can."""
    said = fact.said
    match fact.type:
        case ReportType.READINESS if not set(said["parts"]) <= set(terms.parts):
            return "unknown-code"
        case ReportType.CHECKLIST if not set(said["done"]) <= set(terms.ticks):
            return "unknown-code"
        case ReportType.SERIAL if not said["number"]:
            return "unreadable-payload"
        case ReportType.SIGNATURE if not said["strokes"]:
            return "unreadable-payload"
        case ReportType.SURCHARGE:
            return _refusal_of_surcharge(said, terms)
        case ReportType.COULD_NOT_COMPLETE if said["reason"] not in set(FailureReason):
            return "unknown-reason"
        case ReportType.ROUTE_SEEN if said["on"] != terms.on:
            return "no-route"
        case ReportType.ABSENCE_REQUEST | ReportType.SHIFT_REQUEST if said["starts_at"] >= said["ends_at"]:
            return "unreadable-payload"
    return KEPT


def _refusal_of_surcharge(said: Mapping[str, Any], terms: Terms) -> str:
    if said["code"] not in terms.prices:
        return "unknown-code"
    amount, most = terms.prices[said["code"]]
    if said["count"] and said["amount"] != amount:
        return "wrong-price"
    return "too-many" if said["count"] > most else KEPT


def code_answers(facts: Sequence[Happened], terms: Terms, *, was_cancelled: bool) -> dict[str, set[str]]:
    """By event id, what the codes told of one visit may be answered. After five wrong ones nothing helps."""
    told = [fact for fact in facts if fact.type == ReportType.ACCEPTANCE]
    is_ordered = len({fact.device for fact in told}) == 1 and not was_cancelled
    answers, wrong = {}, 0
    most = sum(is_wrong_code(fact, terms) for fact in told)
    for fact in told:
        answer = "wrong-code" if is_wrong_code(fact, terms) else KEPT
        is_late = wrong >= MOST_TRIES if is_ordered else most >= MOST_TRIES
        answers[fact.event_id] = {"too-many-codes"} if is_late else {answer}
        if not is_ordered:
            answers[fact.event_id] |= {answer, KEPT} if was_cancelled else {answer}
        wrong += is_wrong_code(fact, terms)
    return answers


def tries(facts: Sequence[Happened], terms: Terms, *, was_cancelled: bool) -> Collection[int]:
    """How many wrong codes may be counted, each once, whoever told them; after the fifth none is looked at."""
    most = min(sum(is_wrong_code(fact, terms) for fact in facts), MOST_TRIES)
    return range(most + 1) if was_cancelled else {most}


def last_words(facts: Iterable[Happened]) -> list[Happened]:
    """The last of each device, but for those after which another device surely said something else."""
    last = list({fact.device: fact for fact in sorted(facts, key=lambda fact: fact.seq)}.values())
    return [fact for fact in last if not any(_is_surely_before(fact, other) for other in last)]


def _is_surely_before(fact: Happened, other: Happened) -> bool:
    return fact.is_timed and other.is_timed and other.at - fact.at > NEAR


def standing(
    facts: Sequence[Happened], state: VisitState, maker: str, was_moved: bool, value: Callable[[Happened], Any]
) -> Collection[Any]:
    """What may stand of one kind of usable word about one visit; None: nothing. `maker`: who makes or will make it."""
    if state == VisitState.CANCELLED or (state == VisitState.WAITING and was_moved):
        return [None, *map(value, facts)]
    mine = last_words(fact for fact in facts if fact.technician == maker)
    others = [] if state in BEGUN else last_words(fact for fact in facts if fact.technician != maker)
    after = [fact for fact in others if not any(_is_surely_before(fact, word) for word in mine)]
    return [*(map(value, mine) if mine else [None]), *map(value, after)]


def request_states(fact: Happened, facts: Sequence[Happened], refused: Collection[str]) -> Collection[str]:
    """What may have become of a request; what the office has decided stays so."""
    if fact.event_id in refused:
        return {"refused"}
    taken_back = [each for each in facts if _takes_back(each, fact)]
    if any(each.device == fact.device for each in taken_back):
        return {"withdrawn"}
    return {"open", "withdrawn"} if taken_back else {"open"}


def withdrawal_answers(fact: Happened, facts: Sequence[Happened], refused: Collection[str]) -> set[str]:
    """From another phone than the request it may arrive first; it may come after the office's word."""
    asked = next((each for each in facts if _takes_back(fact, each)), None)
    if asked is None:
        return {"no-request"}
    answers = {KEPT, "already-decided"} if asked.event_id in refused else {KEPT}
    return answers if asked.device == fact.device else answers | {"no-request"}


def _takes_back(fact: Happened, asked: Happened) -> bool:
    is_one = fact.type == ReportType.REQUEST_WITHDRAWN and asked.type in ASKS
    return is_one and fact.said["event_id"] == asked.event_id
