"""The registry's counties as rows, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch import counties
from dispatch.system import System
from seed_regions.registry import Registry
from technicians.place import County, PlanningArea


@pytest.fixture
def registry() -> Registry:
    return Registry.load()


def area_of(session: Session, county_code: str) -> PlanningArea:
    return session.get_one(County, county_code).area


def test_every_county_is_loaded_once(system: System, registry: Registry) -> None:
    with system.transaction() as session:
        first = counties.load(session, registry)
        shanghai = 16
        assert first.counties == len(registry) - shanghai
    with system.transaction() as session:
        assert counties.load(session, registry) == counties.Loaded(0, 0, 0)
        assert session.scalar(select(func.count(County.code))) == len(registry)


def test_areas_are_prefectures_municipalities_lone_counties_and_states(
    sqlite_system: System, registry: Registry
) -> None:
    with sqlite_system.transaction() as session:
        counties.load(session, registry)
        assert area_of(session, "310115").code == "310100"
        assert area_of(session, "500229").code == "500100"
        assert area_of(session, "440305").name == "深圳市"
        assert area_of(session, "429004").code == "429004"
        assert area_of(session, "810001").time_zone == "Asia/Hong_Kong"
        assert area_of(session, "06037").name_en == "California"


@pytest.mark.parametrize(
    ("county", "zone"),
    [
        ("06037", "America/Los_Angeles"),
        ("36061", "America/New_York"),
        ("17031", "America/Chicago"),
        ("04013", "America/Phoenix"),
        ("72127", "America/Puerto_Rico"),
        ("653101", "Asia/Shanghai"),
    ],
)
def test_an_area_keeps_the_time_of_most_of_its_people(registry: Registry, county: str, zone: str) -> None:
    assert counties.default_area(registry.get(county))["time_zone"] == zone


def test_every_default_area_has_a_zone_that_exists(registry: Registry) -> None:
    for zone in {counties.default_area(county)["time_zone"] for county in registry}:
        assert PlanningArea(time_zone=zone).zone.key == zone


def test_what_the_registry_corrects_is_corrected_and_what_people_decided_stays(
    system: System, registry: Registry
) -> None:
    pudong = registry.get("310115")
    with system.transaction() as session:
        session.add(PlanningArea(code="east", country="CN", name="东", name_en="East", time_zone="Asia/Shanghai"))
        session.flush()
        session.get_one(County, "310115").area_code = "east"
    with system.transaction() as session:
        done = counties.load(session, [replace(pudong, population=1)])
        assert (done.counties, done.changed) == (0, 1)
    with system.transaction(read_only=True) as session:
        row = session.get_one(County, "310115")
        assert (row.population, row.area_code) == (1, "east")
