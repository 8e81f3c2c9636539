"""The page of the rules for windows: what it shows, refuses and keeps, and who may open it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dispatch.account import Role
from dispatch.slot_policy import SlotPolicy
from technicians.people import Technician
from tests.town import Town
from tests.webapp.console import Console

PATH = "/policies/windows"
FORM = {"starts": "9:00 11:30", "length": "150", "days": "10", "lead": "1.5", "hold": "15", "floor": "95"}


@pytest.fixture
def operator(sqlite_town: Town) -> Console:
    return Console.of(sqlite_town.system, Role.OPERATOR)


def kept(town: Town) -> list[SlotPolicy]:
    with town.system.transaction(read_only=True) as session:
        return list(session.scalars(select(SlotPolicy)))


def test_without_rules_the_usual_one_is_shown_with_its_windows_of_tomorrow(operator: Console) -> None:
    page = operator.page(PATH)
    assert "Built in" in page
    assert "Tomorrow, Tue 12 May" in page
    assert "08:00–10:00" in page and "18:00–20:00" in page


def test_a_rule_is_added_and_listed_with_its_product(operator: Console, sqlite_town: Town) -> None:
    answer = operator.post(PATH, {**FORM, "product": "lamp", "county": "310101"})
    assert (answer.status_code, answer.headers["Location"]) == (302, PATH)
    (row,) = kept(sqlite_town)
    assert (row.product_code, row.county_code, row.starts, row.length) == ("lamp", "310101", [540, 690], 150)
    assert (row.days, row.lead, row.hold, row.floor, row.changed_by) == (10, 90, 15, 0.95, "operator")
    page = operator.page(PATH)
    assert "The rule holds from now on." in page
    assert "11:30–14:00" in page and "Lamp" in page and "90 min before" in page


def test_a_general_rule_takes_the_place_of_the_built_in_one(operator: Console) -> None:
    operator.post(PATH, FORM)
    assert "Built in" not in operator.page(PATH)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("starts", "9:00 25:00", "“25:00” is not a time of day."),
        ("starts", "23:00", "The window that begins at 23:00 would end after midnight."),
        ("length", "two hours", "“two hours” is not a number."),
        ("lead", "inf", "“inf” is not a number."),
        ("floor", "100", "It is not between 0 and 99.9."),
        ("product", "sofa", "There is no service product “sofa”."),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(
    operator: Console, sqlite_town: Town, field: str, value: str, told: str
) -> None:
    answer = operator.post(PATH, {**FORM, field: value})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert told in page and f'id="e-{field}"' in page
    assert field == "product" or f'value="{value}"' in page
    assert kept(sqlite_town) == []


def test_a_second_rule_for_the_same_product_is_refused_with_the_form_filled_in(operator: Console) -> None:
    operator.post(PATH, {**FORM, "product": "lamp"})
    answer = operator.post(PATH, {**FORM, "product": "lamp", "hold": "17"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "There is a rule for this product and county already." in page
    assert 'value="17"' in page


def test_a_preview_shows_tomorrow_and_keeps_nothing(operator: Console, sqlite_town: Town) -> None:
    answer = operator.post(f"{PATH}/look", FORM)
    assert answer.status_code == 200
    assert "11:30–14:00" in answer.get_data(as_text=True)
    assert kept(sqlite_town) == []


def test_a_preview_of_a_form_that_is_not_right_says_what_is_wrong(operator: Console) -> None:
    answer = operator.post(f"{PATH}/look", {**FORM, "days": "0"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "It is not between 1 and 60." in page
    assert "appear here once the form is right" in page


def test_a_rule_is_changed_and_taken_away(operator: Console, sqlite_town: Town) -> None:
    operator.post(PATH, {**FORM, "product": "lamp"})
    (row,) = kept(sqlite_town)
    assert 'value="09:00 11:30"' in operator.page(f"{PATH}/{row.id}")
    operator.post(f"{PATH}/{row.id}", {**FORM, "days": "3"})
    assert [rule.days for rule in kept(sqlite_town)] == [3]
    operator.post(f"{PATH}/{row.id}/remove")
    assert kept(sqlite_town) == []
    assert operator.get(f"{PATH}/{row.id}").status_code == 404


def test_a_rule_for_a_late_booking_says_that_tomorrow_is_too_late(operator: Console) -> None:
    answer = operator.post(f"{PATH}/look", {**FORM, "lead": "72"})
    assert "no window can be promised" in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.MERCHANT])
def test_only_operators_see_and_change_rules(sqlite_town: Town, role: Role) -> None:
    more = {"merchant_id": sqlite_town.merchant_id} if role == Role.MERCHANT else {}
    console = Console.of(sqlite_town.system, role, **more)
    assert console.get(PATH).status_code == 403
    assert console.post(PATH, FORM).status_code == 403
    assert PATH not in console.page("/orders")
    assert kept(sqlite_town) == []


def test_an_empty_house_has_the_page_too(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        for person in sqlite_town.technicians.values():
            session.get_one(Technician, person).active = False
    assert "Built in" in Console.of(sqlite_town.system, Role.OPERATOR).page(PATH)
