"""Something is wrong: raised, answered, resolved, each in its time, on both databases."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from dispatch import issues, order_history
from dispatch.audit import AuditEntry
from dispatch.consumer_records import Issue, IssueKind, IssueState
from dispatch.messages import Template
from dispatch.outbox import Outbox, OutboxKind
from dispatch.sla_clock import SlaEvent, SlaKind
from dispatch.sla_standing import Standing
from dispatch.work_order import WorkOrder
from technicians.errors import Conflict, InvalidInput, NotFound
from tests.clock import Clock
from tests.town import Town

HOUR = 3600


@pytest.fixture
def order(town: Town) -> WorkOrder:
    with town.system.transaction() as session:
        return town.order(session, "A-1", window=(9, 11))


def raised(town: Town, order: WorkOrder, text: str = "灯罩碎了", kind: IssueKind = IssueKind.DAMAGED) -> Issue:
    with town.system.transaction() as session:
        mine = session.get_one(WorkOrder, order.id)
        return issues.raise_issue(session, mine, mine.visits[0], kind, text, by="consumer", at=town.system.now())


def answered(town: Town, issue: Issue, text: str = "明天换新的") -> Issue:
    with town.system.transaction() as session:
        return issues.answer(session, issue.id, text, by="li", at=town.system.now())


def resolved(town: Town, issue: Issue, text: str = "") -> Issue:
    with town.system.transaction() as session:
        return issues.resolve(session, issue.id, text=text, by="li", at=town.system.now())


def clocks(town: Town, issue: Issue) -> dict[SlaKind, Standing]:
    with town.system.transaction(read_only=True) as session:
        return issues.standings(session, [session.get_one(Issue, issue.id)], town.system.now())[issue.id]


def told(town: Town) -> list[str]:
    with town.system.transaction(read_only=True) as session:
        rows = session.scalars(select(Outbox.payload).where(Outbox.kind == OutboxKind.MESSAGE).order_by(Outbox.id))
        return [payload["template"] for payload in rows]


def test_an_issue_starts_an_hour_and_two_days(town: Town, order: WorkOrder, clock: Clock) -> None:
    issue = raised(town, order)
    clock.advance(minutes=30)
    now = clocks(town, issue)
    assert (now[SlaKind.RESPONSE].left, now[SlaKind.RESOLUTION].left) == (HOUR // 2, 47.5 * HOUR)
    assert issue.state == IssueState.OPEN


def test_an_answer_meets_the_hour_and_is_sent_to_the_consumer(town: Town, order: WorkOrder, clock: Clock) -> None:
    issue = raised(town, order)
    clock.advance(minutes=20)
    assert answered(town, issue).state == IssueState.ANSWERED
    assert answered(town, issue).answer == "明天换新的"
    now = clocks(town, issue)
    assert (now[SlaKind.RESPONSE].ended, now[SlaKind.RESPONSE].elapsed) == (SlaEvent.MET, 1200)
    assert now[SlaKind.RESOLUTION].is_running
    assert told(town) == [Template.ISSUE_ANSWERED]


def test_a_further_answer_is_added_and_sent_as_well(town: Town, order: WorkOrder) -> None:
    issue = raised(town, order)
    answered(town, issue)
    assert answered(town, issue, "师傅上午九点到").answer == "明天换新的\n\n师傅上午九点到"
    assert len(told(town)) == 2


def test_resolving_ends_both_clocks(town: Town, order: WorkOrder, clock: Clock) -> None:
    issue = raised(town, order)
    clock.advance(hours=3)
    assert resolved(town, issue, "已更换灯罩").state == IssueState.RESOLVED
    assert resolved(town, issue).state == IssueState.RESOLVED
    now = clocks(town, issue)
    assert [now[kind].ended for kind in (SlaKind.RESPONSE, SlaKind.RESOLUTION)] == [SlaEvent.MET, SlaEvent.MET]
    assert (now[SlaKind.RESPONSE].is_missed, 100 in now[SlaKind.RESPONSE].passed) == (True, True)


def test_nothing_is_resolved_without_a_word_to_the_consumer(town: Town, order: WorkOrder) -> None:
    issue = raised(town, order)
    with pytest.raises(InvalidInput) as refused:
        resolved(town, issue)
    assert refused.value.field == "answer"
    answered(town, issue)
    assert resolved(town, issue).resolved_at == town.system.now()


def test_what_is_resolved_is_not_answered_any_more(town: Town, order: WorkOrder) -> None:
    issue = raised(town, order)
    resolved(town, issue, "好了")
    with pytest.raises(Conflict, match="resolved"):
        answered(town, issue, "还有")


def test_the_same_said_twice_is_one_issue(town: Town, order: WorkOrder) -> None:
    assert raised(town, order).id == raised(town, order, "  灯罩碎了 ").id
    assert raised(town, order, kind=IssueKind.LATE).id != raised(town, order).id


def test_a_fourth_is_added_to_the_last_which_is_open_again(town: Town, order: WorkOrder) -> None:
    first, _, last = (raised(town, order, text) for text in ("一", "二", "三"))
    answered(town, last)
    added = raised(town, order, "四")
    assert (added.id, added.text, added.state) == (last.id, "三\n\n四", IssueState.OPEN)
    answered(town, last, "马上处理")
    resolved(town, first, "好了")
    assert raised(town, order, "五").id not in (first.id, last.id)


@pytest.mark.parametrize(("kind", "text"), [(IssueKind.OTHER, " \n "), (IssueKind.LATE, "长" * 1001)])
def test_a_text_is_needed_for_something_else_and_has_an_end(
    town: Town, order: WorkOrder, kind: IssueKind, text: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        raised(town, order, text, kind)
    assert refused.value.field == "text"


def test_late_says_enough_without_a_text(town: Town, order: WorkOrder) -> None:
    assert raised(town, order, "", IssueKind.LATE).id == raised(town, order, "", IssueKind.LATE).id


def test_an_unknown_issue_is_not_found(town: Town) -> None:
    with town.system.transaction() as session, pytest.raises(NotFound, match="4711"):
        issues.answer(session, 4711, "x", by="li", at=town.system.now())


def test_the_history_of_the_order_tells_it(town: Town, order: WorkOrder) -> None:
    resolved(town, raised(town, order), "好了")
    with town.system.transaction(read_only=True) as session:
        actions = [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
        told = [happening.what for happening in order_history.history(session, order.id)]
    assert actions == ["issue.opened", "issue.answered", "issue.resolved"]
    assert set(actions) <= set(told)


def test_many_at_once_are_three_issues_and_no_word_is_lost(town: Town, order: WorkOrder) -> None:
    texts = [f"第{n}件事" for n in range(8)]
    threads = [threading.Thread(target=raised, args=(town, order, text)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with town.system.transaction(read_only=True) as session:
        found = issues.of_order(session, order.id)
    assert len(found) == issues.MOST_OPEN
    assert sorted("\n\n".join(issue.text for issue in found).split("\n\n")) == texts
