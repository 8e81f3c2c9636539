"""A day's demand: consumers, addresses, products, and the windows they agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from seed_regions import demo_words
from seed_regions.demo_catalogue import MERCHANTS, PRODUCTS, SOLD_BY
from seed_regions.demo_places import Settlements, weights
from seed_regions.demo_records import DemoOrder, DemoTechnician, Spot
from seed_regions.demo_sketch import DaySketch, Sketched
from seed_regions.registry import County

_HOUR = 3600
_SLOTS = ((8, 10), (10, 12), (12, 14), (14, 16), (16, 18))
_HALF_DAYS = ((8, 12), (13, 18))
_ALL_DAY = (8, 18)
_CALLERS, _CALLERS_PER_COUNTY = 12, 4
_SHARES = np.array([product.share for product in PRODUCTS]) / sum(product.share for product in PRODUCTS)
_NOTES = (*[""] * 5, "有电梯", "六楼无电梯", "请提前半小时电话联系", "请戴鞋套", "旧机需拆除")


@dataclass(frozen=True, slots=True)
class Demand:
    """Where and how demand arises in a region."""

    counties: tuple[County, ...]
    places: dict[str, Settlements]
    zone: ZoneInfo

    @property
    def country(self) -> str:
        return self.counties[0].country


def book_day(
    demand: Demand, technicians: Sequence[DemoTechnician], day: date, count: int, rng: np.random.Generator
) -> tuple[list[DemoOrder], list[Sketched]]:
    """`count` orders booked for one day, and who could do them when.

    Counties are drawn by population, products by their share of the market. As on a booking page, a consumer
    whose wish nobody can keep takes another window; one who finds none books another day, and somebody else
    takes the place. After a few such draws the order stays as it is, and is missing from the sketch.
    """
    sketch = DaySketch(technicians, PRODUCTS, day)
    orders = [_booked(demand, day, number, sketch, rng) for number in range(1, count + 1)]
    return orders, list(sketch.booked())


def _booked(demand: Demand, day: date, number: int, sketch: DaySketch, rng: np.random.Generator) -> DemoOrder:
    share = weights(demand.counties)
    for caller in range(_CALLERS):
        if caller % _CALLERS_PER_COUNTY == 0:
            county = demand.counties[int(rng.choice(len(share), p=share))]
        wished = _order(demand, day, number, county, rng)
        agreed = _agreed(wished, sketch)
        if agreed is not None:
            return agreed
    return wished


def _agreed(order: DemoOrder, sketch: DaySketch) -> DemoOrder | None:
    others = sorted(_SLOTS, key=lambda slot: abs(slot[0] * _HOUR - order.earliest))
    wishes = ((begin * _HOUR, end * _HOUR) for begin, end in others)
    for earliest, latest in ((order.earliest, order.latest), *wishes):
        offered = replace(order, earliest=earliest, latest=latest)
        if sketch.book(offered):
            return offered
    return None


def _order(demand: Demand, day: date, number: int, county: County, rng: np.random.Generator) -> DemoOrder:
    country = demand.country
    product = PRODUCTS[int(rng.choice(len(PRODUCTS), p=_SHARES))]
    merchant = MERCHANTS[country][SOLD_BY[product.code]]
    spot = demand.places[county.code].spot(rng)
    earliest, latest = _wish(rng)
    arrived_at = _arrival_of_goods(day, demand.zone, rng)
    return DemoOrder(
        number=f"{merchant.code.upper()}-{day:%y%m%d}-{number:04d}",
        merchant=merchant.code,
        product=product.code,
        consumer_name=demo_words.person(rng, country),
        consumer_phone=demo_words.phone(country, "139", int(rng.integers(10_000))),
        language="zh" if country == "CN" else "en",
        address=address(county, spot, rng),
        spot=spot,
        earliest=earliest * _HOUR,
        latest=latest * _HOUR,
        priority=int(rng.choice([0, 10, 30, 60], p=[0.8, 0.12, 0.06, 0.02])),
        goods_arrived_at=arrived_at,
        created_at=arrived_at - timedelta(hours=int(rng.integers(20, 70))),
        note=str(rng.choice(_NOTES)) if country == "CN" else "",
    )


def address(county: County, spot: Spot, rng: np.random.Generator) -> str:
    """An address in the county, as a consumer would type it."""
    door = demo_words.door(rng, county.country, spot.county_code)
    if county.country == "US":
        return f"{door}, {county.name}, {county.province}"
    return "".join(dict.fromkeys((county.province, county.prefecture, county.name))) + door


def _wish(rng: np.random.Generator) -> tuple[int, int]:
    """Hours between which the consumer wants service to begin: 70 % a slot, 20 % half a day, 10 % all day."""
    draw = rng.random()
    if draw < 0.7:
        return _SLOTS[int(rng.integers(len(_SLOTS)))]
    return _HALF_DAYS[int(rng.integers(len(_HALF_DAYS)))] if draw < 0.9 else _ALL_DAY


def _arrival_of_goods(day: date, zone: ZoneInfo, rng: np.random.Generator) -> datetime:
    """Some time in the two working days before."""
    minutes = int(rng.integers(8 * 60, 20 * 60))
    before = day - timedelta(days=int(rng.integers(1, 3)))
    local = datetime.combine(before, time(minutes // 60, minutes % 60), tzinfo=zone)
    return local.astimezone(UTC)
