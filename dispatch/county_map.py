"""The counties of an area as the board's map draws them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.place import Places
from seed_regions.geojson import feature_collection
from technicians.place import County


def county_map(session: Session, places: Places, area_code: str) -> dict[str, Any]:
    """GeoJSON polygons (none when no boundaries are imported) and, for every county, its name and centre."""
    query = select(County.code, County.name, County.name_en, County.lng, County.lat)
    rows = list(session.execute(query.where(County.area_code == area_code).order_by(County.code)))
    names = {row.code: {"zh": row.name, "en": row.name_en} for row in rows}
    layer = places.layer
    shapes = (
        feature_collection(layer.only(list(names)), names) if layer else {"type": "FeatureCollection", "features": []}
    )
    return {
        "shapes": shapes,
        "centres": [{"code": r.code, **names[r.code], "lng": r.lng, "lat": r.lat} for r in rows],
        "source": layer.source if layer else None,
    }
