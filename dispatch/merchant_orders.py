"""A merchant's own orders, by the merchant's own numbers."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from dispatch.work_order import Visit, WorkOrder
from technicians.errors import NotFound

MOST_PER_PAGE = 200


def by_number(session: Session, merchant_id: int, number: str) -> WorkOrder:
    """The order; NotFound alike for one that does not exist and another merchant's."""
    order = None
    if "\0" not in number:
        order = session.scalars(
            select(WorkOrder).where(WorkOrder.merchant_id == merchant_id, WorkOrder.number == number)
        ).one_or_none()
    if order is None:
        raise NotFound(
            "There is no order “{number}”.",
            field="number",
            remedy="Check the number, or hand the order in.",
            number=number,
        )
    return order


def after(session: Session, merchant_id: int, cursor: int, limit: int) -> tuple[list[WorkOrder], int | None]:
    """Up to `limit` orders handed in after the one at the cursor (0: the first), and the next page's cursor."""
    found = session.scalars(
        select(WorkOrder)
        .where(WorkOrder.merchant_id == merchant_id, WorkOrder.id > cursor)
        .order_by(WorkOrder.id)
        .limit(limit + 1)
        .options(joinedload(WorkOrder.product), selectinload(WorkOrder.visits).selectinload(Visit.appointments))
    ).all()
    page = list(found[:limit])
    return page, page[-1].id if len(found) > limit else None
