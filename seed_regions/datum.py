"""The one place where Chinese map datums are converted. Inside the system everything is WGS-84.

GCJ-02 (AMap, Tencent, Google within China) shifts WGS-84 by some 300–700 m; BD-09 (Baidu) shifts GCJ-02 once
more. The forward shift is the published reconstruction known as "eviltransform"
(github.com/googollee/eviltransform) on the Krasovsky 1940 ellipsoid; the way back is found by fixed-point
iteration and is exact to the last bits of a double, unlike the usual single subtraction (off by up to 5 m).
Outside China GCJ-02 equals WGS-84.

Every function takes and gives an array of shape (n, 2) or (2,): longitude, latitude in degrees.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]

_SEMI_MAJOR = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU_TURNS = np.pi * 3000.0 / 180.0
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)
_ROUNDS = 12


class Datum(StrEnum):
    """The datum a source of coordinates uses."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def wgs84_to_gcj02(points: ArrayLike) -> Points:
    """WGS-84 to GCJ-02; points outside China are returned unchanged."""
    given = np.asarray(points, dtype=np.float64)
    return given + _gcj02_shift(given) * in_china(given)[..., None]


def gcj02_to_wgs84(points: ArrayLike) -> Points:
    """GCJ-02 to WGS-84, the exact inverse of `wgs84_to_gcj02`."""
    return _inverse(wgs84_to_gcj02, points)


def gcj02_to_bd09(points: ArrayLike) -> Points:
    """GCJ-02 to BD-09."""
    lng, lat = np.moveaxis(np.asarray(points, dtype=np.float64), -1, 0)
    radius = np.hypot(lng, lat) + 0.00002 * np.sin(lat * _BAIDU_TURNS)
    angle = np.arctan2(lat, lng) + 0.000003 * np.cos(lng * _BAIDU_TURNS)
    return np.stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006], axis=-1)


def bd09_to_gcj02(points: ArrayLike) -> Points:
    """BD-09 to GCJ-02, the exact inverse of `gcj02_to_bd09`."""
    return _inverse(gcj02_to_bd09, points)


def wgs84_to_bd09(points: ArrayLike) -> Points:
    """WGS-84 to BD-09."""
    return gcj02_to_bd09(wgs84_to_gcj02(points))


def bd09_to_wgs84(points: ArrayLike) -> Points:
    """BD-09 to WGS-84."""
    return gcj02_to_wgs84(bd09_to_gcj02(points))


def to_wgs84(points: ArrayLike, datum: Datum) -> Points:
    """Points of any datum in WGS-84."""
    given = np.asarray(points, dtype=np.float64)
    match datum:
        case Datum.WGS84:
            return given
        case Datum.GCJ02:
            return gcj02_to_wgs84(given)
        case Datum.BD09:
            return bd09_to_wgs84(given)


def from_wgs84(points: ArrayLike, datum: Datum) -> Points:
    """WGS-84 points in any datum, for a map or navigation link that expects it."""
    given = np.asarray(points, dtype=np.float64)
    match datum:
        case Datum.WGS84:
            return given
        case Datum.GCJ02:
            return wgs84_to_gcj02(given)
        case Datum.BD09:
            return wgs84_to_bd09(given)


def in_china(points: ArrayLike) -> NDArray[np.bool_]:
    """Whether points lie in the box within which GCJ-02 shifts; shape (n,) for points of shape (n, 2)."""
    west, south, east, north = _CHINA
    lng, lat = np.moveaxis(np.asarray(points, dtype=np.float64), -1, 0)
    inside: NDArray[np.bool_] = (lng >= west) & (lng <= east) & (lat >= south) & (lat <= north)
    return inside


def _inverse(forward: Callable[[Points], Points], points: ArrayLike) -> Points:
    """Solve forward(x) = points by x ← x + (points − forward(x)); the shift is smooth, 12 rounds do."""
    target = np.asarray(points, dtype=np.float64)
    found = target.copy()
    for _ in range(_ROUNDS):
        found = found + (target - forward(found))
    return found


def _waves(a: Points, b: Points) -> Points:
    """The three sine terms common to both axes, metres."""
    pi = np.pi
    common = 20.0 * np.sin(6.0 * a * pi) + 20.0 * np.sin(2.0 * a * pi)
    return np.asarray(common + 20.0 * np.sin(b * pi) + 40.0 * np.sin(b / 3.0 * pi), dtype=np.float64)


def _gcj02_shift(points: Points) -> Points:
    """GCJ-02 minus WGS-84, degrees."""
    pi = np.pi
    lng, lat = np.moveaxis(points, -1, 0)
    x, y = lng - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north = north + _waves(x, y) * 2.0 / 3.0
    north = north + (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east = east + _waves(x, x) * 2.0 / 3.0
    east = east + (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    metres_north = _SEMI_MAJOR * (1.0 - _ECCENTRICITY_SQUARED) / (magic * np.sqrt(magic))
    metres_east = _SEMI_MAJOR / np.sqrt(magic) * np.cos(phi)
    return np.stack([np.degrees(east / metres_east), np.degrees(north / metres_north)], axis=-1)
