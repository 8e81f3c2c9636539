"""What has arrived at the server."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from dispatch.work_order import Visit
from tests.phone_day import Tuesday


def visit_of(tuesday: Tuesday) -> Visit:
    """The first one of the day."""
    with tuesday.town.system.transaction(read_only=True) as session:
        return session.get_one(Visit, tuesday.first)


def stored(tuesday: Tuesday, kind: Any) -> list[Any]:
    """All rows of that kind, oldest first."""
    with tuesday.town.system.transaction(read_only=True) as session:
        return list(session.scalars(select(kind).order_by(kind.id)))
