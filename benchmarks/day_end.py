"""300 technicians who come back into signal within a minute:  python -m benchmarks.day_end [--database URL|postgres]

The real server as `dispatch serve` starts it (two processes of four threads, a Valkey), one area whose published day
has seven visits for each technician. In the morning every phone pulls its day; in the evening each begins at its own
second of the minute and says hello, sends the day's events in batches as large as the server allows, and pulls what
has changed. Printed: requests, errors, what the events were answered, and how long requests took. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import http.client
import json
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.contention_area import Area, served
from dispatch import counties, demo, phone_login, schema, verification
from dispatch import day as days
from dispatch import system as systems
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.work_order import WorkOrder
from seed_regions.demo import region
from technicians.people import Technician
from tests.servers import start_postgres, start_valkey

AREA = "310100"
VISITS_EACH = 7
TIMEOUT = 60.0
FINAL = {"applied", "duplicate", "conflict", "rejected"}


@dataclass(frozen=True, slots=True)
class Person:
    """A technician's phone: its token, and the visits of its day with the codes of their shots and of consumers."""

    code: str
    token: str
    visits: Sequence[tuple[int, tuple[str, ...], str]]


@dataclass
class Told:
    """What all phones were told, and how many seconds each kind of request took."""

    outcomes: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, took: float, error: str = "") -> None:
        with self.lock:
            self.seconds.setdefault(kind, []).append(took)
            if error:
                self.errors[error] += 1


class Phone:
    """One connection, kept open, and a day's events."""

    def __init__(self, port: int, person: Person, told: Told, seed: int) -> None:
        self.person, self.told, self.rng = person, told, Random(seed)
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self.cursor: str | None = None
        self.kept = False

    def pull(self, kind: str) -> None:
        asked = f"/mobile/v1/changes?cursor={self.cursor}" if self.cursor else "/mobile/v1/changes"
        answer = self._ask(kind, "GET", asked)
        self.cursor = answer.get("cursor", self.cursor)

    def evening(self) -> None:
        """What a phone does when signal is back."""
        limit = self._ask("hello", "GET", "/mobile/v1/hello").get("limits", {}).get("events", 100)
        events = self._events()
        while events:
            batch, events = events[:limit], events[limit:]
            answer = self._ask("events", "POST", "/mobile/v1/events", self._batch(batch))
            with self.told.lock:
                self.told.outcomes.update(each["outcome"] for each in answer.get("answers", []))
        self.pull("changes")
        self.line.close()

    def _ask(self, kind: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.person.token}", "Content-Type": "application/json"}
        began = time.perf_counter()
        try:
            self.line.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = self.line.getresponse()
            content = response.read()
            took = time.perf_counter() - began
            self.kept = True
            is_ours = response.status < 300 and response.headers.get("Shifu-Protocol") == "1"
            self.told.note(kind, took, "" if is_ours else f"{kind} {response.status}")
            return dict(json.loads(content)) if is_ours else {}
        except (http.client.HTTPException, OSError) as error:
            if self._is_stale(error):
                return self._ask(kind, method, path, body)
            self.told.note(kind, time.perf_counter() - began, f"{kind} {type(error).__name__}")
            self.line.close()
            return {}

    def _is_stale(self, error: Exception) -> bool:
        """Whether the server had closed the kept line before it was asked: everybody asks again on a new one."""
        was_kept, self.kept = self.kept, False
        self.line.close()
        return was_kept and isinstance(error, (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError))

    def _batch(self, events: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "protocol": 1, "sent_at": datetime.now(UTC).isoformat(), "monotonic_ms": 40_000_000, "boot": "evening",
            "oldest_seq": events[0]["seq"], "events": events,
        }  # fmt: skip

    def _events(self) -> list[dict[str, Any]]:
        began = datetime.now(UTC) - timedelta(hours=9)
        told = [kind for visit in self.person.visits for kind in self._of_visit(*visit)]
        return [
            {
                "event_id": str(uuid.UUID(int=self.rng.getrandbits(128))), "seq": seq,
                "device_time": (began + timedelta(minutes=10 * seq)).isoformat(), "monotonic_ms": 600_000 * seq,
                "boot": "evening", "lng": 121.47, "lat": 31.23, "accuracy": 12.0, **event,
            }
            for seq, event in enumerate(told, start=1)
        ]  # fmt: skip

    def _of_visit(self, visit_id: int, shots: tuple[str, ...], code: str) -> Iterator[dict[str, Any]]:
        def event(kind: str, **payload: Any) -> dict[str, Any]:
            return {"type": kind, "visit_id": visit_id, "payload": payload}

        yield event("readiness", goods="whole", consumer="confirmed", parts=[])
        yield event("en-route")
        yield event("check-in")
        yield event("serial", number=f"SN{visit_id:010}", read="camera", format="code-128")
        yield event("signature", name="", strokes=[[self.rng.randrange(1000) for _ in range(240)]])
        yield event("completion") | {
            "attachments": [
                {"sha256": f"{self.rng.getrandbits(256):064x}", "size": 300_000, "kind": "photo", "shot": shot}
                for shot in shots
            ]
        }
        yield event("acceptance", code=code)


def build(home: Path, database_url: str, redis_url: str, technicians: int) -> tuple[Area, list[Person]]:
    """An area with a published day of today; every technician has seven visits and a phone that is logged in."""
    environment = {"SHIFU_HOME": str(home), "DATABASE_URL": database_url, "REDIS_URL": redis_url}
    system = systems.build(environment)
    schema.upgrade(system.engine)
    today = datetime.now(UTC).astimezone().date()
    drawn = region(AREA, today, technicians=technicians, visits=technicians * VISITS_EACH, seed=1)
    with system.transaction() as session:
        counties.load(session, system.places.registry)
        demo.people(session, drawn, system.now())
    with system.transaction() as session:
        orders = demo.demand(session, drawn, drawn.orders, today)
        session.flush()
        people = _published(session, orders, today, system.now())
    system.engine.dispose()
    return Area(system, environment, [today], [], {}, ""), people


def _published(session: Session, orders: Sequence[WorkOrder], on_date: date, at: datetime) -> list[Person]:
    """Visits handed out in turn, whatever the roads say: who drives where is not what is measured."""
    midnight = days.of(session, AREA, on_date).midnight
    plan = DayPlan(
        area_code=AREA, on_date=on_date, version=1, state=DayPlanState.PUBLISHED, basis={}, solver={}, created_at=at,
        published_at=at, published_by="benchmark",
    )  # fmt: skip
    session.add(plan)
    session.flush()
    people = []
    for n, technician in enumerate(session.scalars(select(Technician).order_by(Technician.id)).all()):
        route = Route(
            day_plan_id=plan.id, technician_id=technician.id, starts_at=midnight + timedelta(hours=8),
            ends_at=midnight + timedelta(hours=18),
        )  # fmt: skip
        session.add(route)
        mine = orders[n * VISITS_EACH : (n + 1) * VISITS_EACH]
        for position, order in enumerate(mine):
            starts = midnight + timedelta(hours=8.5 + 1.25 * position)
            route.stops.append(
                Stop(
                    day_plan_id=plan.id, position=position, visit_id=order.visits[-1].id, travel=900, distance=4000,
                    scheduled_arrival=starts, scheduled_start=starts, scheduled_leave=starts + timedelta(hours=1),
                )
            )  # fmt: skip
        session.flush()
        device = f"bench-{technician.code}-1"
        token = phone_login.issue(session, technician.id, device, at).token
        people.append(Person(technician.code, token, [_known(order) for order in mine]))
    return people


def _known(order: WorkOrder) -> tuple[int, tuple[str, ...], str]:
    visit = order.visits[-1]
    return visit.id, tuple(str(shot["code"]) for shot in order.product.shot_list), verification.give(visit)


def play(port: int, people: Sequence[Person], seconds: float) -> Told:
    """The morning one after the other, then everybody's evening at a seeded instant of the minute."""
    told, rng = Told(), Random(7)
    phones = [Phone(port, person, told, seed) for seed, person in enumerate(people)]
    for phone in phones:
        phone.pull("morning")
        phone.line.close()
    starts = sorted(rng.uniform(0, seconds) for _ in phones)
    began = time.perf_counter()
    threads = [
        threading.Thread(target=_later, args=(began + at, phone)) for at, phone in zip(starts, phones, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.seconds["all"] = [time.perf_counter() - began]
    return told


def _later(when: float, phone: Phone) -> None:
    time.sleep(max(0.0, when - time.perf_counter()))
    phone.evening()


def tell(told: Told) -> None:
    """The figures, in milliseconds."""
    evening = [took for kind in ("hello", "events", "changes") for took in told.seconds.get(kind, [])]
    for kind in ("morning", "hello", "events", "changes"):
        print(f"{kind:>8}: {_spread(told.seconds.get(kind, []))}")
    print(f" evening: {_spread(evening)}, everything over after {told.seconds['all'][0]:.1f} s")
    print(f"  events: {dict(told.outcomes)}")
    print(f"  errors: {sum(told.errors.values())} {dict(told.errors)}")


def _spread(seconds: Sequence[float]) -> str:
    if not seconds:
        return "none"
    ranked = sorted(1000 * took for took in seconds)
    half, most = ranked[len(ranked) // 2], ranked[min(len(ranked) - 1, int(0.99 * len(ranked)))]
    return f"{len(ranked)} requests, median {half:.0f} ms, p99 {most:.0f} ms, worst {ranked[-1]:.0f} ms"


@contextmanager
def _database(wanted: str, home: Path) -> Iterator[str]:
    if wanted != "postgres":
        yield wanted or f"sqlite:///{home}/day_end.db"
        return
    server = start_postgres()
    try:
        yield server.url
    finally:
        server.stop()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--database", default="", help="A URL, or postgres for one of its own; SQLite when left out.")
    asked.add_argument("--technicians", type=int, default=300)
    asked.add_argument("--seconds", type=float, default=60.0)
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as home, _database(chosen.database, Path(home)) as url:
        valkey = start_valkey()
        try:
            area, people = build(Path(home), url, valkey.url, chosen.technicians)
            with served(area) as goal:
                told = play(goal.port, people, chosen.seconds)
        finally:
            valkey.stop()
    print(f"{chosen.technicians} technicians, {VISITS_EACH} visits each, within {chosen.seconds:.0f} s")
    tell(told)


if __name__ == "__main__":
    main()
