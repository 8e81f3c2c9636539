"""Simulated days of technicians' phones against the real server, each of which must end as the reference says.

    python -m benchmarks.phone_days [--days 10000] [--seed 1] [--processes 2] [--without-idempotency] [--trace]
    python -m benchmarks.phone_days --only 1563 --seed 2

Two technicians with three phones: 10 % of requests are lost on the way and 30 % of answers on the way back, 15 % arrive
twice, all in any order; hours without signal; restarts, new installations, clocks up to 48 h wrong and some set in the
middle of the day; an office that gives visits to the other technician, calls them off and refuses requests while nobody
can be told. Every kind of event of the protocol is told, one word in twenty so that it cannot be used; and positions.
The same seed gives the same trace, whose SHA-256 is printed. Days are independent of each other but for the database,
which is new every 50 days: --only plays one day again, with its trace, after those before it in its database. With
--without-idempotency every delivery of an event carries an id of its own: the twin that must fail. Exits 1 when a day
ends in another state than the reference's.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from random import Random

from benchmarks import phone_asides, phone_mishaps
from benchmarks.phone_day import Day
from benchmarks.phone_model import Simulation
from benchmarks.phone_world import World

DAYS_A_WORLD = 50


@dataclass(frozen=True, slots=True)
class Played:
    """What went wrong, with the day's number; the SHA-256 of the traces; events delivered, by kind."""

    wrong: list[str]
    digest: str
    events: Counter[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Days that share a database, the first of them new in it. `say`: whose traces are printed."""

    days: range
    seed: int
    deduplicates: bool = True
    say: frozenset[int] = frozenset()


def play(days: int, seed: int, processes: int = 1, *, deduplicates: bool = True, say: bool = False) -> Played:
    """So many days, each group of them in a database of its own; the same in however many processes."""
    firsts = range(0, days, DAYS_A_WORLD)
    numbers = [range(first, min(first + DAYS_A_WORLD, days)) for first in firsts]
    groups = [Group(each, seed, deduplicates, frozenset(each if say else ())) for each in numbers]
    if processes == 1:
        played = list(_counted(map(play_group, groups), days))
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            played = list(_counted(pool.map(play_group, groups), days))
    whole = hashlib.sha256("".join(each.digest for each in played).encode()).hexdigest()
    events = sum((each.events for each in played), Counter[str]())
    return Played([wrong for each in played for wrong in each.wrong], whole, events)


def _counted(played: Iterable[Played], days: int) -> Iterator[Played]:
    """With a word on how far it is."""
    for groups, each in enumerate(played, 1):
        print(f"\r{min(groups * DAYS_A_WORLD, days)} of {days} days", end="", file=sys.stderr, flush=True)
        yield each
    print(file=sys.stderr)


def play_group(group: Group) -> Played:
    wrong, trace, events = [], hashlib.sha256(), Counter[str]()
    with tempfile.TemporaryDirectory() as home:
        world = World(Path(home), asks_for_everything=True)
        for number in group.days:
            rng = Random(f"{group.seed}-{number}")
            on_date = world.publish(number - group.days.start, rng)
            day = Day(Simulation(world, rng, group.deduplicates), on_date)
            wrong += [f"day {number}: {each}" for each in _whole(day)]
            trace.update("\n".join(day.simulation.trace).encode())
            events.update(fact.type.value for fact in day.delivered())
            if number in group.say:
                print("\n".join(day.simulation.trace))
    return Played(wrong, trace.hexdigest(), events)


def _whole(day: Day) -> list[str]:
    day.begin()
    phone_mishaps.plan(day)
    phone_asides.plan(day)
    return day.end()


def again(number: int, seed: int, *, deduplicates: bool = True) -> Played:
    """One day with its trace, after those before it in the same database; what went wrong on it alone."""
    days = range(number - number % DAYS_A_WORLD, number + 1)
    played = play_group(Group(days, seed, deduplicates, frozenset({number})))
    return replace(played, wrong=[each for each in played.wrong if each.startswith(f"day {number}:")])


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--days", type=int, default=10_000)
    asked.add_argument("--only", type=int)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--processes", type=int, default=1)
    asked.add_argument("--without-idempotency", action="store_true")
    asked.add_argument("--trace", action="store_true")
    chosen = asked.parse_args()
    began, deduplicates = time.monotonic(), not chosen.without_idempotency
    if chosen.only is not None:
        played = again(chosen.only, chosen.seed, deduplicates=deduplicates)
        print("\n".join(played.wrong or [f"Day {chosen.only} of seed {chosen.seed} ended as it must."]))
    else:
        played = play(chosen.days, chosen.seed, chosen.processes, deduplicates=deduplicates, say=chosen.trace)
        _report(played, chosen.days, time.monotonic() - began)
    sys.exit(1 if played.wrong else 0)


def _report(played: Played, days: int, took: float) -> None:
    bad = len({each.partition(":")[0] for each in played.wrong})
    print("\n".join(played.wrong[:20]))
    print(f"{days - bad} of {days} days ended as they must; {played.events.total()} events delivered:")
    print(", ".join(f"{kind} {count}" for kind, count in played.events.most_common()))
    print(f"{days / took:.1f} days/s, {played.events.total() / days:.1f} events a day; trace {played.digest}")


if __name__ == "__main__":
    main()
