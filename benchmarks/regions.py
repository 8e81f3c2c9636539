"""Points a second, share of points right, addresses a second: prints what seed_regions really does.

    python -m benchmarks.regions [--points FILE.csv]

`--points` takes a CSV without header whose second and third columns are longitude and latitude (WGS-84),
judged beside points scattered by population. Needs the extra 'cn-boundaries'.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from seed_regions.address import resolve
from seed_regions.boundaries import BoundaryLayer
from seed_regions.boundary_geotool import read_geotool_cn
from seed_regions.demo import region
from seed_regions.locate import CountyIndex
from seed_regions.registry import Registry

Result = TypeVar("Result")

_POINTS = 100_000
_DAY = date(2026, 11, 23)


def main() -> None:
    options = argparse.ArgumentParser(description="Measure places: points, addresses, boundaries.")
    options.add_argument("--points", type=Path)
    given = options.parse_args().points
    registry, seconds = timed(Registry.load)
    changes = len(list(registry.history))
    print(f"registry     {len(registry):,} counties, {changes} changes of code, {seconds * 1e3:.0f} ms")
    full, seconds = timed(lambda: read_geotool_cn(registry))
    print(f"import       {len(full):,} boundaries read and checked in {seconds:.1f} s")
    simple, seconds = timed(full.simplified)
    print(f"simplify     {vertices(full):,} to {vertices(simple):,} vertices in {seconds:.1f} s")
    simple = kept_in_file(simple)
    compare("population", scattered(full, registry), full, simple)
    if given is not None:
        compare(given.name, np.loadtxt(given, delimiter=",", usecols=(1, 2)), full, simple)
    addresses(registry, CountyIndex(simple))


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What the work gives, and how many seconds it took."""
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def vertices(layer: BoundaryLayer) -> int:
    return int(shapely.get_num_coordinates(layer.shapes).sum())


def kept_in_file(layer: BoundaryLayer) -> BoundaryLayer:
    """The layer after a trip through its file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "counties.boundaries"
        layer.save(path)
        again, seconds = timed(lambda: BoundaryLayer.load(path))
        print(f"file         {path.stat().st_size / 1e6:.1f} MB, loaded in {seconds:.2f} s")
    return again


def scattered(layer: BoundaryLayer, registry: Registry) -> NDArray[np.float64]:
    """Points in the extents of counties drawn by population; some fall outside their own county."""
    rng = np.random.default_rng(1)
    people = np.array([registry.get(code).population or 20_000 for code in layer.codes], dtype=np.float64)
    west, south, east, north = shapely.bounds(layer.shapes[rng.choice(len(layer), _POINTS, p=people / people.sum())]).T
    return np.column_stack([rng.uniform(west, east), rng.uniform(south, north)])


def compare(name: str, points: NDArray[np.float64], full: BoundaryLayer, simple: BoundaryLayer) -> None:
    """Bulk speed on the simplified layer, and how often it agrees with the full one."""
    exact = CountyIndex(full).counties_at(points)
    index = CountyIndex(simple)
    found, bulk = timed(lambda: index.counties_at(points))
    few = points[:2_000].tolist()
    _, single = timed(lambda: [index.county_at(lng, lat) for lng, lat in few])
    inside = np.array([code is not None for code in exact])
    right = float(np.mean(exact[inside] == found[inside]))
    print(
        f"points       {name}: {len(points):,}, {np.count_nonzero(~inside):,} outside; {right:.4%} right; "
        f"{bulk / len(points) * 1e6:.1f} µs in bulk, {single / len(few) * 1e6:.0f} µs one by one"
    )


def read_all(texts: list[str]) -> list[str | None]:
    return [resolve(text).code for text in texts]


def addresses(registry: Registry, index: CountyIndex) -> None:
    """Speed and share right on a demonstration's addresses and on every county's own name."""
    orders = region("310100", _DAY, visits=300, index=index).orders
    chinese = [(order.address, order.spot.county_code) for order in orders]
    chinese += [
        (f"{county.province}{county.prefecture}{county.name}人民路1号", county.code)
        for county in registry.children("CN")
    ]
    american = [
        (f"12 Oak St, {county.name}, {county.province} 60601", county.code) for county in registry.children("US")
    ]
    for name, cases in (("Chinese", chinese), ("US", american)):
        resolve(cases[0][0])
        answers, seconds = timed(partial(read_all, [text for text, _ in cases]))
        right = np.mean([answer == code for answer, (_, code) in zip(answers, cases, strict=True)])
        print(f"addresses    {name}: {len(cases):,}, {right:.2%} right, {len(cases) / seconds:,.0f} a second")


if __name__ == "__main__":
    main()
