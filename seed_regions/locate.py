"""Point to county: through boundaries where there are any, else a guess that says that it is one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from seed_regions.boundaries import BoundaryLayer
from seed_regions.registry import Registry

MOST_GUESSED = 300_000.0
_NEAR_BOUNDARY = 0.01
_EARTH = 6_371_008.8


class How(StrEnum):
    """How a county was found; everything but `inside` is a guess and must be shown as one."""

    INSIDE = "inside"
    NEAREST_BOUNDARY = "nearest-boundary"
    NEAREST_CENTRE = "nearest-centre"


@dataclass(frozen=True, slots=True)
class Located:
    """The county of a point, and how it was found. `code` None: no county within 300 km."""

    code: str | None
    how: How

    @property
    def is_guess(self) -> bool:
        return self.how is not How.INSIDE


class CountyIndex:
    """Answers which county a WGS-84 point lies in. `layer` None: only `locate` answers, from county centres.

    Where polygons overlap the smaller county wins: enclaves are often drawn on top of what surrounds them.
    """

    def __init__(self, layer: BoundaryLayer | None, registry: Registry | None = None) -> None:
        self.layer = layer
        shapes = np.empty(0, dtype=object) if layer is None else layer.shapes
        order = np.argsort(shapely.area(shapes), kind="stable")
        self._shapes = shapes[order]
        shapely.prepare(self._shapes)
        self._codes = np.array(() if layer is None else layer.codes, dtype=object)[order]
        self._tree = shapely.STRtree(self._shapes)
        self._centres = _Centres(registry or Registry.load())

    def county_at(self, lng: float, lat: float) -> str | None:
        """The code of the county a point lies in, or None outside every polygon."""
        near = np.sort(self._tree.query(shapely.Point(lng, lat)))
        inside = near[shapely.intersects_xy(self._shapes[near], lng, lat)]
        return str(self._codes[inside[0]]) if len(inside) else None

    def counties_at(self, points: ArrayLike) -> NDArray[np.object_]:
        """For points of shape (n, 2) in longitude, latitude: n codes, None outside every polygon."""
        given = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        owner: NDArray[np.int_] = np.full(len(given), len(self._codes))
        sound = np.flatnonzero(np.isfinite(given).all(axis=1))
        at, polygon = self._tree.query(shapely.points(given[sound]))
        grouped = np.argsort(polygon, kind="stable")
        at, polygon = sound[at[grouped]], polygon[grouped]
        starts = np.flatnonzero(np.diff(polygon, prepend=-1))
        for start, end in zip(starts, [*starts[1:], len(polygon)][: len(starts)], strict=True):
            mine = at[start:end]
            mine = mine[shapely.intersects_xy(self._shapes[polygon[start]], given[mine])]
            owner[mine] = np.minimum(owner[mine], polygon[start])
        named: NDArray[np.object_] = np.append(self._codes, [None])[owner]
        return named

    def locate(self, lng: float, lat: float) -> Located:
        """The county of a point: inside, else the polygon within about 1 km, else the nearest centre."""
        code = self.county_at(lng, lat)
        if code is not None:
            return Located(code, How.INSIDE)
        point = shapely.Point(lng, lat)
        near = self._tree.query_nearest(point, max_distance=_NEAR_BOUNDARY)
        if len(near):
            return Located(str(self._codes[near[0]]), How.NEAREST_BOUNDARY)
        return Located(self._centres.nearest(lng, lat), How.NEAREST_CENTRE)


class _Centres:
    """County centres as unit vectors, so that the nearest one is the largest dot product."""

    def __init__(self, registry: Registry) -> None:
        self._codes = [county.code for county in registry]
        self._vectors = _unit_vectors(np.array([(county.lng, county.lat) for county in registry]))

    def nearest(self, lng: float, lat: float) -> str | None:
        cosines = self._vectors @ _unit_vectors(np.array([(lng, lat)]))[0]
        best = int(np.argmax(cosines))
        distance = _EARTH * float(np.arccos(np.clip(cosines[best], -1.0, 1.0)))
        return self._codes[best] if distance <= MOST_GUESSED else None


def _unit_vectors(points: NDArray[np.float64]) -> NDArray[np.float64]:
    lng, lat = np.radians(points).T
    return np.column_stack([np.cos(lat) * np.cos(lng), np.cos(lat) * np.sin(lng), np.sin(lat)])
