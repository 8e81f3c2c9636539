"""Something is wrong, says a consumer: answered within the hour, resolved within two days. One clock for each.

Every verb locks the order first, then the issue's clocks, and ends in the audit, so that the order's history tells it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from dispatch import audit, messages, order_events, orders, sla_ledger
from dispatch.consumer_records import Issue, IssueKind, IssueState
from dispatch.messages import Template
from dispatch.order_events import OrderEvent
from dispatch.sla_clock import SlaClock, SlaKind
from dispatch.sla_standing import Standing
from dispatch.work_order import Visit, WorkOrder
from technicians.errors import Conflict, InvalidInput, NotFound

MOST_OPEN = 3
LONGEST = 1000
UNRESOLVED = (IssueState.OPEN, IssueState.ANSWERED)


def raise_issue(
    session: Session, order: WorkOrder, visit: Visit | None, kind: IssueKind, text: str, *, by: str, at: datetime
) -> Issue:
    """Write down what is wrong and start both clocks. The same again changes nothing.

    With three unresolved ones the text is added to the last of them, which is open again. Only `other` needs a text.
    Raises InvalidInput for one that is missing or too long, also together with what was said before.
    """
    text = _sound(text, "text", is_needed=kind == IssueKind.OTHER)
    orders.find(session, order.id, lock=True)
    unresolved = [issue for issue in of_order(session, order.id) if issue.state in UNRESOLVED]
    same = next((issue for issue in unresolved if issue.kind == kind and text in issue.text.split("\n\n")), None)
    if same is not None:
        return same
    if len(unresolved) >= MOST_OPEN:
        return _add_to(session, order, unresolved[-1], text, by=by, at=at)
    issue = Issue(work_order_id=order.id, visit_id=visit.id if visit else None, kind=kind, text=text, opened_at=at)
    session.add(issue)
    session.flush()
    _note(session, order, issue, "issue.opened", by=by, at=at)
    for timed in (SlaKind.RESPONSE, SlaKind.RESOLUTION):
        sla_ledger.start(session, order.id, timed, subject=str(issue.id), started_at=at, by=by, at=at)
    order_events.announce(session, order, OrderEvent.ISSUE_OPENED, at=at, visit=visit, issue=issue.id, kind=kind)
    return issue


def _add_to(session: Session, order: WorkOrder, issue: Issue, text: str, *, by: str, at: datetime) -> Issue:
    if not text:
        return issue
    issue.text = _joined(issue.text, text, "text")
    if issue.state == IssueState.ANSWERED:
        issue.move_to(IssueState.OPEN)
    _note(session, order, issue, "issue.added-to", by=by, at=at)
    session.flush()
    return issue


def answer(session: Session, issue_id: int, text: str, *, by: str, at: datetime) -> Issue:
    """Answer the consumer, who is sent a message; the hour is met. A further answer is added to the first.

    Raises Conflict when the issue is resolved.
    """
    issue = find(session, issue_id, lock=True)
    if issue.state == IssueState.RESOLVED:
        raise Conflict("The issue is resolved.", field="issue", remedy="If it is not, the consumer can raise it anew.")
    text = _sound(text, "answer")
    if text in issue.answer.split("\n\n"):
        return issue
    issue.answer = _joined(issue.answer, text, "answer")
    if issue.state == IssueState.OPEN:
        issue.move_to(IssueState.ANSWERED)
    issue.answered_at = issue.answered_at or at
    _note(session, issue.order, issue, "issue.answered", by=by, at=at)
    _meet(session, issue, SlaKind.RESPONSE, by=by, at=at)
    messages.tell(session, issue.order, Template.ISSUE_ANSWERED, by=by, at=at)
    order_events.announce(session, issue.order, OrderEvent.ISSUE_ANSWERED, at=at, issue=issue.id, kind=issue.kind)
    return issue


def resolve(session: Session, issue_id: int, *, by: str, at: datetime, text: str = "") -> Issue:
    """It is put right. A last word may go with it, and must if nobody has answered yet. Twice is as good as once."""
    issue = find(session, issue_id, lock=True)
    if issue.state == IssueState.RESOLVED:
        return issue
    if text.strip() or issue.state == IssueState.OPEN:
        answer(session, issue_id, text, by=by, at=at)
    issue.move_to(IssueState.RESOLVED)
    issue.resolved_at = at
    _note(session, issue.order, issue, "issue.resolved", by=by, at=at)
    _meet(session, issue, SlaKind.RESOLUTION, by=by, at=at)
    order_events.announce(session, issue.order, OrderEvent.ISSUE_RESOLVED, at=at, issue=issue.id, kind=issue.kind)
    return issue


def find(session: Session, issue_id: int, *, lock: bool = False) -> Issue:
    """The issue; NotFound when there is none. With `lock` its order is locked, and with it all its issues."""
    issue = session.get(Issue, issue_id)
    if issue is None:
        raise NotFound("There is no issue {issue}.", field="issue", remedy="Look for it in the list.", issue=issue_id)
    if lock:
        orders.find(session, issue.work_order_id, lock=True)
        session.refresh(issue)
    return issue


def of_order(session: Session, order_id: int) -> list[Issue]:
    """All issues of an order, the oldest first."""
    query = select(Issue).where(Issue.work_order_id == order_id).order_by(Issue.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def standings(session: Session, issues: Sequence[Issue], at: datetime) -> dict[int, dict[SlaKind, Standing]]:
    """Where both clocks of each issue stand, by the issue's id: by when it is to be answered, and resolved."""
    kinds = (SlaKind.RESPONSE, SlaKind.RESOLUTION)
    ids = {issue.work_order_id for issue in issues}
    found: dict[int, dict[SlaKind, Standing]] = {issue.id: {} for issue in issues}
    query = select(SlaClock).where(SlaClock.work_order_id.in_(ids), SlaClock.kind.in_(kinds))
    for clock in session.scalars(query.options(selectinload(SlaClock.entries))):
        if int(clock.subject) in found:
            found[int(clock.subject)][clock.kind] = sla_ledger.standing(clock, at)
    return found


def _meet(session: Session, issue: Issue, kind: SlaKind, *, by: str, at: datetime) -> None:
    clock = session.scalars(
        select(SlaClock).where(
            SlaClock.work_order_id == issue.work_order_id,
            SlaClock.kind == kind,
            SlaClock.subject == str(issue.id),
            SlaClock.ended_at.is_(None),
        )
    ).one_or_none()
    if clock is not None:
        sla_ledger.meet(session, clock, by=by, at=at)


def _sound(text: str, field: str, *, is_needed: bool = True) -> str:
    text = "\n".join(line.strip() for line in text.replace("\0", "").splitlines() if line.strip())
    if is_needed and not text:
        raise InvalidInput("It is empty.", field=field, remedy="Say it in a few words.")
    return _no_longer_than(text, field)


def _joined(before: str, text: str, field: str) -> str:
    return _no_longer_than(f"{before}\n\n{text}" if before else text, field)


def _no_longer_than(text: str, field: str) -> str:
    if len(text) > LONGEST:
        raise InvalidInput(
            "That is {length} characters.", field=field, remedy="Say it in at most {most}, all told.",
            length=len(text), most=LONGEST,
        )  # fmt: skip
    return text


def _note(session: Session, order: WorkOrder, issue: Issue, action: str, *, by: str, at: datetime) -> None:
    after = {"issue": issue.id, "kind": issue.kind, "state": issue.state}
    audit.note(session, by, action, "work-order", order.id, at=at, after=after)
