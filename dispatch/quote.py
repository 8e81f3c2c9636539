"""The binding price: what the consumer's answers make of a product's price, and how long the work takes then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from geopy.distance import geodesic
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import audit, questionnaire
from dispatch.catalogue import ServiceProduct
from dispatch.questionnaire import Extra, Question, QuestionKind
from dispatch.work_order import PositionQuality, Visit, VisitCause, VisitState, WorkOrder, WorkOrderState
from technicians.errors import Conflict

MINUTE = 60
SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the price, in minor units."""

    code: str
    name_zh: str
    name_en: str
    amount: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What the consumer pays for the installation, all of it. `minutes` are added to the product's duration."""

    lines: tuple[Line, ...]
    total: int
    currency: str
    minutes: int


def questions(product: ServiceProduct) -> tuple[Question, ...]:
    """What is asked before a window is chosen; without the distance, which is worked out."""
    return tuple(question for question in _all(product) if question.kind != QuestionKind.DISTANCE)


def quote(product: ServiceProduct, answers: Mapping[str, str], kilometres: int) -> Quote:
    """The price of complete and checked answers, at a place so many whole kilometres from the county's centre."""
    told = [(question, *_added(question, answers, kilometres)) for question in _all(product)]
    lines = (
        Line(SERVICE, product.name_zh, product.name_en, product.price),
        *(_line(question, answer, extra) for question, answer, extra in told if extra.amount),
    )
    return Quote(
        lines, sum(line.amount for line in lines), product.currency, sum(extra.minutes for _, _, extra in told)
    )


def answer(session: Session, order: WorkOrder, answers: Mapping[str, str], *, by: str, at: datetime) -> Quote:
    """Keep the answers (what is not answered has its usual answer) and the price that binds us from now on.

    The work then takes as much longer as the answers make it. The same answers again change nothing, whatever the
    price list says by now. Raises InvalidInput naming the question, Conflict while a time is kept or the work is under
    way.
    """
    checked = questionnaire.answered(_all(order.product), answers)
    visits = _to_come(session, order)
    if order.quoted_at is not None and checked == order.answers:
        return of(order)
    _require_free(order, visits)
    return _keep(session, order, checked, visits, by=by, at=at)


def bind(session: Session, order: WorkOrder, *, by: str, at: datetime) -> Quote:
    """The price in force; the one of the usual answers is made binding where nobody has answered yet.

    To be called in whatever transaction promises a window. Work for which a time is kept takes as long as it did.
    """
    if order.quoted_at is not None:
        return of(order)
    usual = questionnaire.answered(_all(order.product), {})
    free = [visit for visit in _to_come(session, order) if _is_free(visit)]
    return _keep(session, order, usual, free, by=by, at=at)


def _keep(
    session: Session, order: WorkOrder, answers: dict[str, str], visits: Sequence[Visit], *, by: str, at: datetime
) -> Quote:
    fresh = quote(order.product, answers, kilometres(order))
    before = {"answers": order.answers, "total": order.quote.get("total")}
    longer = (fresh.minutes - order.quote.get("minutes", 0)) * MINUTE
    order.answers, order.quote, order.quoted_at = answers, asdict(fresh), at
    for visit in visits:
        visit.service = max(MINUTE, visit.service + longer)
        visit.revision += 1
    session.flush()
    audit.note(
        session, by, "work-order.quoted", "work-order", order.id, at=at,
        before=before, after={"answers": answers, "total": fresh.total},
    )  # fmt: skip
    return fresh


def of(order: WorkOrder) -> Quote:
    """The price that binds us; before there is one, what the usual answers would make it."""
    if order.quoted_at is None:
        return quote(order.product, questionnaire.answered(_all(order.product), {}), kilometres(order))
    kept = order.quote
    return Quote(tuple(Line(**line) for line in kept["lines"]), kept["total"], kept["currency"], kept["minutes"])


def is_asked(order: WorkOrder) -> bool:
    """Whether there are questions that nobody has answered yet."""
    return order.quoted_at is None and bool(questions(order.product))


def kilometres(order: WorkOrder) -> int:
    """Whole kilometres from the centre of the county; 0 where the place is not really known."""
    if order.county is None or order.lng is None or order.lat is None:
        return 0
    if order.position_quality == PositionQuality.COUNTY_CENTRE:
        return 0
    return int(geodesic((order.county.lat, order.county.lng), (order.lat, order.lng)).kilometers)


def _all(product: ServiceProduct) -> tuple[Question, ...]:
    return tuple(questionnaire.from_json(kept) for kept in product.questions)


def _added(question: Question, answers: Mapping[str, str], kilometres: int) -> tuple[str, Extra]:
    """The answer, and what it adds."""
    if question.kind == QuestionKind.DISTANCE:
        return str(kilometres), question.extra.times(max(0, kilometres - question.free))
    given = answers[question.code]
    if question.kind != QuestionKind.NUMBER:
        return given, question.chosen(given).extra
    counts = question.only_if is None or answers.get(question.only_if[0]) == question.only_if[1]
    return given, question.extra.times(max(0, int(given) - question.free) if counts else 0)


def _line(question: Question, given: str, extra: Extra) -> Line:
    zh, en = question.name_zh, question.name_en
    match question.kind:
        case QuestionKind.CHOICE:
            option = question.chosen(given)
            zh, en = f"{zh}：{option.name_zh}", f"{en}: {option.name_en}"
        case QuestionKind.NUMBER:
            zh, en = f"{zh}：{given}", f"{en}: {given}"
        case QuestionKind.DISTANCE:
            zh, en = f"{zh}：{given} 公里", f"{en}: {given} km"
    return Line(question.code, zh, en, extra.amount)


def _to_come(session: Session, order: WorkOrder) -> list[Visit]:
    """The visits whose work the answers decide, locked: no window is being promised for them meanwhile.

    A trip that only brings the goods takes as long as ever.
    """
    query = select(Visit).where(Visit.work_order_id == order.id).order_by(Visit.id)
    visits = session.scalars(query.with_for_update(key_share=True).execution_options(populate_existing=True)).all()
    for visit in visits:
        session.expire(visit, ["appointments"])
    session.refresh(order)
    return [visit for visit in visits if visit.is_open and visit.cause != VisitCause.DELIVERY]


def _require_free(order: WorkOrder, visits: Sequence[Visit]) -> None:
    """Conflict once somebody has set out, and while a time is kept that was worked out with other answers."""
    is_over = order.state in {WorkOrderState.COMPLETED, WorkOrderState.CANCELLED}
    if is_over or any(visit.state != VisitState.WAITING for visit in visits):
        raise Conflict(
            "The answers can no longer be changed.",
            field="answers",
            remedy="Ask the shop if something is different from what was said.",
        )
    if not all(_is_free(visit) for visit in visits):
        raise Conflict(
            "A time is kept that was worked out with the present answers.",
            field="answers",
            remedy="Give the time back, answer anew, then choose a time again.",
        )


def _is_free(visit: Visit) -> bool:
    """Whether no time is kept for it."""
    return visit.state == VisitState.WAITING and visit.appointment is None and visit.hold is None
