"""The visits that a transaction has locked for one technician: read once, with all that the rules look at."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload

from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.work_order import Visit, WorkOrder
from technicians.people import Technician

KEY = "locked-visits"


@dataclass(frozen=True, slots=True)
class Locked:
    """Visits by id; `mine` are those on this technician's published routes, or begun by them."""

    technician: Technician
    visits: dict[int, Visit]
    mine: frozenset[int]


def is_mine(technician_id: int) -> ColumnElement[bool]:
    """Whether a visit stands on this technician's published route, or was begun by them."""
    on_my_route = (
        select(Stop.id)
        .join(Route)
        .join(DayPlan)
        .where(
            Stop.visit_id == Visit.id,
            Route.technician_id == technician_id,
            DayPlan.state == DayPlanState.PUBLISHED,
        )
        .exists()
    )
    return on_my_route | (Visit.technician_id == technician_id)


def lock(session: Session, visit_ids: Collection[int], technician_id: int) -> None:
    """Lock what a batch of facts is about, in the order of the ids, until the transaction ends."""
    order = joinedload(Visit.work_order)
    query = (
        select(Visit, is_mine(technician_id))
        .where(Visit.id.in_(sorted(visit_ids)))
        .order_by(Visit.id)
        .options(
            order.joinedload(WorkOrder.product),
            order.joinedload(WorkOrder.county),
            selectinload(Visit.appointments),
        )
        .with_for_update(of=Visit, key_share=True)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(query).all()
    of_these = {visit.work_order_id for visit, _ in rows}
    whole = select(WorkOrder).where(WorkOrder.id.in_(of_these)).options(selectinload(WorkOrder.visits))
    session.scalars(whole).all()
    session.info[KEY] = Locked(
        technician=session.get_one(Technician, technician_id),
        visits={visit.id: visit for visit, _ in rows},
        mine=frozenset(visit.id for visit, mine in rows if mine),
    )


def find(session: Session, visit_id: int) -> Visit | None:
    """The visit, if this transaction has locked it by `lock`."""
    locked: Locked | None = session.info.get(KEY)
    return locked.visits.get(visit_id) if locked else None


def find_mine(session: Session, visit_id: int, technician_id: int) -> Visit | None:
    """The visit, if this transaction has locked it by `lock` for this technician, and it was theirs then."""
    locked: Locked | None = session.info.get(KEY)
    if locked is None or locked.technician.id != technician_id or visit_id not in locked.mine:
        return None
    return locked.visits[visit_id]
