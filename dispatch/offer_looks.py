"""What consumers found when they looked for a window: the last outcome of each order, written only when it is news."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from dispatch.consumer_records import NothingBecause, OfferLook
from dispatch.work_order import WorkOrder


def is_news(session: Session, order_id: int, offered: int, nothing_because: NothingBecause | None) -> bool:
    """Whether `note` would write: the first look of an order, or one that ended otherwise than the last.

    How many windows there were is no news, only whether there were any and, if not, why. A read by primary key, for
    a page that is answered from a read-only transaction.
    """
    known = session.execute(
        select(OfferLook.offered, OfferLook.nothing_because).where(OfferLook.work_order_id == order_id)
    ).one_or_none()
    return known is None or ((known[0] > 0), known[1]) != ((offered > 0), nothing_because)


def note(
    session: Session, order: WorkOrder, offered: int, nothing_because: NothingBecause | None, at: datetime
) -> bool:
    """Keep what a look at the windows of an order found; True when it was news. Two looks at once are one row.

    `offered` windows, or none and the reason; ValueError for both or neither.
    """
    if (offered > 0) == (nothing_because is not None):
        raise ValueError("a look finds windows, or nothing for a reason")
    if not is_news(session, order.id, offered, nothing_because):
        return False
    session.execute(_kept(session, order.id, offered, nothing_because, at))
    return True


def _kept(session: Session, order_id: int, offered: int, nothing_because: NothingBecause | None, at: datetime) -> Any:
    """Insert, or change the row that somebody else has just inserted, unless it says the same."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {
        "work_order_id": order_id, "first_at": at, "last_at": at, "outcomes": 1, "offered": offered,
        "ever_offered": offered > 0, "nothing_because": nothing_because,
    }  # fmt: skip
    found = dialect.insert(OfferLook).values(row)
    return found.on_conflict_do_update(
        index_elements=[OfferLook.work_order_id],
        set_={
            "last_at": at,
            "outcomes": OfferLook.outcomes + 1,
            "offered": offered,
            "ever_offered": or_(OfferLook.ever_offered, literal(offered > 0)),
            "nothing_because": nothing_because,
        },
        where=or_(
            (OfferLook.offered > 0) != literal(offered > 0),
            OfferLook.nothing_because.is_distinct_from(nothing_because),
        ),
    )
