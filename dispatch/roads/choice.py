"""The travel times that the settings ask for."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dispatch.place import Places
from dispatch.roads import osrm, valhalla
from dispatch.roads.address import Engine, RoadSettings
from dispatch.roads.answers import RoadEngine
from dispatch.roads.gathering import RoadSource
from dispatch.roads.matrix_cache import MatrixCache
from dispatch.roads.road_times import RoadTimes
from dispatch.roads.server import Server
from routing.surroundings import Surroundings, TownAndCountry
from routing.travel import GreatCircle, TravelTimes


def travel_times(chosen: RoadSettings, circle: GreatCircle, places: Places, cache: Path) -> TravelTimes:
    """`circle` itself, what knows town from country, or a road engine that falls back on it and keeps its answers."""
    match chosen.address.engine:
        case Engine.GREAT_CIRCLE:
            return circle
        case Engine.TOWN_AND_COUNTRY:
            return TownAndCountry(_surroundings(places), circle.circuity, circle.speed_kmh, circle.per_stop)
        case _:
            return RoadTimes(RoadSource(_engine(chosen), MatrixCache(cache)), circle, circle.per_stop)


def _engine(chosen: RoadSettings) -> RoadEngine:
    server = Server(chosen.address.url, chosen.seconds)
    if chosen.address.engine is Engine.OSRM:
        return osrm.Osrm(server, chosen.profile or osrm.PROFILE, chosen.table or osrm.MOST, chosen.snap)
    return valhalla.Valhalla(server, chosen.profile or valhalla.PROFILE, chosen.table or valhalla.MOST, chosen.snap)


def _surroundings(places: Places) -> Surroundings:
    """From the counties as they are today; those whose population is not known say nothing."""
    known = [county for county in places.registry if county.population and county.valid_to is None]
    centres = np.array([(county.lng, county.lat) for county in known])
    return Surroundings.of_counties(centres, np.array([float(county.population or 0) for county in known]))
