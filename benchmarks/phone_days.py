"""Simulated days of technicians' phones against the real server, each of which must end as the reference says.

    python -m benchmarks.phone_days [--days 10000] [--seed 1] [--processes 2] [--without-idempotency] [--trace]

Two technicians with three phones: 10 % of requests are lost on the way and 30 % of answers on the way back, 15 % arrive
twice, all in any order; hours without signal; restarts, new installations, clocks up to 48 h wrong and some set in the
middle of the day; an office that gives visits to the other technician and calls them off while nobody can be told.
The same seed gives the same trace, whose SHA-256 is printed. Days are independent of each other but for the database,
which is new every 50 days. With --without-idempotency every delivery of an event carries an id of its own: the twin
that must fail. Exits 1 when a day ends in another state than the reference's.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random

from sqlalchemy import select

from benchmarks.phone_model import Phone, Simulation
from benchmarks.phone_reference import Happened, ending, list_of
from benchmarks.phone_world import World
from dispatch import phone_events
from dispatch.evidence import VisitEvent
from dispatch.phone_records import PhoneConflict, PhoneEvent, PhoneOutcome
from dispatch.phone_reports import ReportType
from dispatch.work_order import Visit
from tests.town import shanghai

DAYS_A_WORLD = 50
LATE = timedelta(minutes=3)
TWO_DAYS = 48 * 3600


@dataclass(frozen=True, slots=True)
class Played:
    """What went wrong, with the day's number; the SHA-256 of the traces; how many events reached the server."""

    wrong: list[str]
    digest: str
    events: int


@dataclass
class Day:
    """One day being played: the phones in use, who did what, and what was found wrong in the end."""

    simulation: Simulation
    on_date: date
    phones: dict[str, list[Phone]] = field(default_factory=dict)
    retired: list[Phone] = field(default_factory=list)
    happened: list[tuple[Phone, Happened]] = field(default_factory=list)
    begun: set[tuple[str, int]] = field(default_factory=set)
    contested: set[int] = field(default_factory=set)
    meddled: bool = False

    @property
    def world(self) -> World:
        return self.simulation.world

    def play(self) -> list[str]:
        """The whole day; the sentences say what ended otherwise than it must."""
        for technician, count in (("T1", 2), ("T2", 1)):
            self.phones[technician] = [self._phone(technician, number) for number in range(count)]
            self.simulation.at(self._hour(8), lambda who=technician: self._next(who))  # type: ignore[misc]
        for minute in range(0, 11 * 60, 60):
            self.simulation.at(self._hour(7.5) + timedelta(minutes=minute), self._sync)
        self._plan_mishaps()
        self.simulation.run()
        self._evening()
        return self._wrong()

    def _hour(self, hour: float) -> datetime:
        return shanghai(int(hour), self.on_date) + timedelta(hours=hour % 1)

    def _phone(self, technician: str, number: int) -> Phone:
        rng = self.simulation.rng
        dark = []
        for _ in range(rng.choice((0, 1, 2))):
            begins = self._hour(rng.uniform(7.6, 15))
            dark.append((begins, begins + timedelta(hours=rng.uniform(0.5, 8))))
        wrong = timedelta(seconds=rng.choice((0, rng.randint(-60, 60), rng.randint(-TWO_DAYS, TWO_DAYS))))
        device = f"{technician}-{number}-{self.on_date}-{rng.getrandbits(24):06x}"
        return Phone(self.simulation, technician, device, wrong, dark)

    def _sync(self) -> None:
        for phones in self.phones.values():
            for phone in phones:
                phone.sync()

    def _next(self, technician: str) -> None:
        """Begin the next visit that one of the phones shows, and go on to the one after it."""
        if self.simulation.now >= self._hour(18):
            return
        phone = self.simulation.rng.choice(self.phones[technician])
        waiting = [v for v, state in sorted(phone.visits.items()) if state == "waiting"]
        open_to_me = [v for v in waiting if (technician, v) not in self.begun and v in self.world.owner]
        if not open_to_me:
            self.simulation.after(900, lambda: self._next(technician))
            return
        visit_id = open_to_me[0]
        self.begun.add((technician, visit_id))
        self._do(phone, ReportType.EN_ROUTE, visit_id)
        self.simulation.after(self.simulation.rng.uniform(300, 1800), lambda: self._arrive(phone, visit_id))

    def _arrive(self, phone: Phone, visit_id: int) -> None:
        if visit_id not in phone.visits:
            self._next(phone.technician)
            return
        self._do(phone, ReportType.CHECK_IN, visit_id)
        self.simulation.after(self.simulation.rng.uniform(900, 5400), lambda: self._leave(phone, visit_id))

    def _leave(self, phone: Phone, visit_id: int) -> None:
        rng, mine_now = self.simulation.rng, self.world.owner[visit_id] == phone.technician
        can_give_up = not (mine_now and visit_id in self.contested)
        gives_up = can_give_up and rng.random() < 0.2
        self._do(phone, ReportType.COULD_NOT_COMPLETE if gives_up else ReportType.COMPLETION, visit_id)
        self.simulation.after(rng.uniform(60, 600), lambda: self._between(phone))

    def _between(self, phone: Phone) -> None:
        """Phones are changed between visits, never in the middle of one."""
        if self.simulation.rng.random() < 0.06:
            self._install_anew(phone)
        self._next(phone.technician)

    def _do(self, phone: Phone, kind: ReportType, visit_id: int) -> None:
        report = phone.record(kind, visit_id)
        fact = Happened(report.event_id, phone.technician, visit_id, kind, self.simulation.now)
        self.happened.append((phone, fact))
        phone.send()

    def _plan_mishaps(self) -> None:
        rng = self.simulation.rng
        for phones in list(self.phones.values()):
            for place in range(len(phones)):
                for _ in range(rng.choice((0, 0, 1, 2))):
                    when = self._hour(rng.uniform(8, 18))
                    self.simulation.at(when, lambda p=phones, i=place: p[i].restart())  # type: ignore[misc]
                if rng.random() < 0.1:
                    when = self._hour(rng.uniform(8, 18))
                    self.simulation.at(when, lambda p=phones, i=place: self._set_clock(p[i]))  # type: ignore[misc]
        for _ in range(rng.choice((0, 1, 2))):
            self.simulation.at(self._hour(rng.uniform(8, 16)), self._meddle)

    def _set_clock(self, phone: Phone) -> None:
        phone.offset = timedelta(seconds=self.simulation.rng.randint(-TWO_DAYS, TWO_DAYS))
        phone.was_set = True

    def _install_anew(self, phone: Phone) -> None:
        """All that was not sent is gone with the old installation; the technician logs in again."""
        phone.is_alive = False
        self.retired.append(phone)
        phones = self.phones[phone.technician]
        phones[phones.index(phone)] = self._phone(phone.technician, 9)
        self.meddled = True

    def _meddle(self) -> None:
        visit_id = self.simulation.rng.choice(sorted(self.world.owner))
        if self.simulation.rng.random() < 0.6:
            told = self.world.give_away(visit_id)
            if told in self.phones:
                self.contested.add(visit_id)
        else:
            told = self.world.call_off(visit_id)
        self.meddled = True
        self.simulation.note("office", visit_id, told)

    def _evening(self) -> None:
        """Signal everywhere; the phones go on until nothing is left on them and nothing new comes."""
        everyone = [phone for phones in self.phones.values() for phone in phones]
        for phone in everyone:
            phone.without_signal = []
        for _ in range(200):
            if not any(phone.outbox for phone in everyone):
                break
            self._round()
        self.world.clock.advance(hours=phone_events.LONGEST_HELD.total_seconds() / 3600)
        with self.world.system.transaction() as session:
            phone_events.let_go(session, at=self.world.clock())
        evening = self.world.clock()
        for _ in range(200):
            if all(phone.stored_at is not None and phone.stored_at >= evening for phone in everyone):
                break
            self._round()

    def _round(self) -> None:
        self._sync()
        self.simulation.run()

    def _wrong(self) -> list[str]:
        delivered = [
            Happened(fact.event_id, fact.technician, fact.visit_id, fact.type, fact.at, not phone.was_set)
            for phone, fact in self.happened
            if fact.event_id in self.simulation.delivered
        ]
        with self.world.system.transaction(read_only=True) as session:
            visits = {each: session.get_one(Visit, each) for each in self.world.owner}
            kept = list(session.scalars(select(VisitEvent).where(VisitEvent.visit_id.in_(visits))))
            conflicts = list(session.scalars(select(PhoneConflict).where(PhoneConflict.visit_id.in_(visits))))
            held = list(session.scalars(select(PhoneEvent).where(PhoneEvent.outcome == PhoneOutcome.HELD)))
        self._note_end(visits)
        return [
            *self._wrong_facts(delivered, kept),
            *self._wrong_visits(delivered, visits),
            *([f"{len(held)} events are still held"] if held else []),
            *(["a conflict though nobody meddled"] if conflicts and not self.meddled else []),
            *self._wrong_phones(delivered, visits),
        ]

    def _note_end(self, visits: dict[int, Visit]) -> None:
        for each, visit in visits.items():
            self.simulation.note("end", each, visit.state, visit.technician_id, visit.left_at)

    def _wrong_facts(self, delivered: list[Happened], kept: list[VisitEvent]) -> list[str]:
        people = self.world.town.technicians
        must = Counter((people[each.technician], each.visit_id, each.type.value) for each in delivered)
        found = Counter((each.technician_id, each.visit_id, each.type.value) for each in kept)
        return [f"facts: {must - found} missing, {found - must} too many"] if must != found else []

    def _wrong_visits(self, delivered: list[Happened], visits: dict[int, Visit]) -> list[str]:
        wrong = []
        names = {number: code for code, number in self.world.town.technicians.items()}
        for visit_id, visit in visits.items():
            facts = [each for each in delivered if each.visit_id == visit_id]
            must = ending(facts, self.world.owner[visit_id], was_cancelled=visit_id in self.world.cancelled)
            same = visit.state == must.state and (not must.by or names.get(visit.technician_id or 0) in must.by)
            if same and must.at is not None and visit.left_at is not None:
                same = abs(visit.left_at - must.at) <= LATE
            if not same:
                wrong.append(f"visit {visit_id}: {visit.state} {visit.technician_id} {visit.left_at}, not {must}")
        return wrong

    def _wrong_phones(self, delivered: list[Happened], visits: dict[int, Visit]) -> list[str]:
        names = {number: code for code, number in self.world.town.technicians.items()}
        owners, endings, begun_by = self.world.owner, {}, {}
        for visit_id, visit in visits.items():
            facts = [each for each in delivered if each.visit_id == visit_id]
            endings[visit_id] = ending(facts, owners[visit_id], was_cancelled=visit_id in self.world.cancelled)
            begun_by[visit_id] = names.get(visit.technician_id or 0)
        wrong = []
        for technician, phones in self.phones.items():
            must = set(list_of(technician, endings, owners, begun_by))
            for phone in phones:
                if phone.outbox:
                    wrong.append(f"{phone.device_id} still has {len(phone.outbox)} events")
                if must != (shown := set(phone.visits) & set(visits)):
                    wrong.append(f"{phone.device_id} shows {shown}, not {must}")
        return wrong


def play(days: int, seed: int, processes: int = 1, *, deduplicates: bool = True, say: bool = False) -> Played:
    """So many days, each group of them in a database of its own; the same in however many processes."""
    firsts = range(0, days, DAYS_A_WORLD)
    groups = [(first, min(DAYS_A_WORLD, days - first), seed, deduplicates, say) for first in firsts]
    if processes == 1:
        played = [_group(group) for group in groups]
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            played = list(pool.map(_group, groups))
    whole = hashlib.sha256("".join(each.digest for each in played).encode()).hexdigest()
    return Played([wrong for each in played for wrong in each.wrong], whole, sum(each.events for each in played))


def _group(group: tuple[int, int, int, bool, bool]) -> Played:
    first, days, seed, deduplicates, say = group
    wrong, trace, events = [], hashlib.sha256(), 0
    with tempfile.TemporaryDirectory() as home:
        world = World(Path(home))
        for number in range(first, first + days):
            rng = Random(f"{seed}-{number}")
            on_date = world.publish(number - first, rng)
            simulation = Simulation(world, rng, deduplicates)
            wrong += [f"day {number}: {each}" for each in Day(simulation, on_date).play()]
            trace.update("\n".join(simulation.trace).encode())
            events += len(simulation.delivered)
            if say:
                print("\n".join(simulation.trace))
    return Played(wrong, trace.hexdigest(), events)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--days", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--processes", type=int, default=1)
    asked.add_argument("--without-idempotency", action="store_true")
    asked.add_argument("--trace", action="store_true")
    chosen = asked.parse_args()
    began = time.monotonic()
    played = play(
        chosen.days, chosen.seed, chosen.processes, deduplicates=not chosen.without_idempotency, say=chosen.trace
    )
    took = time.monotonic() - began
    bad = len({each.partition(":")[0] for each in played.wrong})
    print("\n".join(played.wrong[:20]))
    print(f"{chosen.days - bad} of {chosen.days} days ended as they must; {played.events} events delivered;")
    print(f"{chosen.days / took:.1f} days/s; trace {played.digest}")
    sys.exit(1 if played.wrong else 0)


if __name__ == "__main__":
    main()
