"""Money as the reader writes it, and when an answer adds some."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from dispatch import questionnaire_text
from dispatch.questionnaire import Extra
from dispatch.system import System
from webapp import price_words
from webapp.app import create_app


@pytest.mark.parametrize(
    ("language", "amount", "currency", "written"),
    [
        ("zh", 12_000, "CNY", "¥120"), ("en", 12_000, "CNY", "¥120"), ("zh", 9_950, "CNY", "¥99.50"),
        ("en", 1_234_500, "USD", "$12,345"), ("zh", 30_000, "JPY", "JP¥30,000"), ("en", 0, "CNY", "¥0"),
    ],
)  # fmt: skip
def test_an_amount_has_its_currency_and_decimals_only_where_there_are_some(
    sqlite_system: System, language: str, amount: int, currency: str, written: str
) -> None:
    with create_app(sqlite_system).test_request_context(), force_locale(language):
        assert price_words.money(amount, currency) == written


def test_a_number_that_counts_only_sometimes_says_when(sqlite_system: System) -> None:
    floor, lift = questionnaire_text.questions(
        "floor:楼层:Floor:number:1-60=1:+10>2:lift=no;lift:电梯:Lift:yes-no:yes", "CNY"
    )
    with create_app(sqlite_system).test_request_context(), force_locale("en"):
        assert price_words.condition(floor, [floor, lift]) == " (only if “Lift” is “No”)"
        assert price_words.condition(lift, [floor, lift]) == ""
        assert price_words.adds(Extra(minutes=10), "CNY") == ""
