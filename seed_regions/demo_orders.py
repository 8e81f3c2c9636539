"""A day's demand: consumers, addresses, products, and the windows they agreed to."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from seed_regions import demo_words
from seed_regions.demo_catalogue import MERCHANTS, PRODUCTS, SOLD_BY
from seed_regions.demo_places import Settlements, weights
from seed_regions.demo_records import DemoOrder, DemoProduct, DemoTechnician, Spot
from seed_regions.demo_sketch import DaySketch, Sketched
from seed_regions.registry import County

_HOUR = 3600
_SLOTS = ((8, 10), (10, 12), (12, 14), (14, 16), (16, 18))
_HALF_DAYS = ((8, 12), (13, 18))
_ALL_DAY = (8, 18)
_BY_CODE = {product.code: product for product in PRODUCTS}
_NOTES = ("", "", "", "", "", "有电梯", "六楼无电梯", "请提前半小时电话联系", "家有小孩，请戴鞋套", "旧机需拆除")


@dataclass(frozen=True, slots=True)
class Demand:
    """Where and how demand arises in a region."""

    counties: tuple[County, ...]
    places: dict[str, Settlements]
    zone: ZoneInfo

    @property
    def country(self) -> str:
        return self.counties[0].country


def draw_orders(demand: Demand, day: date, count: int, rng: np.random.Generator) -> list[DemoOrder]:
    """`count` orders for one day, counties drawn by population and products by their share of the market."""
    share = np.array([product.share for product in PRODUCTS])
    homes = rng.choice(len(demand.counties), size=count, p=weights(demand.counties))
    sorts = rng.choice(len(PRODUCTS), size=count, p=share / share.sum())
    return [
        _order(demand, day, number + 1, demand.counties[int(home)], PRODUCTS[int(sort)], rng)
        for number, (home, sort) in enumerate(zip(homes, sorts, strict=True))
    ]


def agree_windows(
    orders: Sequence[DemoOrder], technicians: Sequence[DemoTechnician], day: date
) -> tuple[list[DemoOrder], dict[str, Sketched]]:
    """The orders with windows that somebody can keep, and who could, as a booking page would offer them.

    A consumer whose wish cannot be kept takes the next slot; one who finds none is at home all day. The
    orders keep their sequence.
    """
    sketch = DaySketch(technicians, day)
    agreed = {order.number: order for order in orders}
    kept: dict[str, Sketched] = {}
    queue = [(order.earliest, order.latest, order.number) for order in orders]
    heapq.heapify(queue)
    while queue:
        earliest, latest, number = heapq.heappop(queue)
        order = agreed[number]
        placed = sketch.place(_BY_CODE[order.product], order.spot, earliest, latest)
        if placed is not None:
            kept[number] = placed
            agreed[number] = replace(order, earliest=earliest, latest=latest)
        elif later := _next_slot(earliest, latest):
            heapq.heappush(queue, (*later, number))
        else:
            agreed[number] = replace(order, earliest=_ALL_DAY[0] * _HOUR, latest=_ALL_DAY[1] * _HOUR)
    return [agreed[order.number] for order in orders], kept


def _next_slot(earliest: int, latest: int) -> tuple[int, int] | None:
    return next(
        ((begin * _HOUR, end * _HOUR) for begin, end in _SLOTS if begin * _HOUR > earliest and end * _HOUR > latest),
        None,
    )


def _order(
    demand: Demand, day: date, number: int, county: County, product: DemoProduct, rng: np.random.Generator
) -> DemoOrder:
    country = demand.country
    merchant = MERCHANTS[country][SOLD_BY[product.code]]
    spot = demand.places[county.code].spot(rng)
    earliest, latest = _wish(rng)
    arrived_at = _arrival_of_goods(day, demand.zone, rng)
    return DemoOrder(
        number=f"{merchant.code.upper()}-{day:%y%m%d}-{number:04d}",
        merchant=merchant.code,
        product=product.code,
        consumer_name=demo_words.person(rng, country),
        consumer_phone=demo_words.phone(rng, country, "139"),
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
