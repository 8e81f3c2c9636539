"""What a check-in says about a place: how far from the address it was, and where the address really is."""

from __future__ import annotations

from dataclasses import dataclass

from geopy.distance import geodesic

from dispatch.facts import Fact
from dispatch.work_order import PositionQuality, WorkOrder

GEOFENCE = 300.0
GOOD_ENOUGH = 100.0
LEARN_WITHIN = {PositionQuality.GEOCODED: 3_000.0, PositionQuality.COUNTY_CENTRE: 60_000.0}


@dataclass(frozen=True, slots=True)
class Found:
    """Distance from the address in metres, None when either place is unknown.

    `outside_geofence` is None when there is nothing reliable to measure against.
    """

    distance: int | None
    outside_geofence: bool | None


def against_address(order: WorkOrder, fact: Fact) -> Found:
    """Compare where the phone was with the order's place. The fence is 300 m plus the phone's accuracy."""
    if fact.lng is None or fact.lat is None or order.lng is None or order.lat is None:
        return Found(None, None)
    distance = geodesic((fact.lat, fact.lng), (order.lat, order.lng)).meters
    if order.position_quality in LEARN_WITHIN:
        return Found(round(distance), None)
    return Found(round(distance), distance > GEOFENCE + (fact.accuracy or 0.0))


def learn_position(order: WorkOrder, fact: Fact, found: Found) -> PositionQuality | None:
    """Give a vague order the place of its first check-in; returns the quality it had, or None if unchanged.

    Not learnt from a position worse than 100 m, nor from one too far off to be the same place.
    """
    quality = order.position_quality
    if quality not in LEARN_WITHIN or found.distance is None or found.distance > LEARN_WITHIN[quality]:
        return None
    if fact.accuracy is None or fact.accuracy > GOOD_ENOUGH:
        return None
    order.lng, order.lat, order.position_quality = fact.lng, fact.lat, PositionQuality.LEARNT
    return quality
