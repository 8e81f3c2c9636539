"""Why a visit is in no route of a plan, with what its technicians, visits, skills and counties are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import plans
from dispatch.crews import visit_of, visits_of
from dispatch.day import Day
from dispatch.planning import snapshot
from dispatch.work_order import Visit, WorkOrder
from routing.explain import explain
from routing.explanation import Explanation, Relaxation
from routing.travel import TravelTimes
from technicians.errors import NotFound
from technicians.people import Skill, Technician
from technicians.place import County

Called = dict[str, str]


@dataclass(frozen=True, slots=True)
class Why:
    """An explanation and the names of all it speaks of; skills and counties in Chinese and English, by code."""

    explanation: Explanation
    day: Day
    zone: ZoneInfo
    technicians: dict[int, str]
    numbers: dict[int, str]
    skills: dict[str, Called]
    counties: dict[str, Called]


def why(session: Session, travel_times: TravelTimes, plan_id: int, visit_id: int) -> Why:
    """What stops every technician, and what would place the visit. NotFound for what the plan's day does not know."""
    plan = plans.find(session, plan_id)
    snap = snapshot(session, travel_times, plan.area_code, plan.on_date, plan=plan)
    if not snap.problem.has_visit(visit_id):
        raise NotFound(
            "Visit {id} is not promised for the day of this plan.",
            field="visit",
            remedy="Reload the board.",
            id=visit_id,
        )
    found = explain(snap.problem, snap.running, visit_id)
    given = [one for remedy in found.remedies for one in remedy.relaxations]
    return Why(
        found,
        snap.day,
        plan.area.zone,
        _technicians(session, _people(found, given)),
        _numbers(session, {one.visit for one in given}),
        _skills(session),
        _counties(session, {one.name for one in given}),
    )


def _people(found: Explanation, given: Iterable[Relaxation]) -> set[int]:
    named = {place.vehicle for place in found.places} | {remedy.vehicle for remedy in found.remedies}
    for one in given:
        named |= {one.vehicle} | ({one.to_vehicle} if one.to_vehicle is not None else set())
    return named


def _technicians(session: Session, ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(Technician.id, Technician.name).where(Technician.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _numbers(session: Session, ids: set[int]) -> dict[int, str]:
    """The order number of each visit, or half of one."""
    query = select(Visit.id, WorkOrder.number).join(WorkOrder, WorkOrder.id == Visit.work_order_id)
    found = {row.id: row.number for row in session.execute(query.where(Visit.id.in_(visits_of(ids))))}
    return {each: found[visit_of(each)] for each in ids if visit_of(each) in found}


def _skills(session: Session) -> dict[str, Called]:
    rows = session.execute(select(Skill.code, Skill.name_zh, Skill.name_en))
    return {row.code: {"zh": row.name_zh, "en": row.name_en} for row in rows}


def _counties(session: Session, codes: set[str]) -> dict[str, Called]:
    rows = session.execute(select(County.code, County.name, County.name_en).where(County.code.in_(codes)))
    return {row.code: {"zh": row.name, "en": row.name_en} for row in rows}
