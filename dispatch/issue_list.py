"""The list of issues: unresolved ones by what is due soonest, resolved ones the latest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager

from dispatch import issues
from dispatch.consumer_records import Issue, IssueState
from dispatch.sla_clock import SlaKind
from dispatch.sla_standing import Standing
from dispatch.work_order import WorkOrder
from technicians.place import County

MOST_RESOLVED = 100


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One issue with its order and where its clocks stand; `due` is the one that asks for something next."""

    issue: Issue
    order: WorkOrder
    zone: ZoneInfo
    response: Standing | None
    resolution: Standing | None

    @property
    def due(self) -> Standing | None:
        running = [now for now in (self.response, self.resolution) if now is not None and now.ended is None]
        return min(running, key=lambda now: now.left, default=None)


def unresolved(session: Session, area_code: str, at: datetime) -> list[IssueLine]:
    """All that have to be answered or resolved, soonest due first."""
    query = _of_area(area_code).where(Issue.state != IssueState.RESOLVED).order_by(Issue.id)
    lines = _lines(session, list(session.scalars(query)), at)
    return sorted(lines, key=lambda line: (line.due is None, line.due.left if line.due else 0))


def resolved(session: Session, area_code: str, at: datetime) -> list[IssueLine]:
    """The last hundred that were put right."""
    query = _of_area(area_code).where(Issue.state == IssueState.RESOLVED)
    last = session.scalars(query.order_by(Issue.resolved_at.desc(), Issue.id.desc()).limit(MOST_RESOLVED))
    return _lines(session, list(last), at)


def count(session: Session, area_code: str) -> int:
    """How many wait for an answer: the number beside the room."""
    query = (
        select(func.count(Issue.id))
        .join(WorkOrder, WorkOrder.id == Issue.work_order_id)
        .join(County, County.code == WorkOrder.county_code)
        .where(County.area_code == area_code, Issue.state == IssueState.OPEN)
    )
    return session.scalar(query) or 0


def _of_area(area_code: str) -> Select[Issue]:
    return (
        select(Issue)
        .join(Issue.order)
        .join(WorkOrder.county)
        .join(County.area)
        .join(WorkOrder.product)
        .where(County.area_code == area_code)
        .options(
            contains_eager(Issue.order).options(
                contains_eager(WorkOrder.county).contains_eager(County.area), contains_eager(WorkOrder.product)
            )
        )
    )


def _lines(session: Session, found: list[Issue], at: datetime) -> list[IssueLine]:
    standings = issues.standings(session, found, at)
    return [_line(issue, standings[issue.id]) for issue in found]


def _line(issue: Issue, standings: dict[SlaKind, Standing]) -> IssueLine:
    order = issue.order
    zone = order.county.area.zone if order.county else ZoneInfo("UTC")
    return IssueLine(issue, order, zone, standings.get(SlaKind.RESPONSE), standings.get(SlaKind.RESOLUTION))
