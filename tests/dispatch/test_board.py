"""The board's read model, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from dispatch import board, changes, plans
from dispatch.work_order import PositionQuality, Visit, VisitState, WorkOrder
from technicians.errors import NotFound
from tests.town import AREA, TUESDAY, Town, shanghai
from tests.webapp.board_day import planned

HOUR = 3600


def drawn(town: Town, on_date: date = TUESDAY) -> dict[str, Any]:
    with town.system.transaction(read_only=True) as session:
        return board.day(session, AREA, on_date)


def rows(table: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


def test_an_empty_day_has_people_and_nothing_else(town: Town) -> None:
    day = drawn(town)
    assert day["plan"] is None
    assert [person["code"] for person in day["technicians"]] == ["T1", "T2", "T3"]
    assert day["visits"]["rows"] == day["stops"]["rows"] == day["unassigned"]["rows"] == []


def test_on_a_sunday_nobody_works(town: Town) -> None:
    assert drawn(town, date(2026, 5, 10))["technicians"] == []


def test_times_are_seconds_after_local_midnight(town: Town) -> None:
    planned(town)
    day = drawn(town)
    assert day["midnight"] == "2026-05-11T16:00:00+00:00"
    assert (day["technicians"][0]["begins"], day["technicians"][0]["hard_end"]) == (8 * HOUR, 19 * HOUR)
    first = next(v for v in rows(day["visits"]) if v["number"] == "A1")
    assert (first["earliest"], first["latest"]) == (9 * HOUR, 11 * HOUR)


def test_stops_come_in_the_order_of_each_route(town: Town) -> None:
    visits = planned(town)
    stops = [s for s in rows(drawn(town)["stops"]) if s["visit"] is not None]
    t1, t2 = town.technicians["T1"], town.technicians["T2"]
    assert [(s["technician"], s["visit"]) for s in stops] == [
        (t1, visits["A1"]), (t1, visits["A2"]), (t2, visits["A3"]),
    ]  # fmt: skip
    assert all(s["arrive"] <= s["start"] <= s["leave"] for s in stops)


def test_a_visit_that_no_plan_has_seen_is_listed_as_missing(town: Town) -> None:
    visits = planned(town)
    assert drawn(town)["unassigned"]["rows"] == [[visits["A4"], "missing", {}]]


def test_a_visit_taken_out_by_hand_says_so(town: Town) -> None:
    visits = planned(town)
    with town.system.transaction() as session:
        plan = plans.shown(session, AREA, TUESDAY)
        assert plan is not None
        changes.move(
            session, town.system.travel_times, plan.id, visits["A1"], None, revisions={}, by="ann", at=shanghai(9)
        )
    left = {visit: rule for visit, rule, _detail in drawn(town)["unassigned"]["rows"]}
    assert left[visits["A1"]] == "taken-out"


def test_the_figures_add_up(town: Town) -> None:
    planned(town)
    day = drawn(town)
    figures, stops = day["figures"], rows(day["stops"])
    assert (figures["visits"], figures["planned"], figures["unassigned"]) == (4, 3, 1)
    assert (figures["technicians"], figures["working"]) == (2, 3)
    at_work = sum(s["leave"] - s["start"] for s in stops if s["visit"] is not None)
    assert figures["utilisation"] == pytest.approx((at_work + figures["travel"]) / (3 * 10 * HOUR), abs=1e-4)


def test_a_cancelled_visit_is_gone_unless_a_route_still_holds_it(town: Town) -> None:
    visits = planned(town)
    with town.system.transaction() as session:
        for number in ("A1", "A4"):
            session.get_one(Visit, visits[number]).move_to(VisitState.CANCELLED)
    states = {v["number"]: v["state"] for v in rows(drawn(town)["visits"])}
    assert states == {"A1": "cancelled", "A2": "waiting", "A3": "waiting"}


def test_an_order_placed_at_its_countys_centre_is_marked_approximate(town: Town) -> None:
    with town.system.transaction() as session:
        order = town.order(session, "B1", window=(9, 11))
        order.lng = order.lat = None
        order.position_quality = PositionQuality.COUNTY_CENTRE
    (visit,) = rows(drawn(town)["visits"])
    assert visit["approximate"]
    assert (round(visit["lng"], 1), round(visit["lat"], 1)) == (121.5, 31.2)


def test_somebody_who_fell_ill_after_planning_keeps_a_row_for_the_route(town: Town) -> None:
    planned(town)
    with town.system.transaction() as session:
        plan = plans.shown(session, AREA, TUESDAY)
        assert plan is not None
        plan.routes[0].technician.active = False
    person = drawn(town)["technicians"][0]
    assert (person["code"], person["works"]) == ("T1", False)


def test_an_unknown_area_is_refused(town: Town) -> None:
    with town.system.transaction(read_only=True) as session, pytest.raises(NotFound, match="999999"):
        board.day(session, "999999", TUESDAY)


def test_the_number_of_statements_does_not_grow_with_the_visits(sqlite_town: Town) -> None:
    planned(sqlite_town)

    def statements() -> int:
        seen: list[str] = []
        listener = lambda *given: seen.append(given[2])  # noqa: E731
        event.listen(sqlite_town.system.engine, "before_cursor_execute", listener)
        drawn(sqlite_town)
        event.remove(sqlite_town.system.engine, "before_cursor_execute", listener)
        return len(seen)

    before = statements()
    with sqlite_town.system.transaction() as session:
        for number in range(20):
            sqlite_town.order(session, f"C{number}", window=(9, 17))
    assert statements() == before


def test_visits_of_other_areas_and_days_are_not_on_the_board(town: Town) -> None:
    with town.system.transaction() as session:
        town.order(session, "D1", window=(9, 11), on_date=date(2026, 5, 13))
        unbooked: WorkOrder = town.order(session, "D2")
        assert unbooked.visits
    assert drawn(town)["visits"]["rows"] == []
