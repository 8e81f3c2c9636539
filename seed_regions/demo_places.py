"""Where people live in a county: a few settlements, and places scattered about them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from seed_regions.demo_records import Spot
from seed_regions.locate import CountyIndex
from seed_regions.registry import County

_METRE = 1.0 / 111_195.0
_SPREAD = 1_300.0
_UNBOUNDED_SPREAD = 4_000.0
_TRIES = 400
_POPULATION_UNKNOWN = 20_000


def weights(counties: Sequence[County]) -> NDArray[np.float64]:
    """Share of the population in each county; an unknown population counts as a small one."""
    people = np.array([county.population or _POPULATION_UNKNOWN for county in counties], dtype=np.float64)
    return np.asarray(people / people.sum(), dtype=np.float64)


class Settlements:
    """Draws places in one county. With a boundary every one lies inside it; without, about the centre."""

    def __init__(self, county: County, index: CountyIndex | None, rng: np.random.Generator) -> None:
        self._county = county
        shape = index.layer.shape(county.code) if index is not None and index.layer is not None else None
        self._shape = shape
        if shape is not None:
            shapely.prepare(shape)
        self._squeeze = 1.0 / np.cos(np.radians(county.lat))
        count = 3 + (county.population or _POPULATION_UNKNOWN) // 400_000
        self._centres = [self._anywhere(rng) for _ in range(count)]

    @property
    def hubs(self) -> list[Spot]:
        """The middle of each settlement, the largest first."""
        return [Spot(self._county.code, lng, lat) for lng, lat in self._centres]

    def spot(self, rng: np.random.Generator) -> Spot:
        """A place near one of the settlements; the earlier ones are the larger ones."""
        centre = self._centres[int(len(self._centres) * rng.random() ** 1.5)]
        for _ in range(_TRIES):
            lng, lat = self._scatter(centre, _SPREAD, rng)
            if self._holds(lng, lat):
                return Spot(self._county.code, lng, lat)
        return Spot(self._county.code, *centre)

    def _anywhere(self, rng: np.random.Generator) -> tuple[float, float]:
        if self._shape is None:
            return self._scatter((self._county.lng, self._county.lat), _UNBOUNDED_SPREAD, rng)
        west, south, east, north = shapely.bounds(self._shape)
        for _ in range(_TRIES):
            lng, lat = float(rng.uniform(west, east)), float(rng.uniform(south, north))
            if self._holds(lng, lat):
                return lng, lat
        inside = shapely.get_coordinates(shapely.point_on_surface(self._shape))[0]
        return float(inside[0]), float(inside[1])

    def _scatter(self, centre: tuple[float, float], spread: float, rng: np.random.Generator) -> tuple[float, float]:
        east, north = rng.normal(0.0, spread * _METRE, 2)
        return round(float(centre[0] + east * self._squeeze), 6), round(float(centre[1] + north), 6)

    def _holds(self, lng: float, lat: float) -> bool:
        return self._shape is None or bool(shapely.intersects_xy(self._shape, lng, lat))
