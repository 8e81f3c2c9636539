"""From the outbox to whoever does the work: jobs for the queue's workers, or child processes without Redis.

What takes long or much of a processor goes through the queue. What is quick is done by children of the relay, many
rows at a time: a message waits for no plan, and costs no process of its own.

The rows are the truth. Every turn looks at what is due; a wake-up through Redis only brings the next turn
forward, so a Redis that is dead, frozen or wiped costs at most `POLL_SECONDS`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer
from sqlalchemy import select

from dispatch import outbox
from dispatch.logs import speak_json
from dispatch.outbox import Outbox, OutboxKind
from dispatch.queue import CHANNEL
from dispatch.sweeps import Sweeper
from dispatch.system import System, build
from dispatch.tied import tie

QUEUE, LATER = "shifu", "shifu-later"
"""What somebody waits for, and what is done when nothing else is."""
NOBODY_WAITS_FOR = {OutboxKind.IMPROVE}
WORK = "dispatch.worker.perform"
POLL_SECONDS = 2.0
SLICE_SECONDS = 0.5
REDIS_SECONDS = 2.0
ASK_AGAIN = timedelta(minutes=5)
FORGET_SECONDS = 3600
TAKES_LONG = frozenset({OutboxKind.PLAN, OutboxKind.SETTLE, OutboxKind.SOLVE, OutboxKind.IMPROVE})
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Due:
    """A row to be done. `job_id` is the same for the same attempt: handing it over twice is harmless.

    It changes when the row has waited `ASK_AGAIN`: a job lost with its worker does not block its row.
    """

    outbox_id: int
    kind: OutboxKind
    job_id: str


def connect(url: str, *, patience: float | None) -> Redis:
    """A connection that gives up an answer after `patience` seconds, once; None waits for ever."""
    return Redis.from_url(
        url, socket_timeout=patience, socket_connect_timeout=REDIS_SECONDS, retry=Retry(NoBackoff(), 0)
    )


def due(system: System) -> list[Due]:
    """What is to be done now, oldest first."""
    at = system.now()
    with system.transaction(read_only=True) as session:
        ids = outbox.due(session, at)
        rows = session.scalars(select(Outbox).where(Outbox.id.in_(ids)).order_by(Outbox.id))
        return [Due(row.id, row.kind, _job_id(row, at)) for row in rows]


def _job_id(row: Outbox, at: datetime) -> str:
    spells = (at - (row.lease_until or row.due_at)) // ASK_AGAIN
    return f"outbox-{row.id}-{row.attempts}-{spells}"


def enqueue(redis: Redis, what: Due) -> bool:
    """Hand a row to the queue's workers; False when it has been handed over already."""
    name = LATER if what.kind in NOBODY_WAITS_FOR else QUEUE
    try:
        Queue(name, connection=redis, serializer=JSONSerializer).enqueue_call(
            WORK,
            args=(what.outbox_id,),
            job_id=what.job_id,
            unique=True,
            timeout=-1,
            ttl=FORGET_SECONDS,
            result_ttl=0,
            failure_ttl=FORGET_SECONDS,
            description=f"outbox {what.outbox_id}",
        )
    except DuplicateJobError:
        return False
    return True


@dataclass
class Lanes:
    """Child processes for quick work, and for all work without a queue: one at a time for each kind."""

    environment: Mapping[str, str]
    running: dict[OutboxKind, subprocess.Popen[bytes]] = field(default_factory=dict)

    def offer(self, rows: list[Due]) -> None:
        """Start on the rows of every lane that is free."""
        for kind in OutboxKind:
            ids = [str(row.outbox_id) for row in rows if row.kind == kind]
            if ids and self._is_free(kind):
                command = [sys.executable, "-m", "dispatch.worker", *ids]
                self.running[kind] = subprocess.Popen(command, env=self.environment, process_group=0)

    def _is_free(self, kind: OutboxKind) -> bool:
        return kind not in self.running or self.running[kind].poll() is not None

    def is_idle(self) -> bool:
        return all(self._is_free(kind) for kind in OutboxKind)

    def stop(self) -> None:
        """End what is running; its rows are done again when their leases have run out."""
        for child in self.running.values():
            child.terminate()
        for child in self.running.values():
            child.wait()


class Relay:
    """Turns over the outbox until it is stopped. Any number may run at once, on any number of machines.

    `environment` is what child processes get; `patience` and `poll` are seconds.
    """

    def __init__(
        self,
        system: System,
        environment: Mapping[str, str],
        *,
        patience: float = REDIS_SECONDS,
        poll: float = POLL_SECONDS,
    ) -> None:
        url = system.settings.redis_url
        self._system = system
        self._redis = connect(url, patience=patience) if url else None
        self._poll = poll
        self._lanes = Lanes(environment)
        self._sweeper = Sweeper(system)
        self._ears: PubSub | None = None

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set: at most one turn after it."""
        try:
            while not stop.is_set():
                self.turn()
                self._wait(stop)
        finally:
            self._lanes.stop()

    def turn(self) -> None:
        """Hand over everything that is due: long work through Redis if it answers, the rest to children."""
        self._sweeper.turn()
        rows = due(self._system)
        if not rows:
            return
        try:
            self._hand_over(rows)
        except RedisError as silent:
            log.warning("relay.without-redis", reason=str(silent), rows=len(rows))
            self._lanes.offer(rows)

    def is_idle(self) -> bool:
        return self._lanes.is_idle()

    def _hand_over(self, rows: list[Due]) -> None:
        if self._redis is None:
            self._lanes.offer(rows)
            return
        self._lanes.offer([row for row in rows if row.kind not in TAKES_LONG])
        for row in rows:
            if row.kind in TAKES_LONG and enqueue(self._redis, row):
                log.info("relay.enqueued", outbox_id=row.outbox_id, kind=row.kind)

    def _wait(self, stop: threading.Event) -> None:
        """Until the next wake-up, or for one poll."""
        if self._redis is None:
            stop.wait(self._poll)
            return
        try:
            self._listen(self._redis, stop)
        except RedisError as silent:
            log.warning("relay.deaf", reason=str(silent))
            self._ears = None
            stop.wait(self._poll)

    def _listen(self, redis: Redis, stop: threading.Event) -> None:
        if self._ears is None:
            ears: PubSub = redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
            ears.subscribe(CHANNEL)
            self._ears = ears
        until = time.monotonic() + self._poll
        while not stop.is_set() and time.monotonic() < until:
            if self._ears.get_message(timeout=min(SLICE_SECONDS, self._poll)):
                return


def main() -> None:
    """`python -m dispatch.relay`: turn over the outbox until a signal says stop."""
    tie()
    speak_json()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Relay(build(os.environ), os.environ).run(stop)


if __name__ == "__main__":
    main()
