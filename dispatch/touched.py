"""Whose boards have something new to read: said in the transaction that changes it, told when that has committed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from dispatch.work_order import Visit

KEY = "touched"


def visit(session: Session, changed: Visit) -> None:
    """Something was said or decided about a visit."""
    county = changed.work_order.county
    if county is not None:
        area(session, county.area_code)


def area(session: Session, area_code: str) -> None:
    """Something on a day of this planning area changed."""
    session.info.setdefault(KEY, set()).add(area_code)
