"""The gazetteer as the rest of dispatch uses it: address and point to county, from the registry and the layers."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

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
    def index(self) -> CountyIndex:
        return CountyIndex.from_folder(self.folder, self.registry)
