"""What finished visits teach about durations: real rows, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from dispatch import history
from dispatch.work_order import AppointmentState, FailureReason, Visit, VisitState, WorkOrder
from routing.spread import Spreads
from technicians.errors import NotFound
from tests.phone_day import publish
from tests.town import AREA, TUESDAY, Town, shanghai

MINUTE = timedelta(minutes=1)
AFTERWARDS = shanghai(23)
MINUTES = {"lamp": 35, "mattress": 45}


def done(session: Session, town: Town, number: int, product: str = "lamp", **how: Any) -> Visit:
    """A visit at ten, promised from nine."""
    return finished(session, town, town.order(session, f"A-{number}", product, window=(9, 11)), **how)


def finished(
    session: Session, town: Town, order: WorkOrder, *, factor: float = 1.0, drive: float | None = None,
    failed: bool = False,
) -> Visit:  # fmt: skip
    """It took `factor` times what was planned, after a drive of `drive` times a quarter of an hour."""
    visit, promise = order.visits[0], order.visits[0].appointments[0]
    visit.technician_id, visit.arrived_at = town.technicians["T1"], shanghai(10)
    visit.en_route_at = None if drive is None else shanghai(10) - drive * 15 * MINUTE
    visit.left_at = shanghai(10) + factor * MINUTES[order.product_code] * MINUTE
    promise.move_to(AppointmentState.KEPT)
    visit.move_to(VisitState.ON_SITE)
    visit.failure_reason = FailureReason.NOBODY_HOME if failed else None
    visit.move_to(VisitState.COULD_NOT_COMPLETE if failed else VisitState.COMPLETED)
    session.flush()
    return visit


def driven(session: Session, town: Town, many: int) -> list[Visit]:
    """Visits of a published plan that took two quarters of an hour to reach, in place of one."""
    orders = [town.order(session, f"A-{n}", window=(9, 11)) for n in range(many)]
    publish(session, town, "T1", orders)
    return [finished(session, town, order, drive=2.0) for order in orders]


def test_without_finished_visits_the_usual_distributions_hold(town: Town) -> None:
    with town.system.transaction() as session:
        assert history.spreads(session, AREA, AFTERWARDS) == Spreads()


def test_too_few_finished_visits_change_nothing(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        for n in range(9):
            done(session, sqlite_town, n, factor=3.0)
        assert history.spreads(session, AREA, AFTERWARDS) == Spreads()


def test_a_product_that_takes_longer_is_learnt_and_the_more_visits_the_surer(town: Town) -> None:
    with town.system.transaction() as session:
        for n in range(20):
            done(session, town, n, "lamp", factor=1.8 if n % 2 else 2.2)
            done(session, town, 100 + n, "mattress", factor=0.9 if n % 2 else 1.1)
        few = history.spreads(session, AREA, AFTERWARDS)
        assert few.kinds["mattress"].mean < few.service.mean < few.kinds["lamp"].mean < 2.0
        assert few.kinds["lamp"].sigma < Spreads().service.sigma
        for n in range(200, 280):
            done(session, town, n, "lamp", factor=1.8 if n % 2 else 2.2)
        many = history.spreads(session, AREA, AFTERWARDS)
        assert few.kinds["lamp"].mean < many.kinds["lamp"].mean < 2.0
        assert many.of_kind("unheard-of") == many.service


def test_who_came_early_waited_for_the_window(sqlite_town: Town) -> None:
    """Checked in at 8:30, set up at 8:55, worked from nine: not an hour too long."""
    with sqlite_town.system.transaction() as session:
        visit = done(session, sqlite_town, 1)
        visit.arrived_at, visit.left_at = shanghai(8.5), shanghai(9.5)
        session.flush()
        (seen,) = history.of_area(session, AREA, AFTERWARDS).services
        assert seen.factor == 1.0
        assert seen.about == "lamp"
        assert seen.together == (sqlite_town.technicians["T1"], TUESDAY)


def test_nobody_at_home_counts_as_a_no_show_and_teaches_nothing_about_the_work(town: Town) -> None:
    with town.system.transaction() as session:
        done(session, town, 1, factor=1 / 3, failed=True)
        seen = history.of_area(session, AREA, AFTERWARDS)
        assert (seen.services, seen.no_shows) == ((), (35 * 60 // 3,))


def test_drives_are_learnt_by_the_hour_of_departure_against_the_published_plan(town: Town) -> None:
    with town.system.transaction() as session:
        driven(session, town, 12)
        seen = history.of_area(session, AREA, AFTERWARDS).drives
        assert {(drive.about, drive.factor) for drive in seen} == {(9, 2.0)}
        learnt = history.spreads(session, AREA, AFTERWARDS)
        assert 1.0 < learnt.travel.mean < learnt.of_hour(9).mean < 2.0
        assert learnt.of_hour(17) == learnt.travel


def test_a_drive_with_time_to_spare_says_nothing(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        (visit,) = driven(session, sqlite_town, 1)
        visit.en_route_at, visit.arrived_at = shanghai(8), shanghai(8.9)
        session.flush()
        assert history.of_area(session, AREA, AFTERWARDS).drives == ()


@pytest.mark.parametrize("factor", [0.05, 12.0])
def test_a_forgotten_check_out_is_not_believed(sqlite_town: Town, factor: float) -> None:
    with sqlite_town.system.transaction() as session:
        done(session, sqlite_town, 1, factor=factor)
        assert history.of_area(session, AREA, AFTERWARDS).services == ()


def test_what_is_older_than_ninety_days_or_elsewhere_is_forgotten(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        done(session, sqlite_town, 1)
        assert len(history.of_area(session, AREA, AFTERWARDS).services) == 1
        assert history.of_area(session, AREA, AFTERWARDS + timedelta(days=91)).services == ()
        assert history.of_area(session, AREA, shanghai(10)).services == ()
        with pytest.raises(NotFound, match="999999"):
            history.of_area(session, "999999", AFTERWARDS)
