"""What would place a visit, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from dispatch.day import Day
from dispatch.system import System
from dispatch.why import Why
from routing.explanation import Explanation, Give, Relaxation, Remedy
from routing.plan import Insertion
from tests.town import AREA, TUESDAY, ZONE, shanghai
from webapp.app import create_app
from webapp.remedies import told

MIDNIGHT = shanghai(0)
DAY = Day(area_code=AREA, on_date=TUESDAY, midnight=MIDNIGHT, ends_at=MIDNIGHT + timedelta(days=1))


@pytest.fixture
def app(sqlite_system: System) -> Flask:
    return create_app(sqlite_system)


def why(*remedies: Remedy, places: tuple[Insertion, ...] = ()) -> Why:
    people = {1: "Ann", 2: "Bo"}
    skills = {"lamp": {"zh": "灯具", "en": "Lighting"}}
    counties = {"310115": {"zh": "浦东新区", "en": "Pudong"}}
    return Why(Explanation(7, places, (), remedies), DAY, ZONE, people, {8: "W-8"}, skills, counties)


def remedy(cost: int, *relaxations: Relaxation) -> Remedy:
    return Remedy(relaxations, 1, 0, 9 * 3600, 0, cost)


SAID = [
    (Relaxation(Give.EARLIER, 7, 1, 61), "The window opens 2 min earlier"),
    (Relaxation(Give.LATER, 7, 1, 3600), "The window closes 1 h 00 min later"),
    (Relaxation(Give.OVERTIME, 7, 1, 600), "Ann works 10 min longer than the shift"),
    (Relaxation(Give.MOVE, 8, 1, to_vehicle=2, to_position=0), "Order W-8 goes to Bo"),
    (Relaxation(Give.COUNTY, 7, 1, name="310115"), "Ann also goes to Pudong"),
    (Relaxation(Give.SKILL, 7, 1, 2, "lamp"), "Ann does it without the skill Lighting"),
    (Relaxation(Give.LEVEL, 7, 1, 1, "lamp"), "Ann does it, in Lighting 1 too low"),
    (Relaxation(Give.ALLOW, 7, 1), "Ann is allowed to make it"),
    (Relaxation(Give.UNPIN, 7, 1), "The pin is taken away and Ann does it"),
    (Relaxation(Give.CAPACITY, 7, 1, 2), "Ann carries 2 more than the van holds"),
    (Relaxation(Give.MAX_VISITS, 7, 1, 1), "Ann makes 1 more visits than the limit"),
    (Relaxation(Give.MAX_TRAVEL, 7, 1, 300), "Ann travels 5 min more than the limit"),
    (Relaxation(Give.MAX_DISTANCE, 7, 1, 2300), "Ann travels 2.3 km more than the limit"),
]


def test_there_is_a_sentence_for_everything_that_can_be_given_up() -> None:
    assert {relaxation.kind for relaxation, _ in SAID} == set(Give)


@pytest.mark.parametrize(("relaxation", "said"), SAID)
def test_what_is_given_up_is_said_in_both_languages(app: Flask, relaxation: Relaxation, said: str) -> None:
    with app.test_request_context(), force_locale("en"):
        assert told(why(remedy(60, relaxation)))["remedies"][0]["says"] == [said]
    with app.test_request_context(), force_locale("zh"):
        assert not told(why(remedy(60, relaxation)))["remedies"][0]["says"][0].isascii()


def test_the_three_cheapest_are_shown_with_what_they_cost(app: Flask) -> None:
    dear, cheap = remedy(900, SAID[0][0]), remedy(-120, SAID[2][0], SAID[4][0])
    with app.test_request_context(), force_locale("en"):
        shown = told(why(dear, dear, dear, cheap))["remedies"]
    assert [one["costs"] for one in shown] == [
        "saves as much as 2 min of travel", "costs as much as 15 min of travel", "costs as much as 15 min of travel",
    ]  # fmt: skip
    assert (len(shown[0]["says"]), shown[0]["then"]) == (2, "Ann comes at about 09:00")


def test_who_has_room_as_things_are_is_named(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert told(why(places=(Insertion(2, 0, 9 * 3600, 60, 0),)))["room"] == (
            "Bo has room for it now, at about 09:00."
        )
