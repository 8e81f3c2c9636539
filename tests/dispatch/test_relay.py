"""The relay with a real Valkey: alive, dead, frozen and wiped; and with none at all."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from dispatch import outbox
from dispatch.outbox import LEASE, Outbox, OutboxKind, OutboxState
from dispatch.queue import CHANNEL
from dispatch.queue import Queue as Wake
from dispatch.relay import ASK_AGAIN, LATER, QUEUE, Relay
from dispatch.system import System
from tests.clock import Clock
from tests.servers import Server, start_valkey


@pytest.fixture
def redis(redis_url: str) -> Redis:
    connection = Redis.from_url(redis_url)
    connection.flushall()
    return connection


@pytest.fixture
def queued(sqlite_system: System, redis: Redis, redis_url: str) -> System:
    """The system with a queue."""
    settings = replace(sqlite_system.settings, redis_url=redis_url)
    return replace(sqlite_system, settings=settings, queue=Wake(redis_url))


@pytest.fixture
def valkey() -> Iterator[Server]:
    """A server of its own, to be maltreated."""
    server = start_valkey()
    yield server
    server.stop()


def environment(system: System) -> dict[str, str]:
    return {
        **os.environ,
        "SHIFU_HOME": str(system.settings.home),
        "DATABASE_URL": system.settings.database_url,
        "SECRET_KEY": "a-secret-for-the-tests-only",
    }


def promise(system: System, kind: OutboxKind = OutboxKind.SETTLE) -> int:
    """Work for the queue that is done in no time: there is nothing to settle."""
    payload = {"area": "310100", "date": "2026-05-12"}
    with system.transaction() as session:
        session.info["wake"] = True
        return outbox.add(session, kind, payload, asked_by="dora", at=system.now()).id


def state(system: System, outbox_id: int) -> OutboxState:
    with system.transaction(read_only=True) as session:
        return OutboxState(session.get_one(Outbox, outbox_id).state)


def jobs(redis: Redis, name: str = QUEUE) -> list[str]:
    return list(Queue(name, connection=redis, serializer=JSONSerializer).job_ids)


def finish_here(system: System) -> None:
    """One turn of a relay without a working Redis, until its children have ended."""
    alone = Relay(system, environment(system), patience=0.2)
    alone.turn()
    wait_for(alone)


def wait_for(working: Relay) -> None:
    for child in working._lanes.running.values():
        child.wait(30)


def test_a_due_row_becomes_one_job_however_often_it_is_looked_at(queued: System, redis: Redis) -> None:
    row = promise(queued)
    for _ in range(3):
        Relay(queued, {}).turn()
    assert jobs(redis) == [f"outbox-{row}-0-0"]


def test_nobody_waits_behind_an_improvement(queued: System, redis: Redis) -> None:
    improvement = promise(queued, OutboxKind.IMPROVE)
    row = promise(queued)
    Relay(queued, {}).turn()
    assert jobs(redis) == [f"outbox-{row}-0-0"]
    assert jobs(redis, LATER) == [f"outbox-{improvement}-0-0"]


def test_a_worker_of_the_queue_does_the_row(queued: System, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    row = promise(queued)
    Relay(queued, {}).turn()
    for name, setting in environment(queued).items():
        monkeypatch.setenv(name, setting)
    queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    SimpleWorker([queue], connection=redis, serializer=JSONSerializer).work(burst=True)
    assert state(queued, row) == OutboxState.DONE


def test_what_was_queued_is_queued_again_when_redis_is_wiped(queued: System, redis: Redis) -> None:
    row = promise(queued)
    Relay(queued, {}).turn()
    redis.flushall()
    Relay(queued, {}).turn()
    assert jobs(redis) == [f"outbox-{row}-0-0"]


def test_a_row_whose_lease_ran_out_is_handed_over_again(queued: System, redis: Redis, clock: Clock) -> None:
    row = promise(queued)
    with queued.transaction() as session:
        assert outbox.claim(session, row, clock())
    Relay(queued, {}).turn()
    assert jobs(redis) == []
    clock.advance(seconds=LEASE.total_seconds() + 1)
    Relay(queued, {}).turn()
    assert jobs(redis) == [f"outbox-{row}-1-0"]


def test_a_job_that_was_lost_does_not_block_its_row_for_ever(queued: System, redis: Redis, clock: Clock) -> None:
    row = promise(queued)
    Relay(queued, {}).turn()
    redis.delete(f"rq:queue:{QUEUE}")
    Relay(queued, {}).turn()
    assert jobs(redis) == []
    clock.advance(seconds=ASK_AGAIN.total_seconds())
    Relay(queued, {}).turn()
    assert jobs(redis) == [f"outbox-{row}-0-1"]


def test_without_redis_the_relay_has_the_work_done_by_a_child(system: System) -> None:
    row = promise(system)
    finish_here(system)
    assert state(system, row) == OutboxState.DONE


def test_with_a_dead_redis_the_work_is_done_all_the_same(sqlite_system: System, valkey: Server) -> None:
    settings = replace(sqlite_system.settings, redis_url=valkey.url)
    system = replace(sqlite_system, settings=settings, queue=Wake(valkey.url))
    valkey.stop()
    row = promise(system)
    finish_here(system)
    assert state(system, row) == OutboxState.DONE


def test_with_a_frozen_redis_the_work_is_done_all_the_same(sqlite_system: System, valkey: Server) -> None:
    settings = replace(sqlite_system.settings, redis_url=valkey.url)
    system = replace(sqlite_system, settings=settings, queue=Wake(valkey.url))
    pid = int(Redis.from_url(valkey.url).info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    row = promise(system)
    finish_here(system)
    os.kill(pid, signal.SIGCONT)
    assert state(system, row) == OutboxState.DONE


def test_a_message_does_not_wait_for_a_plan(sqlite_system: System) -> None:
    busy = Relay(sqlite_system, environment(sqlite_system))
    with sqlite_system.transaction() as session:
        payload = {"area": "310100", "date": "2026-05-12", "seconds": 1}
        plan = outbox.add(session, OutboxKind.PLAN, payload, asked_by="dora", at=sqlite_system.now()).id
    busy.turn()
    message = promise(sqlite_system, OutboxKind.MESSAGE)
    busy.turn()
    assert set(busy._lanes.running) == {OutboxKind.PLAN, OutboxKind.MESSAGE}
    wait_for(busy)
    assert (state(sqlite_system, plan), state(sqlite_system, message)) == (OutboxState.DONE,) * 2


def test_quick_work_is_done_by_a_child_many_at_a_time_also_where_there_is_a_queue(queued: System, redis: Redis) -> None:
    messages = [promise(queued, OutboxKind.MESSAGE) for _ in range(3)]
    plan = promise(queued)
    relay = Relay(queued, environment(queued))
    relay.turn()
    assert set(relay._lanes.running) == {OutboxKind.MESSAGE}
    assert jobs(redis) == [f"outbox-{plan}-0-0"]
    wait_for(relay)
    assert {state(queued, message) for message in messages} == {OutboxState.DONE}


def test_a_wake_up_brings_the_next_turn_forward(queued: System, redis: Redis) -> None:
    stop = threading.Event()
    running = threading.Thread(target=Relay(queued, {}, poll=600).run, args=(stop,))
    running.start()
    while not redis.pubsub_numsub(CHANNEL)[0][1]:
        assert running.is_alive()
    row = promise(queued)
    while not jobs(redis):
        assert running.is_alive()
    stop.set()
    queued.queue.wake()
    running.join(30)
    assert not running.is_alive()
    assert jobs(redis) == [f"outbox-{row}-0-0"]


def test_thousands_of_one_kind_do_not_keep_another_kind_waiting(system: System) -> None:
    with system.transaction() as session:
        outbox.add_all(session, OutboxKind.WEBHOOK, [{}] * 250, asked_by="dora", at=system.now())
        plan = outbox.add(session, OutboxKind.PLAN, {}, asked_by="dora", at=system.now()).id
    with system.transaction(read_only=True) as session:
        ids = outbox.due(session, system.now())
    assert len(ids) == 101
    assert ids[-1] == plan and ids[:-1] == sorted(ids[:-1])
