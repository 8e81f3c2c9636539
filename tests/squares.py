"""Three districts of Shanghai as squares side by side, so that a reader can see what lies where.

Xuhui 310104      Huangpu 310101     Pudong 310115
121.40 – 121.46   121.46 – 121.50    121.50 – 121.60      all from 31.15 to 31.30
"""

from __future__ import annotations

from pathlib import Path

import shapely

from dispatch.place import Places
from seed_regions.boundaries import BoundaryLayer

SQUARES = {
    "310104": (121.40, 31.15, 121.46, 31.30),
    "310101": (121.46, 31.15, 121.50, 31.30),
    "310115": (121.50, 31.15, 121.60, 31.30),
}


def squares(folder: Path) -> Places:
    """Places whose only boundaries are the three squares."""
    folder.mkdir(parents=True, exist_ok=True)
    places = Places(folder)
    layer = BoundaryLayer.of(((code, shapely.box(*box)) for code, box in SQUARES.items()), "squares")
    layer.save(places.file("CN"))
    return places
