"""The gazetteer as the rest of dispatch uses it: address and point to county, from the registry and the layers."""

from __future__ import annotations

from functools import cached_property, reduce
from pathlib import Path

from seed_regions.boundaries import BoundaryLayer
from seed_regions.locate import CountyIndex
from seed_regions.registry import Registry


class Places:
    """Registry and boundary layers, loaded at first use. `folder` holds one imported layer per country."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def registry(self) -> Registry:
        return Registry.load()

    @cached_property
    def layer(self) -> BoundaryLayer | None:
        """All imported boundaries, or None when none have been imported."""
        layers = [BoundaryLayer.load(path) for path in self.files()]
        return reduce(BoundaryLayer.joined, layers) if layers else None

    @cached_property
    def index(self) -> CountyIndex:
        return CountyIndex(self.layer, self.registry)

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.npz"))

    def file(self, country: str) -> Path:
        """Where a country's layer is kept."""
        return self.folder / f"{country.lower()}.npz"
