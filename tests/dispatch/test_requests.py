from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import asked_hours, request_decisions, request_list, swap_moves
from dispatch.day_plan import Route, Stop
from dispatch.request_decisions import Wanted
from dispatch.request_records import RequestKind, RequestState, TechnicianRequest
from technicians import availability
from technicians.errors import Conflict, InvalidInput, NotFound
from technicians.people import Absence, AbsenceReason
from technicians.place import PlanningArea
from technicians.week import DayHours
from tests.phone_day import publish
from tests.town import AREA, HOUR, TUESDAY, Town, shanghai

ZONE = ZoneInfo("Asia/Shanghai")
WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def visit_ids(sqlite_town: Town) -> list[int]:
    """T1's published Tuesday: a lamp from 9 to 11, a water heater from 13 to 15; T2 has an empty route."""
    town = sqlite_town
    with town.system.transaction() as session:
        orders = [
            town.order(session, "A-1", "lamp", "310101", window=(9, 11)),
            town.order(session, "A-2", "water-heater", "310104", window=(13, 15)),
        ]
        plan = publish(session, town, "T1", orders)
        session.add(Route(day_plan_id=plan.id, technician_id=town.technicians["T2"]))
        return [order.visits[0].id for order in orders]


def ask(town: Town, kind: RequestKind = RequestKind.ABSENCE, code: str = "T1", **more: Any) -> int:
    times = {} if kind == RequestKind.SWAP else {"starts_at": shanghai(12), "ends_at": shanghai(20)}
    with town.system.transaction() as session:
        request = TechnicianRequest(
            technician_id=town.technicians[code], event_id=f"0197-{code}-{kind}", kind=kind,
            asked_at=town.system.now(), reason=AbsenceReason.ILL if kind == RequestKind.ABSENCE else None,
            **{**times, **more},
        )  # fmt: skip
        session.add(request)
        session.flush()
        return request.id


def open_ones(town: Town, area: str = AREA) -> list[request_list.RequestLine]:
    with town.system.transaction(read_only=True) as session:
        assert request_list.count(session, area) == len(request_list.open_ones(session, area))
        return request_list.open_ones(session, area)


def decided(town: Town) -> request_list.RequestLine:
    with town.system.transaction(read_only=True) as session:
        (line,) = request_list.decided(session, AREA)
        return line


def by(town: Town, answer: str = "") -> request_decisions.Deciding:
    return {"answer": answer, "by": "li", "at": town.system.now()}


def roster_revision(session: Session) -> int:
    return session.get_one(PlanningArea, AREA).roster_revision


def test_an_absence_names_the_visits_and_promises_that_it_would_break(sqlite_town: Town, visit_ids: list[int]) -> None:
    ask(sqlite_town)
    (line,) = open_ones(sqlite_town)
    (stake,) = line.stakes
    assert (stake.number, stake.promised, stake.is_published) == ("A-2", (shanghai(13), shanghai(15)), True)
    assert line.days == [TUESDAY]


def test_a_granted_absence_takes_the_technician_out_and_says_what_is_still_planned(
    sqlite_town: Town, visit_ids: list[int]
) -> None:
    request_id, system = ask(sqlite_town), sqlite_town.system
    with system.transaction() as session:
        before = roster_revision(session)
        request_decisions.grant_absence(session, request_id, **by(sqlite_town, "get well"))
        assert roster_revision(session) > before
        absence = session.scalars(select(Absence)).one()
        assert (absence.starts_at, absence.ends_at, absence.reason) == (shanghai(12), shanghai(20), AbsenceReason.ILL)
        (today,) = availability.working(session, AREA, TUESDAY, technician_ids=[sqlite_town.technicians["T1"]])
        assert today.hard_ends_at == shanghai(12)
    assert open_ones(sqlite_town) == []
    line = decided(sqlite_town)
    assert (line.request.state, line.request.answer, line.request.decided_by) == ("granted", "get well", "li")
    assert [stake.number for stake in line.stakes] == ["A-2"]


def test_what_was_decided_is_decided_once(sqlite_town: Town) -> None:
    request_id = ask(sqlite_town)
    with sqlite_town.system.transaction() as session:
        request_decisions.refuse(session, request_id, **by(sqlite_town, "nobody else can"))
        with pytest.raises(Conflict, match="li has decided"):
            request_decisions.grant_absence(session, request_id, **by(sqlite_town))
        assert session.scalars(select(Absence)).all() == []


def test_a_request_that_was_taken_back_cannot_be_granted(sqlite_town: Town) -> None:
    request_id = ask(sqlite_town, state=RequestState.WITHDRAWN, decided_at=sqlite_town.system.now())
    with sqlite_town.system.transaction() as session, pytest.raises(Conflict, match="taken this request back"):
        request_decisions.grant_absence(session, request_id, **by(sqlite_town))


def test_a_refusal_needs_a_word_and_another_kind_is_not_found(sqlite_town: Town) -> None:
    request_id = ask(sqlite_town)
    with sqlite_town.system.transaction() as session:
        with pytest.raises(InvalidInput):
            request_decisions.refuse(session, request_id, **by(sqlite_town))
        with pytest.raises(NotFound):
            request_decisions.grant_shift(session, request_id, Wanted.BOTH, **by(sqlite_town))
        with pytest.raises(NotFound):
            request_decisions.refuse(session, 4711, **by(sqlite_town, "no"))


def hours(town: Town, starts_at: datetime, ends_at: datetime) -> asked_hours.Hours:
    request_id = ask(town, RequestKind.SHIFT, starts_at=starts_at, ends_at=ends_at)
    with town.system.transaction(read_only=True) as session:
        return asked_hours.of(session, request_list.find(session, request_id), ZONE)


def test_extra_hours_in_the_evening_may_be_added_or_stand_alone(sqlite_town: Town) -> None:
    found = hours(sqlite_town, shanghai(19), shanghai(21))
    assert found.both is not None and found.present is not None
    assert (found.both.begins, found.both.hard_ends) == (8 * HOUR, 21 * HOUR)
    assert (found.asked.begins, found.asked.breaks) == (19 * HOUR, ())
    assert found.both.breaks == found.present.breaks
    assert found.lost == ((shanghai(8), shanghai(19)),)


def test_fewer_hours_are_no_addition_and_name_what_they_leave_out(sqlite_town: Town, visit_ids: list[int]) -> None:
    found = hours(sqlite_town, shanghai(8), shanghai(12))
    assert found.both is None
    assert found.lost == ((shanghai(12), shanghai(19)),)
    (line,) = open_ones(sqlite_town)
    assert [stake.number for stake in line.stakes] == ["A-2"]


def test_on_a_day_off_the_hours_asked_for_are_all_there_is(sqlite_town: Town) -> None:
    sunday = TUESDAY + timedelta(days=5)
    found = hours(sqlite_town, shanghai(9, sunday), shanghai(13, sunday))
    assert (found.present, found.both, found.lost) == (None, None, ())
    assert found.asked == DayHours(9 * HOUR, 13 * HOUR, 13 * HOUR)


@pytest.mark.parametrize(("wanted", "begins"), [(Wanted.BOTH, 8), (Wanted.INSTEAD, 19)])
def test_a_granted_shift_holds_for_its_date_alone(sqlite_town: Town, wanted: Wanted, begins: int) -> None:
    request_id = ask(sqlite_town, RequestKind.SHIFT, starts_at=shanghai(19), ends_at=shanghai(21))
    with sqlite_town.system.transaction() as session:
        request_decisions.grant_shift(session, request_id, wanted, **by(sqlite_town))
        mine = [sqlite_town.technicians["T1"]]
        (tuesday,) = availability.working(session, AREA, TUESDAY, technician_ids=mine)
        (wednesday,) = availability.working(session, AREA, WEDNESDAY, technician_ids=mine)
    assert (tuesday.starts_at, tuesday.hard_ends_at) == (shanghai(begins), shanghai(21))
    assert wednesday.hard_ends_at == shanghai(19, WEDNESDAY)


def holder_of(session: Session, visit_id: int) -> int:
    query = select(Route.technician_id).join(Stop, Stop.route_id == Route.id).where(Stop.visit_id == visit_id)
    return session.scalars(query).one()


def test_a_swap_offers_who_can_make_it_and_one_click_gives_it_to_them(sqlite_town: Town, visit_ids: list[int]) -> None:
    system, town = sqlite_town.system, sqlite_town
    request_id = ask(town, RequestKind.SWAP, visit_id=visit_ids[0])
    with system.transaction(read_only=True) as session:
        found = swap_moves.of(session, system.travel_times, request_list.find(session, request_id))
    (move,) = found.moves
    assert (move.name, move.violations) == ("李师傅", ())
    with system.transaction() as session:
        request_decisions.grant_swap(
            session, system.travel_times, request_id, move.plan_id, move.technician_id, move.revisions, **by(town)
        )
        assert holder_of(session, visit_ids[0]) == town.technicians["T2"]
    assert decided(town).request.state == RequestState.GRANTED


def test_a_visit_that_nobody_else_can_make_is_offered_to_nobody(sqlite_town: Town, visit_ids: list[int]) -> None:
    system = sqlite_town.system
    request_id = ask(sqlite_town, RequestKind.SWAP, visit_id=visit_ids[1])
    with system.transaction(read_only=True) as session:
        found = swap_moves.of(session, system.travel_times, request_list.find(session, request_id))
    assert found.plan is not None and found.moves == ()


def test_requests_of_another_area_are_not_listed(sqlite_town: Town) -> None:
    ask(sqlite_town)
    with sqlite_town.system.transaction(read_only=True) as session:
        assert request_list.count(session, "110100") == 0
