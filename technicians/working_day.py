"""One working day as instants: a shift, its breaks, and what absences leave of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Rest(NamedTuple):
    """A break of `duration` seconds that begins between the two instants."""

    earliest_at: datetime
    latest_at: datetime
    duration: int


class Away(NamedTuple):
    """A time inside the shift in which no work is possible."""

    starts_at: datetime
    ends_at: datetime


@lru_cache(maxsize=4096)
def local_instant(zone: ZoneInfo, on_date: date, seconds: int) -> datetime:
    """The instant at which wall clocks in `zone` show `seconds` past midnight of `on_date`."""
    wall_clock = datetime.combine(on_date, time.min) + timedelta(seconds=seconds)
    return wall_clock.replace(tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """A shift as instants, and the absences inside it."""

    starts_at: datetime
    soft_ends_at: datetime
    hard_ends_at: datetime
    absences: tuple[Away, ...] = ()

    @staticmethod
    def of(zone: ZoneInfo, on_date: date, begins: int, soft_ends: int, hard_ends: int) -> WorkingDay:
        """The day of a shift whose times are seconds of wall-clock time after midnight of `on_date`."""
        return WorkingDay(
            local_instant(zone, on_date, begins),
            local_instant(zone, on_date, soft_ends),
            local_instant(zone, on_date, hard_ends),
        )

    def without(self, absences: Iterable[tuple[datetime, datetime]]) -> WorkingDay | None:
        """The day with absences cut off its ends and kept in its middle; None when nothing is left of it."""
        starts_at, hard_ends_at = self.starts_at, self.hard_ends_at
        between: list[Away] = []
        for away in _joined(absences):
            if away.starts_at <= starts_at:
                starts_at = max(starts_at, away.ends_at)
            elif away.ends_at >= hard_ends_at:
                hard_ends_at = min(hard_ends_at, away.starts_at)
            else:
                between.append(away)
        if starts_at >= hard_ends_at:
            return None
        soft_ends_at = max(starts_at, min(self.soft_ends_at, hard_ends_at))
        return WorkingDay(starts_at, soft_ends_at, hard_ends_at, tuple(between))

    def rests(self, planned: Iterable[Rest]) -> tuple[Rest, ...]:
        """The breaks that can still be taken: kept within the day, and dropped if an absence is a rest."""
        fitted = (
            Rest(
                max(rest.earliest_at, self.starts_at),
                min(rest.latest_at, self.hard_ends_at - timedelta(seconds=rest.duration)),
                rest.duration,
            )
            for rest in planned
        )
        return tuple(r for r in fitted if r.earliest_at <= r.latest_at and not self._is_resting(r))

    def _is_resting(self, rest: Rest) -> bool:
        length = timedelta(seconds=rest.duration)
        return any(
            min(away.ends_at, rest.latest_at + length) - max(away.starts_at, rest.earliest_at) >= length
            for away in self.absences
        )


def _joined(absences: Iterable[tuple[datetime, datetime]]) -> list[Away]:
    """Absences in order of time, with those that touch made one."""
    joined: list[Away] = []
    for starts_at, ends_at in sorted(absences):
        if joined and starts_at <= joined[-1].ends_at:
            joined[-1] = Away(joined[-1].starts_at, max(joined[-1].ends_at, ends_at))
        else:
            joined.append(Away(starts_at, ends_at))
    return joined
