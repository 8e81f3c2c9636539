"""Where a clock stands: nothing but arithmetic over its ledger. No wall-clock times, so no summer time either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.sla_clock import PauseCause, SlaClock, SlaEntry, SlaEvent

MILESTONES = (50, 75, 90, 100)
TURNS = {SlaEvent.PAUSED, SlaEvent.RESUMED, SlaEvent.MET, SlaEvent.STOPPED}
ENDS = {SlaEvent.MET, SlaEvent.STOPPED}
ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """A clock at one instant. Seconds; `paused_for` is the time that did not count.

    `resumes_at` is the end of a pause that ends by itself, also when it has passed and nobody has written it down.
    `due_at` is when the target is reached if nothing changes; None when that cannot be said or the clock has ended.
    `passed` are the milestones written down, in percent of the target.
    """

    target: int
    elapsed: int
    paused_for: int
    is_paused: bool
    cause: PauseCause | None
    note: str
    resumes_at: datetime | None
    due_at: datetime | None
    passed: frozenset[int]
    ended: SlaEvent | None
    ended_at: datetime | None

    @property
    def percent(self) -> int:
        return 100 * self.elapsed // self.target

    @property
    def left(self) -> int:
        """Seconds until the target; below 0 when it is missed."""
        return self.target - self.elapsed

    @property
    def is_missed(self) -> bool:
        return self.elapsed >= self.target

    @property
    def is_running(self) -> bool:
        return self.ended is None and not self.is_paused


@dataclass(slots=True)
class _Run:
    """What a walk over the ledger has seen so far; `since` is where the present spell began."""

    since: datetime
    ran: timedelta = ZERO
    rested: timedelta = ZERO
    pause: SlaEntry | None = None

    def spend(self, upto: datetime) -> None:
        """Count the spell from `since`: a pause with an end rests until then and runs after it."""
        rest_ends = self.since
        if self.pause is not None:
            rest_ends = min(upto, max(self.since, self.pause.until or upto))
        self.rested += rest_ends - self.since
        self.ran += upto - rest_ends
        self.since = upto


def state_of(clock: SlaClock, entries: Sequence[SlaEntry], at: datetime) -> Standing:
    """Where the clock stands at `at`, from its entries in the order of the ledger; later entries are not known yet.

    An entry that claims to be earlier than the one before it (two machines, two clocks) counts as simultaneous.
    """
    run = _Run(clock.started_at)
    end: SlaEntry | None = None
    passed: set[int] = set()
    for entry in entries:
        upto = max(entry.at, run.since)
        if upto > at or end is not None:
            break
        if entry.percent is not None:
            passed.add(entry.percent)
        if entry.event in TURNS:
            run.spend(upto)
            run.pause = entry if entry.event == SlaEvent.PAUSED else None
            end = entry if entry.event in ENDS else None
    if end is None:
        run.spend(max(at, run.since))
    return _standing(clock, run, end, frozenset(passed), at)


def _standing(clock: SlaClock, run: _Run, end: SlaEntry | None, passed: frozenset[int], at: datetime) -> Standing:
    pause = run.pause
    is_paused = pause is not None and (pause.until is None or pause.until > at)
    left = timedelta(seconds=clock.target) - run.ran
    begins_again = pause.until if pause is not None and is_paused else max(at, run.since)
    return Standing(
        target=clock.target,
        elapsed=int(run.ran.total_seconds()),
        paused_for=int(run.rested.total_seconds()),
        is_paused=is_paused,
        cause=pause.cause if pause is not None and is_paused else None,
        note=pause.note if pause is not None and is_paused else "",
        resumes_at=pause.until if pause is not None else None,
        due_at=begins_again + left if begins_again is not None and end is None else None,
        passed=passed,
        ended=end.event if end is not None else None,
        ended_at=run.since if end is not None else None,
    )


def reached(standing: Standing) -> list[int]:
    """The milestones that are behind us and not written down yet, lowest first."""
    return [p for p in MILESTONES if standing.percent >= p and p not in standing.passed]


def next_look(standing: Standing, at: datetime) -> datetime | None:
    """When somebody has to look again: at the end of a pause or the next milestone; None for neither."""
    if standing.ended is not None:
        return None
    if standing.resumes_at is not None:
        return max(standing.resumes_at, at)
    ahead = next((p for p in MILESTONES if p not in standing.passed), None)
    if standing.is_paused or ahead is None:
        return None
    return at + timedelta(seconds=max(0, -(-standing.target * ahead // 100) - standing.elapsed))
