"""The binding price: what each answer adds, when it may be changed, and that nothing changes it afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from dispatch import questionnaire, questionnaire_text, quote
from dispatch.catalogue import ServiceProduct
from dispatch.questionnaire import Question, QuestionKind
from dispatch.work_order import Appointment, AppointmentState, BookedBy, PositionQuality, VisitState, WorkOrder
from technicians.errors import Conflict, InvalidInput
from tests.town import Town, shanghai

ASKED = (
    "floor:楼层:Floor:number:1-60=1:+10/3>2:lift=no;lift:电梯:Lift:yes-no:yes;"
    "wall:墙体:Wall:choice:brick=砖墙=Brick|concrete=混凝土=Concrete=+30/15;"
    "old:拆旧机:Old unit taken away:yes-no:no:+50/20;distance:路程:Distance:distance:+3/1>20"
)
STAIRS = {"floor": "6", "lift": "no", "wall": "concrete", "old": "yes"}
USUAL = {"floor": "1", "lift": "yes", "wall": "brick", "old": "no"}


def product(asked: str = ASKED, price: int = 12_000) -> ServiceProduct:
    questions = [questionnaire.as_json(each) for each in questionnaire_text.questions(asked, "CNY")]
    return ServiceProduct(
        code="heater",
        name_zh="热水器",
        name_en="Heater",
        price=price,
        currency="CNY",
        questions=questions,
        duration=3600,
    )


def amounts(found: quote.Quote) -> dict[str, int]:
    return {line.code: line.amount for line in found.lines}


def test_the_usual_answers_cost_the_price_of_the_list() -> None:
    found = quote.quote(product(), USUAL, 0)
    assert (amounts(found), found.total, found.minutes) == ({"service": 12_000}, 12_000, 0)


def test_each_answer_adds_its_money_and_its_minutes() -> None:
    found = quote.quote(product(), STAIRS, 28)
    assert amounts(found) == {"service": 12_000, "floor": 4_000, "wall": 3_000, "old": 5_000, "distance": 2_400}
    assert found.total == sum(amounts(found).values())
    assert found.minutes == 4 * 3 + 15 + 20 + 8


def test_floors_cost_nothing_where_there_is_a_lift() -> None:
    assert quote.quote(product(), STAIRS | {"lift": "yes"}, 0).total == 20_000


def test_lines_say_in_both_languages_what_was_answered() -> None:
    names = {line.code: (line.name_zh, line.name_en) for line in quote.quote(product(), STAIRS, 28).lines}
    assert names["floor"] == ("楼层：6", "Floor: 6")
    assert names["wall"] == ("墙体：混凝土", "Wall: Concrete")
    assert names["distance"] == ("路程：28 公里", "Distance: 28 km")


def test_the_distance_is_not_asked() -> None:
    assert [question.code for question in quote.questions(product())] == ["floor", "lift", "wall", "old"]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"floor": "61"}, "answers.floor"), ({"floor": "first"}, "answers.floor"), ({"floor": "-1"}, "answers.floor"),
        ({"floor": "²"}, "answers.floor"), ({"lift": "perhaps"}, "answers.lift"), ({"wall": ""}, "answers.wall"),
        ({"colour": "red"}, "answers.colour"), ({"distance": "0"}, "answers.distance"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_names_its_question_and_what_would_do(answers: dict[str, str], field: str) -> None:
    asked = tuple(questionnaire.from_json(kept) for kept in product().questions)
    with pytest.raises(InvalidInput) as refusal:
        questionnaire.answered(asked, answers)
    assert refusal.value.field == field
    assert refusal.value.remedy


class Home:
    """An order of the town whose product asks."""

    def __init__(self, town: Town, asked: str = ASKED) -> None:
        self.town = town
        with town.system.transaction() as session:
            sold = session.get_one(ServiceProduct, "lamp")
            sold.price, sold.questions = 12_000, product(asked).questions
            self.order_id = town.order(session, "A1").id

    def answer(self, **answers: str) -> quote.Quote:
        with self.town.system.transaction() as session:
            order = session.get_one(WorkOrder, self.order_id)
            return quote.answer(session, order, answers, by="consumer", at=self.town.system.now())

    def order(self, session: Session) -> WorkOrder:
        return session.get_one(WorkOrder, self.order_id)

    def keep(self, **kept: Any) -> None:
        with self.town.system.transaction() as session:
            visit = self.order(session).visits[0]
            visit.appointments.append(
                Appointment(
                    window_starts_at=shanghai(10), window_ends_at=shanghai(12), booked_by=BookedBy.CONSUMER,
                    created_at=self.town.system.now(), **kept,
                )
            )  # fmt: skip


def test_answers_are_kept_with_the_price_and_the_work_takes_as_long_as_they_make_it(town: Town) -> None:
    home = Home(town)
    told = home.answer(**STAIRS)
    with town.system.transaction(read_only=True) as session:
        order = home.order(session)
        assert (order.answers, order.quoted_at) == (STAIRS, town.system.now())
        assert quote.of(order) == told
        assert order.visits[0].service == order.product.duration + told.minutes * 60
        assert not quote.is_asked(order)


def test_what_was_quoted_is_what_is_charged_whatever_the_price_list_says_later(sqlite_town: Town) -> None:
    home = Home(sqlite_town)
    told = home.answer(**STAIRS)
    with sqlite_town.system.transaction() as session:
        session.get_one(ServiceProduct, "lamp").price = 99_000
    assert home.answer(**STAIRS) == told
    with sqlite_town.system.transaction() as session:
        order = home.order(session)
        assert quote.of(order) == told
        assert quote.bind(session, order, by="consumer", at=sqlite_town.system.now()) == told


def test_a_price_nobody_has_answered_for_is_bound_with_the_usual_answers(sqlite_town: Town) -> None:
    home = Home(sqlite_town)
    with sqlite_town.system.transaction() as session:
        order = home.order(session)
        assert quote.is_asked(order) and quote.of(order).total == 12_000
        assert quote.bind(session, order, by="consumer", at=sqlite_town.system.now()).total == 12_000
        assert order.answers == USUAL


@pytest.mark.parametrize(
    "kept", [{"state": AppointmentState.CONFIRMED}, {"state": AppointmentState.HELD, "held_until": shanghai(9)}]
)
def test_other_answers_ask_to_give_a_kept_time_back_first(sqlite_town: Town, kept: dict[str, Any]) -> None:
    home = Home(sqlite_town)
    told = home.answer(**STAIRS)
    home.keep(**kept)
    assert home.answer(**STAIRS) == told
    with pytest.raises(Conflict) as refusal:
        home.answer(**USUAL)
    assert refusal.value.field == "answers"


def test_nothing_is_answered_anew_once_somebody_has_set_out(sqlite_town: Town) -> None:
    home = Home(sqlite_town)
    with sqlite_town.system.transaction() as session:
        home.order(session).visits[0].move_to(VisitState.EN_ROUTE)
    with pytest.raises(Conflict, match="no longer"):
        home.answer(**STAIRS)


def test_a_place_only_known_by_its_county_pays_for_no_distance(sqlite_town: Town) -> None:
    home = Home(sqlite_town)
    with sqlite_town.system.transaction() as session:
        order = home.order(session)
        order.lng = 122.0
        assert quote.kilometres(order) > 40
        order.position_quality = PositionQuality.COUNTY_CENTRE
        assert quote.kilometres(order) == 0


codes = st.from_regex(r"\A[a-z0-9][a-z0-9_-]{0,9}\Z")
names = st.text("甲乙丙 abcé/+>", min_size=1, max_size=9).filter(lambda name: name == name.strip())
extras = st.builds(questionnaire.Extra, st.integers(0, 99_999), st.integers(0, 999))
options = st.lists(st.builds(questionnaire.Option, codes, names, names, extras), min_size=2, max_size=4,
                   unique_by=lambda option: option.code)  # fmt: skip
choices = st.builds(
    lambda code, zh, en, found: Question(code, QuestionKind.CHOICE, zh, en, found[0].code, tuple(found)),
    codes, names, names, options,
)  # fmt: skip
yes_no = st.builds(questionnaire.yes_or_no, codes, names, names, st.sampled_from(["yes", "no"]), extras)
distances = st.builds(
    lambda code, zh, en, free, extra: Question(code, QuestionKind.DISTANCE, zh, en, free=free, extra=extra),
    codes, names, names, st.integers(0, 9999), extras,
)  # fmt: skip


@given(st.lists(st.one_of(choices, yes_no, distances), max_size=4, unique_by=lambda each: each.code), st.data())
def test_questions_are_read_as_they_were_written(asked: list[Question], data: st.DataObject) -> None:
    on = next((question for question in asked if question.options), None)
    usual = data.draw(st.integers(1, 9))
    number = Question(
        "the-number", QuestionKind.NUMBER, "层", "Floor", str(usual), least=1, most=9, free=usual,
        extra=data.draw(extras), only_if=(on.code, on.options[0].code) if on else None,
    )  # fmt: skip
    cell = questionnaire_text.written([*asked, number], "CNY")
    found = questionnaire_text.questions(cell, "CNY")
    assert found == [*asked, number]
    assert [questionnaire.from_json(questionnaire.as_json(question)) for question in found] == found


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("floor", "names no kind of question"), ("floor:楼层:Floor:slider", "names no kind of question"),
        ("Floor 1:楼层:Floor:yes-no:no", "write it like old:"), ("old:拆旧机::yes-no:no", "write it like old:"),
        ("old:拆旧机:Old:yes-no:maybe", "write it like old:"), ("old:拆旧机:Old:yes-no:no:50", "write it like old:"),
        ("old:拆旧机:Old:yes-no:no:+1.234", "write it like old:"),
        ("floor:层:Floor:number:1-9=10", "write it like floor:"),
        ("wall:墙:Wall:choice:brick=砖=Brick", "write it like wall:"), ("wall:墙:Wall:choice", "write it like wall:"),
        ("wall:墙:Wall:choice:a=甲=A|a=乙=B", "write it like wall:"),
        ("far:远:Far:distance", "write it like distance:"),
        ("old:旧:Old:yes-no:no;old:旧:Old:yes-no:no", "is named twice"),
        ("floor:层:Floor:number:1-9=1:+10>2:lift=no", "depends on lift=no"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_read_is_shown_a_right_one(cell: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        questionnaire_text.questions(cell, "CNY")
