"""County boundaries out of an OpenStreetMap extract (.osm.pbf)."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import shapely

from seed_regions.boundaries import BoundaryLayer
from seed_regions.errors import BoundaryRefused, MissingExtra
from seed_regions.registry import Registry

SOURCE = "OpenStreetMap contributors, ODbL"
_CODE_TAGS = ("ref:admin:CN", "nist:fips_code")
_LEVELS = ("5", "6")


def read_osm(path: Path, registry: Registry) -> BoundaryLayer:
    """The administrative areas of an extract that carry a county's code (`ref:admin:CN`, `nist:fips_code`).

    Counties have admin_level 6, the cities that are their own county (Dongguan) level 5. Areas whose ways
    are not all in the extract are missing. Raises `MissingExtra`, or `BoundaryRefused` when nothing is found.
    """
    if find_spec("osmium") is None:
        raise MissingExtra("reading .osm.pbf needs the package osmium; install it with the extra 'osm'")
    try:
        layer = BoundaryLayer.of(_areas(path, registry), SOURCE)
    except RuntimeError as problem:
        raise BoundaryRefused(f"{path} cannot be read ({problem}); give an .osm.pbf extract") from problem
    if not len(layer):
        raise BoundaryRefused(
            f"{path.name} has no complete area with admin_level 6 and ref:admin:CN; take a larger extract"
        )
    return layer


def _areas(path: Path, registry: Registry) -> Iterator[tuple[str, shapely.Geometry]]:
    osmium: Any = import_module("osmium")
    wanted = osmium.filter.KeyFilter(*_CODE_TAGS)
    geometry = osmium.geom.GeoJSONFactory()
    for found in osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(wanted):
        if not found.is_area() or found.tags.get("admin_level") not in _LEVELS:
            continue
        code = next(found.tags[tag] for tag in _CODE_TAGS if tag in found.tags)[:6]
        if registry.current(code) is not None:
            yield code, shapely.from_geojson(geometry.create_multipolygon(found))
