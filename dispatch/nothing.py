"""Why a consumer found no window: what would have to change, as far as the roster tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.consumer_records import NothingBecause
from dispatch.work_order import WorkOrder
from technicians import availability
from technicians.people import Coverage, Technician
from technicians.place import PlanningArea


def nothing_because(
    session: Session, order: WorkOrder, area: PlanningArea, dates: Sequence[date], has_tight_places: bool
) -> NothingBecause:
    """The first of: nobody covers the county, nobody there has the skills, they do not work, it is too risky, full."""
    if has_tight_places:
        return NothingBecause.TOO_RISKY
    covering = session.scalars(
        select(Technician)
        .join(Coverage, Coverage.technician_id == Technician.id)
        .where(Coverage.county_code == order.county_code, Technician.active, Technician.area_code == area.code)
    ).all()
    if not covering:
        return NothingBecause.NO_COVERAGE
    able = [person.id for person in covering if _has_skills(person, order.product.skills)]
    if len(able) < order.product.crew_size:
        return NothingBecause.NO_SKILL
    working = (availability.working(session, area.code, on_date, technician_ids=able) for on_date in dates)
    if all(len(people) < order.product.crew_size for people in working):
        return NothingBecause.NOBODY_WORKS
    return NothingBecause.FULL


def _has_skills(person: Technician, needed: dict[str, int]) -> bool:
    held = {skill.skill_code: skill.level for skill in person.skills}
    return all(held.get(code, 0) >= level for code, level in needed.items())
