"""The visits that a transaction has locked for one technician: read once, with all that the rules look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload

from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.evidence import Proof, VisitEvent
from dispatch.photo_records import PhotoUpload
from dispatch.work_order import Visit, WorkOrder
from technicians.people import Technician

KEY = "locked-visits"
OfVisit = VisitEvent | Proof | PhotoUpload
T = TypeVar("T", VisitEvent, Proof, PhotoUpload)


@dataclass(frozen=True, slots=True)
class Locked:
    """Visits by id; `routed` are those on this technician's published routes, `rows` by kind what hangs on each."""

    technician: Technician
    visits: dict[int, Visit]
    routed: frozenset[int]
    rows: dict[tuple[type[OfVisit], int], list[Any]]


def is_mine(technician_id: int) -> ColumnElement[bool]:
    """Whether a visit stands on this technician's published route, or was begun by them."""
    return _is_routed(technician_id) | (Visit.technician_id == technician_id)


def _is_routed(technician_id: int) -> ColumnElement[bool]:
    return (
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


def lock(session: Session, visit_ids: Collection[int], technician_id: int) -> None:
    """Lock what a batch of facts is about, in the order of the ids, until the transaction ends."""
    order = joinedload(Visit.work_order)
    query = (
        select(Visit, _is_routed(technician_id))
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
        routed=frozenset(visit.id for visit, is_routed in rows if is_routed),
        rows=_rows(session, [visit.id for visit, _ in rows]),
    )


def _rows(session: Session, visit_ids: Collection[int]) -> dict[tuple[type[OfVisit], int], list[Any]]:
    found: dict[tuple[type[OfVisit], int], list[Any]] = defaultdict(list)
    events, proofs = _read(session, VisitEvent, visit_ids), _read(session, Proof, visit_ids)
    hanging: list[OfVisit] = [*events, *proofs, *_read(session, PhotoUpload, visit_ids)]
    for row in hanging:
        found[type(row), row.visit_id].append(row)
    return found


def rows(session: Session, kind: type[T], visit_id: int) -> Sequence[T]:
    """What hangs on a visit, oldest first, with what this transaction has added: `VisitEvent`, `Proof`, ..."""
    locked: Locked | None = session.info.get(KEY)
    if locked is not None and visit_id in locked.visits:
        return locked.rows[kind, visit_id]
    return _read(session, kind, [visit_id])


def _read(session: Session, kind: type[T], visit_ids: Collection[int]) -> Sequence[T]:
    return session.scalars(select(kind).where(kind.visit_id.in_(visit_ids)).order_by(kind.id)).all()


def add(session: Session, row: OfVisit) -> None:
    """Add it to its visit (`visit_id`)."""
    session.add(row)
    locked: Locked | None = session.info.get(KEY)
    if locked is not None and row.visit_id in locked.visits:
        locked.rows[type(row), row.visit_id].append(row)


def remove(session: Session, row: OfVisit) -> None:
    """Take it away at once: what is added is written before what is removed, and one may take the other's place."""
    session.flush()
    session.delete(row)
    session.flush()
    locked: Locked | None = session.info.get(KEY)
    if locked is not None and row.visit_id in locked.visits:
        locked.rows[type(row), row.visit_id].remove(row)


def find(session: Session, visit_id: int) -> Visit | None:
    """The visit, if this transaction has locked it by `lock`."""
    locked: Locked | None = session.info.get(KEY)
    return locked.visits.get(visit_id) if locked else None


def find_mine(session: Session, visit_id: int, technician_id: int) -> Visit | None:
    """The visit, if this transaction has locked it by `lock` for this technician, and it is theirs."""
    locked: Locked | None = session.info.get(KEY)
    visit = locked.visits.get(visit_id) if locked is not None and locked.technician.id == technician_id else None
    if visit is None or locked is None:
        return None
    return visit if visit_id in locked.routed or visit.technician_id == technician_id else None
