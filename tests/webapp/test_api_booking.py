"""A merchant's checkout: answers, a price that binds, windows, one held and confirmed; refusals with stable codes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from dispatch import appointments, questionnaire
from dispatch.catalogue import ServiceProduct
from dispatch.consumer_records import OfferLook, WaitlistEntry
from dispatch.questionnaire import Extra, Question, QuestionKind
from dispatch.work_order import Appointment, Visit, VisitState
from technicians.people import Coverage
from tests.clock import Clock
from tests.town import Town, shanghai
from tests.webapp.merchant_program import ORDER, Program

TEN, TWO = shanghai(10).isoformat(), shanghai(14).isoformat()


@pytest.fixture
def lights(sqlite_town: Town) -> Program:
    """The town's merchant; floor and old lamp cost more, and a window counts however tight."""
    with sqlite_town.system.transaction() as session:
        sqlite_town.take_risks(session)
        product = session.get_one(ServiceProduct, "lamp")
        product.price = 8000
        product.questions = [
            questionnaire.as_json(question)
            for question in (
                questionnaire.yes_or_no("old-lamp", "拆旧灯？", "Take the old lamp down?", "no", Extra(2000, 10)),
                Question(
                    "floor", QuestionKind.NUMBER, "几楼？", "Which floor?", "1", most=60, free=2, extra=Extra(500, 2)
                ),
            )
        ]
    return Program.of(sqlite_town)


def hold_of(answer: Any) -> Any:
    return answer.json["visits"][0]["hold"]


def test_a_checkout_asks_quotes_holds_and_confirms(lights: Program) -> None:
    lights.post("/orders", ORDER)
    before = lights.get("/orders/X1/quote").json
    assert (before["quote"]["total"], before["is_binding"], before["answers"]) == (
        8000, False, {"old-lamp": "no", "floor": "1"},
    )  # fmt: skip
    assert [question["code"] for question in before["questions"]] == ["old-lamp", "floor"]
    answered = lights.put("/orders/X1/answers", {"answers": {"old-lamp": True, "floor": 5}})
    assert (answered.status_code, answered.json["quote"]["total"]) == (200, 11500)
    assert answered.json["is_binding"]
    offers = lights.get("/orders/X1/offers").json
    assert offers["quote"]["total"] == 11500
    assert offers["offers"] and "chance" not in offers["offers"][0]
    held = lights.post("/orders/X1/holds", {"starts_at": offers["offers"][0]["starts_at"]})
    assert (held.status_code, held.json["state"]) == (200, "bookable")
    assert hold_of(held)["window_starts_at"] == offers["offers"][0]["starts_at"]
    assert hold_of(held)["held_until"] > "2026-05-11T01:00"
    for _ in range(2):
        booked = lights.post("/orders/X1/hold/confirm")
        assert (booked.status_code, booked.json["state"], hold_of(booked)) == (200, "booked", None)
        promise = booked.json["visits"][0]["appointment"]
        assert (promise["state"], promise["booked_by"]) == ("confirmed", "merchant")
    assert lights.get("/orders/X1/quote").json["quote"]["total"] == 11500


def test_a_hold_is_replaced_by_another_and_given_back_as_often_as_one_likes(lights: Program, sqlite_town: Town) -> None:
    lights.post("/orders", ORDER)
    for starts_at in (TEN, TEN, TWO):
        assert lights.post("/orders/X1/holds", {"starts_at": starts_at}).status_code == 200
    for _ in range(2):
        assert hold_of(lights.delete("/orders/X1/hold")) is None
    with sqlite_town.system.transaction(read_only=True) as session:
        assert [a.state for a in session.scalars(select(Appointment).order_by(Appointment.id))] == [
            "released", "released",
        ]  # fmt: skip


def test_a_hold_that_has_run_out_says_so_with_a_code_of_its_own(
    lights: Program, sqlite_town: Town, clock: Clock
) -> None:
    lights.post("/orders", ORDER)
    lights.post("/orders/X1/holds", {"starts_at": TEN})
    clock.advance(hours=1)
    with sqlite_town.system.transaction() as session:
        (held,) = session.scalars(select(Appointment))
        assert appointments.expire(session, sqlite_town.system.travel_times, held.id, at=clock())
    refused = lights.post("/orders/X1/hold/confirm")
    assert (refused.status_code, refused.json["code"], refused.json["type"]) == (
        409, "hold-expired", "urn:shifu:hold-expired",
    )  # fmt: skip
    assert refused.json["remedy"]


def test_a_window_that_somebody_else_holds_is_taken(lights: Program) -> None:
    heavy = {"product_code": "water-heater", "address": "上海市浦东新区世纪大道100号"}
    codes = []
    for number in ("W1", "W2", "W3"):
        lights.post("/orders", ORDER | heavy | {"number": number, "consumer_phone": f"1390000000{number[1]}"})
        codes.append(lights.post(f"/orders/{number}/holds", {"starts_at": TEN}))
    assert [answer.status_code for answer in codes] == [200, 200, 409]
    assert codes[2].json["code"] == "slot-taken"


def test_a_hold_on_top_of_an_appointment_is_refused_and_a_move_is_one_step(lights: Program) -> None:
    lights.post("/orders", ORDER)
    lights.post("/orders/X1/appointment", {"starts_at": TEN})
    refused = lights.post("/orders/X1/holds", {"starts_at": TWO})
    assert (refused.status_code, refused.json["code"], refused.json["field"]) == (409, "conflict", "appointment")
    moved = lights.post("/orders/X1/appointment", {"starts_at": TWO})
    assert moved.json["visits"][0]["appointment"]["window_starts_at"].startswith("2026-05-12T06:00")


def test_one_consumer_cannot_hold_the_whole_day(lights: Program) -> None:
    answers = []
    for number in range(5):
        lights.post("/orders", ORDER | {"number": f"H{number}"})
        answers.append(lights.post(f"/orders/H{number}/holds", {"starts_at": TEN if number % 2 else TWO}))
    assert answers[-1].status_code == 409
    assert answers[-1].json["code"] == "too-much-held"


@pytest.mark.parametrize(
    ("answers", "field"),
    [({"floor": "high"}, "answers.floor"), ({"floor": 61}, "answers.floor"), ({"wall": "x"}, "answers.wall")],
)
def test_an_answer_that_cannot_be_used_names_its_question(lights: Program, answers: Any, field: str) -> None:
    lights.post("/orders", ORDER)
    refused = lights.put("/orders/X1/answers", {"answers": answers})
    assert (refused.status_code, refused.json["field"]) == (422, field)
    assert not lights.get("/orders/X1/quote").json["is_binding"]


@pytest.mark.parametrize("body", [{}, {"answers": []}, {"answers": {"floor": 1.5}}, {"answers": {"floor": None}}])
def test_answers_of_another_form_are_refused(lights: Program, body: Any) -> None:
    lights.post("/orders", ORDER)
    refused = lights.put("/orders/X1/answers", body)
    assert refused.status_code == 422 and refused.json["field"].startswith("answers")


def test_answers_cannot_change_while_a_window_is_kept(lights: Program) -> None:
    lights.post("/orders", ORDER)
    lights.post("/orders/X1/holds", {"starts_at": TEN})
    assert lights.put("/orders/X1/answers", {"answers": {"floor": 9}}).status_code == 409


def test_a_window_promised_without_answers_binds_the_usual_price(lights: Program) -> None:
    lights.post("/orders", ORDER)
    lights.post("/orders/X1/appointment", {"starts_at": TEN})
    told = lights.get("/orders/X1/quote").json
    assert (told["is_binding"], told["quote"]["total"]) == (True, 8000)


def test_when_there_is_no_window_the_reason_and_the_next_step_are_told_and_noted(
    lights: Program, sqlite_town: Town
) -> None:
    with sqlite_town.system.transaction() as session:
        for row in session.scalars(select(Coverage)):
            session.delete(row)
    lights.post("/orders", ORDER)
    for _ in range(2):
        told = lights.get("/orders/X1/offers").json
        assert (told["offers"], told["nothing_because"], told["next_steps"]) == ([], "no-coverage", ["call"])
    with sqlite_town.system.transaction(read_only=True) as session:
        (look,) = session.scalars(select(OfferLook))
        assert (look.nothing_because, look.outcomes) == ("no-coverage", 1)


def test_an_order_joins_and_leaves_the_waitlist(lights: Program, sqlite_town: Town) -> None:
    lights.post("/orders", ORDER)
    for _ in range(2):
        joined = lights.post("/orders/X1/waitlist", {"wish": "any", "until": "2026-05-20"})
        assert (joined.status_code, joined.json) == (200, {"wishes": ["any"]})
    assert lights.post("/orders/X1/waitlist", {"wish": "soon"}).json["field"] == "wish"
    for _ in range(2):
        assert lights.delete("/orders/X1/waitlist").json == {"wishes": []}
    with sqlite_town.system.transaction(read_only=True) as session:
        assert [entry.state for entry in session.scalars(select(WaitlistEntry))] == ["closed"]


def test_nothing_can_be_booked_once_the_technician_has_left(lights: Program, sqlite_town: Town) -> None:
    lights.post("/orders", ORDER)
    lights.post("/orders/X1/appointment", {"starts_at": TEN})
    with sqlite_town.system.transaction() as session:
        session.scalars(select(Visit)).one().move_to(VisitState.EN_ROUTE)
    for answer in (
        lights.post("/orders/X1/appointment", {"starts_at": TWO}),
        lights.post("/orders/X1/holds", {"starts_at": TWO}),
        lights.delete("/orders/X1/appointment"),
        lights.get("/orders/X1/offers"),
    ):
        assert (answer.status_code, answer.json["code"]) == (409, "conflict")


EVERY_WAY = (
    ("GET", "/orders/X1/quote", None),
    ("PUT", "/orders/X1/answers", {"answers": {}}),
    ("GET", "/orders/X1/offers", None),
    ("POST", "/orders/X1/holds", {"starts_at": TEN}),
    ("POST", "/orders/X1/hold/confirm", None),
    ("DELETE", "/orders/X1/hold", None),
    ("POST", "/orders/X1/waitlist", {"wish": "any"}),
    ("DELETE", "/orders/X1/waitlist", None),
)


@pytest.mark.parametrize(("method", "path", "body"), EVERY_WAY)
def test_another_merchants_order_is_not_found(
    lights: Program, sqlite_town: Town, method: str, path: str, body: Any
) -> None:
    lights.post("/orders", ORDER)
    before = lights.get("/orders/X1").json
    rival = Program.of(sqlite_town, merchant="rival")
    answer = rival.send(method, path, body)
    assert (answer.status_code, answer.json["code"]) == (404, "not-found")
    assert lights.get("/orders/X1").json == before


@pytest.mark.parametrize(("method", "path", "body"), EVERY_WAY)
def test_without_a_known_key_nothing_is_told(sqlite_town: Town, method: str, path: str, body: Any) -> None:
    answer = Program(sqlite_town.system, "shifu_guessed").send(method, path, body)
    assert (answer.status_code, answer.json["code"]) == (401, "wrong-key")
