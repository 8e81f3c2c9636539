"""Work that takes two trips: the goods are brought first, and the work begins a while after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case

from dispatch.catalogue import ServiceProduct
from dispatch.work_order import Visit, VisitCause, VisitState

BRINGING = "/delivery"
NOT_DELIVERY = tuple(cause for cause in VisitCause if cause != VisitCause.DELIVERY)
USUAL_PROOFS = {"serial": "none", "signature": "none", "code": "optional"}


def trips(visit: Visit) -> tuple[Visit, ...]:
    """What is promised together: the trip that brings the goods, while it is to come, and the visit."""
    delivery = delivery_before(visit)
    return (visit,) if delivery is None else (delivery, visit)


def delivery_before(visit: Visit) -> Visit | None:
    """The trip that brings the goods of this visit, if it has not begun."""
    waiting = (v for v in visit.work_order.visits if v.cause == VisitCause.DELIVERY and v.state == VisitState.WAITING)
    return next((trip for trip in waiting if trip is not visit), None)


def earliest_start(delivery: Visit, window_ends_at: datetime) -> datetime:
    """When the window of the work may open, if the goods come as late as their window allows."""
    gap = delivery.work_order.product.delivery["gap"]
    return window_ends_at + timedelta(seconds=delivery.setup + delivery.service + gap)


def needs(cause: VisitCause, skills: Mapping[str, int], delivery: Mapping[str, Any]) -> dict[str, int]:
    """The skills that a trip takes."""
    return dict(delivery.get("skills", {})) if cause == VisitCause.DELIVERY else dict(skills)


def names(visit: Visit) -> tuple[str, str]:
    """What the visit is for, in Chinese and English."""
    product = visit.work_order.product
    if visit.cause != VisitCause.DELIVERY:
        return product.name_zh, product.name_en
    return f"送货：{product.name_zh}", f"Delivery: {product.name_en}"


def shots(visit: Visit) -> list[dict[str, Any]]:
    """The photos that the visit asks for; of bringing the goods only those that say so."""
    return [shot for shot in visit.work_order.product.shot_list if visit.cause in shot.get("visits", NOT_DELIVERY)]


def parts(visit: Visit) -> list[dict[str, Any]]:
    """What must be in the van beside the goods; nothing for bringing them."""
    return [] if visit.cause == VisitCause.DELIVERY else visit.work_order.product.parts


def checklist(visit: Visit) -> list[dict[str, Any]]:
    """What is ticked on site; nothing for bringing the goods."""
    return [] if visit.cause == VisitCause.DELIVERY else visit.work_order.product.checklist


def proofs(visit: Visit) -> dict[str, str]:
    """Whether serial number, signature and code are `none`, `optional` or `required`; goods are brought without."""
    asked = {} if visit.cause == VisitCause.DELIVERY else visit.work_order.product.proofs
    return USUAL_PROOFS | asked


def crew_column() -> ColumnElement[int]:
    """How many technicians make a trip: the goods are brought by one."""
    return case((Visit.cause == VisitCause.DELIVERY, 1), else_=ServiceProduct.crew_size)


def kind_column() -> ColumnElement[str]:
    """What a trip's duration is learnt by: the product, and bringing it is something else."""
    return case((Visit.cause == VisitCause.DELIVERY, ServiceProduct.code + BRINGING), else_=ServiceProduct.code)


def load(cause: VisitCause, load: int, delivery: Mapping[str, Any]) -> int:
    """What a trip takes of the van: the goods travel once."""
    return 0 if delivery and cause != VisitCause.DELIVERY else load


def first_trips(product: ServiceProduct, service: int | None, *, is_booked: bool) -> list[dict[str, Any]]:
    """Values of the visits that a new order begins with, the work last.

    When the merchant has promised a window the technician brings the goods.
    """
    work = {"cause": VisitCause.FIRST, "service": service or product.duration, "setup": product.setup}
    if is_booked or not product.delivery:
        return [{"sequence": 1, **work}]
    bringing = {"cause": VisitCause.DELIVERY, "service": product.delivery["duration"], "setup": 0}
    return [{"sequence": 1, **bringing}, {"sequence": 2, **work}]
