"""What a consumer has said is wrong, as the consumer's page shows it: the answer, and by when there will be one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch import issues
from dispatch.consumer_records import Issue, IssueKind, IssueState
from dispatch.sla_clock import SlaKind
from dispatch.sla_standing import Standing


@dataclass(frozen=True, slots=True)
class Raised:
    """One issue. `answer_by` and `resolve_by` are aware UTC, None when that is done or its clock stands still."""

    kind: IssueKind
    state: IssueState
    text: str
    answer: str
    opened_at: datetime
    answer_by: datetime | None
    resolve_by: datetime | None
    is_overdue: bool


def of_order(session: Session, order_id: int, at: datetime) -> tuple[Raised, ...]:
    """The issues of an order, the newest first."""
    found = issues.of_order(session, order_id)
    clocks = issues.standings(session, found, at) if found else {}
    return tuple(_raised(issue, clocks[issue.id], at) for issue in reversed(found))


def _raised(issue: Issue, clocks: dict[SlaKind, Standing], at: datetime) -> Raised:
    answer_by, resolve_by = (_due(clocks.get(kind)) for kind in (SlaKind.RESPONSE, SlaKind.RESOLUTION))
    next_due = answer_by or resolve_by
    return Raised(
        kind=issue.kind,
        state=issue.state,
        text=issue.text,
        answer=issue.answer,
        opened_at=issue.opened_at,
        answer_by=answer_by,
        resolve_by=resolve_by,
        is_overdue=issue.state != IssueState.RESOLVED and next_due is not None and next_due < at,
    )


def _due(standing: Standing | None) -> datetime | None:
    return standing.due_at if standing is not None and standing.ended is None else None
