"""What is left of a booking whose process is killed?  python -m benchmarks.kills [--database …] [--kills N]

Consumers of a small town hold, confirm, choose, move, release and cancel windows; each time the process that does it
kills itself at a random point. Afterwards everything in the database is as it was (old) or is sound with the verb done
(new); what is neither is half. The verb is then asked for again and has to lead to the one right state. The control
writes every statement in a transaction of its own. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from dispatch import orders, schema
from dispatch import system as systems
from dispatch.planted import Point
from dispatch.system import System
from dispatch.work_order import AppointmentState
from tests.conftest import load_shanghai
from tests.mortal import KILLED, REFUSED, Errand, Mortal, mortal
from tests.promises import everything, faults, in_force
from tests.servers import start_postgres
from tests.town import AREA, TUESDAY, Town, shanghai

NOW = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)
HOURS = (8.0, 10.0, 12.0, 14.0, 16.0)
ORDERS, KILLS_A_TOWN = 10, 40
HELD, CONFIRMED = AppointmentState.HELD, AppointmentState.CONFIRMED
ENDS = {"hold": HELD, "confirm": CONFIRMED, "choose": CONFIRMED, "release": None, "cancel": None}
SHOWN = 6


@dataclass(slots=True)
class Killed:
    """How many ended old, new or half, what they were at, and what was wrong."""

    ended: Counter[str] = field(default_factory=Counter)
    at: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    again: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def kills(self) -> int:
        return sum(self.ended.values())


def build(home: Path, database_url: str) -> Town:
    system = replace(systems.build({"SHIFU_HOME": str(home), "DATABASE_URL": database_url}), now=lambda: NOW)
    schema.upgrade(system.engine)
    load_shanghai(system.engine)
    return Town.build(system)


def errands(town: Town, rng: random.Random, order_ids: list[int]) -> Iterator[Errand]:
    """What consumers do, one thing after the other."""
    settings = town.system.settings
    environment = {"SHIFU_HOME": str(settings.home), "DATABASE_URL": settings.database_url}
    while True:
        verb = rng.choice(["hold", "hold", "confirm", "choose", "choose", "choose", "release", "cancel"])
        starts_at = shanghai(rng.choice(HOURS)).isoformat() if verb in {"hold", "choose"} else None
        yield Errand(environment, verb, rng.choice(order_ids), NOW.isoformat(), starts_at)


def new_orders(town: Town, number: int) -> list[int]:
    """Consumers of a new day's work, the earlier ones having cancelled."""
    system = town.system
    with system.transaction() as session:
        made = [town.order(session, f"{number}-{n}") for n in range(ORDERS)]
        for order in made:
            order.consumer_phone, order.address = f"139{number:04d}{order.id:06d}", f"{order.number}"
        return [order.id for order in made]


def cancel_all(town: Town, order_ids: list[int]) -> None:
    for order_id in order_ids:
        with town.system.transaction() as session:
            orders.cancel(session, town.system.travel_times, order_id, by="bench", at=NOW)


def kill(town: Town, children: Mortal, errand: Errand, point: Point, autocommit: bool, killed: Killed) -> None:
    """One errand that dies at a point, if it gets there; then the same errand again."""
    system, before = town.system, everything(town.system)
    deadly = replace(errand, environment={**errand.environment, "PLANTED_DEATH": point}, autocommit=autocommit)
    if children.run(deadly) != KILLED:
        return
    is_old, broken = everything(system) == before, faults(system, AREA, [TUESDAY])
    is_new = not broken and _is_done(system, errand)
    killed.ended["old" if is_old else "new" if is_new else "half"] += 1
    killed.at[f"{errand.verb} {point}"] += 1
    killed.wrong += [f"{errand.verb} {point}: {fault}" for fault in broken]
    code = children.run(errand)
    is_right = code == REFUSED or (code == 0 and _is_done(system, errand) and not faults(system, AREA, [TUESDAY]))
    killed.again["refused" if code == REFUSED else "right" if is_right else "wrong"] += 1


def _is_done(system: System, errand: Errand) -> bool:
    """Whether the order is as the verb is to leave it."""
    found, wanted = in_force(system, errand.order), ENDS[errand.verb]
    if errand.verb == "release":
        return all(state != HELD for state, _ in found)
    if errand.verb == "cancel":
        return all(state != CONFIRMED for state, _ in found)
    windows = {begins.isoformat() for state, begins in found if state == wanted}
    return len(found) == 1 and bool(windows) and errand.starts_at in {None, *windows}


def run(home: Path, database_url: str, kills: int, seed: int, *, autocommit: bool = False) -> Killed:
    town, rng, killed = build(home, database_url), random.Random(seed), Killed()
    began = time.perf_counter()
    with mortal() as children:
        for number in range(-(-kills // KILLS_A_TOWN)):
            order_ids = new_orders(town, number)
            aim = min(kills, killed.kills + KILLS_A_TOWN)
            for errand in errands(town, rng, order_ids):
                kill(town, children, errand, rng.choice(list(Point)), autocommit, killed)
                if killed.kills >= aim or (autocommit and killed.wrong):
                    break
            if autocommit and killed.wrong:
                break
            cancel_all(town, order_ids)
    killed.seconds = time.perf_counter() - began
    town.system.engine.dispose()
    return killed


def tell(name: str, killed: Killed) -> None:
    ended = ", ".join(f"{killed.ended[state]} {state}" for state in ("old", "new", "half"))
    again = ", ".join(f"{many} {state}" for state, many in killed.again.most_common())
    print(
        f"{name}: {killed.kills} killed at {len(killed.at)} points of verbs: {ended}; asked again: {again}", flush=True
    )
    print(f"  {killed.seconds:.0f} s")
    for line in killed.wrong[:SHOWN]:
        print(f"    {line}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    for name in chosen.database or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory() as folder:
            server = start_postgres() if name == "postgresql" else None
            url = server.url if server else f"sqlite:///{folder}/shifu.db"
            tell(name, run(Path(folder), url, chosen.kills, chosen.seed))
            if server:
                server.stop()
    with tempfile.TemporaryDirectory() as folder:
        server = start_postgres()
        tell("control, every statement for itself", run(Path(folder), server.url, 40, chosen.seed, autocommit=True))
        server.stop()


if __name__ == "__main__":
    main()
