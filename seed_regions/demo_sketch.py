"""A sketch of a day: each visit is put where it costs least travel. No plan, but proof that one exists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from math import cos, hypot, radians

from seed_regions.demo_records import DemoOrder, DemoProduct, DemoShift, DemoTechnician, Spot

_EARTH = 6_371_008.8
_SECONDS_PER_METRE = 1.3 * 3.6 / 24.0
_PARKING = 150


def travel_seconds(here: Spot, there: Spot) -> int:
    """City driving between two places: great circle, 1.3 times as far by road, 24 km/h, 150 s to park."""
    north = radians(there.lat - here.lat)
    east = radians(there.lng - here.lng) * cos(radians((here.lat + there.lat) / 2.0))
    metres = _EARTH * hypot(north, east)
    return round(metres * _SECONDS_PER_METRE) + _PARKING if metres else 0


@dataclass(frozen=True, slots=True)
class Sketched:
    """A visit's technician and, in wall-clock seconds, arrival at the latest, begin and end of service."""

    order: DemoOrder
    technician: str
    arrives: int
    starts: int
    ends: int


@dataclass(slots=True)
class _Day:
    """One technician's day as it fills up."""

    technician: DemoTechnician
    shift: DemoShift
    orders: list[DemoOrder] = field(default_factory=list)
    load: int = 0

    def has_room(self, product: DemoProduct) -> bool:
        person = self.technician
        return len(self.orders) < person.max_visits and self.load + product.load <= person.capacity

    def starts(self, orders: Sequence[DemoOrder], products: dict[str, DemoProduct]) -> list[int] | None:
        """When service begins at each, or None if a window, the lunch or the end of the shift is missed."""
        here, free_at, begun = self.technician.home, self.shift.begins, []
        lunch = self.shift.breaks[0] if self.shift.breaks else None
        for order in orders:
            product = products[order.product]
            if lunch is not None and free_at >= lunch.earliest:
                free_at, lunch = free_at + lunch.duration, None
            ready = free_at + travel_seconds(here, order.spot) + product.setup
            start = max(ready, order.earliest)
            if lunch is not None and start + product.duration > lunch.latest:
                rested = max(free_at, lunch.earliest) + lunch.duration
                start, lunch = max(start, ready + rested - free_at), None
            if start > order.latest:
                return None
            begun.append(start)
            here, free_at = order.spot, start + product.duration
        homeward = travel_seconds(here, self.technician.home)
        if lunch is not None and free_at + homeward > lunch.latest:
            free_at = max(free_at, lunch.earliest) + lunch.duration
        return begun if free_at + homeward <= self.shift.hard_ends else None


class DaySketch:
    """Fills the technicians' days one visit after another, in the order in which they are booked."""

    def __init__(self, technicians: Sequence[DemoTechnician], products: Sequence[DemoProduct], day: date) -> None:
        self._products = {product.code: product for product in products}
        self._days = [_Day(person, shift) for person in technicians if (shift := person.shift_on(day)) is not None]
        self._able: dict[tuple[str, str], list[_Day]] = defaultdict(list)
        for filling in self._days:
            for code in filling.technician.counties:
                for product in products:
                    if filling.technician.can_do(product, code):
                        self._able[code, product.code].append(filling)

    def book(self, order: DemoOrder) -> bool:
        """Insert the visit where it adds least travel; False if nobody able can begin it in its window."""
        product = self._products[order.product]
        offers = [
            (added, turn, position)
            for turn, filling in enumerate(self._able[order.spot.county_code, order.product])
            if filling.has_room(product)
            for added, position in self._places(filling, order)
        ]
        for _, turn, position in sorted(offers):
            filling = self._able[order.spot.county_code, order.product][turn]
            longer = [*filling.orders[:position], order, *filling.orders[position:]]
            if filling.starts(longer, self._products) is not None:
                filling.orders = longer
                filling.load += product.load
                return True
        return False

    def booked(self) -> Iterator[Sketched]:
        """Every visit that was taken, technician by technician in the order of the day."""
        for filling in self._days:
            starts = filling.starts(filling.orders, self._products) or []
            for order, start in zip(filling.orders, starts, strict=True):
                product = self._products[order.product]
                yield Sketched(order, filling.technician.code, start - product.setup, start, start + product.duration)

    @staticmethod
    def _places(filling: _Day, order: DemoOrder) -> Iterator[tuple[int, int]]:
        """Added travel and position for every place in the sequence; windows are looked at afterwards."""
        home = filling.technician.home
        spots = [home, *(each.spot for each in filling.orders), home]
        for position, (before, after) in enumerate(pairwise(spots)):
            detour = travel_seconds(before, order.spot) + travel_seconds(order.spot, after)
            yield detour - travel_seconds(before, after), position
