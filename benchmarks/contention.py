"""Do promises made by many at once all fit?  python -m benchmarks.contention [--database …] [--attempts N]

The real server (gunicorn, two processes of four threads) in a small area near capacity. Client processes hold, confirm,
choose, move and give back windows as consumers, merchants' programs and dispatchers, while drafts are improved, days
are planned anew and holds run out; a pause is planted between every look for a place and its writing. After each round
everybody without a window takes one on offer until there is none; then the days are judged. The control is the same
without locks. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks import contention_clients as clients
from benchmarks import contention_office as office
from benchmarks.contention_area import AREA, Area, build, renew, served
from benchmarks.contention_clients import Goal, Order, Told
from dispatch import appointments
from dispatch.work_order import WorkOrder
from tests.promises import faults
from tests.servers import start_postgres

PAUSE_MS = "2"
ROUND = 800
SHOWN = 6
FORKED = multiprocessing.get_context("fork")
Task = tuple[Callable[..., Any], tuple[Any, ...]]


@dataclass(slots=True)
class Judged:
    """All rounds: what everybody was told, what is wrong with the days, whose windows were wasted."""

    told: Told = field(default_factory=Told)
    behind: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    rounds: int = 0
    promised: int = 0
    wasted: int = 0
    lies: int = 0
    deadlocks: int = 0
    seconds: float = 0.0

    @property
    def attempts(self) -> int:
        return sum(self.told.outcomes.values())


def run(area: Area, attempts: int, processes: int) -> Judged:
    """Rounds of `ROUND` attempts until there were so many."""
    judged = Judged()
    with served(area) as goal:
        while judged.attempts < attempts:
            orders = renew(area, judged.rounds)
            judged.rounds += 1
            began = time.perf_counter()
            everybody_at_once(area, goal, orders, min(ROUND, attempts - judged.attempts), processes, judged)
            judged.seconds += time.perf_counter() - began
            judge(area, orders, judged)
    judged.deadlocks = _deadlocks(area)
    return judged


def everybody_at_once(
    area: Area, goal: Goal, orders: Sequence[Order], attempts: int, processes: int, judged: Judged
) -> None:
    """One round: so many attempts, the office at work meanwhile; then the last window for everybody."""
    stop, seed = FORKED.Event(), judged.rounds * 1000
    area.system.engine.dispose()
    behind = started([(office.work, (area.environment, area.dates, stop, seed))])
    each = -(-attempts // processes)
    for told in results(started([(clients.churn, (goal, orders, each, seed + n)) for n in range(processes)])):
        judged.told.add(told)
    stop.set()
    for done in results(behind):
        judged.behind += done
    shares = [orders[n::processes] for n in range(processes)]
    for told in results(started([(clients.settle, (goal, share, seed + n)) for n, share in enumerate(shares)])):
        judged.told.add(told)


def started(tasks: Sequence[Task]) -> list[tuple[Any, Any]]:
    """Each task in a process of its own, and where its result comes from."""
    running = []
    for task in tasks:
        here, there = FORKED.Pipe(duplex=False)
        process = FORKED.Process(target=_send, args=(there, task), daemon=True)
        process.start()
        there.close()
        running.append((process, here))
    return running


def _send(there: Any, task: Task) -> None:
    do, args = task
    there.send(do(*args))


def results(running: Sequence[tuple[Any, Any]]) -> list[Any]:
    found = [here.recv() for _, here in running]
    for process, _ in running:
        process.join()
    return found


def judge(area: Area, orders: Sequence[Order], judged: Judged) -> None:
    """After a round: the referee on every day, and one look after the other for everybody without a window."""
    judged.faults += faults(area.system, AREA, area.dates)
    for order in orders:
        with area.system.transaction(read_only=True) as session:
            row = session.get_one(WorkOrder, order.id)
            if any(visit.appointment for visit in row.visits):
                judged.promised += 1
                continue
            offered = appointments.offers(session, area.system.travel_times, row, area.system.now()).offers
        judged.wasted += bool(offered)
        free = {offer.starts_at.timestamp() for offer in offered}
        judged.lies += sum(1 for number, begins in judged.told.taken if number == order.number and begins in free)
    judged.told.taken.clear()


def _deadlocks(area: Area) -> int:
    """How often PostgreSQL had to end one of two transactions that waited for each other."""
    if area.system.engine.dialect.name != "postgresql":
        return 0
    with area.system.transaction(read_only=True) as session:
        return int(session.scalar(text("SELECT sum(deadlocks) FROM pg_stat_database")) or 0)


def tell(name: str, judged: Judged) -> None:
    codes, behind = Counter[str](), Counter[str]()
    for (_, outcome), many in judged.told.outcomes.items():
        codes[outcome] += many
    for (way, outcome), many in judged.behind.items():
        behind[f"{way} {outcome}"] += many
    errors = sum(many for code, many in codes.items() if code.startswith("5"))
    rate = judged.attempts / judged.seconds
    print(f"{name}: {judged.attempts} attempts in {judged.rounds} rounds, {rate:.0f} a second")
    print(f"  {len(judged.faults)} faults in the days: {judged.promised} promises stood at the ends of the rounds")
    print(f"  {judged.wasted} orders without a window while there was one, {judged.lies} free windows called taken")
    print(f"  {errors} server errors, {judged.deadlocks} deadlocks; answers: {_listed(codes)}")
    print(f"  meanwhile: {_listed(behind)}", flush=True)
    for line in [*judged.faults[:SHOWN], *judged.told.strange[:SHOWN]]:
        print(f"    {line}", flush=True)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{code} {many}" for code, many in counts.most_common())


def measure(database: str, planted: dict[str, str], attempts: int, processes: int) -> Judged:
    """One run on a fresh database."""
    with tempfile.TemporaryDirectory() as folder:
        server = start_postgres() if database == "postgresql" else None
        url = server.url if server else f"sqlite:///{folder}/shifu.db"
        area = build(Path(folder), url, {"PLANTED_PAUSE_MS": PAUSE_MS, **planted})
        try:
            return run(area, attempts, processes)
        finally:
            area.system.engine.dispose()
            if server:
                server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--attempts", type=int, default=ROUND)
    parser.add_argument("--control", type=int, default=200, help="Attempts without locks; 0: none.")
    parser.add_argument("--processes", type=int, default=8)
    chosen = parser.parse_args()
    for database in chosen.database or ["sqlite", "postgresql"]:
        tell(database, measure(database, {}, chosen.attempts, chosen.processes))
        if chosen.control:
            judged = measure(database, {"PLANTED_NO_LOCK": "1"}, chosen.control, chosen.processes)
            tell(f"{database}, without locks", judged)


if __name__ == "__main__":
    main()
