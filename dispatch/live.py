"""Seeing a day change: a mark of it that is cheap to read, and waiting until it is another one.

The mark is the truth and is looked at every second. A push through Redis only brings the next look forward, so one
that is lost, or a Redis that is dead, costs at most that second. Nothing is pushed but that there is something to
read: whoever follows reads it with rights of their own.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, cast, extract, func, select
from sqlalchemy.orm import Session

from dispatch import day as days
from dispatch import plans
from dispatch.day import Day
from dispatch.day_plan import Route, Stop
from dispatch.ears import Ears
from dispatch.evidence import VisitEvent
from dispatch.system import System
from dispatch.work_order import Visit
from technicians.people import Position, Technician

LOOK_SECONDS = 1.0
MOST_NAMED = 20
NO_PLAN = 0
MARK = re.compile(r"([0-9a-z.]{1,120})\.([0-9]{1,18})-([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Mark:
    """How a day stands: two equal marks mean that nothing on the board has changed in between.

    `day` stands for plan, routes, visits and what phones told of them, `positions` for where people are. `events` is
    the newest fact that counts in it.
    """

    day: str
    events: int
    positions: int

    def __str__(self) -> str:
        return f"{self.day}.{self.events}-{self.positions}"


@dataclass(frozen=True, slots=True)
class News:
    """The new mark, which of its two parts changed, and the visits that phones have told something about."""

    mark: str
    day: bool
    positions: bool
    visits: tuple[int, ...]


def mark(session: Session, area_code: str, on_date: date) -> Mark:
    """How an area's day stands now: three small statements. NotFound for an unknown area."""
    local = days.of(session, area_code, on_date)
    plan = plans.shown(session, area_code, on_date)
    plan_id = plan.id if plan else NO_PLAN
    counted = [each.scalar_subquery() for each in (*_of_plan(plan_id), _of_people(local))]
    routes, seen, visits, facts, events, positions = session.execute(select(*counted)).one()
    parts = (plan_id, plan.state.value[0] if plan else "", routes or 0, seen or 0, visits or 0, facts)
    return Mark(".".join(map(str, parts)), events or 0, positions or 0)


def news(session: Session, area_code: str, on_date: date, since: str) -> News | None:
    """What is new to somebody who knows the mark `since`; None when nothing is. Any other text knows nothing."""
    now = mark(session, area_code, on_date)
    if str(now) == since:
        return None
    known = MARK.fullmatch(since)
    if known is None:
        return News(str(now), day=True, positions=True, visits=())
    day, events, positions = known[1], int(known[2]), int(known[3])
    is_other_day = (day, events) != (now.day, now.events)
    visits = _told_since(session, area_code, on_date, events) if is_other_day else ()
    return News(str(now), is_other_day, positions != now.positions, visits)


def follow(system: System, area_code: str, on_date: date, since: str, hold: float) -> Iterator[News | None]:
    """At most one piece of news, within `hold` seconds; a None about every second before it, so that one may leave.

    No transaction is open while it waits. With `hold` 0 it looks once.
    """
    until = time.monotonic() + hold
    with Ears(system.queue if hold else None) as ears:
        while True:
            with system.transaction(read_only=True) as session:
                found = news(session, area_code, on_date, since)
            yield found
            left = until - time.monotonic()
            if found is not None or left <= 0:
                return
            ears.wait(area_code, min(LOOK_SECONDS, left))


def _of_plan(plan_id: int) -> tuple[Select[Any], ...]:
    """Sums that change with every change of a plan's routes, of its visits, and with every fact about them."""
    of_visits = (Stop.day_plan_id == plan_id, Stop.half == 1)
    told = select(func.count(VisitEvent.id)).join(Stop, Stop.visit_id == VisitEvent.visit_id).where(*of_visits)
    last = select(func.max(VisitEvent.id)).join(Stop, Stop.visit_id == VisitEvent.visit_id).where(*of_visits)
    return (
        select(func.sum(Route.revision)).where(Route.day_plan_id == plan_id),
        select(func.sum(Route.seen_revision)).where(Route.day_plan_id == plan_id),
        select(func.sum(Visit.revision)).join(Stop, Stop.visit_id == Visit.id).where(*of_visits),
        told,
        last,
    )


def _of_people(local: Day) -> Select[Any]:
    """The sum of when the people of an area were last seen on its day: it grows with every new position."""
    seen_at: ColumnElement[int] = cast(extract("epoch", Position.at), Integer) - round(local.midnight.timestamp())
    return (
        select(func.sum(seen_at))
        .join(Technician, Technician.id == Position.technician_id)
        .where(
            Technician.area_code == local.area_code, Position.at >= local.midnight, Position.at < local.ends_at
        )
    )  # fmt: skip


def _told_since(session: Session, area_code: str, on_date: date, event_id: int) -> tuple[int, ...]:
    """The visits of newer facts, at most twenty: only a hint where to look."""
    plan = plans.shown(session, area_code, on_date)
    on_plan = select(Stop.visit_id).where(Stop.day_plan_id == (plan.id if plan else NO_PLAN))
    found = (
        select(VisitEvent.visit_id)
        .where(VisitEvent.id > event_id, VisitEvent.visit_id.in_(on_plan))
        .distinct()
        .order_by(VisitEvent.visit_id)
    )
    return tuple(session.scalars(found.limit(MOST_NAMED)))
