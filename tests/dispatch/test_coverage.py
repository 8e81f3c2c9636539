from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.orm import Session

from dispatch import coverage
from dispatch.coverage import Cell
from dispatch.work_order import VisitState, WorkOrderState
from technicians.people import Technician
from tests.town import AREA, Town

HUANGPU, XUHUI, PUDONG = "310101", "310104", "310115"


def cell(town: Town, session: Session, county: str, skill: str) -> Cell:
    return coverage.matrix(session, AREA).cells[county, skill]


def test_the_town_has_the_coverage_its_people_give_it(town: Town) -> None:
    with town.system.transaction(read_only=True) as session:
        found = coverage.matrix(session, AREA)
    assert [skill.code for skill in found.skills] == ["lamp", "mattress", "water-heater"]
    assert len(found.counties) == 16
    able = {key: len(cell.technicians) for key, cell in found.cells.items() if cell.technicians}
    assert able == {
        (HUANGPU, "lamp"): 2,
        (HUANGPU, "mattress"): 1,
        (HUANGPU, "water-heater"): 1,
        (XUHUI, "lamp"): 2,
        (XUHUI, "mattress"): 1,
        (XUHUI, "water-heater"): 1,
        (PUDONG, "lamp"): 1,
        (PUDONG, "mattress"): 1,
        (PUDONG, "water-heater"): 1,
    }
    assert len(found.singles) == 7
    assert len(found.gaps) == 16 * 3 - 9


def test_the_level_that_waiting_visits_need_decides_who_counts(town: Town) -> None:
    with town.system.transaction() as session:
        assert len(cell(town, session, HUANGPU, "lamp").technicians) == 2
        town.order(session, "A-1", product="chandelier", county=HUANGPU)
        found = cell(town, session, HUANGPU, "lamp")
        assert (found.level, found.technicians) == (3, (town.technicians["T1"],))
        assert (found.is_single, found.holders, found.visits) == (True, 2, 1)


def test_what_waits_for_nobody_comes_first_among_the_gaps(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        for number in ("A-1", "A-2"):
            sqlite_town.order(session, number, product="chandelier", county=PUDONG)
        worst = coverage.matrix(session, AREA).gaps[0]
        assert (worst.county_code, worst.skill_code, worst.visits) == (PUDONG, "lamp", 2)


def test_done_and_parked_work_waits_for_nobody(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        done = sqlite_town.order(session, "A-1", county=HUANGPU)
        done.visits[0].state = VisitState.COMPLETED
        parked = sqlite_town.order(session, "A-2", county=HUANGPU)
        parked.move_to(WorkOrderState.PARKED)
        session.flush()
        assert cell(sqlite_town, session, HUANGPU, "lamp").visits == 0


def test_somebody_who_has_left_covers_nothing(sqlite_town: Town) -> None:
    from_t3 = sqlite_town.technicians["T3"]
    with sqlite_town.system.transaction() as session:
        session.get_one(Technician, from_t3).active = False
        session.flush()
        assert cell(sqlite_town, session, PUDONG, "lamp").is_gap


def test_the_matrix_takes_the_same_statements_for_any_number_of_visits(sqlite_town: Town) -> None:
    def statements(session: Session) -> int:
        seen: list[str] = []

        def count(_c: object, _cur: object, statement: str, *_: object) -> None:
            seen.append(statement)

        event.listen(session.connection(), "before_cursor_execute", count)
        coverage.matrix(session, AREA)
        event.remove(session.connection(), "before_cursor_execute", count)
        return len(seen)

    with sqlite_town.system.transaction() as session:
        before = statements(session)
        for number in range(10):
            sqlite_town.order(session, f"A-{number}")
        assert statements(session) == before == 5
