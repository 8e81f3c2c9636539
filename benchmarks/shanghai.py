"""One real day of a whole city through the ordinary importers: `python -m benchmarks.shanghai FOLDER`.

FOLDER holds the Cainiao files (see `shanghai_files`). Prints counts, seconds, kilometres and memory, and leaves the
planned, published day in SHIFU_HOME so that the board can be looked at.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks import shanghai_files
from dispatch import counties, day, order_import, plan_day, plans, roster_import, schema, system
from dispatch.catalogue import Merchant, ServiceProduct
from dispatch.day_plan import Unassigned
from dispatch.system import System
from dispatch.work_order import WorkOrder
from routing.limits import Limits, Progress
from seed_regions.boundary_geotool import read_geotool_cn
from seed_regions.demo_catalogue import PRODUCTS, SKILLS
from technicians.people import Skill

AREA = "310100"
BY = "benchmark"


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{what:<44}{time.perf_counter() - began:8.1f} s", flush=True)


def prepare(built: System) -> None:
    """An empty database with counties, boundaries, the six products and their skills, one merchant."""
    schema.upgrade(built.engine)
    built.places.folder.mkdir(parents=True, exist_ok=True)
    read_geotool_cn().simplified().save(built.places.file("CN"))
    with built.transaction() as session:
        counties.load(session, built.places.registry)
        session.add(Merchant(code="cainiao", name="Cainiao", created_at=built.now()))
        session.add_all(Skill(code=s.code, name_zh=s.name_zh, name_en=s.name_en) for s in SKILLS)
        for code, skill in zip(shanghai_files.PRODUCTS, shanghai_files.SKILLS, strict=True):
            session.add(_product(code, skill))


def _product(code: str, skill: str) -> ServiceProduct:
    known = next((p for p in PRODUCTS if p.code == code), PRODUCTS[0])
    return ServiceProduct(
        code=code, name_zh=known.name_zh, name_en=known.name_en, category=known.category, icon=known.icon,
        duration=known.duration, setup=0, load=1, skills={skill: 1}, shot_list=[],
    )  # fmt: skip


def load(session: Session, built: System, city: shanghai_files.City, on_date: date, seed: int) -> None:
    """Technicians, then orders, each file through its importer."""
    with timed("technicians imported"):
        roster_import.load(
            session, shanghai_files.technicians(city, built.places.index, AREA, seed), by=BY, at=built.now()
        )
    with timed("orders imported, every spot to its county"):
        order_import.load(
            session, built.places, session.scalars(select(Merchant.id)).one(),
            shanghai_files.orders(city, on_date, seed),
            zone=day.find_area(session, AREA).zone, by=BY, at=built.now(),
        )  # fmt: skip


def counted(session: Session) -> None:
    states = session.execute(select(WorkOrder.state, func.count()).group_by(WorkOrder.state))
    print("orders:", ", ".join(f"{count} {state}" for state, count in states))
    rows = session.execute(select(WorkOrder.county_code, func.count()).group_by(WorkOrder.county_code))
    print("counties:", ", ".join(f"{code} {count}" for code, count in sorted(rows, key=lambda r: -r[1])))


def plan(built: System, on_date: date, limits: Limits) -> None:
    shown = [0.0]

    def progress(so_far: Progress) -> None:
        if so_far.seconds - shown[0] >= 15:
            shown[0] = so_far.seconds
            print(f"  {so_far.seconds:6.0f} s  {so_far.placed}/{so_far.visits} placed", flush=True)

    with timed("planned and kept as a draft"):
        outcome = plan_day.run(built, AREA, on_date, limits, by=BY, progress=progress)
    with timed("published"), built.transaction() as session:
        plans.publish(session, outcome.plan_id, by=BY, at=built.now())
    print(f"{outcome.placed} of {outcome.visits} visits, {outcome.technicians} technicians")
    print(f"{outcome.distance / 1000:.0f} km, {outcome.travel / 3600:.0f} h on the road; warning: {outcome.warning}")
    with built.transaction(read_only=True) as session:
        rules = Counter(session.scalars(select(Unassigned.rule).where(Unassigned.day_plan_id == outcome.plan_id)))
    print("left out:", dict(rules))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--seconds", type=float, default=240)
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    built = system.build(os.environ)
    city = shanghai_files.read(chosen.folder)
    print(f"{len(city.branches)} branches, {len(city.spots)} spots, {len(city.orders)} orders")
    with timed("database, counties and boundaries"):
        prepare(built)
    with built.transaction(read_only=True) as session:
        tomorrow = day.date_of(day.find_area(session, AREA), built.now()) + timedelta(days=1)
    with built.transaction() as session:
        load(session, built, city, tomorrow, chosen.seed)
        counted(session)
    plan(built, tomorrow, Limits(seconds=chosen.seconds, seed=chosen.seed, processes=chosen.processes))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    print(f"memory: {own:.2f} GB here, {children:.2f} GB in the largest child process")


if __name__ == "__main__":
    main()
