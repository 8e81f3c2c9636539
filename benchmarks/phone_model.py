"""A phone as the simulation has it, and the network between it and the server, all by one seeded generator.

The phone keeps on its disk: its name, the last number it gave, the events not yet finally answered, where it was since
it last had signal, its cursor, its visits and its routes. A restart loses what was on the way; a new installation loses
everything.
"""

from __future__ import annotations

import heapq
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from benchmarks.phone_says import Word
from benchmarks.phone_world import World
from dispatch import facts, phone_events, phone_feed, positions
from dispatch.day import date_of
from dispatch.phone_clock import Reading
from dispatch.phone_feed import Changes, Shown
from dispatch.phone_reports import Answer, Attachment, Batch, Report, Verdict
from dispatch.positions import Sighting
from technicians.place import PlanningArea
from tests.town import AREA

LOST_ON_THE_WAY, LOST_ANSWERS, TWICE = 0.1, 0.3, 0.15
SLOWEST = 20.0


@dataclass
class Simulation:
    """What happens when: a heap of things to do, the world's clock following them, and a trace of it all."""

    world: World
    rng: Random
    deduplicates: bool = True
    trace: list[str] = field(default_factory=list)
    delivered: set[str] = field(default_factory=set)
    sighted: dict[str, list[Sighting]] = field(default_factory=dict)
    _todo: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0

    @property
    def now(self) -> datetime:
        return self.world.clock()

    def at(self, when: datetime, what: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._todo, (when, self._count, what))

    def after(self, seconds: float, what: Callable[[], None]) -> None:
        self.at(self.now + timedelta(seconds=seconds), what)

    def run(self) -> None:
        while self._todo:
            when, _, what = heapq.heappop(self._todo)
            self.world.clock.set(max(when, self.now))
            what()

    def note(self, *words: object) -> None:
        self.trace.append(" ".join(map(str, (self.now.isoformat(), *words))))

    def uuid7(self) -> str:
        """A UUIDv7 of the world's present, its random bits by the seed."""
        bits = int(self.now.timestamp() * 1000) << 80 | 7 << 76 | self.rng.getrandbits(76)
        return str(uuid.UUID(int=bits & ~(3 << 62) | 2 << 62))


@dataclass
class Phone:
    """One installation on one phone. Its clock is `offset` wrong; `without_signal` are pairs of instants."""

    simulation: Simulation
    technician: str
    device_id: str
    offset: timedelta
    without_signal: list[tuple[datetime, datetime]]
    boot: int = 0
    booted_at: datetime | None = None
    seq: int = 0
    outbox: list[Report] = field(default_factory=list)
    cursor: str | None = None
    visits: dict[int, str] = field(default_factory=dict)
    told: dict[int, Any] = field(default_factory=dict)
    routes: dict[date, int] = field(default_factory=dict)
    trail: list[Sighting] = field(default_factory=list)
    is_alive: bool = True
    was_set: bool = False
    stored_at: datetime | None = None

    @property
    def technician_id(self) -> int:
        return self.simulation.world.town.technicians[self.technician]

    def has_signal(self) -> bool:
        return not any(begins <= self.simulation.now < ends for begins, ends in self.without_signal)

    def reading(self) -> Reading:
        now = self.simulation.now
        self.booted_at = self.booted_at or now
        return Reading(now + self.offset, f"b{self.boot}", int((now - self.booted_at).total_seconds() * 1000))

    def restart(self) -> None:
        self.boot, self.booted_at = self.boot + 1, None

    def record(self, word: Word, visit_id: int | None) -> Report:
        """Something happened: it is on disk before anybody is told."""
        self.seq += 1
        report = Report(
            self.simulation.uuid7(), self.seq, word.type, visit_id, self.reading(), payload=dict(word.said),
            attachments=tuple(Attachment(sha256, 1, "photo", shot) for shot, sha256 in word.photos),
        )  # fmt: skip
        self.outbox.append(report)
        return report

    def look_around(self) -> None:
        """Where it is now, by its own clock; told with the next signal."""
        rng = self.simulation.rng
        self.trail.append(Sighting(self.reading().wall, rng.uniform(121, 122), rng.uniform(31, 32), 10.0))

    def sync(self) -> None:
        """Ask what is new, and send what is left."""
        if self.is_alive and self.has_signal():
            self._request(self._pull)
            self.send()
            if self.trail:
                trail, sent_at = list(self.trail), self.reading().wall
                self._request(lambda: self._say_where(trail, sent_at))

    def send(self) -> None:
        """Send what is left, in a few requests at once."""
        if not self.is_alive or not self.has_signal():
            return
        oldest = min((each.seq for each in self.outbox), default=self.seq + 1)
        waiting = list(self.outbox)
        while waiting:
            size = self.simulation.rng.choice((1, 2, 5, 100))
            chunk, waiting = waiting[:size], waiting[size:]
            batch = Batch(self.reading(), tuple(chunk), oldest)
            self._request(partial(self._send, batch))

    def _request(self, serve: Callable[[], Callable[[], None]]) -> None:
        """Each of these may happen to it: lost on the way, delivered twice, the answer lost, any time in between."""
        rng, boot = self.simulation.rng, self.boot
        if rng.random() < LOST_ON_THE_WAY:
            return

        def deliver() -> None:
            answered = serve()
            if rng.random() >= LOST_ANSWERS:
                self.simulation.after(rng.uniform(0, SLOWEST), lambda: self._hear(boot, answered))

        self.simulation.after(rng.uniform(0, SLOWEST), deliver)
        if rng.random() < TWICE:
            self.simulation.after(rng.uniform(0, 6 * SLOWEST), deliver)

    def _hear(self, boot: int, answered: Callable[[], None]) -> None:
        if self.is_alive and boot == self.boot:
            answered()

    def _send(self, batch: Batch) -> Callable[[], None]:
        simulation = self.simulation
        simulation.delivered.update(report.event_id for report in batch.reports)
        sent = batch
        if not simulation.deduplicates:
            sent = replace(batch, reports=[replace(each, event_id=simulation.uuid7()) for each in batch.reports])
        with simulation.world.system.transaction() as session:
            receipt = phone_events.take(session, self.technician_id, self.device_id, sent, at=simulation.now)
        simulation.note(self.device_id, *(f"{each.seq}:{each.verdict}:{each.reason}" for each in receipt.answers))
        return lambda: self._forget(receipt.answers)

    def _forget(self, answers: list[Answer]) -> None:
        final = {answer.seq for answer in answers if answer.verdict != Verdict.HELD}
        self.outbox = [report for report in self.outbox if report.seq not in final]

    def _say_where(self, trail: list[Sighting], sent_at: datetime) -> Callable[[], None]:
        """The times of a trail are by the phone's clock; the age is what counts."""
        simulation, now = self.simulation, self.simulation.now
        seen = [replace(each, at=facts.happened_at(now, each.at, sent_at)) for each in trail]
        simulation.sighted.setdefault(self.technician, []).extend(seen)
        taken = positions.take(simulation.world.system, self.technician_id, seen)
        simulation.note(self.device_id, "where", taken.kept and taken.kept.lng, taken.is_on_duty)

        def forget() -> None:
            self.trail = [each for each in self.trail if each not in trail]

        return forget

    def _pull(self) -> Callable[[], None]:
        cursor, asked_at = self.cursor, self.simulation.now
        found = self._changes(cursor)
        shown = {each.visit.id: str(each.visit.state) for each in found.shown}
        told = {each.visit.id: _told(each) for each in found.shown}
        self.simulation.note(self.device_id, "pull", found.full, sorted(shown.items()), found.gone)

        def store() -> None:
            if self.cursor != cursor:
                return
            kept = ({}, {}) if found.full else (self.visits, self.told)
            self.visits = {each: state for each, state in (kept[0] | shown).items() if each not in found.gone}
            self.told = {each: said for each, said in (kept[1] | told).items() if each not in found.gone}
            self.routes = {sheet.on_date: sheet.revision for sheet in found.routes}
            self.cursor, self.stored_at = str(found.cursor), asked_at

        return store

    def _changes(self, cursor: str | None) -> Changes:
        """As the API asks for them."""
        system, parsed = self.simulation.world.system, phone_feed.parse(cursor)
        with system.transaction(read_only=True) as session:
            today = date_of(session.get_one(PlanningArea, AREA), system.now())
            seen = phone_feed.look(session, self.technician_id, today)
            if phone_feed.is_up_to_date(seen):
                return phone_feed.changes(session, seen, parsed)
        with system.transaction() as session:
            seen = phone_feed.refresh(session, self.technician_id, today, at=system.now(), seen=seen)
        with system.transaction(read_only=True) as session:
            return phone_feed.changes(session, seen, parsed)


def _told(shown: Shown) -> Any:
    agreed = [(each.code, each.count, each.amount) for each in shown.papers.agreed]
    return shown.visit.told, shown.visit.accepted_at, agreed
