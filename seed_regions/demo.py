"""The seeded generator of demonstration regions: real counties, made-up people and demand, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from seed_regions import demo_people
from seed_regions.demo_catalogue import MERCHANTS, PRODUCTS, PROVIDERS, SKILLS
from seed_regions.demo_orders import Demand, book_day
from seed_regions.demo_places import Settlements
from seed_regions.demo_records import DemoRegion
from seed_regions.errors import RegionError
from seed_regions.locate import CountyIndex
from seed_regions.registry import County, Registry
from seed_regions.time_zones import time_zone_of


def region(
    places: str | Sequence[str],
    day: date,
    technicians: int = 60,
    visits: int = 300,
    seed: int = 1,
    index: CountyIndex | None = None,
) -> DemoRegion:
    """A demonstration region for one day; the same arguments give the same region.

    `places` is the code of a county, prefecture, province or state ("310100"), or a list of county codes of
    one country. With an `index` that holds boundaries every place lies inside its county; without one, places
    lie about the county's centre. At least 97 % of the visits can be kept by `sketch`.

    Raises `UnknownCounty` for an unknown code, `RegionError` for counties of two countries or counts below 1.
    """
    counties = _counties(places)
    if technicians < 1 or visits < 0:
        given = f"{technicians} and {visits}"
        raise RegionError(f"technicians must be at least 1 and visits at least 0, not {given}")
    demand = demand_of(counties, seed, index)
    rng = np.random.default_rng([seed, day.toordinal()])
    people_rng = np.random.default_rng([seed, 1])
    branches = demo_people.outlets(counties, demand.places, people_rng)
    ground = demo_people.Ground(counties, demand.places, visits)
    people = demo_people.technicians(ground, branches, technicians, day.weekday(), people_rng)
    orders, kept = book_day(demand, people, day, visits, rng)
    code, name = _area(counties)
    return DemoRegion(
        code=code,
        name=name,
        time_zone=demand.zone.key,
        on_date=day,
        seed=seed,
        counties=counties,
        skills=SKILLS,
        products=PRODUCTS,
        merchants=MERCHANTS[demand.country],
        providers=PROVIDERS[demand.country],
        outlets=tuple(branches),
        technicians=tuple(people),
        orders=tuple(orders),
        sketch={visit.order.number: visit.technician for visit in kept},
    )


def _counties(places: str | Sequence[str]) -> tuple[County, ...]:
    registry = Registry.load()
    codes = [places] if isinstance(places, str) else list(places)
    counties = {county.code: county for code in codes for county in registry.members(code)}
    if len({county.country for county in counties.values()}) != 1:
        raise RegionError(f"a region needs counties of one country, not {', '.join(codes) or 'none at all'}")
    return tuple(counties[code] for code in sorted(counties))


def demand_of(counties: tuple[County, ...], seed: int, index: CountyIndex | None) -> Demand:
    """Where demand arises in these counties: the settlements drawn from the seed, and the time zone."""
    rng = np.random.default_rng([seed, 0])
    places = {county.code: Settlements(county, index, rng) for county in counties}
    return Demand(counties, places, ZoneInfo(time_zone_of(counties[0])))


def _area(counties: tuple[County, ...]) -> tuple[str, str]:
    """The prefecture when all counties share one, else the province of the first."""
    first = counties[0]
    if all(county.prefecture_code == first.prefecture_code for county in counties):
        return first.prefecture_code, first.prefecture
    return first.province_code, first.province
