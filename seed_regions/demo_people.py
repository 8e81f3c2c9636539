"""The people of a demonstration: providers' outlets and technicians with skills, coverage and shifts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seed_regions import demo_words
from seed_regions.demo_catalogue import FAMILIES, PRODUCTS, PROVIDERS, SKILLS
from seed_regions.demo_places import Settlements, weights
from seed_regions.demo_records import DemoBreak, DemoOutlet, DemoShift, DemoTechnician, Spot
from seed_regions.demo_sketch import travel_seconds
from seed_regions.registry import County

_HOUR = 3600
_LUNCH = DemoBreak(earliest=int(11.5 * _HOUR), latest=int(13.5 * _HOUR), duration=_HOUR // 2)
_STARTS = (8 * _HOUR, int(7.5 * _HOUR), 9 * _HOUR)
_QUALIFIED_PER_COUNTY = 3
_FARTHEST = 5_400
_LEVEL_NEEDED = {product.skill: product.level for product in PRODUCTS}


def shares(counties: Sequence[County], total: int) -> list[int]:
    """`total` divided by population (largest remainder), at least two each where there are enough."""
    least = 2 if total >= 3 * len(counties) else 1 if total >= len(counties) else 0
    exact = weights(counties) * (total - least * len(counties))
    whole = np.floor(exact).astype(int)
    left = total - least * len(counties) - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:left]] += 1
    return [least + int(count) for count in whole]


def outlets(
    counties: Sequence[County], places: dict[str, Settlements], rng: np.random.Generator
) -> list[DemoOutlet]:
    """Branches in the most populous counties, the providers taking turns."""
    country = counties[0].country
    providers = PROVIDERS[country]
    chosen = sorted(counties, key=lambda county: -(county.population or 0))[: max(2, len(counties) // 2)]
    branch = "{}营业部" if country == "CN" else "{} branch"
    return [
        DemoOutlet(
            code=f"{providers[turn % 2].code}-{turn // 2 + 1:02d}",
            provider=providers[turn % 2].code,
            name=branch.format(county.name),
            spot=places[county.code].spot(rng),
        )
        for turn, county in enumerate([*chosen, *chosen][: max(2, len(chosen))])
    ]


def technicians(
    counties: Sequence[County],
    places: dict[str, Settlements],
    branches: Sequence[DemoOutlet],
    total: int,
    weekday: int,
    rng: np.random.Generator,
) -> list[DemoTechnician]:
    """`total` technicians at home where people live; all of them work on `weekday`.

    Every product can be installed in every county by at least three of them (or by all, if there are fewer).
    """
    people: list[DemoTechnician] = []
    for county, count in zip(counties, shares(counties, total), strict=True):
        for _ in range(count):
            home = places[county.code].spot(rng)
            people.append(_technician(len(people) + 1, home, counties, branches, weekday, rng))
    _close_gaps(people, counties)
    return people


def _technician(
    number: int,
    home: Spot,
    counties: Sequence[County],
    branches: Sequence[DemoOutlet],
    weekday: int,
    rng: np.random.Generator,
) -> DemoTechnician:
    country = counties[0].country
    return DemoTechnician(
        code=f"T{number:03d}",
        name=demo_words.person(rng, country),
        phone=demo_words.phone(rng, country, "138"),
        outlet=min(branches, key=lambda branch: travel_seconds(home, branch.spot)).code,
        home=home,
        skills=_skills(number, rng),
        counties=_coverage(home, counties, int(rng.integers(3, 6))),
        shifts=_shifts(weekday, rng),
        capacity=int(rng.choice([60, 70, 80])),
        max_visits=int(rng.choice([8, 9, 10])),
    )


def _skills(number: int, rng: np.random.Generator) -> dict[str, int]:
    """A trade at the level it needs or above, and sometimes one or two things more."""
    trade = FAMILIES[number % len(FAMILIES)]
    levels = {skill: min(5, _LEVEL_NEEDED[skill] + int(rng.integers(0, 3))) for skill in trade}
    for skill in rng.choice([skill.code for skill in SKILLS], size=int(rng.integers(0, 3)), replace=False):
        levels.setdefault(str(skill), int(rng.integers(1, 5)))
    return levels


def _distance(home: Spot, county: County) -> int:
    return 0 if county.code == home.county_code else travel_seconds(home, Spot("", county.lng, county.lat))


def _coverage(home: Spot, counties: Sequence[County], most: int) -> tuple[str, ...]:
    near = sorted(counties, key=lambda county: _distance(home, county))
    return tuple(county.code for county in near[:most] if _distance(home, county) <= _FARTHEST)


def _shifts(weekday: int, rng: np.random.Generator) -> tuple[DemoShift, ...]:
    """Six days a week; the day off is never `weekday`."""
    begins = int(rng.choice(_STARTS, p=[0.7, 0.15, 0.15]))
    soft_ends = 18 * _HOUR if begins > 8 * _HOUR else int(17.5 * _HOUR)
    day_off = (weekday + int(rng.integers(1, 7))) % 7
    return tuple(
        DemoShift(day, begins, soft_ends, 19 * _HOUR, (_LUNCH,)) for day in range(7) if day != day_off
    )


def _close_gaps(people: list[DemoTechnician], counties: Sequence[County]) -> None:
    """Train the least trained, or send the nearest, until every county has enough people for every skill."""
    wanted = min(_QUALIFIED_PER_COUNTY, len(people))
    for county in counties:
        reach = np.array([_distance(person.home, county) for person in people])
        for skill, level in _LEVEL_NEEDED.items():
            while sum(_able(person, county.code, skill, level) for person in people) < wanted:
                position = _next_to_train(people, county.code, skill, level, reach)
                people[position] = _trained(people[position], county.code, skill, level)


def _able(person: DemoTechnician, county_code: str, skill: str, level: int) -> bool:
    return county_code in person.counties and person.skills.get(skill, 0) >= level


def _next_to_train(
    people: list[DemoTechnician], county_code: str, skill: str, level: int, reach: NDArray[np.int_]
) -> int:
    """The cheapest to qualify: covers the county already, is near, knows few other things."""
    open_to = [at for at, person in enumerate(people) if not _able(person, county_code, skill, level)]

    def effort(at: int) -> tuple[bool, int, int]:
        person = people[at]
        return county_code not in person.counties, len(person.skills) + int(reach[at]) // 1200, at

    return min(open_to, key=effort)


def _trained(person: DemoTechnician, county_code: str, skill: str, level: int) -> DemoTechnician:
    known = {**person.skills, skill: max(level, person.skills.get(skill, 0))}
    covered = person.counties if county_code in person.counties else (*person.counties, county_code)
    return DemoTechnician(
        code=person.code,
        name=person.name,
        phone=person.phone,
        outlet=person.outlet,
        home=person.home,
        skills=known,
        counties=covered,
        shifts=person.shifts,
        capacity=person.capacity,
        max_visits=person.max_visits,
    )
