"""How fast windows are offered: python -m benchmarks.offers [--technicians 500] [--visits 3200] [--keep FOLDER]

Seven planned days of an area, then looks for windows (7 days × 6 windows) of orders anywhere in it: in this process,
where one look in ten is followed by a booking, and over HTTP at a given rate from two web processes. On SQLite and on
PostgreSQL. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import appointments, counties, demo, merchants, plan_day, schema
from dispatch import system as systems
from dispatch.catalogue import Merchant
from dispatch.errors import SlotTaken
from dispatch.system import System
from dispatch.work_order import BookedBy, WorkOrder, WorkOrderState
from routing.limits import Limits
from seed_regions.demo import region
from tests.servers import free_port, start_postgres

AREA = "310100"
DAYS = 7
ASKING = 400
LOOKS = 400
ONE_BOOKS_IN = 10
START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Area:
    """What was built: where, and whose orders look for a window."""

    system: System
    environment: dict[str, str]
    orders: Sequence[int]


def build(home: Path, database_url: str, technicians: int, visits: int, seconds: float) -> Area:
    """Seven planned days from tomorrow, and orders that are bookable."""
    environment = {"SHIFU_HOME": str(home), "DATABASE_URL": database_url}
    system = systems.build(environment)
    schema.upgrade(system.engine)
    today = datetime.now(UTC).date()
    with system.transaction() as session:
        if session.scalar(select(WorkOrder.id).limit(1)) is None:
            counties.load(session, system.places.registry)
            fill(system, today, technicians, visits, seconds, session)
    for ahead in range(1, DAYS + 1):
        plan_day.run(system, AREA, today + timedelta(days=ahead), Limits(seconds=seconds), by="bench")
    with system.transaction(read_only=True) as session:
        asking = session.scalars(select(WorkOrder.id).where(WorkOrder.state == WorkOrderState.BOOKABLE)).all()
    return Area(system, environment, asking)


def fill(system: System, today: date, technicians: int, visits: int, seconds: float, session: Session) -> None:
    """People, seven days of promised visits, and orders whose consumers have not chosen yet."""
    for ahead in range(1, DAYS + 1):
        on_date = today + timedelta(days=ahead)
        drawn = region(AREA, on_date, technicians, visits + (ASKING if ahead == 1 else 0), seed=1)
        if ahead == 1:
            demo.people(session, drawn, system.now())
            demo.bookable(session, drawn.orders[visits:], system.now())
        demo.demand(session, drawn, drawn.orders[:visits], on_date)


def in_process(area: Area, looks: int, book: bool) -> list[float]:
    """Milliseconds of each look; one in ten is followed by a booking that everybody's next look must take in."""
    spent = []
    for n in range(looks):
        order_id = area.orders[n % len(area.orders)]
        began = time.perf_counter()
        with area.system.transaction(read_only=True) as session:
            order = session.get_one(WorkOrder, order_id)
            found = appointments.offers(session, area.system.travel_times, order, area.system.now()).offers
        spent.append((time.perf_counter() - began) * 1000)
        if book and found and n % ONE_BOOKS_IN == 0:
            _hold(area, order_id, found[n % len(found)].starts_at)
    return spent


def _hold(area: Area, order_id: int, starts_at: datetime) -> None:
    try:
        with area.system.transaction() as session:
            order = session.get_one(WorkOrder, order_id)
            appointments.hold(
                session, area.system.travel_times, order, starts_at,
                booked_by=BookedBy.CONSUMER, by="bench", at=area.system.now(),
            )  # fmt: skip
    except SlotTaken:
        print("  a window that had just been offered was taken")


@contextmanager
def served(area: Area) -> Iterator[str]:
    """Two web processes of the real server."""
    port = free_port()
    command = [sys.executable, "-m", "dispatch.cli", "serve", "--port", str(port), "--planners", "0", "--workers", "2"]
    child = subprocess.Popen(
        command, env={**os.environ, **area.environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/healthz")
        yield address
    finally:
        child.terminate()
        child.wait()


def _wait(url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not start.")


def over_http(area: Area, rate: float, seconds: float) -> list[float]:
    """Milliseconds from when each request was due until its answer was read, at a fixed rate."""
    with area.system.transaction() as session:
        merchant = session.scalars(select(Merchant).order_by(Merchant.id).limit(1)).one()
        key = merchants.new_key(session, merchant.code, by="bench", at=area.system.now())
        numbers = session.scalars(
            select(WorkOrder.number).where(WorkOrder.id.in_(area.orders), WorkOrder.merchant_id == merchant.id)
        ).all()
    with served(area) as address:
        ask = _asker(address, key, numbers)
        for n in range(40):
            ask(n)
        return _at_rate(ask, rate, seconds)


def _asker(address: str, key: str, numbers: Sequence[str]) -> Callable[[int], None]:
    def ask(n: int) -> None:
        url = f"{address}/api/v1/orders/{numbers[n % len(numbers)]}/offers"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            answer.read()

    return ask


def _at_rate(ask: Callable[[int], None], rate: float, seconds: float) -> list[float]:
    spent: list[float] = []
    began = time.perf_counter()

    def one(n: int) -> None:
        due = began + n / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        ask(n)
        spent.append((time.perf_counter() - due) * 1000)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(round(rate * seconds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return spent


def told(name: str, spent: Sequence[float], aim: int) -> None:
    median, p99 = statistics.median(spent), statistics.quantiles(spent, n=100)[98]
    print(f"  {name:<52} median {median:6.1f}, p99 {p99:6.1f}, worst {max(spent):6.1f} ms   (aim {aim})", flush=True)


def measure(area: Area, name: str, rate: float) -> None:
    in_process(area, 20, book=False)
    told(f"{name}, in the process", in_process(area, LOOKS, book=False), 50)
    told(f"{name}, one look in ten followed by a booking", in_process(area, LOOKS, book=True), 50)
    told(f"{name}, over HTTP at {rate:.0f} a second", over_http(area, rate, 20.0), 120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--technicians", type=int, default=500)
    parser.add_argument("--visits", type=int, default=3200)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rate", type=float, default=30.0)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    chosen = parser.parse_args()
    print(f"{chosen.technicians} technicians, {chosen.visits} visits a day, {DAYS} days")
    for name in chosen.database or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory() as folder:
            server = start_postgres() if name == "postgresql" else None
            url = server.url if server else f"sqlite:///{folder}/shifu.db"
            area = build(Path(folder), url, chosen.technicians, chosen.visits, chosen.seconds)
            measure(area, name, chosen.rate)
            area.system.engine.dispose()
            if server:
                server.stop()


if __name__ == "__main__":
    main()
