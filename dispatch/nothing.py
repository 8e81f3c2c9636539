"""Why a consumer found no window: what would have to change, as far as the roster tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from dispatch.consumer_records import NothingBecause
from dispatch.work_order import WorkOrder
from routing.travel import haversine
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


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody who could do the work but does not cover the county; metres as the crow flies from where they start."""

    technician_id: int
    name: str
    metres: int


def neighbour(session: Session, order: WorkOrder) -> Neighbour | None:
    """The nearest technician of the area with the skills who does not cover the order's county."""
    if order.county is None:
        return None
    covers = exists().where(Coverage.technician_id == Technician.id, Coverage.county_code == order.county_code)
    others = session.scalars(
        select(Technician).where(Technician.active, Technician.area_code == order.county.area_code, ~covers)
    ).all()
    able = [person for person in others if _has_skills(person, order.product.skills)]
    if not able:
        return None
    door = (order.lng, order.lat) if order.lng is not None else (order.county.lng, order.county.lat)
    metres = haversine(np.array([[p.start_lng, p.start_lat] for p in able]), np.array([door]))[:, 0]
    nearest = int(metres.argmin())
    return Neighbour(able[nearest].id, able[nearest].name, round(float(metres[nearest])))


def _has_skills(person: Technician, needed: dict[str, int]) -> bool:
    held = {skill.skill_code: skill.level for skill in person.skills}
    return all(held.get(code, 0) >= level for code, level in needed.items())
