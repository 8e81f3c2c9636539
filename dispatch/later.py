"""Work of the outbox that is put off: what could not be done now and is tried again at a later hour."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from dispatch.outbox import Outbox, OutboxState

PUT_OFF = "put_off"
SPREAD = 0.2


class TryLater(Exception):
    """What a piece of work raises to be tried again at `until`. The text is shown meanwhile."""

    def __init__(self, reason: str, until: datetime) -> None:
        super().__init__(reason)
        self.until = until


def put_off(row: Outbox, reason: str, until: datetime) -> None:
    """Let a claimed row wait again. It counts how often, apart from workers that were lost."""
    row.move_to(OutboxState.WAITING)
    row.progress = {**row.progress, PUT_OFF: times(row) + 1}
    row.error, row.due_at, row.lease_until = reason[:2000], until, None


def times(row: Outbox) -> int:
    """How often the row was put off."""
    return int(row.progress.get(PUT_OFF, 0))


def pause(pauses: Sequence[timedelta], tried: int) -> timedelta | None:
    """How long to wait after so many earlier tries, spread by a fifth; None when there is no further one."""
    if tried >= len(pauses):
        return None
    return pauses[tried] * random.uniform(1 - SPREAD, 1 + SPREAD)
