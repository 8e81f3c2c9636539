"""A boundary layer as GeoJSON, for maps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import shapely

from seed_regions.boundaries import BoundaryLayer

PRECISION = 0.0001


def feature_collection(layer: BoundaryLayer, properties: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The polygons of a layer with `properties` by county code; coordinates to about ten metres."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": int(code) if code.isdecimal() else None,
                "properties": {"code": code, **properties.get(code, {})},
                "geometry": json.loads(shapely.to_geojson(shapely.set_precision(shape, PRECISION, mode="pointwise"))),
            }
            for code, shape in zip(layer.codes, layer.shapes, strict=True)
        ],
    }
