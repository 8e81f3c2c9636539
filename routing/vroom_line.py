"""A line through points as text, so that a map can draw it."""

from __future__ import annotations

from collections.abc import Iterable

from routing.vroom_places import Point

PLACES_PER_DEGREE = 100_000


def encoded(points: Iterable[Point]) -> str:
    """The points (lng, lat) in the encoded polyline format with five digits: latitude first, differences, zigzag."""
    line, last_lat, last_lng = [], 0, 0
    for lng, lat in points:
        lat_now, lng_now = round(lat * PLACES_PER_DEGREE), round(lng * PLACES_PER_DEGREE)
        line += [_number(lat_now - last_lat), _number(lng_now - last_lng)]
        last_lat, last_lng = lat_now, lng_now
    return "".join(line)


def _number(value: int) -> str:
    rest = ~(value << 1) if value < 0 else value << 1
    letters = []
    while rest >= 0x20:
        letters.append(chr((0x20 | rest & 0x1F) + 63))
        rest >>= 5
    return "".join([*letters, chr(rest + 63)])
