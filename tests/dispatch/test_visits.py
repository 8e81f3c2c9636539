from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch import technician_day, visits
from dispatch.audit import AuditEntry
from dispatch.day_plan import DayPlanState
from dispatch.evidence import EventType, Proof, ProofKind, VisitEvent
from dispatch.facts import happened_at
from dispatch.work_order import (
    AppointmentState,
    FailureReason,
    PositionQuality,
    Visit,
    VisitCause,
    VisitState,
    WorkOrder,
    WorkOrderState,
)
from technicians.errors import IllegalTransition, InvalidInput, NotFound
from technicians.people import Position
from tests.phone_day import fact, publish
from tests.town import DOORS, TUESDAY, Town, shanghai

LNG, LAT = DOORS["310101"]
HERE = {"lng": LNG, "lat": LAT, "accuracy": 12.0}
DEGREE = 111_195.0


@dataclass
class Booked:
    """One lamp, promised for 09:00 to 11:00 on Tuesday, on T1's published route."""

    town: Town
    visit_id: int
    mine: int
    other: int


def booked(town: Town, at: tuple[float, float] = (LNG, LAT)) -> Booked:
    with town.system.transaction() as session:
        order = town.order(session, "A-1", "lamp", window=(9, 11), at=at)
        publish(session, town, "T1", [order])
        return Booked(town, order.visits[0].id, town.technicians["T1"], town.technicians["T2"])


@pytest.fixture
def one(sqlite_town: Town) -> Booked:
    return booked(sqlite_town)


@pytest.fixture
def one_on_both(town: Town) -> Booked:
    return booked(town)


def shoot(session: Session, one: Booked, *shots: str) -> None:
    session.add_all(
        Proof(
            visit_id=one.visit_id, technician_id=one.mine, kind=ProofKind.PHOTO, shot_code=shot,
            source_sha256=shot, sha256=shot, received_at=one.town.system.now(),
        )
        for shot in shots
    )  # fmt: skip
    session.flush()


def arrive(session: Session, one: Booked, hour: float, **place: float) -> Visit:
    return visits.arrive(session, one.visit_id, one.mine, fact(one.town, shanghai(hour), **place))


def check_in(session: Session, one: Booked) -> VisitEvent:
    return session.scalars(select(VisitEvent).where(VisitEvent.type == EventType.CHECK_IN)).one()


def test_a_draft_is_invisible_and_a_published_route_is_not(one_on_both: Booked) -> None:
    one = one_on_both
    with one.town.system.transaction() as session:
        day = technician_day.my_day(session, one.mine, TUESDAY)
        assert day.route is not None
        day.route.day_plan.state = DayPlanState.DRAFT
    with one.town.system.transaction() as session:
        assert technician_day.my_day(session, one.mine, TUESDAY).route is None
        with pytest.raises(NotFound):
            visits.mine(session, one.visit_id, one.mine)


def test_a_visit_that_was_begun_stays_mine_when_the_plan_moves_on(one: Booked) -> None:
    with one.town.system.transaction() as session:
        visits.set_out(session, one.visit_id, one.mine, fact(one.town, shanghai(8.5)))
        route = technician_day.my_day(session, one.mine, TUESDAY).route
        assert route is not None
        route.day_plan.move_to(DayPlanState.SUPERSEDED)
        session.flush()
        assert arrive(session, one, 9).state == VisitState.ON_SITE


def test_somebody_elses_visit_is_not_found(one_on_both: Booked) -> None:
    one = one_on_both
    with one.town.system.transaction() as session:
        late = fact(one.town, shanghai(9))
        with pytest.raises(NotFound):
            visits.arrive(session, one.visit_id, one.other, late)
        with pytest.raises(NotFound):
            visits.could_not_complete(session, one.visit_id, one.other, late, reason=FailureReason.OTHER)


def test_an_event_that_comes_twice_counts_once(one_on_both: Booked) -> None:
    one = one_on_both
    event = fact(one.town, shanghai(9.2), **HERE)
    for _ in range(2):
        with one.town.system.transaction() as session:
            assert visits.arrive(session, one.visit_id, one.mine, event).state == VisitState.ON_SITE
    with one.town.system.transaction() as session:
        assert session.scalar(select(func.count(VisitEvent.id))) == 1
        assert session.scalar(select(func.count(AuditEntry.id))) == 1
        assert session.get_one(Visit, one.visit_id).revision == 2


def test_without_its_event_id_the_same_arrival_is_refused(one: Booked) -> None:
    """The twin of the test above: it is the event id that makes a repeat harmless."""
    event = fact(one.town, shanghai(9.2))
    with one.town.system.transaction() as session:
        visits.arrive(session, one.visit_id, one.mine, event)
        with pytest.raises(IllegalTransition):
            visits.arrive(session, one.visit_id, one.mine, replace(event, event_id=str(uuid.uuid4())))


def test_an_event_id_cannot_be_used_for_something_else(one: Booked) -> None:
    event = fact(one.town, shanghai(9))
    with one.town.system.transaction() as session:
        visits.set_out(session, one.visit_id, one.mine, event)
        with pytest.raises(InvalidInput, match="event_id"):
            visits.arrive(session, one.visit_id, one.mine, event)


def test_a_repeat_with_another_reason_is_not_a_repeat(one: Booked) -> None:
    event = fact(one.town, shanghai(9))
    with one.town.system.transaction() as session:
        arrive(session, one, 9)
        visits.could_not_complete(session, one.visit_id, one.mine, event, reason=FailureReason.NOBODY_HOME)
        with pytest.raises(InvalidInput, match="event_id"):
            visits.could_not_complete(session, one.visit_id, one.mine, event, reason=FailureReason.NO_ACCESS)


@pytest.mark.parametrize(
    ("metres", "accuracy", "outside"),
    [(250, 10, False), (320, 10, True), (320, 60, False), (5_000, 60, True)],
)
def test_an_arrival_is_flagged_by_distance_and_accuracy_and_never_refused(
    one: Booked, metres: float, accuracy: float, outside: bool
) -> None:
    with one.town.system.transaction() as session:
        visit = arrive(session, one, 9, lng=LNG, lat=LAT + metres / DEGREE, accuracy=accuracy)
        assert visit.state == VisitState.ON_SITE
        assert visit.arrival_distance == pytest.approx(metres, rel=0.01)
        session.flush()
        assert check_in(session, one).payload["outside_geofence"] is outside


def test_an_arrival_without_a_position_is_as_good(one: Booked) -> None:
    with one.town.system.transaction() as session:
        visit = arrive(session, one, 9)
        session.flush()
        assert visit.arrival_distance is None
        assert check_in(session, one).payload["outside_geofence"] is None


@pytest.mark.parametrize(
    ("quality", "metres", "accuracy", "learnt"),
    [
        (PositionQuality.COUNTY_CENTRE, 9_000, 20, True),
        (PositionQuality.GEOCODED, 900, 20, True),
        (PositionQuality.GEOCODED, 9_000, 20, False),
        (PositionQuality.COUNTY_CENTRE, 900, 400, False),
        (PositionQuality.EXACT, 900, 20, False),
    ],
)
def test_a_vague_order_learns_its_place_from_a_good_check_in(
    sqlite_town: Town, quality: PositionQuality, metres: float, accuracy: float, learnt: bool
) -> None:
    one = booked(sqlite_town)
    there = LAT + metres / DEGREE
    with sqlite_town.system.transaction() as session:
        order = session.scalars(select(WorkOrder)).one()
        order.position_quality = quality
        arrive(session, one, 9, lng=LNG, lat=there, accuracy=accuracy)
        assert order.position_quality == (PositionQuality.LEARNT if learnt else quality)
        assert order.lat == (there if learnt else LAT)


@pytest.mark.parametrize(
    ("hour", "state"),
    [(8.5, AppointmentState.KEPT), (11, AppointmentState.KEPT), (11.05, AppointmentState.BROKEN)],
)
def test_the_promise_is_kept_by_arriving_before_the_window_closes(
    one: Booked, hour: float, state: AppointmentState
) -> None:
    with one.town.system.transaction() as session:
        visit = arrive(session, one, hour)
        shoot(session, one, "before", "after")
        visits.complete(session, one.visit_id, one.mine, fact(one.town, shanghai(12)))
        assert [promise.state for promise in visit.appointments] == [state]
        assert visit.work_order.state == WorkOrderState.COMPLETED


def test_completing_names_the_photos_that_are_missing_and_changes_nothing(one_on_both: Booked) -> None:
    one = one_on_both
    with one.town.system.transaction() as session:
        arrive(session, one, 9)
        shoot(session, one, "before", "label")
    with (
        pytest.raises(visits.MissingShots, match="still missing: After") as refusal,
        one.town.system.transaction() as session,
    ):
        visits.complete(session, one.visit_id, one.mine, fact(one.town, shanghai(10)))
    assert [shot["code"] for shot in refusal.value.shots] == ["after"]
    with one.town.system.transaction() as session:
        visit = session.get_one(Visit, one.visit_id)
        assert (visit.state, visit.work_order.state) == (VisitState.ON_SITE, WorkOrderState.BOOKED)
        assert visit.appointment is not None


def test_what_could_not_be_completed_can_be_booked_again_as_a_second_visit(one_on_both: Booked) -> None:
    one = one_on_both
    with one.town.system.transaction() as session:
        arrive(session, one, 9.5)
        visits.could_not_complete(
            session, one.visit_id, one.mine, fact(one.town, shanghai(9.7)),
            reason=FailureReason.PARTS_MISSING, note="no wall plugs",
        )  # fmt: skip
    with one.town.system.transaction() as session:
        order = session.scalars(select(WorkOrder)).one()
        first, second = order.visits
        assert order.state == WorkOrderState.BOOKABLE
        assert (first.state, first.failure_reason) == (
            VisitState.COULD_NOT_COMPLETE,
            FailureReason.PARTS_MISSING,
        )
        assert [promise.state for promise in first.appointments] == [AppointmentState.KEPT]
        assert (second.sequence, second.cause, second.state) == (
            2,
            VisitCause.SECOND_VISIT,
            VisitState.WAITING,
        )
        assert (second.service, second.setup) == (first.service, first.setup)


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        (FailureReason.CONSUMER_REFUSED, AppointmentState.CANCELLED),
        (FailureReason.GOODS_MISSING, AppointmentState.BROKEN),
    ],
)
def test_a_visit_given_up_before_arriving_says_whose_promise_it_was(
    one: Booked, reason: FailureReason, state: AppointmentState
) -> None:
    with one.town.system.transaction() as session:
        visit = visits.could_not_complete(session, one.visit_id, one.mine, fact(one.town, shanghai(8)), reason=reason)
        assert [promise.state for promise in visit.appointments] == [state]


def test_the_last_known_place_is_not_overwritten_by_an_older_one(one: Booked) -> None:
    with one.town.system.transaction() as session:
        visits.set_out(session, one.visit_id, one.mine, fact(one.town, shanghai(9), lng=121.5, lat=31.2))
        arrive(session, one, 8.9, lng=121.4, lat=31.1)
        session.flush()
        assert session.get_one(Position, one.mine).lng == 121.5


def test_seeing_a_route_is_noted_once_and_never_goes_back(one: Booked) -> None:
    with one.town.system.transaction() as session:
        route = technician_day.my_day(session, one.mine, TUESDAY).route
        assert route is not None
        route.revision = 4
        for revision in (3, 3, 9, 2):
            technician_day.see_route(session, one.mine, TUESDAY, revision, at=one.town.system.now())
        assert route.seen_revision == 4
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "route.seen")).all()
        assert [entry.after["seen_revision"] for entry in noted] == [3, 4]


def test_a_clock_that_is_two_days_wrong_cancels_out() -> None:
    received = shanghai(10)
    wrong = received - timedelta(days=2)
    occurred = wrong - timedelta(minutes=40)
    assert happened_at(received, occurred, wrong) == shanghai(10) - timedelta(minutes=40)


def test_a_fact_is_never_taken_for_one_of_the_future_or_of_last_month() -> None:
    received = shanghai(10)
    assert happened_at(received, received + timedelta(hours=5), received) == received
    assert happened_at(received, received - timedelta(days=40), received) == received - timedelta(hours=72)
    assert happened_at(received, received - timedelta(days=40), None) == received
