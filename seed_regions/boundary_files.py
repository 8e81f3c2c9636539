"""Boundaries from files: GeoJSON, Shapefile, GeoPackage through GDAL, OpenStreetMap through osmium."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError

from seed_regions.boundaries import BoundaryLayer
from seed_regions.boundary_checks import accept
from seed_regions.boundary_osm import read_osm
from seed_regions.datum import Datum
from seed_regions.errors import BoundaryRefused
from seed_regions.registry import Registry

_WGS84_ALIKE = re.compile(
    r"EPSG:(?:4326|4490|4269)|CRS84|WGS.?(?:19)?84|CGCS.?2000|China.Geodetic|NAD.?83|North.American.1983"
)
_PROJECTED = re.compile(r"^PROJC")
_OSM = (".pbf", ".osm")
_PLAIN_JSON = (".geojson", ".json")
_LEAST_CODES = 0.5


def read_boundaries(
    path: Path, datum: Datum | None = None, code_field: str | None = None, registry: Registry | None = None
) -> BoundaryLayer:
    """A boundary layer from a file, in WGS-84 with today's county codes and full detail.

    `datum` says what the coordinates are; without it the file's own coordinate reference system decides
    (WGS-84, CGCS2000 and NAD83 count as WGS-84: they agree within 2 m), and a file that declares none is
    refused. Plain GeoJSON counts as declaring none: by its standard it is WGS-84, but files of China in it
    are mostly GCJ-02. `code_field` names the attribute with the county code; without it the attribute whose
    values are codes of the registry is taken. A leading country number (156) is dropped.

    Raises `BoundaryRefused`, with what is wrong and what to do, and `MissingExtra` for an OpenStreetMap file
    when the package osmium is not installed.
    """
    known = registry or Registry.load()
    if not path.exists():
        raise BoundaryRefused(f"{path} does not exist; check the path")
    if path.suffix.lower() in _OSM:
        return accept(read_osm(path, known), datum or Datum.WGS84, known)
    fields, shapes, reference = _read(path)
    declared = _declared(path, datum, reference)
    codes = _codes(path, fields, code_field, known)
    pairs = [(code, shape) for code, shape in zip(codes, shapes, strict=True) if code and shape is not None]
    return accept(BoundaryLayer.of(pairs, path.name), declared, known)


def _read(path: Path) -> tuple[dict[str, NDArray[np.object_]], NDArray[np.object_], str | None]:
    """Attributes by name, shapes, and the coordinate reference system if the file names one."""
    try:
        meta, _, blobs, columns = pyogrio.raw.read(path, force_2d=True)
        shapes = shapely.from_wkb(blobs)
    except (DataSourceError, DataLayerError, shapely.errors.GEOSException) as problem:
        raise BoundaryRefused(
            f"{path} cannot be read ({problem}); give GeoJSON, Shapefile, GeoPackage or .osm.pbf"
        ) from problem
    reference = meta["crs"]
    if path.suffix.lower() in _PLAIN_JSON and "crs" not in json.loads(path.read_text(encoding="utf-8-sig")):
        reference = None
    return dict(zip(map(str, meta["fields"]), columns, strict=True)), np.asarray(shapes, object), reference


def _declared(path: Path, datum: Datum | None, reference: str | None) -> Datum:
    if reference is not None and (_PROJECTED.match(reference) or not _WGS84_ALIKE.search(reference)):
        name = reference[:40]
        raise BoundaryRefused(
            f"{path.name} is in {name!r}; convert it to longitude and latitude first, EPSG:4326 or EPSG:4490"
        )
    if datum is None and reference is None:
        raise BoundaryRefused(f"{path.name} does not say its datum; declare wgs84, gcj02 or bd09")
    return datum or Datum.WGS84


def _codes(path: Path, fields: dict[str, NDArray[np.object_]], wanted: str | None, registry: Registry) -> list[str]:
    if wanted is not None and wanted not in fields:
        raise BoundaryRefused(f"{path.name} has no field {wanted!r}; it has {', '.join(fields) or 'none'}")
    tried = {name: [_as_code(value) for value in fields[name]] for name in ([wanted] if wanted else fields)}
    if wanted is not None:
        return tried[wanted]
    for codes in tried.values():
        known = sum(registry.current(code) is not None for code in codes)
        if codes and known >= _LEAST_CODES * len(codes):
            return codes
    raise BoundaryRefused(f"no field of {path.name} holds county codes; it has {', '.join(fields) or 'none'}")


def _as_code(value: object) -> str:
    """'156310101' and 310101.0 → '310101'; '17031' and 1001 (a number that lost its zero) → five digits."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    text = text[3:] if len(text) == 9 and text.startswith("156") else text
    return text.zfill(5) if text.isdigit() else text
