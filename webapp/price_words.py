"""Amounts of money as the reader writes them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from babel.numbers import format_currency
from flask_babel import gettext as _

from dispatch import money as amounts
from dispatch.questionnaire import Extra, Question
from webapp.page import language_here, local_name

SIGN = {"CNY": "¥"}
"""Where the short sign is what people here write in either language."""
CLDR = {"zh": "zh_CN", "en": "en_US"}


def money(amount: int, currency: str) -> str:
    """¥120, or ¥99.50: with its currency, decimals only where there are some."""
    whole = amounts.major(amount, currency)
    places = "" if "." not in whole else ".00"
    pattern = f"{SIGN.get(currency, '¤')}#,##0{places}"
    return format_currency(Decimal(whole), currency, pattern, locale=CLDR[language_here()], currency_digits=False)


def adds(extra: Extra, currency: str) -> str:
    """What an answer adds to the price; empty when nothing."""
    return str(_("+ %(money)s", money=money(extra.amount, currency))) if extra.amount else ""


def condition(question: Question, asked: Sequence[Question]) -> str:
    """When a number counts at all, as a few words behind it; empty when always."""
    if question.only_if is None:
        return ""
    other = next(each for each in asked if each.code == question.only_if[0])
    answer = local_name(other.chosen(question.only_if[1]))
    return str(_(" (only if “%(question)s” is “%(answer)s”)", question=local_name(other), answer=answer))
