"""One simulated day of two technicians: what they do on three phones, what befalls them, what the office does.

What is told beside where one is with a visit is drawn for each visit: all there is to tell, a word or two, or nothing;
most of it on site, some from the technician's other phone, some after the visit is over or when it is another's by now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial

from benchmarks import phone_found, phone_says
from benchmarks.phone_delivered import Delivered
from benchmarks.phone_evening import Evening
from benchmarks.phone_model import Phone, Simulation
from benchmarks.phone_reference import Happened
from benchmarks.phone_says import Word
from benchmarks.phone_words import ASKS, Terms
from benchmarks.phone_world import PRICES, TICKS, World
from dispatch import phone_events
from dispatch.phone_reports import ReportType
from tests.phone_pocket import CODE
from tests.town import shanghai

TWO_DAYS = 48 * 3600
EVERYTHING, SOMETHING, DISPUTED = 0.03, 0.15, 0.3
FROM_THE_OTHER = 0.15


@dataclass
class Day:
    """One day being played: the phones in use, who did what, and what was found wrong in the end.

    By technician: `asked` are event ids of requests, `ever` the visits of which something was told.
    """

    simulation: Simulation
    on_date: date
    phones: dict[str, list[Phone]] = field(default_factory=dict)
    retired: list[Phone] = field(default_factory=list)
    happened: list[tuple[Phone, Happened]] = field(default_factory=list)
    asked: dict[str, list[str]] = field(default_factory=dict)
    ever: dict[str, list[int]] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)
    contested: set[int] = field(default_factory=set)
    meddled: bool = False

    @property
    def world(self) -> World:
        return self.simulation.world

    def begin(self) -> None:
        """Everybody has their phones and goes to work."""
        for technician, count in (("T1", 2), ("T2", 1)):
            self.phones[technician] = [self._phone(technician, number) for number in range(count)]
            self.simulation.at(self.hour(8), partial(self._next, technician))
        for minute in range(0, 11 * 60, 60):
            self.simulation.at(self.hour(7.5) + timedelta(minutes=minute), self._sync)

    def end(self) -> list[str]:
        """Until the evening; the sentences say what ended otherwise than it must."""
        self.simulation.run()
        self._evening()
        return self._wrong()

    def delivered(self) -> list[Happened]:
        """What reached the server of all that happened; the rest was lost with an installation."""
        return [
            replace(fact, is_timed=not phone.was_set)
            for phone, fact in self.happened
            if fact.event_id in self.simulation.delivered
        ]

    def hour(self, hour: float) -> datetime:
        """An instant of the day by the wall clock: 9.5 is half past nine."""
        return shanghai(int(hour), self.on_date) + timedelta(hours=hour % 1)

    def _phone(self, technician: str, number: int) -> Phone:
        rng = self.simulation.rng
        dark = []
        for _ in range(rng.choice((0, 1, 2))):
            begins = self.hour(rng.uniform(7.6, 15))
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
        if self.simulation.now >= self.hour(18):
            return
        phone = self.simulation.rng.choice(self.phones[technician])
        waiting = [v for v, state in sorted(phone.visits.items()) if state == "waiting"]
        open_to_me = [v for v in waiting if (technician, v) not in self.begun and v in self.world.owner]
        if not open_to_me:
            self.simulation.after(900, lambda: self._next(technician))
            return
        visit_id = open_to_me[0]
        self.begun.add((technician, visit_id))
        self.ever.setdefault(technician, []).append(visit_id)
        rng = self.simulation.rng
        has_everything = rng.random() < (DISPUTED if visit_id in self.contested else EVERYTHING)
        if has_everything or rng.random() < 0.06:
            self.tell(phone, phone_says.readiness(rng), visit_id)
        self.tell(phone, Word(ReportType.EN_ROUTE), visit_id)
        self.simulation.after(rng.uniform(300, 1800), lambda: self._arrive(phone, visit_id, has_everything))

    def _arrive(self, phone: Phone, visit_id: int, has_everything: bool) -> None:
        if visit_id not in phone.visits:
            self._next(phone.technician)
            return
        rng = self.simulation.rng
        self.tell(phone, Word(ReportType.CHECK_IN), visit_id)
        stays = rng.uniform(900, 5400)
        if has_everything:
            self._tell_between(phone, list(phone_says.on_site(rng)), visit_id, stays)
        elif rng.random() < SOMETHING:
            self._tell_between(phone, list(phone_says.some(rng)), visit_id, stays)
        self.simulation.after(stays, lambda: self._leave(phone, visit_id))

    def _tell_between(self, phone: Phone, words: list[Word], visit_id: int, seconds: float) -> None:
        """Within so many seconds, one after the other, at times on the technician's other phone."""
        rng = self.simulation.rng
        for word, after in zip(words, sorted(rng.uniform(0, seconds) for _ in words), strict=True):
            self.simulation.after(after, partial(self._tell_with, phone, word, visit_id))

    def _tell_with(self, phone: Phone, word: Word, visit_id: int) -> None:
        others = [each for each in self.phones[phone.technician] if each is not phone]
        uses_other = others and self.simulation.rng.random() < FROM_THE_OTHER
        self.tell(others[0] if uses_other else phone, word, visit_id)

    def tell_on_any(self, technician: str, word: Word, visit_id: int | None) -> None:
        """On one of the technician's phones."""
        self.tell(self.simulation.rng.choice(self.phones[technician]), word, visit_id)

    def _leave(self, phone: Phone, visit_id: int) -> None:
        rng, mine_now = self.simulation.rng, self.world.owner[visit_id] == phone.technician
        can_give_up = not (mine_now and visit_id in self.contested)
        if can_give_up and rng.random() < 0.2:
            for word in phone_says.failure(rng):
                self.tell(phone, word, visit_id)
        else:
            self.tell(phone, phone_says.completion(rng), visit_id)
        self.simulation.after(rng.uniform(60, 600), lambda: self._between(phone))

    def _between(self, phone: Phone) -> None:
        """Phones are changed between visits, never in the middle of one."""
        if self.simulation.rng.random() < 0.06:
            self._install_anew(phone)
        self._next(phone.technician)

    def tell(self, phone: Phone, word: Word, visit_id: int | None) -> None:
        """It happens now, and is sent if there is signal."""
        report = phone.record(word, visit_id)
        fact = Happened(
            report.event_id, phone.technician, visit_id, word.type, self.simulation.now,
            phone.device_id, report.seq, word.said, word.photos,
        )  # fmt: skip
        self.happened.append((phone, fact))
        if word.type in ASKS:
            self.asked.setdefault(phone.technician, []).append(report.event_id)
        phone.send()

    def _install_anew(self, phone: Phone) -> None:
        """All that was not sent is gone with the old installation; the technician logs in again."""
        phone.is_alive = False
        self.retired.append(phone)
        phones = self.phones[phone.technician]
        phones[phones.index(phone)] = self._phone(phone.technician, 9)
        self.meddled = True

    def _evening(self) -> None:
        """Signal everywhere; the phones go on until nothing is left on them and nothing new comes."""
        everyone = [phone for phones in self.phones.values() for phone in phones]
        for phone in everyone:
            phone.without_signal = []
        self._until(lambda phone: not phone.outbox and not phone.trail, everyone)
        self.world.clock.advance(hours=phone_events.LONGEST_HELD.total_seconds() / 3600)
        with self.world.system.transaction() as session:
            phone_events.let_go(session, at=self.world.clock())
        evening = self.world.clock()
        self._until(lambda phone: phone.stored_at is not None and phone.stored_at >= evening, everyone)

    def _until(self, is_done: Callable[[Phone], bool], everyone: list[Phone]) -> None:
        for _ in range(200):
            left = [phone for phone in everyone if not is_done(phone)]
            if not left:
                return
            for phone in left:
                phone.sync()
            self.simulation.run()

    def _wrong(self) -> list[str]:
        everyone = [*self.retired, *(phone for phones in self.phones.values() for phone in phones)]
        found = phone_found.look(self.world, self.on_date, {phone.device_id for phone in everyone})
        for each, visit in found.visits.items():
            self.simulation.note("end", each, visit.state, visit.technician_id, visit.left_at, visit.told)
        sighted = {who: seen for who, seen in self.simulation.sighted.items() if not self._was_set(who)}
        terms = Terms({"hook"}, TICKS, PRICES, CODE, self.on_date.isoformat())
        delivered = Delivered(self.world, terms, self.delivered(), self.contested)
        evening = Evening(delivered, found, self.phones, sighted)
        without_cause = ["a conflict though nobody meddled"] if found.conflicts and not self.meddled else []
        return [*evening.wrong(), *without_cause]

    def _was_set(self, technician: str) -> bool:
        return any(phone.was_set for phone in [*self.retired, *self.phones[technician]])
