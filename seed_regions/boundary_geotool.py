"""Boundaries of China from the installed package geotool-cn."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from seed_regions.boundaries import BoundaryLayer
from seed_regions.boundary_checks import accept
from seed_regions.datum import Datum
from seed_regions.errors import BoundaryRefused, MissingExtra
from seed_regions.registry import Registry

SOURCE = "geotool-cn (DataV.GeoAtlas, AMap; for learning and exchange only)"


def read_geotool_cn(registry: Registry | None = None) -> BoundaryLayer:
    """Every county boundary in the installed package geotool-cn (about 2,874, WGS-84, full detail).

    What its NOTICE allows: the MIT licence covers the package's code only. The boundaries come from AMap by
    way of Alibaba Cloud's DataV.GeoAtlas, whose notice says that they are provided "for learning and exchange
    only"; nobody has granted a right to redistribute them. Use them for trials, teaching and tests. Before
    commercial use, or before passing them on, obtain permission under the AMap Open Platform's terms and
    observe the laws on surveying and mapping. They are no official statement of administrative divisions. So
    this project does not ship them, and a file that `BoundaryLayer.save` made of them must not be published
    either. Taiwan's counties are not in it, nor Sansha's main island.

    Raises `MissingExtra` when the package is not installed, `BoundaryRefused` when its data cannot be read.
    """
    if find_spec("GeoToolCN") is None:
        raise MissingExtra(
            "the package geotool-cn is not installed; install it with the extra 'cn-boundaries', "
            "or import a boundary file of your own"
        )
    layer = BoundaryLayer.of(_counties(), SOURCE)
    return accept(layer, Datum.WGS84, registry or Registry.load(("CN",)))


def _counties() -> Iterator[tuple[str, shapely.Geometry]]:
    reader = import_module("GeoToolCN._gtc")
    package = import_module("GeoToolCN")
    try:
        kept: Any = reader.GTCData(str(Path(str(package.__file__)).parent / "data" / "china.full.gtc"))
        first, last = kept.level_ranges["district"]
        for position in range(first, last):
            decoded = kept.geometry(position)
            if decoded is not None:
                yield kept.adcodes[position], _shape(decoded[1], kept.scale)
    except (OSError, AttributeError, reader.GTCFormatError) as problem:
        raise BoundaryRefused(
            f"the data of geotool-cn cannot be read ({problem}); install version 3.1 of it"
        ) from problem


def _shape(polygons: list[list[tuple[Any, Any]]], scale: int) -> shapely.Geometry:
    """Polygons of rings of whole-number coordinates, in degrees times `scale`."""
    rings = [
        [np.column_stack([np.frombuffer(xs), np.frombuffer(ys)]) / scale for xs, ys in polygon] for polygon in polygons
    ]
    parts = [shapely.Polygon(outer, holes) for outer, *holes in rings]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
