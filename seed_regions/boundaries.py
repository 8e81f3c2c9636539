"""County boundaries as data: one layer of WGS-84 polygons with registry codes, kept in one file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import shapely
from numpy.typing import NDArray

from seed_regions.errors import BoundaryRefused

Shapes = NDArray[np.object_]

TOLERANCE = 0.0015
_POLYGON, _MULTI_POLYGON = 3, 6
_FORMAT = "shifu-boundaries-1"


@dataclass(frozen=True, slots=True)
class BoundaryLayer:
    """Polygons of counties in WGS-84 degrees: `shapes[i]` (Polygon or MultiPolygon) is county `codes[i]`.

    `source` says where they came from and is kept with them.
    """

    codes: tuple[str, ...]
    shapes: Shapes
    source: str

    @staticmethod
    def of(pairs: Iterable[tuple[str, shapely.Geometry]], source: str) -> BoundaryLayer:
        """A layer of (code, polygon) pairs; pieces of the same county are joined, broken rings mended."""
        pieces: dict[str, list[shapely.Geometry]] = {}
        for code, shape in pairs:
            pieces.setdefault(code, []).append(_areas_of(shape))
        codes = tuple(sorted(pieces))
        shapes = np.empty(len(codes), dtype=object)
        for position, code in enumerate(codes):
            parts = pieces[code]
            shapes[position] = parts[0] if len(parts) == 1 else shapely.union_all(parts)
        return BoundaryLayer(codes, shapes, source)

    def __len__(self) -> int:
        return len(self.codes)

    def shape(self, code: str) -> shapely.Geometry | None:
        """The polygon of one county, or None if the layer has none."""
        return self.shapes[self.codes.index(code)] if code in self.codes else None

    def only(self, codes: Sequence[str]) -> BoundaryLayer:
        """The part of the layer that shows these counties."""
        wanted = set(codes)
        kept = [position for position, code in enumerate(self.codes) if code in wanted]
        return BoundaryLayer(tuple(self.codes[at] for at in kept), self.shapes[kept], self.source)

    def joined(self, other: BoundaryLayer) -> BoundaryLayer:
        """Both layers in one, for instance two countries; a county present in both is taken from `other`."""
        mine = self.only([code for code in self.codes if code not in set(other.codes)])
        shapes = np.concatenate([mine.shapes, other.shapes])
        sources = dict.fromkeys([*self.source.split("; "), *other.source.split("; ")])
        return BoundaryLayer((*mine.codes, *other.codes), shapes, "; ".join(sources))

    def simplified(self, tolerance: float = TOLERANCE) -> BoundaryLayer:
        """Fewer vertices, shared borders still shared (Visvalingam–Whyatt over the coverage).

        `tolerance` is in degrees: the square root of the area of the largest triangle that may be cut off.
        """
        thin = shapely.coverage_simplify(self.shapes, tolerance)
        whole = np.where(shapely.is_valid(thin) & ~shapely.is_empty(thin), thin, self.shapes)
        return BoundaryLayer(self.codes, whole, self.source)

    def save(self, path: Path) -> None:
        """Write the layer to one compressed file, replacing it only when it is complete."""
        blobs = shapely.to_wkb(self.shapes, output_dimension=2)
        lengths = np.array([len(blob) for blob in blobs], dtype=np.int64)
        partial = path.with_name(path.name + ".partial")
        with partial.open("wb") as out:
            np.savez_compressed(
                out,
                format=np.array(_FORMAT),
                source=np.array(self.source),
                codes=np.array(self.codes),
                lengths=lengths,
                wkb=np.frombuffer(b"".join(blobs), dtype=np.uint8),
            )
        partial.replace(path)

    @staticmethod
    def load(path: Path) -> BoundaryLayer:
        """Read what `save` wrote. Raises `BoundaryRefused` for a missing, foreign or damaged file."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                if str(kept["format"]) != _FORMAT:
                    raise BoundaryRefused(f"{path} was written by another version; import it again")
                blobs = _cut(kept["wkb"].tobytes(), kept["lengths"])
                codes = tuple(str(code) for code in kept["codes"])
                return BoundaryLayer(codes, np.asarray(shapely.from_wkb(blobs), object), str(kept["source"]))
        except (OSError, EOFError, ValueError, KeyError, BadZipFile, shapely.errors.GEOSException) as problem:
            raise BoundaryRefused(f"{path} holds no boundary layer ({problem}); import it again") from problem


def _cut(blob: bytes, lengths: NDArray[np.int64]) -> list[bytes]:
    ends = np.cumsum(lengths)
    return [blob[end - length : end] for end, length in zip(ends, lengths, strict=True)]


def _areas_of(shape: shapely.Geometry) -> shapely.Geometry:
    """The shape with its broken rings mended and stray points and lines dropped."""
    sound = shape if shapely.is_valid(shape) else shapely.make_valid(shape)
    if isinstance(sound, shapely.Polygon | shapely.MultiPolygon):
        return sound
    parts = shapely.get_parts(sound)
    areas = parts[np.isin(shapely.get_type_id(parts), (_POLYGON, _MULTI_POLYGON))]
    return shapely.union_all(areas) if len(areas) else shapely.MultiPolygon()
