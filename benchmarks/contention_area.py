"""The small area of `benchmarks.contention`: a handful of technicians, two days, more orders than can be promised."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.contention_clients import Goal, Order
from dispatch import accounts, counties, demo, links, merchants, orders, schema
from dispatch import day as days
from dispatch import system as systems
from dispatch.account import Role
from dispatch.catalogue import Merchant
from dispatch.slot_policy import STARTS, SlotPolicy
from dispatch.system import System
from dispatch.work_order import WorkOrder, WorkOrderState
from seed_regions.demo import region
from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[1]
AREA = "310100"
DAYS_AHEAD = (1, 2)
TECHNICIANS, ORDERS = 8, 110
START_SECONDS = 120.0
LOGIN = "bench"


@dataclass(frozen=True, slots=True)
class Area:
    """What was built: `windows` begin on `dates`, the days everybody reaches for."""

    system: System
    environment: Mapping[str, str]
    dates: Sequence[date]
    windows: Sequence[str]
    keys: Mapping[int, str]
    password: str


def build(home: Path, database_url: str, planted: Mapping[str, str]) -> Area:
    """People and products; orders come with each round. The served system has the faults that are planted."""
    environment = {"SHIFU_HOME": str(home), "DATABASE_URL": database_url, "PROXY_HOPS": "1"}
    system = systems.build(environment)
    schema.upgrade(system.engine)
    today, password = datetime.now(UTC).date(), secrets.token_urlsafe(12)
    dates = [today + timedelta(days=ahead) for ahead in DAYS_AHEAD]
    with system.transaction() as session:
        counties.load(session, system.places.registry)
        demo.people(session, region(AREA, dates[0], TECHNICIANS, 0, seed=1), system.now())
        session.add(SlotPolicy(starts=list(STARTS), days=DAYS_AHEAD[-1] + 1, changed_at=system.now(), changed_by=LOGIN))
        accounts.create(
            session,
            login=LOGIN,
            name="Bench",
            password=password,
            role=Role.DISPATCHER,
            at=system.now(),
            by=LOGIN,
            language="en",
        )
        keys = {
            merchant.id: merchants.new_key(session, merchant.code, by=LOGIN, at=system.now())
            for merchant in session.scalars(select(Merchant))
        }
        windows = [text for on_date in dates for text in _windows(session, on_date)]
    return Area(system, {**environment, **planted}, dates, windows, keys, password)


def _windows(session: Session, on_date: date) -> Iterator[str]:
    local = days.of(session, AREA, on_date)
    for minutes in STARTS:
        yield (local.midnight + timedelta(minutes=minutes)).isoformat()


def renew(area: Area, number: int) -> list[Order]:
    """Cancel what there is, and hand in the orders of another round."""
    system = area.system
    with system.transaction() as session:
        alive = select(WorkOrder.id).where(WorkOrder.state.in_([WorkOrderState.BOOKABLE, WorkOrderState.BOOKED]))
        old = session.scalars(alive).all()
    for order_id in old:
        with system.transaction() as session:
            orders.cancel(session, system.travel_times, order_id, by=LOGIN, at=system.now())
    drawn = region(AREA, area.dates[0], TECHNICIANS, ORDERS, seed=1 + number)
    with system.transaction() as session:
        written = demo.bookable(session, drawn.orders, system.now())
        for n, order in enumerate(written):
            order.number, order.consumer_phone = f"R{number}-{n}", f"1390{number:03d}{n:04d}"
            order.address = f"{order.address} {number}-{n}"
        session.flush()
        return [
            Order(row.id, row.number, area.keys[row.merchant_id], links.create(session, row.id, system.now()))
            for row in written
        ]


@contextmanager
def served(area: Area) -> Iterator[Goal]:
    """The real server, two processes of four threads, with whatever is planted."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4",
        "--worker-class", "gthread", "--no-control-socket", "--log-level", "warning", "wsgi:application",
    ]  # fmt: skip
    with (Path(area.environment["SHIFU_HOME"]) / "server.log").open("wb") as log:
        child = subprocess.Popen(command, env={**os.environ, **area.environment}, cwd=ROOT, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", child)
            yield Goal(port, AREA, [day.isoformat() for day in area.dates], area.windows, LOGIN, area.password)
        finally:
            child.terminate()
            child.wait()


def _wait(url: str, child: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and child.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not start.")
