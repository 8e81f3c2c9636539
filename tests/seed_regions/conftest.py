"""Real counties and real boundaries, read once for all tests here."""

from __future__ import annotations

import pytest

from seed_regions.boundaries import BoundaryLayer
from seed_regions.boundary_geotool import read_geotool_cn
from seed_regions.locate import CountyIndex
from seed_regions.registry import Registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.load()


@pytest.fixture(scope="session")
def china(registry: Registry) -> BoundaryLayer:
    """Every county of China in full detail."""
    return read_geotool_cn(registry)


@pytest.fixture(scope="session")
def shanghai(china: BoundaryLayer, registry: Registry) -> BoundaryLayer:
    return china.only([county.code for county in registry.children("310100")])


@pytest.fixture(scope="session")
def shanghai_index(shanghai: BoundaryLayer) -> CountyIndex:
    return CountyIndex(shanghai)
