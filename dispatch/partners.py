"""Who makes a visit together in a plan, and whose routes wait for each other therefore."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.crews import SECOND, half_id
from dispatch.day_plan import Route, Stop
from technicians.people import Technician


def holders(session: Session, plan_id: int, visit_id: int) -> dict[int, int]:
    """The technician of each planned half of a visit, by what the planner calls the half; the first one first."""
    query = (
        select(Stop.half, Route.technician_id)
        .join(Route, Route.id == Stop.route_id)
        .where(Stop.day_plan_id == plan_id, Stop.visit_id == visit_id)
        .order_by(Stop.half)
    )
    return {half_id(visit_id, half): technician_id for half, technician_id in session.execute(query)}


def names(session: Session, plan_id: int, visit_id: int) -> list[tuple[int, str]]:
    """Id and name of everybody who makes the visit in a plan."""
    query = (
        select(Technician.id, Technician.name)
        .join(Route, Route.technician_id == Technician.id)
        .join(Stop, Stop.route_id == Route.id)
        .where(Stop.day_plan_id == plan_id, Stop.visit_id == visit_id)
        .order_by(Stop.half)
    )
    return [(row.id, row.name) for row in session.execute(query)]


def with_partners(session: Session, plan_id: int, technician_ids: Iterable[int]) -> set[int]:
    """These technicians, and all whose routes wait for theirs at a visit for two, directly or by others."""
    found, known = set(technician_ids), 0
    crews = _crews(session, plan_id)
    while known < len(found):
        known = len(found)
        found.update(*(crew for crew in crews if not crew.isdisjoint(found)))
    return found


def _crews(session: Session, plan_id: int) -> list[set[int]]:
    """The technicians of every visit in the plan that stands in two routes."""
    for_two = select(Stop.visit_id).where(Stop.day_plan_id == plan_id, Stop.half == SECOND)
    query = (
        select(Stop.visit_id, Route.technician_id)
        .join(Route, Route.id == Stop.route_id)
        .where(Stop.day_plan_id == plan_id, Stop.visit_id.in_(for_two))
    )
    crews: dict[int | None, set[int]] = {}
    for visit_id, technician_id in session.execute(query):
        crews.setdefault(visit_id, set()).add(technician_id)
    return list(crews.values())
