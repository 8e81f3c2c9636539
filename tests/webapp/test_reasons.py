"""The planner's reasons in a dispatcher's words."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from dispatch.changes import DISPATCHERS_CHOICE
from dispatch.system import System
from routing.plan import SAYS, Reason, Rule
from webapp.app import create_app
from webapp.reasons import breach, reason
from webapp.words import word

FULL = Reason(Rule.NO_TIME, able=10, busy=8).counts


@pytest.fixture
def app(sqlite_system: System) -> Flask:
    return create_app(sqlite_system)


def test_a_full_day_is_told_in_both_languages(app: Flask) -> None:
    with app.test_request_context(), force_locale("zh"):
        assert reason(FULL) == "有 10 位师傅能接，其中 8 位已有上门单，都排不下。"
    with app.test_request_context(), force_locale("en"):
        assert reason(FULL) == "10 technicians could make it, 8 of them have visits; none has room."


@pytest.mark.parametrize("rule", SAYS)
def test_every_rule_that_stops_people_is_told_without_vehicles(app: Flask, rule: Rule) -> None:
    with app.test_request_context(), force_locale("en"):
        assert reason(Reason(rule, stopped=7, nearest=10).counts) == "This stops 7 of the 10 nearest technicians."


def test_what_says_no_more_than_its_rule_is_left_away(app: Flask) -> None:
    with app.test_request_context():
        assert reason(Reason(Rule.NO_VEHICLE, "there is no vehicle to plan for").counts) == ""
        assert reason({}) == ""


@pytest.mark.parametrize("rule", [*Rule, DISPATCHERS_CHOICE])
def test_every_rule_has_chinese_words(app: Flask, rule: str) -> None:
    with app.test_request_context(), force_locale("zh"):
        assert not word(rule).isascii()


@pytest.mark.parametrize(
    ("rule", "amount", "detail", "said"),
    [
        (Rule.WINDOW, 1500, "service begins 1500 s outside its windows", "25 min"),
        (Rule.SKILL, 0, "vehicle 3 lacks skill lamp", "Lighting"),
        (Rule.SKILL, 0, "vehicle 3 lacks skill sofa", "sofa"),
        (Rule.LEVEL, 1, "vehicle 3 has lamp at level 1, not 2", "Lighting, 1 instead of 2"),
        (Rule.COUNTY, 0, "vehicle 3 does not cover county 310101", ""),
        (Rule.MAX_DISTANCE, 2300, "2300 metres more than vehicle 3 may", "2.3 km"),
        (Rule.MAX_VISITS, 2, "2 visits more than vehicle 3 may", "+2"),
    ],
)
def test_a_breach_says_how_much_in_the_readers_units(
    app: Flask, rule: Rule, amount: int, detail: str, said: str
) -> None:
    with app.test_request_context(), force_locale("en"):
        assert breach({"rule": rule.value, "amount": amount, "detail": detail}, {"lamp": "Lighting"}) == said
