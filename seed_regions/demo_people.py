"""The people of a demonstration: providers' outlets and technicians with skills, coverage and shifts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from seed_regions import demo_words
from seed_regions.demo_catalogue import FAMILIES, PRODUCTS, PROVIDERS, SKILLS
from seed_regions.demo_places import Settlements, weights
from seed_regions.demo_records import DemoBreak, DemoOutlet, DemoProduct, DemoShift, DemoTechnician, Spot
from seed_regions.demo_sketch import travel_seconds
from seed_regions.registry import County

_HOUR = 3600
_LUNCH = DemoBreak(earliest=int(11.5 * _HOUR), latest=int(13.5 * _HOUR), duration=_HOUR // 2)
_STARTS = (8 * _HOUR, int(7.5 * _HOUR), 9 * _HOUR)
_FEWEST_QUALIFIED = 3
_VISITS_EACH = 1.5
_FARTHEST = 5_400
_LEVEL_NEEDED = {product.skill: product.level for product in PRODUCTS}


def shares(counties: Sequence[County], total: int) -> list[int]:
    """`total` divided by population (largest remainder), at least one each where there are enough."""
    least = 1 if total >= len(counties) else 0
    exact = weights(counties) * (total - least * len(counties))
    whole = np.floor(exact).astype(int)
    left = total - least * len(counties) - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:left]] += 1
    return [least + int(count) for count in whole]


def outlets(counties: Sequence[County], places: dict[str, Settlements], rng: np.random.Generator) -> list[DemoOutlet]:
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


@dataclass(frozen=True, slots=True)
class Ground:
    """The counties people work in, where their settlements are, and the visits expected in each."""

    counties: tuple[County, ...]
    places: dict[str, Settlements]
    visits: int

    def reach(self, home: Spot, county: County) -> int:
        """Seconds from a home to the nearest settlement of a county; none within the home county."""
        if county.code == home.county_code:
            return 0
        return min(travel_seconds(home, hub) for hub in self.places[county.code].hubs)

    def wanted(self, county_share: float, product: DemoProduct) -> int:
        """How many people should be able to do a product in a county: one for 1.5 visits, at least three."""
        return max(_FEWEST_QUALIFIED, ceil(self.visits * county_share * product.share / _VISITS_EACH))


def technicians(
    ground: Ground, branches: Sequence[DemoOutlet], total: int, weekday: int, rng: np.random.Generator
) -> list[DemoTechnician]:
    """`total` technicians at home where people live; all of them work on `weekday`.

    Every product can be installed in every county by at least three of them (or by all, if there are fewer).
    """
    people: list[DemoTechnician] = []
    for county, count in zip(ground.counties, shares(ground.counties, total), strict=True):
        for _ in range(count):
            home = ground.places[county.code].spot(rng)
            people.append(_technician(len(people) + 1, home, ground, branches, weekday, rng))
    _close_gaps(people, ground)
    return people


def _technician(
    number: int,
    home: Spot,
    ground: Ground,
    branches: Sequence[DemoOutlet],
    weekday: int,
    rng: np.random.Generator,
) -> DemoTechnician:
    country = ground.counties[0].country
    return DemoTechnician(
        code=f"T{number:03d}",
        name=demo_words.person(rng, country),
        phone=demo_words.phone(country, "138", number * 7919),
        outlet=min(branches, key=lambda branch: travel_seconds(home, branch.spot)).code,
        home=home,
        skills=_skills(number, rng),
        counties=_coverage(home, ground, int(rng.integers(3, 6))),
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


def _coverage(home: Spot, ground: Ground, most: int) -> tuple[str, ...]:
    reach = {county.code: ground.reach(home, county) for county in ground.counties}
    near = sorted(reach, key=lambda code: reach[code])[:most]
    return tuple(code for code in near if reach[code] <= _FARTHEST)


def _shifts(weekday: int, rng: np.random.Generator) -> tuple[DemoShift, ...]:
    """Six days a week; the day off is never `weekday`."""
    begins = int(rng.choice(_STARTS, p=[0.7, 0.15, 0.15]))
    soft_ends = 18 * _HOUR if begins > 8 * _HOUR else int(17.5 * _HOUR)
    day_off = (weekday + int(rng.integers(1, 7))) % 7
    return tuple(DemoShift(day, begins, soft_ends, 19 * _HOUR, (_LUNCH,)) for day in range(7) if day != day_off)


def _close_gaps(people: list[DemoTechnician], ground: Ground) -> None:
    """Train the least trained, or send the nearest, until every county has people for every product."""
    for county, share in zip(ground.counties, weights(ground.counties), strict=True):
        reach = [ground.reach(person.home, county) for person in people]
        for product in PRODUCTS:
            able = [at for at, person in enumerate(people) if person.can_do(product, county.code)]
            missing = min(ground.wanted(float(share), product), len(people)) - len(able)
            for position in _next_to_train(people, county.code, able, reach)[: max(0, missing)]:
                people[position] = _trained(people[position], county.code, product)


def _next_to_train(people: list[DemoTechnician], county_code: str, able: list[int], reach: list[int]) -> list[int]:
    """Who is cheapest to qualify comes first: covers the county, is near, knows few other things."""

    def effort(at: int) -> tuple[int, int]:
        person = people[at]
        return reach[at] // 600 + len(person.skills) + (0 if county_code in person.counties else 3), at

    return sorted(set(range(len(people))) - set(able), key=effort)


def _trained(person: DemoTechnician, county_code: str, product: DemoProduct) -> DemoTechnician:
    level = max(product.level, person.skills.get(product.skill, 0))
    covered = person.counties if county_code in person.counties else (*person.counties, county_code)
    return replace(person, skills={**person.skills, product.skill: level}, counties=covered)
