"""The code by which a consumer accepts the work."""

from __future__ import annotations

from datetime import timedelta

from dispatch import verification
from dispatch.work_order import Visit, VisitState
from tests.town import TUESDAY, Town

DAY = timedelta(days=1)


def visit_of(town: Town) -> Visit:
    with town.system.transaction() as session:
        visit = town.order(session, "A1", window=(10, 12)).visits[0]
        _ = visit.appointments
        return visit


def test_a_code_has_six_digits_and_a_visit_keeps_its_own(sqlite_town: Town) -> None:
    visit = visit_of(sqlite_town)
    code = verification.give(visit)
    assert len(code) == 6 and code.isdigit()
    assert verification.give(visit) == code


def test_it_is_shown_from_the_day_of_the_visit_until_the_visit_is_over(sqlite_town: Town) -> None:
    visit = visit_of(sqlite_town)
    code = verification.give(visit)
    assert verification.shown(visit, TUESDAY, TUESDAY - DAY) is None
    assert verification.shown(visit, TUESDAY, TUESDAY) == code
    assert verification.shown(visit, None, TUESDAY) is None
    visit.move_to(VisitState.ON_SITE)
    assert verification.shown(visit, TUESDAY, TUESDAY) == code
    visit.move_to(VisitState.COMPLETED)
    assert verification.shown(visit, TUESDAY, TUESDAY) is None


def test_only_the_code_itself_is_accepted(sqlite_town: Town) -> None:
    visit = visit_of(sqlite_town)
    assert not verification.accepts(visit, "")
    code = verification.give(visit)
    assert verification.accepts(visit, f"{code[:3]} {code[3:]}")
    assert not verification.accepts(visit, code[:5])
    assert not verification.accepts(visit, "一二三四五六")
