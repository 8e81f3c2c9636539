"""The registry's counties as rows, and the planning areas that join them by default.

An area is a prefecture in China (a municipality is one, a county directly under its province another) and a
state in the USA, in the zone where most of its people live.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from seed_regions import registry as gazetteer
from seed_regions.time_zones import time_zone_of
from technicians.place import County, PlanningArea

MUNICIPALITIES = {"110000": "Beijing", "120000": "Tianjin", "310000": "Shanghai", "500000": "Chongqing"}
SPECIAL = {"710000": "Taiwan", "810000": "Hong Kong", "820000": "Macau"}
FROM_REGISTRY = (
    "country", "name", "name_en", "prefecture", "province",
    "lng", "lat", "population", "valid_from", "valid_to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows a load has added or brought up to date; all zero the second time."""

    areas: int
    counties: int
    changed: int


def load(session: Session, registry: Iterable[gazetteer.County]) -> Loaded:
    """Bring areas and counties up to the registry. What people changed of areas stays."""
    counties = list(registry)
    areas = _new_areas(session, counties)
    if areas:
        session.execute(insert(PlanningArea), areas)
    known = {row.code: row for row in session.execute(select(County.code, *_columns()))}
    fresh = [_row(county) for county in counties if county.code not in known]
    if fresh:
        session.execute(insert(County), fresh)
    changed = [
        facts
        for county in counties
        if county.code in known and (facts := _facts(county)) != dict(known[county.code]._mapping)
    ]
    if changed:
        session.execute(update(County), changed)
    return Loaded(len(areas), len(fresh), len(changed))


def _columns() -> list[Any]:
    return [getattr(County, name) for name in FROM_REGISTRY]


def _facts(county: gazetteer.County) -> dict[str, Any]:
    facts = {name: getattr(county, name) for name in FROM_REGISTRY}
    return {"code": county.code, **facts, "population": county.population or 0}


def _row(county: gazetteer.County) -> dict[str, Any]:
    return {**_facts(county), "area_code": default_area(county)["code"]}


def _new_areas(session: Session, counties: Iterable[gazetteer.County]) -> list[dict[str, Any]]:
    known = set(session.scalars(select(PlanningArea.code)))
    wanted: dict[str, dict[str, Any]] = {}
    for county in counties:
        area = default_area(county)
        if area["code"] not in known:
            wanted.setdefault(area["code"], area)
    return list(wanted.values())


def default_area(county: gazetteer.County) -> dict[str, Any]:
    """The area a county belongs to unless somebody decides otherwise, as the columns of `PlanningArea`."""
    zone = time_zone_of(county)
    if county.country == "US":
        return _area("US", county.province_code, county.province, county.province, zone)
    if county.province_code in SPECIAL:
        return _area("CN", county.province_code, county.province, SPECIAL[county.province_code], zone)
    if county.province_code in MUNICIPALITIES:
        code = f"{county.province_code[:2]}0100"
        return _area("CN", code, county.province, MUNICIPALITIES[county.province_code], zone)
    if county.prefecture_code[2:4] == "90":
        return _area("CN", county.code, county.name, county.name_en, zone)
    return _area("CN", county.prefecture_code, county.prefecture, county.prefecture, zone)


def _area(country: str, code: str, name: str, name_en: str, zone: str) -> dict[str, Any]:
    return {"country": country, "code": code, "name": name, "name_en": name_en, "time_zone": zone}
