"""The JSON of booking over the merchants' API, with its examples."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from dispatch import quote
from dispatch.checkout import Windows
from dispatch.consumer_records import NothingBecause, Wish
from dispatch.questionnaire import NO, YES, QuestionKind
from dispatch.quote import Quote
from dispatch.slots import Grade, Offer
from dispatch.work_order import WorkOrder
from webapp.api_shapes import Asked, Instant, Told

MOST_ANSWERS = 50
Code = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00]*$")]


class AppointmentIn(Asked):
    starts_at: Instant = Field(description="Beginning of a window on offer.")


class AnswersIn(Asked):
    answers: dict[Code, Code | bool | int] = Field(
        max_length=MOST_ANSWERS, description="By the question's code: an option's code, true or false, or a number."
    )

    def spelt(self) -> dict[str, str]:
        """The answers as texts."""
        return {code: _spelt(answer) for code, answer in self.answers.items()}


class WaitlistIn(Asked):
    wish: Wish = Field(description="`any` window, an `earlier` one than is booked, or a `call`.")
    until: date | None = Field(None, description="The last day that helps.")


class WaitlistOut(Told):
    wishes: list[Wish] = Field(description="What the order waits for.")


class LineOut(Told):
    code: str
    name_zh: str
    name_en: str
    amount: int = Field(description="In the smallest unit of the currency.")


class QuoteOut(Told):
    """What the consumer pays for the installation, all of it."""

    lines: list[LineOut]
    total: int = Field(description="In the smallest unit of the currency.")
    currency: str


class OptionOut(Told):
    code: str
    name_zh: str
    name_en: str


class QuestionOut(Told):
    code: str
    kind: QuestionKind
    name_zh: str
    name_en: str
    usual: str = Field(description="The answer when none is given.")
    options: list[OptionOut]
    least: int
    most: int


class PriceOut(Told):
    questions: list[QuestionOut]
    answers: dict[str, str]
    quote: QuoteOut
    is_binding: bool


class WindowOut(Told):
    starts_at: datetime
    ends_at: datetime


class OfferOut(Told):
    starts_at: datetime
    ends_at: datetime
    grade: Grade = Field(description="`best` costs our routes the least.")
    delivery: WindowOut | None = Field(None, description="When the goods are brought, if in a trip of their own.")


class OffersOut(Told):
    offers: list[OfferOut]
    nothing_because: NothingBecause | None = Field(description="Why there is no window.")
    next_steps: list[str] = Field(description="What can be done then: `waitlist`, `call` (both by POST …/waitlist).")
    quote: QuoteOut


def offers_out(found: Windows) -> OffersOut:
    return OffersOut(
        offers=[_offer_out(offer) for offer in found.offered.offers],
        nothing_because=found.offered.nothing_because,
        next_steps=list(found.next_steps),
        quote=_quote_out(found.quote),
    )


def price_out(order: WorkOrder) -> PriceOut:
    questions = [QuestionOut.model_validate(question) for question in quote.questions(order.product)]
    return PriceOut(
        questions=questions,
        answers=order.answers or {question.code: question.usual for question in questions},
        quote=_quote_out(quote.of(order)),
        is_binding=order.quoted_at is not None,
    )


def _offer_out(offer: Offer) -> OfferOut:
    delivery = WindowOut(starts_at=offer.delivery[0], ends_at=offer.delivery[1]) if offer.delivery else None
    return OfferOut(starts_at=offer.starts_at, ends_at=offer.ends_at, grade=offer.grade, delivery=delivery)


def _quote_out(quoted: Quote) -> QuoteOut:
    lines = [LineOut.model_validate(line) for line in quoted.lines]
    return QuoteOut(lines=lines, total=quoted.total, currency=quoted.currency)


def _spelt(answer: str | bool | int) -> str:
    return (YES if answer else NO) if isinstance(answer, bool) else str(answer)


ANSWERS: dict[str, Any] = {"answers": {"floor": 6, "old-unit": True}}
TOTAL = {
    "lines": [
        {"code": "service", "name_zh": "热水器安装", "name_en": "Water heater installation", "amount": 18000},
        {"code": "old-unit", "name_zh": "拆走旧机", "name_en": "Old unit taken away", "amount": 5000},
    ],
    "total": 23000,
    "currency": "CNY",
}
QUOTE: dict[str, Any] = {
    "questions": [
        {
            "code": "old-unit",
            "kind": "yes-no",
            "name_zh": "是否拆走旧机？",
            "name_en": "Shall the old unit be taken away?",
            "usual": "no",
            "options": [
                {"code": "no", "name_zh": "否", "name_en": "No"},
                {"code": "yes", "name_zh": "是", "name_en": "Yes"},
            ],
            "least": 0,
            "most": 0,
        }
    ],
    "answers": {"old-unit": "yes"},
    "quote": TOTAL,
    "is_binding": True,
}
OFFERS: dict[str, Any] = {
    "offers": [
        {"starts_at": "2026-05-12T02:00:00Z", "ends_at": "2026-05-12T04:00:00Z", "grade": "best", "delivery": None}
    ],
    "nothing_because": None,
    "next_steps": [],
    "quote": TOTAL,
}
WAITING: dict[str, Any] = {"wishes": ["any"]}
