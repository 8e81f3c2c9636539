"""Whether a boundary layer is what it claims to be: known counties, at the place where they really are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from seed_regions import datum
from seed_regions.boundaries import BoundaryLayer
from seed_regions.datum import Datum
from seed_regions.errors import BoundaryRefused
from seed_regions.registry import Registry

_EARTH = 6_371_008.8
LEAST_INSIDE = 0.75
LEAST_KNOWN = 0.5
MOST_MEDIAN = 30_000.0
_ENOUGH_TO_JUDGE_DATUM = 10
_ENOUGH_FOR_ANY = 300
_COMPARABLE = 3_000.0
_ROUNDING = 0.014


@dataclass(frozen=True, slots=True)
class Fit:
    """How a layer lies over the registry.

    `inside` is the share of counties whose registered centre lies in their own polygon or within 1.5 km of it
    (the registry rounds centres to 0.01°); `median_distance` is metres between the registered centre and the
    polygon's. `shift` is the median of (polygon centre − registered centre) in metres, east and north.
    """

    counties: int
    inside: float
    median_distance: float
    shift: tuple[float, float]


def recoded(layer: BoundaryLayer, registry: Registry) -> BoundaryLayer:
    """The layer with old codes led to the codes in force; counties the registry does not know are dropped.

    A county that was divided keeps no code of today and is dropped too. Raises `BoundaryRefused` when fewer
    than half of the codes are known: then the field that was read holds no county codes.
    """
    codes = [registry.current(code) for code in layer.codes]
    known = sum(code is not None for code in codes)
    if known < LEAST_KNOWN * len(layer) or not known:
        sample = ", ".join(layer.codes[:3]) or "none at all"
        raise BoundaryRefused(
            f"only {known} of {len(layer)} codes are in the registry (found: {sample}); "
            "name the field that holds the county code"
        )
    pairs = [(code, shape) for code, shape in zip(codes, layer.shapes, strict=True) if code is not None]
    return BoundaryLayer.of(pairs, layer.source)


def in_wgs84(layer: BoundaryLayer, declared: Datum) -> BoundaryLayer:
    """The layer converted from its declared datum."""
    if declared is Datum.WGS84:
        return layer
    shapes = shapely.transform(layer.shapes, lambda points: datum.to_wgs84(points, declared))
    return BoundaryLayer(layer.codes, shapes, layer.source)


def fit(layer: BoundaryLayer, registry: Registry) -> Fit:
    """How well the layer's polygons lie over the registry's centres."""
    counties = [registry.get(code) for code in layer.codes]
    registered = shapely.points([(county.lng, county.lat) for county in counties])
    offset = _offsets(layer, registry)
    east, north = np.median(offset, axis=0)
    return Fit(
        counties=len(counties),
        inside=float(np.mean(shapely.dwithin(layer.shapes, registered, _ROUNDING))),
        median_distance=float(np.median(np.hypot(offset[:, 0], offset[:, 1]))),
        shift=(float(east), float(north)),
    )


def accept(layer: BoundaryLayer, declared: Datum, registry: Registry) -> BoundaryLayer:
    """The layer in WGS-84 with today's codes. Raises `BoundaryRefused` with what is wrong and what to do."""
    given = recoded(layer, registry)
    if not bool(np.all(np.isfinite(shapely.total_bounds(given.shapes)))):
        raise BoundaryRefused("the layer holds no areas; export polygons, not points or lines")
    taken = in_wgs84(given, declared)
    found = fit(taken, registry)
    if found.inside < LEAST_INSIDE or found.median_distance > MOST_MEDIAN:
        raise BoundaryRefused(_misplaced(taken, found, registry))
    other = better_datum(given, declared, registry)
    if other is not None:
        raise BoundaryRefused(
            f"declared {declared.value}, but the counties lie where {other.value} would put them "
            f"(off by {found.shift[0]:.0f} m east, {found.shift[1]:.0f} m north); declare datum {other.value}"
        )
    return taken


def _misplaced(layer: BoundaryLayer, found: Fit, registry: Registry) -> str:
    swapped = BoundaryLayer(layer.codes, shapely.transform(layer.shapes, _swap), layer.source)
    if fit(swapped, registry).inside >= LEAST_INSIDE:
        return "longitude and latitude are swapped; export the layer as longitude, latitude"
    return (
        f"only {found.inside:.0%} of the counties lie at their registered centre "
        f"(median {found.median_distance / 1000:.0f} km off); check the code field and the declared datum"
    )


def _swap(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points[:, ::-1]


def better_datum(layer: BoundaryLayer, declared: Datum, registry: Registry) -> Datum | None:
    """The datum that the coordinates of a layer really seem to be in, when it is not the declared one.

    Read in the wrong datum a layer lies some 500–1,200 m to one side of every county. The registry's centres
    are rounded to 0.01° (up to 500 m each way), so one county proves nothing, but the mean over many does:
    its error falls with the root of their number. None when undecided or when the declared datum fits.
    """
    layer = _comparable(layer, declared, registry)
    if len(layer) < _ENOUGH_TO_JUDGE_DATUM:
        return None
    offset = _offsets(in_wgs84(layer, declared), registry)
    error = float(np.hypot(*np.std(offset, axis=0))) / np.sqrt(len(layer))
    misfit = {kind: _common_shift(in_wgs84(layer, kind), registry) for kind in Datum}
    best = min(misfit, key=lambda kind: misfit[kind])
    clear = misfit[declared] > max(4.0 * error, 2.0 * misfit[best])
    return best if best is not declared and clear else None


def _comparable(layer: BoundaryLayer, declared: Datum, registry: Registry) -> BoundaryLayer:
    """Some hundred Chinese counties of the layer, without those that changed shape since the registry."""
    chinese = [code for code in layer.codes if registry.get(code).country == "CN"]
    some = layer.only(chinese[:: 1 + len(chinese) // _ENOUGH_FOR_ANY])
    offset = _offsets(in_wgs84(some, declared), registry)
    alike = np.hypot(offset[:, 0], offset[:, 1]) < _COMPARABLE
    return some.only([code for code, kept in zip(some.codes, alike, strict=True) if kept])


def _offsets(layer: BoundaryLayer, registry: Registry) -> NDArray[np.float64]:
    """The layer's centres minus the registered ones, metres east and north, shape (n, 2).

    The registry's centre is a point on the county's surface, so the layer's is taken in the same way.
    """
    counties = [registry.get(code) for code in layer.codes]
    registered = np.array([(county.lng, county.lat) for county in counties]).reshape(-1, 2)
    centres = shapely.get_coordinates(shapely.point_on_surface(layer.shapes))
    return _metres(centres - registered, registered[:, 1])


def _common_shift(layer: BoundaryLayer, registry: Registry) -> float:
    """Length of the mean offset, metres: what all counties have in common, not what each has alone."""
    east, north = np.mean(_offsets(layer, registry), axis=0)
    return float(np.hypot(east, north))


def _metres(offset: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Small differences in degrees as metres east and north."""
    scale = np.radians(1.0) * _EARTH
    return np.column_stack([offset[:, 0] * np.cos(np.radians(lat)) * scale, offset[:, 1] * scale])
