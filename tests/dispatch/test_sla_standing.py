"""The arithmetic of clocks: what runs, what rests, when the target is reached."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.sla_clock import PauseCause, SlaClock, SlaEntry, SlaEvent, SlaKind
from dispatch.sla_standing import MILESTONES, Standing, next_look, reached, state_of

HOUR = 3600
NOON = datetime(2026, 5, 11, 4, 0, tzinfo=UTC)
WAIT = PauseCause.CONSUMER_ASKED_TO_WAIT


def after(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def clock(started_at: datetime = NOON) -> SlaClock:
    return SlaClock(kind=SlaKind.BOOKING, target=24 * HOUR, started_at=started_at)


def entry(event: SlaEvent, at: datetime, **more: object) -> SlaEntry:
    return SlaEntry(event=event, at=at, note="", by="li", **more)


def standing(*entries: SlaEntry, at: datetime) -> Standing:
    return state_of(clock(), [entry(SlaEvent.STARTED, NOON), *entries], at)


def test_a_clock_runs_from_its_start() -> None:
    now = standing(at=after(6))
    assert (now.elapsed, now.left, now.percent, now.paused_for) == (6 * HOUR, 18 * HOUR, 25, 0)
    assert (now.due_at, now.is_running, now.is_missed) == (after(24), True, False)


def test_a_pause_does_not_count_and_moves_the_end() -> None:
    paused = entry(SlaEvent.PAUSED, after(6), cause=WAIT)
    during = standing(paused, at=after(9))
    assert (during.elapsed, during.paused_for, during.is_paused, during.cause) == (6 * HOUR, 3 * HOUR, True, WAIT)
    assert during.due_at is None
    later = standing(paused, entry(SlaEvent.RESUMED, after(9)), at=after(10))
    assert (later.elapsed, later.paused_for, later.due_at, later.cause) == (7 * HOUR, 3 * HOUR, after(27), None)


def test_a_pause_with_an_end_is_over_then_though_nobody_has_written_it_down() -> None:
    paused = entry(SlaEvent.PAUSED, after(6), cause=WAIT, until=after(9))
    during, later = standing(paused, at=after(8)), standing(paused, at=after(11))
    assert (during.is_paused, during.due_at) == (True, after(27))
    assert (later.is_paused, later.elapsed, later.paused_for) == (False, 8 * HOUR, 3 * HOUR)


def test_a_new_cause_takes_over_from_the_old_one() -> None:
    now = standing(
        entry(SlaEvent.PAUSED, after(1), cause=PauseCause.CONSUMER_UNREACHABLE),
        entry(SlaEvent.PAUSED, after(3), cause=WAIT),
        at=after(5),
    )
    assert (now.cause, now.elapsed, now.paused_for) == (WAIT, HOUR, 4 * HOUR)


def test_a_clock_that_was_met_stands_still_for_ever() -> None:
    met = entry(SlaEvent.MET, after(5))
    now = standing(met, at=after(500))
    assert (now.ended, now.ended_at, now.elapsed, now.due_at) == (SlaEvent.MET, after(5), 5 * HOUR, None)
    assert next_look(now, after(500)) is None


def test_the_target_is_missed_when_it_is_reached_and_the_clock_runs_on() -> None:
    assert not standing(at=after(24) - timedelta(seconds=1)).is_missed
    now = standing(at=after(25))
    assert (now.is_missed, now.is_running, now.left) == (True, True, -HOUR)


def test_two_machines_whose_clocks_differ_do_not_turn_time_back() -> None:
    now = standing(
        entry(SlaEvent.PAUSED, after(6), cause=WAIT),
        entry(SlaEvent.RESUMED, after(6) - timedelta(seconds=2)),
        at=after(7),
    )
    assert (now.elapsed, now.paused_for) == (7 * HOUR, 0)


def test_milestones_are_looked_at_one_after_the_other_and_moved_by_pauses() -> None:
    assert next_look(standing(at=after(1)), after(1)) == after(12)
    half = entry(SlaEvent.WARNED, after(12), percent=50)
    assert next_look(standing(half, at=after(13)), after(13)) == after(18)
    paused = entry(SlaEvent.PAUSED, after(13), cause=WAIT)
    assert next_look(standing(half, paused, at=after(14)), after(14)) is None
    ends = entry(SlaEvent.PAUSED, after(14), cause=WAIT, until=after(20))
    assert next_look(standing(half, ends, at=after(14)), after(14)) == after(20)


def test_after_the_breach_there_is_nothing_left_to_look_at() -> None:
    seen = [entry(SlaEvent.WARNED, after(23), percent=percent) for percent in MILESTONES[:-1]]
    missed = entry(SlaEvent.BREACHED, after(24), percent=100)
    assert next_look(standing(*seen, missed, at=after(30)), after(30)) is None


def test_a_worker_that_slept_finds_every_milestone_it_missed() -> None:
    assert reached(standing(at=after(22))) == [50, 75, 90]
    assert reached(standing(entry(SlaEvent.WARNED, after(12), percent=50), at=after(30))) == [75, 90, 100]


@pytest.mark.parametrize("day", [date(2026, 3, 7), date(2026, 10, 31)])
def test_twenty_four_hours_are_as_long_on_the_night_when_clocks_change(day: date) -> None:
    begins = datetime.combine(day, time(12), ZoneInfo("America/Chicago"))
    started = clock(begins.astimezone(UTC))
    now = state_of(started, [], (begins.astimezone(UTC) + timedelta(hours=24)))
    assert now.elapsed == 24 * HOUR
    assert now.due_at is not None and now.due_at.astimezone(begins.tzinfo).hour != 12


MOVES = st.tuples(
    st.sampled_from([SlaEvent.PAUSED, SlaEvent.RESUMED, SlaEvent.WARNED]),
    st.integers(-60, 9 * HOUR),
    st.one_of(st.none(), st.integers(1, 6 * HOUR)),
)


def ledger(moves: list[tuple[SlaEvent, int, int | None]]) -> list[SlaEntry]:
    entries, at = [entry(SlaEvent.STARTED, NOON)], NOON
    for event, gap, pause in moves:
        at += timedelta(seconds=gap)
        until = at + timedelta(seconds=pause) if event == SlaEvent.PAUSED and pause else None
        entries.append(entry(event, at, cause=WAIT if event == SlaEvent.PAUSED else None, until=until))
    return entries


@settings(max_examples=150)
@given(st.lists(MOVES, max_size=8), st.lists(st.integers(0, 100 * HOUR), min_size=2, max_size=6))
def test_time_never_runs_back_and_what_does_not_run_rests(
    moves: list[tuple[SlaEvent, int, int | None]], looks: list[int]
) -> None:
    entries = ledger(moves)
    seen = [(at, state_of(clock(), entries, NOON + timedelta(seconds=at))) for at in sorted(looks)]
    for seconds, now in seen:
        assert now.elapsed + now.paused_for == seconds
    for (_, before), (_, now) in pairwise(seen):
        assert now.elapsed >= before.elapsed
        assert now.paused_for >= before.paused_for


@settings(max_examples=100)
@given(st.lists(MOVES, max_size=6), st.integers(0, 60 * HOUR), st.integers(1, 5 * HOUR))
def test_a_pause_keeps_what_has_run_and_moves_the_end_by_its_length(
    moves: list[tuple[SlaEvent, int, int | None]], begins: int, lasts: int
) -> None:
    entries = [*ledger(moves), entry(SlaEvent.RESUMED, NOON + timedelta(hours=80))]
    paused_at = NOON + timedelta(hours=80, seconds=begins)
    resumed_at = paused_at + timedelta(seconds=lasts)
    before = state_of(clock(), entries, paused_at)
    rested = [*entries, entry(SlaEvent.PAUSED, paused_at, cause=WAIT), entry(SlaEvent.RESUMED, resumed_at)]
    later = state_of(clock(), rested, resumed_at)
    assert later.elapsed == before.elapsed
    assert before.due_at is not None and later.due_at == before.due_at + timedelta(seconds=lasts)
