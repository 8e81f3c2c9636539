"""Who could do what where: counties × skills, with what hangs on one person and what waits for nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from dispatch.catalogue import ServiceProduct
from dispatch.work_order import Visit, VisitState, WorkOrder, WorkOrderState
from technicians.people import Coverage, Skill, Technician, TechnicianSkill
from technicians.place import County

WAITS = (WorkOrderState.AWAITING_GOODS, WorkOrderState.BOOKABLE, WorkOrderState.BOOKED)


@dataclass(frozen=True, slots=True)
class Cell:
    """One skill in one county.

    `technicians` are the ids of the active people who hold it at `level`, the highest level that waiting
    visits there need (1 when none waits); `visits` counts those. `holders` are those with the skill at any level.
    """

    county_code: str
    skill_code: str
    level: int
    technicians: tuple[int, ...]
    holders: int
    visits: int

    @property
    def is_gap(self) -> bool:
        """Nobody can do it."""
        return not self.technicians

    @property
    def is_single(self) -> bool:
        """One person alone can do it: a single point of failure."""
        return len(self.technicians) == 1


@dataclass(frozen=True, slots=True)
class Matrix:
    """All cells of an area by (county code, skill code), with the names of both and of the people."""

    counties: tuple[County, ...]
    skills: tuple[Skill, ...]
    cells: dict[tuple[str, str], Cell]
    names: dict[int, str]

    @property
    def singles(self) -> list[Cell]:
        """Single points of failure, those with the most visits waiting first."""
        return _urgent(cell for cell in self.cells.values() if cell.is_single)

    @property
    def gaps(self) -> list[Cell]:
        """What nobody can do, those with the most visits waiting first."""
        return _urgent(cell for cell in self.cells.values() if cell.is_gap)


def matrix(session: Session, area_code: str) -> Matrix:
    """The area's coverage today, in five statements however large it is."""
    counties = session.scalars(select(County).where(County.area_code == area_code).order_by(County.code)).all()
    skills = session.scalars(select(Skill).order_by(Skill.code)).all()
    levels = _levels(session, area_code)
    demand = _demand(session, area_code)
    cells = {
        (county.code, skill.code): _cell(county.code, skill.code, levels, demand)
        for county in counties
        for skill in skills
    }
    people = select(Technician.id, Technician.name).where(Technician.area_code == area_code)
    names = {person: name for person, name in session.execute(people)}
    return Matrix(tuple(counties), tuple(skills), cells, names)


def _cell(
    county: str,
    skill: str,
    levels: dict[tuple[str, str], dict[int, int]],
    demand: dict[tuple[str, str], list[int]],
) -> Cell:
    needed = demand.get((county, skill), [])
    level = max(needed, default=1)
    held = levels.get((county, skill), {})
    able = tuple(sorted(person for person, has in held.items() if has >= level))
    return Cell(county, skill, level, able, len(held), len(needed))


def _levels(session: Session, area_code: str) -> dict[tuple[str, str], dict[int, int]]:
    """(county, skill) to technician id to level, active people only."""
    query = (
        select(Coverage.county_code, TechnicianSkill.skill_code, Technician.id, TechnicianSkill.level)
        .join(Technician, Technician.id == Coverage.technician_id)
        .join(TechnicianSkill, TechnicianSkill.technician_id == Technician.id)
        .join(County, County.code == Coverage.county_code)
        .where(Technician.active, County.area_code == area_code)
    )
    found: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for county, skill, person, level in session.execute(query):
        found[county, skill][person] = level
    return found


def _demand(session: Session, area_code: str) -> dict[tuple[str, str], list[int]]:
    """(county, skill) to the level each waiting visit needs."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for county, skills in session.execute(_waiting(area_code)):
        for skill, level in skills.items():
            found[county, skill].append(level)
    return found


def _waiting(area_code: str) -> Select[*tuple[Any, ...]]:
    return (
        select(WorkOrder.county_code, ServiceProduct.skills)
        .join(Visit, Visit.work_order_id == WorkOrder.id)
        .join(ServiceProduct, ServiceProduct.code == WorkOrder.product_code)
        .join(County, County.code == WorkOrder.county_code)
        .where(County.area_code == area_code, Visit.state == VisitState.WAITING, WorkOrder.state.in_(WAITS))
    )


def _urgent(cells: Iterable[Cell]) -> list[Cell]:
    return sorted(cells, key=lambda cell: (-cell.visits, cell.county_code, cell.skill_code))
