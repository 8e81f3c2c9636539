"""The list of issues, on both databases."""

from __future__ import annotations

from sqlalchemy import event

from dispatch import issue_list, issues
from dispatch.consumer_records import IssueKind
from dispatch.issue_list import IssueLine
from tests.clock import Clock
from tests.town import AREA, Town


def raised(town: Town, number: str) -> int:
    with town.system.transaction() as session:
        order = town.order(session, number, window=(9, 11))
        issue = issues.raise_issue(
            session, order, order.visits[0], IssueKind.LATE, "", by="consumer", at=town.system.now()
        )
        return issue.id


def numbers(lines: list[IssueLine]) -> list[str]:
    return [line.order.number for line in lines]


def test_what_is_due_soonest_comes_first_and_what_is_resolved_elsewhere(town: Town, clock: Clock) -> None:
    first = raised(town, "A-1")
    clock.advance(minutes=10)
    second = raised(town, "A-2")
    clock.advance(minutes=10)
    third = raised(town, "A-3")
    with town.system.transaction() as session:
        issues.answer(session, first, "we are coming", by="li", at=clock())
        issues.resolve(session, third, text="done", by="li", at=clock())
    with town.system.transaction(read_only=True) as session:
        lines = issue_list.unresolved(session, AREA, clock())
        assert numbers(lines) == ["A-2", "A-1"]
        assert [line.due.left for line in lines if line.due] == [50 * 60, (47 * 60 + 40) * 60]
        assert numbers(issue_list.resolved(session, AREA, clock())) == ["A-3"]
        assert issue_list.count(session, AREA) == 1
        assert issue_list.unresolved(session, "110100", clock()) == []
        assert second == lines[0].issue.id


def test_a_long_list_takes_as_many_statements_as_a_short_one(town: Town, clock: Clock) -> None:
    def statements() -> int:
        seen: list[str] = []
        with town.system.transaction(read_only=True) as session:
            event.listen(session.get_bind(), "before_cursor_execute", lambda *told: seen.append(told[2]))
            for line in issue_list.unresolved(session, AREA, clock()):
                assert line.order.product.name_zh and line.order.county and line.zone and line.due
        return len(seen)

    raised(town, "A-0")
    before = statements()
    for n in range(1, 6):
        raised(town, f"A-{n}")
    assert statements() == before
