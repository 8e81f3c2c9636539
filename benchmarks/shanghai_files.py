"""One real day of Shanghai's parcels as files that the ordinary importers read.

The Cainiao data (Tianchi) has branches `id,lng,lat`, delivery spots `id,lng,lat` and orders `id,spot,branch,parcels`.
Each spot's order becomes a visit to install something; each branch gets technicians in proportion to its orders.
Which datum the coordinates are in is not said; they are taken as WGS-84.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from seed_regions.locate import CountyIndex

VISITS_PER_TECHNICIAN = 6.5
SKILLS = ("bedding", "lighting", "water-heaters", "washing-machines", "range-hoods", "furniture")
PRODUCTS = ("mattress", "lamp", "water-heater", "washing-machine", "range-hood", "bed-frame")
WINDOWS = tuple((hour, hour + 2) for hour in (8, 10, 12, 14, 16))
SHARE_WITH_WINDOW = 0.8
ANY_TIME = (8, 18)


@dataclass(frozen=True, slots=True)
class City:
    """Branches and spots as id → (lng, lat); orders as (id, spot, branch, parcels)."""

    branches: dict[str, tuple[float, float]]
    spots: dict[str, tuple[float, float]]
    orders: tuple[tuple[str, str, str, int], ...]


def read(folder: Path) -> City:
    """The three files of a folder; FileNotFoundError names the one that is missing."""
    orders = tuple((o, s, b, int(parcels)) for o, s, b, parcels in _rows(folder / "orders.csv"))
    return City(_points(folder / "branches.csv"), _points(folder / "spots.csv"), orders)


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(newline="") as lines:
        yield from (row for row in csv.reader(lines) if len(row) > 2)


def _points(path: Path) -> dict[str, tuple[float, float]]:
    return {name: (float(lng), float(lat)) for name, lng, lat in _rows(path)}


def technicians(city: City, index: CountyIndex, area: str, seed: int) -> bytes:
    """A roster file: people at the branches, two to four skills each, for the counties their branch delivers to."""
    rng = np.random.default_rng([seed, 1])
    work = Counter(branch for _, _, branch, _ in city.orders)
    served = _counties_served(city, index)
    rows = []
    for branch, visits in sorted(work.items()):
        counties = ";".join(served[branch])
        for n in range(max(1, round(visits / VISITS_PER_TECHNICIAN))):
            lng, lat = city.branches[branch] + rng.normal(0, 0.008, 2)
            rows.append(
                {
                    "code": f"{branch}-{n:02}", "name": f"{branch} {n + 1}", "phone": f"138{len(rows):08}",
                    "provider": "cainiao", "outlet": branch, "outlet_county": served[branch][0], "area": area,
                    "start_lng": f"{lng:.6f}", "start_lat": f"{lat:.6f}",
                    "end_lng": f"{lng:.6f}", "end_lat": f"{lat:.6f}",
                    "skills": _skills(rng, n), "counties": counties,
                    "shift": _shift(int(rng.integers(0, 3))), "breaks": "11:30-13:30/30m",
                    "capacity": "200", "max_visits": "",
                }
            )  # fmt: skip
    return _written(rows)


def _skills(rng: np.random.Generator, n: int) -> str:
    drawn = {SKILLS[int(s)] for s in rng.choice(len(SKILLS), int(rng.integers(2, 5)), replace=False)}
    return ";".join(f"{skill}:2" for skill in sorted(drawn | {SKILLS[n % len(SKILLS)]}))


def _shift(half_hours: int) -> str:
    minutes = 8 * 60 + 30 * half_hours
    begins, soft, hard = (f"{m // 60:02}:{m % 60:02}" for m in (minutes, minutes + 570, minutes + 630))
    return f"mon-sun {begins}-{soft}/{hard}"


def _counties_served(city: City, index: CountyIndex) -> dict[str, list[str]]:
    """The counties of each branch's spots, the most frequent first."""
    names = list(city.spots)
    found = dict(zip(names, index.counties_at(np.array([city.spots[name] for name in names])), strict=True))
    counts: dict[str, Counter[str]] = {branch: Counter() for branch in city.branches}
    for _, spot, branch, _ in city.orders:
        if found[spot] is not None:
            counts[branch][str(found[spot])] += 1
    return {branch: [code for code, _ in counter.most_common()] for branch, counter in counts.items()}


def orders(city: City, on_date: date, seed: int) -> bytes:
    """An order file: a visit at every order's spot; more parcels, a longer visit."""
    rng = np.random.default_rng([seed, 2])
    rows = []
    for order, spot, branch, parcels in city.orders:
        lng, lat = city.spots[spot]
        product = PRODUCTS[int(rng.integers(len(PRODUCTS)))]
        first, last = WINDOWS[int(rng.integers(len(WINDOWS)))] if rng.random() < SHARE_WITH_WINDOW else ANY_TIME
        minutes = min(90, max(15, 5 * round((10 + 8 * parcels**0.5) / 5)))
        rows.append(
            {
                "number": order, "product": product, "consumer_name": spot, "phone": "13900000000",
                "address": f"{branch} {spot}", "lng": str(lng), "lat": str(lat), "datum": "wgs84",
                "priority": str(int(rng.choice([0, 10, 30, 60], p=[0.6, 0.25, 0.1, 0.05]))),
                "goods_arrived_at": "", "window_starts_at": f"{on_date.isoformat()} {first:02}:00",
                "window_ends_at": f"{on_date.isoformat()} {last:02}:00",
                "service_seconds": str(minutes * 60),
            }
        )  # fmt: skip
    return _written(rows)


def _written(rows: Iterable[dict[str, str]]) -> bytes:
    rows = list(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
