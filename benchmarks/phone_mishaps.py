"""What befalls technicians on simulated days: restarts, clocks that are set, an office that changes their plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from benchmarks import phone_says
from benchmarks.phone_day import TWO_DAYS, Day
from benchmarks.phone_model import Phone


def plan(day: Day) -> None:
    """Restarts, clocks that are set, and an office that changes the plan."""
    rng = day.simulation.rng
    for phones in list(day.phones.values()):
        for place in range(len(phones)):
            for _ in range(rng.choice((0, 0, 1, 2))):
                when = day.hour(rng.uniform(8, 18))
                day.simulation.at(when, partial(_restart, phones, place))
            if rng.random() < 0.1:
                when = day.hour(rng.uniform(8, 18))
                day.simulation.at(when, partial(_set_clock, day, phones, place))
    for _ in range(rng.choice((0, 1, 2))):
        day.simulation.at(day.hour(rng.uniform(7.7, 13)), partial(_meddle, day))


def _restart(phones: Sequence[Phone], place: int) -> None:
    phones[place].restart()


def _set_clock(day: Day, phones: Sequence[Phone], place: int) -> None:
    phone = phones[place]
    phone.offset = timedelta(seconds=day.simulation.rng.randint(-TWO_DAYS, TWO_DAYS))
    phone.was_set = True


def _meddle(day: Day) -> None:
    """The office gives away or calls off something that waits, as far as it knows."""
    rng, waiting = day.simulation.rng, day.world.waiting()
    if not waiting:
        return
    untold = [visit_id for visit_id in waiting if _shows_without_signal(day, visit_id)]
    visit_id, before = rng.choice(untold or waiting), dict(day.world.owner)
    if rng.random() < 0.6:
        told = day.world.give_away(visit_id)
        if told in day.phones:
            day.contested.add(visit_id)
            _dispute(day, visit_id, before[visit_id])
    else:
        told = day.world.call_off(visit_id)
    day.meddled = True
    day.simulation.note("office", visit_id, told)


def _shows_without_signal(day: Day, visit_id: int) -> bool:
    phones = day.phones[day.world.owner[visit_id]]
    return any(visit_id in phone.visits and not phone.has_signal() for phone in phones)


def _dispute(day: Day, visit_id: int, had: str) -> None:
    """Whoever has the visit on a phone, by right or for want of signal, may say something of it."""
    rng = day.simulation.rng
    for technician in day.phones:
        for _ in range(rng.choice((0, 1, 1) if technician == had else (0, 0, 1))):
            say = partial(_say_if_shown, day, technician, visit_id)
            day.simulation.after(rng.uniform(60, 4 * 3600), say)


def _say_if_shown(day: Day, technician: str, visit_id: int) -> None:
    rng = day.simulation.rng
    showing = [phone for phone in day.phones[technician] if visit_id in phone.visits]
    if showing:
        word = phone_says.of(rng.choice(tuple(phone_says.SAYS)), rng)
        day.tell(rng.choice(showing), word, visit_id)
