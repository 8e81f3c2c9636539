"""What the consumer agreed to pay at the door, beside the binding price."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.catalogue import ServiceProduct
from dispatch.site_records import Surcharge


@dataclass(frozen=True, slots=True)
class Charged:
    """One line of the price list: `count` pieces at `amount` minor units of `currency`."""

    name_zh: str
    name_en: str
    count: int
    amount: int
    currency: str

    @property
    def total(self) -> int:
        return self.count * self.amount


def of_visits(session: Session, visit_ids: Collection[int]) -> list[Charged]:
    """The surcharges of some visits in the order in which they were agreed."""
    query = select(Surcharge).where(Surcharge.visit_id.in_(visit_ids)).order_by(Surcharge.agreed_at, Surcharge.id)
    return [Charged(row.name_zh, row.name_en, row.count, row.amount, row.currency) for row in session.scalars(query)]


def by_visit(session: Session, visit_ids: Collection[int]) -> dict[int, list[Charged]]:
    """The surcharges of each of some visits that has any."""
    found = {visit_id: of_visits(session, [visit_id]) for visit_id in visit_ids}
    return {visit_id: lines for visit_id, lines in found.items() if lines}


def price_list(product: ServiceProduct) -> tuple[Charged, ...]:
    """What may be charged at the door for a product, a piece of each."""
    return tuple(
        Charged(each["name_zh"], each["name_en"], 1, each["amount"], product.currency) for each in product.surcharges
    )
