"""However events arrive, what is known in the end is what their phones' numbers say."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.phone_reports import Report, Verdict
from tests.phone_pocket import PROMISED, Pocket, give_to, planned, surcharges, visit
from tests.town import Town

NUMBERS = count(1)
SAID = st.one_of(
    st.builds(lambda done: ("checklist", {"done": done}), st.lists(st.sampled_from(["power-off", "shown"]))),
    st.builds(lambda n: ("serial", {"number": f"SN{n}", "read": "hand", "format": ""}), st.integers(0, 9)),
    st.builds(lambda n: ("signature", {"name": str(n), "strokes": [[n, n]]}), st.integers(0, 9)),
    st.builds(
        lambda code, count: ("surcharge", {"code": code, "count": count, "amount": 3000, "agreed": True}),
        st.sampled_from(["cable", "drill", "gold"]),
        st.integers(0, 4),
    ),
    st.builds(lambda code: ("acceptance", {"code": code}), st.sampled_from(["482915", "000000"])),
    st.builds(lambda n: ("parts-needed", {"text": "Hook", "count": n}), st.integers(0, 3)),
    st.just(("readiness", {"goods": "whole", "consumer": "confirmed", "parts": ["hook"]})),
    st.sampled_from([("en-route", {}), ("check-in", {}), ("completion", {})]),
)
TOLD = st.lists(SAID, min_size=1, max_size=8)
SEEDS = st.integers(0, 2**16)
OFTEN = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


def known(town: Town, visit_id: int) -> tuple[Any, ...]:
    """All that stands on the visit after what was told."""
    found = visit(town, visit_id)
    return found.technician_id, found.state, found.told, found.code_tries, found.accepted_at, surcharges(town, visit_id)


def fresh(town: Town) -> int:
    """One more planned visit, on a day of its own."""
    number = next(NUMBERS)
    return planned(town, f"P-{number}", on_date=date(2026, 6, 1) + timedelta(days=number))


def written(phone: Pocket, visit_id: int, said: list[tuple[str, dict[str, Any]]]) -> list[Report]:
    return [
        phone.note(kind, visit_id, *(PROMISED if kind == "completion" else ()), **payload) for kind, payload in said
    ]


def deliver(phone: Pocket, reports: list[Report], rng: random.Random) -> None:
    """In batches of any size and order, some twice, until every event has a final answer."""
    left = {report.event_id: report for report in reports}
    while left:
        batch = rng.sample(list(left.values()), rng.randint(1, len(left)))
        again = [report for report in rng.sample(reports, rng.randint(0, len(reports))) if report not in batch]
        for answer in phone.send(*batch, *again):
            if answer.verdict != Verdict.HELD:
                left.pop(answer.event_id, None)


@OFTEN
@given(said=TOLD, seed=SEEDS)
def test_any_order_and_any_repeats_end_as_the_numbers_say(
    sqlite_town: Town, said: list[tuple[str, dict[str, Any]]], seed: int
) -> None:
    in_order, shuffled = fresh(sqlite_town), fresh(sqlite_town)
    for visit_id, device in ((in_order, f"straight-{in_order}"), (shuffled, f"crooked-{shuffled}")):
        phone = Pocket(sqlite_town, device=device)
        reports = written(phone, visit_id, said)
        if visit_id == in_order:
            for report in reports:
                phone.send(report)
        else:
            deliver(phone, reports, random.Random(seed))
    assert known(sqlite_town, shuffled) == known(sqlite_town, in_order)


@OFTEN
@given(mine=TOLD, theirs=TOLD, seed=SEEDS)
def test_of_two_who_both_made_a_visit_only_the_first_ones_words_count_whoever_is_heard_first(
    sqlite_town: Town, mine: list[tuple[str, dict[str, Any]]], theirs: list[tuple[str, dict[str, Any]]], seed: int
) -> None:
    mine = [each for each in mine if each[0] not in {"en-route", "check-in", "completion"}]
    theirs = [each for each in theirs if each[0] not in {"en-route", "check-in", "completion"}]
    found = []
    for first in (True, False):
        visit_id = fresh(sqlite_town)
        once, now = Pocket(sqlite_town, "T1", f"once-{visit_id}"), Pocket(sqlite_town, "T2", f"now-{visit_id}")
        once.tell("en-route", visit_id)
        give_to(sqlite_town, "T2", visit_id)
        early = written(once, visit_id, [("check-in", {}), *mine, ("completion", {})])
        for _ in range(20):
            now.tell("route-seen", None)
        late = written(now, visit_id, [("check-in", {}), *theirs, ("completion", {})])
        for phone, reports in ((once, early), (now, late)) if first else ((now, late), (once, early)):
            deliver(phone, reports, random.Random(seed))
        technician, state, told, _, accepted_at, agreed = known(sqlite_town, visit_id)
        found.append((technician, state, told, accepted_at, agreed))
    assert found[0] == found[1]
    assert found[0][0] == sqlite_town.technicians["T1"]
