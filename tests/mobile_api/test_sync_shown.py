"""What a phone is told of its visits, routes and requests, and that every change of it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from dispatch.catalogue import Merchant, ServiceProduct
from dispatch.day_plan import Route, Stop
from dispatch.evidence import Proof, ProofKind
from dispatch.request_records import RequestKind, RequestState, TechnicianRequest
from dispatch.site_records import Surcharge
from dispatch.system import Session
from dispatch.work_order import Appointment, AppointmentState, FailureReason, Visit, VisitCause, VisitState, WorkOrder
from technicians.people import AbsenceReason
from tests.phone_day import Tuesday
from tests.town import shanghai

LAMP = {
    "parts": [{"code": "hook", "name_zh": "吊钩", "name_en": "Hook", "count": 2}],
    "checklist": [{"code": "power-off", "name_zh": "已断电", "name_en": "Power is off", "required": True}],
    "surcharges": [
        {"code": "high", "name_zh": "层高", "name_en": "High ceiling", "amount": 8000, "most": 1, "photo": True}
    ],
    "proofs": {"serial": "required"},
    "price": 12000,
    "shot_list": [
        {
            "code": "after", "name_zh": "安装后", "name_en": "After", "required": True, "outline": "after",
            "hint_zh": "整盏灯，已点亮", "hint_en": "The whole lamp, switched on",
        }
    ],
}  # fmt: skip


def pull(tuesday: Tuesday, cursor: str | None = None) -> Any:
    return tuesday.phone.read("/mobile/v1/changes" + (f"?cursor={cursor}" if cursor else ""))


def first(tuesday: Tuesday) -> Any:
    """The first visit as it is told now."""
    return next(each for each in pull(tuesday)["visits"] if each["visit"]["id"] == tuesday.first)


def change(tuesday: Tuesday, what: Callable[[Session], object]) -> None:
    with tuesday.town.system.transaction() as session:
        what(session)


def asks(session: Session) -> None:
    """The lamp's settings on site."""
    for name, value in LAMP.items():
        setattr(session.get_one(ServiceProduct, "lamp"), name, value)


def agreed(tuesday: Tuesday, session: Session, **more: Any) -> Surcharge:
    row = {
        "visit_id": tuesday.first, "technician_id": tuesday.town.technicians["T1"], "event_id": "e-1", "code": "high",
        "name_zh": "层高", "name_en": "High ceiling", "count": 1, "amount": 8000, "currency": "CNY",
        "agreed_at": tuesday.clock(),
    } | more  # fmt: skip
    found = Surcharge(**row)
    session.add(found)
    return found


def test_what_the_product_asks_for_comes_in_the_language_asked_for(tuesday: Tuesday) -> None:
    change(tuesday, asks)
    english = first(tuesday)["visit"]
    tuesday.phone.language = "zh"
    chinese = first(tuesday)["visit"]
    assert english["parts"] == [{"code": "hook", "name": "Hook", "count": 2}]
    assert english["checklist"] == [{"code": "power-off", "name": "Power is off", "required": True}]
    assert english["proofs"] == {"serial": "required", "signature": "none", "code": "optional"}
    assert english["surcharges"] == [
        {"code": "high", "name": "High ceiling", "amount": 8000, "most": 1, "photo": True}
    ]  # fmt: skip
    assert english["currency"] == "CNY"
    assert [(shot["outline"], shot["hint"]) for shot in english["shots"]] == [("after", "The whole lamp, switched on")]
    assert chinese["parts"][0]["name"] == "吊钩"
    assert chinese["shots"][0]["hint"] == "整盏灯，已点亮"


def test_an_older_shot_list_has_neither_outline_nor_hint(tuesday: Tuesday) -> None:
    assert {(shot["outline"], shot["hint"]) for shot in first(tuesday)["visit"]["shots"]} == {("", "")}


def test_the_binding_price_is_told_line_by_line(tuesday: Tuesday) -> None:
    change(tuesday, asks)
    assert first(tuesday)["visit"]["price"] == {
        "total": 12000, "currency": "CNY", "lines": [{"name": "Lamp", "amount": 12000}],
    }  # fmt: skip


def test_what_was_said_so_far_is_told_back(tuesday: Tuesday) -> None:
    nothing = first(tuesday)["visit"]
    assert nothing["told"] == {
        "readiness": None, "checklist": [], "serial": None, "signed": False, "parts_needed": None,
    }  # fmt: skip
    assert (nothing["accepted_at"], nothing["agreed"], nothing["before"]) == (None, [], None)
    told = {
        "readiness": {"goods": "whole", "consumer": "confirmed", "parts": ["hook"]}, "checklist": ["power-off"],
        "serial": {"number": "SN-1", "read": "hand", "format": ""}, "signed": True,
        "parts_needed": {"text": "A longer chain", "count": 1},
    }  # fmt: skip
    mine = tuesday.town.technicians["T1"]

    def say(session: Session) -> None:
        visit = session.get_one(Visit, tuesday.first)
        visit.told, visit.accepted_at = told | {"by": mine}, tuesday.clock()
        agreed(tuesday, session)

    change(tuesday, say)
    said = first(tuesday)["visit"]
    assert said["told"] == told
    assert said["accepted_at"] == "2026-05-12T01:00:00Z"
    assert said["agreed"] == [{"code": "high", "count": 1, "amount": 8000}]


def test_what_another_checked_in_their_own_van_is_not_told(tuesday: Tuesday) -> None:
    readiness = {"goods": "whole", "consumer": "confirmed", "parts": []}
    theirs = {"readiness": readiness, "by": tuesday.town.technicians["T2"], "signed": True}
    change(tuesday, lambda session: _set(session.get_one(Visit, tuesday.first), told=theirs))
    told = first(tuesday)["visit"]["told"]
    assert (told["readiness"], told["signed"]) == (None, True)


def test_bringing_the_goods_asks_for_nothing_but_its_own(tuesday: Tuesday) -> None:
    change(tuesday, asks)
    change(tuesday, lambda session: _set(session.get_one(Visit, tuesday.first), cause=VisitCause.DELIVERY))
    delivery = first(tuesday)["visit"]
    assert (delivery["parts"], delivery["checklist"], delivery["shots"]) == ([], [], [])
    assert delivery["proofs"]["serial"] == "none"


def test_a_second_visit_tells_why_the_one_before_failed(tuesday: Tuesday) -> None:
    def fail(session: Session) -> None:
        order = session.get_one(WorkOrder, tuesday.order_ids[0])
        visit = order.visits[0]
        visit.sequence, visit.cause = 3, VisitCause.SECOND_VISIT
        for sequence, reason in ((1, FailureReason.NO_ACCESS), (2, FailureReason.NOBODY_HOME)):
            order.visits.append(
                Visit(
                    sequence=sequence, service=1800, state=VisitState.COULD_NOT_COMPLETE, failure_reason=reason,
                    failure_note="Rang twice", left_at=shanghai(9, shanghai(9).date() - timedelta(days=sequence)),
                )
            )  # fmt: skip

    change(tuesday, fail)
    assert first(tuesday)["visit"]["before"] == {
        "reason": "nobody-home", "note": "Rang twice", "left_at": "2026-05-10T01:00:00Z",
    }  # fmt: skip


def test_goods_that_could_not_be_brought_are_not_why_the_work_failed(tuesday: Tuesday) -> None:
    def bring(session: Session) -> None:
        order = session.get_one(WorkOrder, tuesday.order_ids[0])
        order.visits[0].sequence = 2
        order.visits.append(
            Visit(
                sequence=1, cause=VisitCause.DELIVERY, service=1800, state=VisitState.COULD_NOT_COMPLETE,
                failure_reason=FailureReason.NO_ACCESS,
            )
        )  # fmt: skip

    change(tuesday, bring)
    assert first(tuesday)["visit"]["before"] is None


def test_whether_the_goods_are_there_and_the_appointment_is_confirmed(tuesday: Tuesday) -> None:
    seen = first(tuesday)["visit"]
    assert (seen["goods"]["arrived"], seen["confirmed"]) == (True, True)

    def take_back(session: Session) -> None:
        session.get_one(WorkOrder, tuesday.order_ids[0]).goods_arrived_at = None
        session.execute(update(Appointment).values(state=AppointmentState.MOVED))

    change(tuesday, take_back)
    seen = first(tuesday)["visit"]
    assert (seen["goods"], seen["confirmed"]) == ({"arrived": False, "arrived_at": None}, False)


def test_a_visit_that_a_consumer_only_holds_is_not_on_the_phone(tuesday: Tuesday) -> None:
    def hold(session: Session) -> None:
        promise = session.get_one(Visit, tuesday.first).appointments[0]
        promise.state, promise.held_until = AppointmentState.HELD, tuesday.clock() + timedelta(minutes=10)

    change(tuesday, hold)
    assert [each["visit"]["id"] for each in pull(tuesday)["visits"]] == tuesday.visit_ids[1:]


def test_the_way_to_a_visit_and_who_comes_along_are_told(tuesday: Tuesday) -> None:
    assert (first(tuesday)["distance"], first(tuesday)["colleague"]) == (4200, None)

    def join(session: Session) -> None:
        session.get_one(ServiceProduct, "lamp").crew_size = 2
        mine = session.scalars(select(Stop).where(Stop.visit_id == tuesday.first)).one()
        theirs = Route(day_plan_id=mine.day_plan_id, technician_id=tuesday.town.technicians["T2"])
        same = {"scheduled_arrival": mine.scheduled_arrival, "scheduled_start": mine.scheduled_start}
        theirs.stops.append(
            Stop(
                day_plan_id=mine.day_plan_id, position=0, visit_id=tuesday.first, half=2, travel=0, distance=0,
                scheduled_leave=mine.scheduled_leave, **same,
            )
        )  # fmt: skip
        session.add(theirs)

    change(tuesday, join)
    assert first(tuesday)["colleague"] == "李师傅"


def test_a_route_tells_its_road_its_area_its_start_and_its_breaks(tuesday: Tuesday) -> None:
    def rest(session: Session) -> None:
        route = session.scalars(select(Route)).one()
        route.travel, route.distance = 5400, 41200
        noon, later = shanghai(12), shanghai(12.5)
        route.stops.append(
            Stop(
                day_plan_id=route.day_plan_id, position=2, travel=0, distance=0, scheduled_arrival=noon,
                scheduled_start=noon, scheduled_leave=later,
            )
        )  # fmt: skip

    change(tuesday, rest)
    answer = pull(tuesday)
    (route,) = answer["routes"]
    assert (route["travel"], route["distance"]) == (5400, 41200)
    assert (route["time_zone"], route["area"], route["start"]) == (
        "Asia/Shanghai", "Shanghai", {"lng": 121.48, "lat": 31.23},
    )  # fmt: skip
    assert route["breaks"] == [{"starts_at": "2026-05-12T04:00:00Z", "ends_at": "2026-05-12T04:30:00Z"}]
    assert (answer["today"], answer["time_zone"]) == ("2026-05-12", "Asia/Shanghai")


def test_requests_are_told_while_they_are_open_and_two_weeks_longer(tuesday: Tuesday) -> None:
    def ask(session: Session) -> None:
        for number, days in enumerate((None, 13, 15)):
            at = tuesday.clock() - timedelta(days=days or 0)
            session.add(
                TechnicianRequest(
                    technician_id=tuesday.town.technicians["T1"], event_id=f"r-{number}", kind=RequestKind.ABSENCE,
                    starts_at=shanghai(8), ends_at=shanghai(12), reason=AbsenceReason.LEAVE, note="A wedding",
                    state=RequestState.REFUSED if days else RequestState.OPEN, decided_at=at if days else None,
                    asked_at=at - timedelta(hours=1), answer="Nobody else is there" if days else "",
                )
            )  # fmt: skip

    change(tuesday, ask)
    requests = pull(tuesday)["requests"]
    assert [(each["event_id"], each["state"]) for each in requests] == [("r-1", "refused"), ("r-0", "open")]
    assert requests[0]["answer"] == "Nobody else is there"
    assert (requests[1]["kind"], requests[1]["reason"], requests[1]["visit_id"]) == ("absence", "leave", None)


def _order(tuesday: Tuesday, session: Session) -> WorkOrder:
    return session.get_one(WorkOrder, tuesday.order_ids[0])


def _photo(tuesday: Tuesday, session: Session) -> None:
    session.add(
        Proof(
            visit_id=tuesday.first, technician_id=tuesday.town.technicians["T1"], kind=ProofKind.PHOTO,
            shot_code="after", source_sha256="a", sha256="b", received_at=tuesday.clock(),
        )
    )  # fmt: skip


def _set(found: object, **values: object) -> None:
    for name, value in values.items():
        setattr(found, name, value)


SHOWN: dict[str, Callable[[Tuesday, Session], object]] = {
    "the end of a long note": lambda t, s: _set(_order(t, s), note="x" * 900 + "!"),
    "the quote": lambda t, s: _set(_order(t, s), quote={"total": 1}),
    "the goods": lambda t, s: _set(_order(t, s), goods_arrived_at=None),
    "the order's number": lambda t, s: _set(_order(t, s), number="B-9"),
    "the merchant's name": lambda t, s: _set(s.scalars(select(Merchant)).one(), name="Dim Lights"),
    "the checklist": lambda t, s: _set(s.get_one(ServiceProduct, "lamp"), checklist=LAMP["checklist"]),
    "the parts": lambda t, s: _set(s.get_one(ServiceProduct, "lamp"), parts=LAMP["parts"]),
    "the price list": lambda t, s: _set(s.get_one(ServiceProduct, "lamp"), surcharges=LAMP["surcharges"]),
    "the proofs": lambda t, s: _set(s.get_one(ServiceProduct, "lamp"), proofs=LAMP["proofs"]),
    "the shot list": lambda t, s: _set(s.get_one(ServiceProduct, "lamp"), shot_list=LAMP["shot_list"]),
    "the product's name": lambda t, s: _set(s.get_one(ServiceProduct, "lamp"), name_en="Luminaire"),
    "what was said": lambda t, s: _set(s.get_one(Visit, t.first), told={"signed": True}),
    "the acceptance": lambda t, s: _set(s.get_one(Visit, t.first), accepted_at=t.clock()),
    "a surcharge": agreed,
    "a photo": _photo,
    "the way there": lambda t, s: _set(s.scalars(select(Stop).where(Stop.visit_id == t.first)).one(), distance=1),
    "the promise": lambda t, s: _set(s.get_one(Visit, t.first).appointments[0], window_ends_at=shanghai(11.5)),
}


@pytest.mark.parametrize("what", SHOWN)
def test_each_thing_shown_is_told_again_when_it_changes(tuesday: Tuesday, what: str) -> None:
    change(tuesday, lambda session: _set(_order(tuesday, session), note="x" * 900))
    cursor = pull(tuesday)["cursor"]
    change(tuesday, lambda session: SHOWN[what](tuesday, session))
    assert tuesday.first in [each["visit"]["id"] for each in pull(tuesday, cursor)["visits"]]


@contextmanager
def statements(tuesday: Tuesday) -> Iterator[list[str]]:
    """What is said to the database meanwhile."""
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        heard.append(statement)

    event.listen(tuesday.town.system.engine, "before_cursor_execute", hear)
    yield heard
    event.remove(tuesday.town.system.engine, "before_cursor_execute", hear)


def test_a_pull_that_finds_nothing_new_writes_nothing_and_locks_nothing(tuesday: Tuesday) -> None:
    cursor = pull(tuesday)["cursor"]
    with tuesday.town.system.transaction() as writing:
        writing.execute(text("SELECT 1"))
        with statements(tuesday) as heard:
            pull(tuesday, cursor)
    assert {statement.split()[0] for statement in heard} == {"BEGIN", "SELECT"}


def test_more_visits_take_no_more_statements(tuesday: Tuesday) -> None:
    with statements(tuesday) as two:
        pull(tuesday)
    with tuesday.town.system.transaction() as session:
        route = session.scalars(select(Route)).one()
        for number in range(6):
            order = tuesday.town.order(session, f"M-{number}", "lamp", "310101", window=(15, 18))
            at = shanghai(15)
            route.stops.append(
                Stop(
                    day_plan_id=route.day_plan_id, position=2 + number, visit_id=order.visits[0].id, travel=0,
                    distance=0, scheduled_arrival=at, scheduled_start=at, scheduled_leave=at,
                )
            )  # fmt: skip
    pull(tuesday)
    with statements(tuesday) as eight:
        assert len(pull(tuesday)["visits"]) == 8
    assert len(eight) <= min(len(two), 16)


def test_why_is_asked_over_the_wire(tuesday: Tuesday) -> None:
    why = tuesday.phone.read("/mobile/v1/why?on=2026-05-12")
    assert (why["on"], why["revision"], [each["visit_id"] for each in why["visits"]]) == (
        "2026-05-12", 1, tuesday.visit_ids,
    )  # fmt: skip
    heater = why["visits"][1]
    assert (heater["technicians"], heater["covering"], heater["skilled"], heater["able"]) == (3, 2, 1, 1)
    assert [(each["name"], each["reason"]) for each in heater["others"]] == [
        ("李师傅", "no-skill"), ("赵师傅", "no-coverage"),
    ]  # fmt: skip
    assert tuesday.phone.read("/mobile/v1/why?on=2026-05-20") == {"on": "2026-05-20", "revision": None, "visits": []}


def test_the_account_is_asked_over_the_wire(tuesday: Tuesday) -> None:
    account = tuesday.phone.read("/mobile/v1/account")
    assert [week["from"] for week in account["weeks"]] == ["2026-04-20", "2026-04-27", "2026-05-04", "2026-05-11"]
    assert set(account["weeks"][0]) == {"from", "visits", "work", "travel", "distance", "mine_of_median", "median"}
    assert account["weeks"][0]["mine_of_median"] is None


@pytest.mark.parametrize("path", ["why", "account"])
def test_neither_is_told_to_a_stranger(tuesday: Tuesday, path: str) -> None:
    assert replace(tuesday.phone, token="nobody").get(f"/mobile/v1/{path}").status_code == 401


def test_settings_and_words_are_noticed_on_both_databases(tuesday_on_both: Tuesday) -> None:
    cursor = pull(tuesday_on_both)["cursor"]
    assert pull(tuesday_on_both, cursor)["visits"] == []
    for what in ("the checklist", "what was said", "the quote"):
        with tuesday_on_both.town.system.transaction() as session:
            SHOWN[what](tuesday_on_both, session)
        answer = pull(tuesday_on_both, cursor)
        assert (what, [each["visit"]["id"] for each in answer["visits"]]) == (what, [tuesday_on_both.first])
        cursor = answer["cursor"]
    assert pull(tuesday_on_both, cursor)["visits"] == []


def test_why_and_the_account_are_told_on_both_databases(tuesday_on_both: Tuesday) -> None:
    assert len(tuesday_on_both.phone.read("/mobile/v1/why?on=2026-05-12")["visits"]) == 2
    assert len(tuesday_on_both.phone.read("/mobile/v1/account")["weeks"]) == 4
