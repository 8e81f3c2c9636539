"""What goes on beside the server in `benchmarks.contention`: drafts are improved, holds run out, days are planned."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from multiprocessing.synchronize import Event

from sqlalchemy import select

from benchmarks.contention_area import AREA
from dispatch import appointments, improving, plan_day
from dispatch import system as systems
from dispatch.errors import PlanOutOfDate
from dispatch.system import System
from dispatch.work_order import Appointment, AppointmentState
from routing.limits import Limits
from technicians.errors import ShifuError

A_LITTLE = Limits(seconds=1.0, iterations=60)
LATER = timedelta(hours=1)
PAUSE = 0.05
TURNS = 40


def work(environment: Mapping[str, str], dates: Sequence[date], stop: Event, seed: int) -> Counter[tuple[str, str]]:
    """Until `stop` is set: give back a hold as if its time had run out; now and then improve a day, or plan it anew."""
    system, rng, done = systems.build(environment), random.Random(seed), Counter[tuple[str, str]]()
    turn = 0
    while not stop.wait(PAUSE):
        turn += 1
        done["worker expire", _outcome(_expire, system, rng)] += 1
        if turn % TURNS == 0:
            done["worker improve", _outcome(_improve, system, rng.choice(dates))] += 1
        if turn % (5 * TURNS) == 0:
            done["worker plan", _outcome(_plan, system, rng.choice(dates))] += 1
    return done


def _outcome(do: Callable[..., object], *args: object) -> str:
    try:
        return str(do(*args))
    except PlanOutOfDate:
        return "plan-out-of-date"
    except ShifuError as refused:
        return refused.code


def _expire(system: System, rng: random.Random) -> str:
    with system.transaction(read_only=True) as session:
        held = session.scalars(select(Appointment.id).where(Appointment.state == AppointmentState.HELD)).all()
    if not held:
        return "nothing"
    with system.transaction() as session:
        done = appointments.expire(session, system.travel_times, rng.choice(held), at=system.now() + LATER)
    return "done" if done else "nothing"


def _improve(system: System, on_date: date) -> str:
    gained = improving.improve(system, AREA, on_date, A_LITTLE)
    return "done" if gained.routes else "skipped" if gained.skipped else "nothing"


def _plan(system: System, on_date: date) -> str:
    plan_day.run(system, AREA, on_date, A_LITTLE, by="bench")
    return "done"
