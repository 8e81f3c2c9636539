"""What technicians tell on simulated days beside a visit's course: of no visit, or of one before; a word of refusal."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from benchmarks import phone_says
from benchmarks.phone_day import Day
from benchmarks.phone_says import Word
from dispatch.phone_reports import ReportType

AGAIN = (ReportType.EN_ROUTE, ReportType.CHECK_IN)
OVER = {ReportType.COMPLETION, ReportType.COULD_NOT_COMPLETE}


def plan(day: Day) -> None:
    """What is told of no visit, or of one that was before: at any hour of the day."""
    rng = day.simulation.rng
    for technician in ("T1", "T2"):
        for chance, tell in ((0.25, _look_at_route), (0.2, _ask), (0.07, _withdraw), (0.25, _add)):
            if rng.random() < chance:
                day.simulation.at(day.hour(rng.uniform(8, 18)), partial(tell, day, technician))
        for _ in range(rng.choice((0, 0, 1, 3))):
            day.simulation.at(day.hour(rng.uniform(8, 18)), partial(_look_around, day, technician))
    if rng.random() < 0.2:
        day.simulation.at(day.hour(rng.uniform(10, 18)), partial(_refuse, day))


def _look_at_route(day: Day, technician: str) -> None:
    """At the day as this phone shows it, at times twice; one in twenty at a day on which there is none."""
    rng = day.simulation.rng
    phone = rng.choice(day.phones[technician])
    if rng.random() < 0.3:
        day.simulation.after(rng.uniform(60, 7200), partial(_look_at_route, day, technician))
    if rng.random() < 0.05:
        day.tell(phone, phone_says.seen(day.on_date - timedelta(days=400), 1), None)
    elif (revision := phone.routes.get(day.on_date)) is not None:
        day.tell(phone, phone_says.seen(day.on_date, revision), None)


def _ask(day: Day, technician: str) -> None:
    rng, known = day.simulation.rng, day.ever.get(technician)
    if known and rng.random() < 0.4:
        day.tell_on_any(technician, phone_says.swap(rng), rng.choice(known))
    else:
        day.tell_on_any(technician, phone_says.request(rng, day.simulation.now), None)
    if rng.random() < 0.3:
        day.simulation.after(rng.uniform(60, 7200), partial(_withdraw, day, technician))


def _withdraw(day: Day, technician: str) -> None:
    if asked := day.asked.get(technician):
        day.tell_on_any(technician, phone_says.withdrawal(day.simulation.rng.choice(asked)), None)


def _add(day: Day, technician: str) -> None:
    """A word about a visit from before, over or another's by now; at times its setting out or arriving again."""
    rng, known = day.simulation.rng, day.ever.get(technician)
    if not known:
        return
    visit_id = rng.choice(known)
    if rng.random() < 0.1 and _is_over(day, technician, visit_id):
        day.meddled = True
        day.tell(day.phones[technician][0], Word(rng.choice(AGAIN)), visit_id)
    else:
        day.tell_on_any(technician, phone_says.of(rng.choice(tuple(phone_says.SAYS)), rng), visit_id)


def _is_over(day: Day, technician: str, visit_id: int) -> bool:
    return any(
        fact.visit_id == visit_id and fact.technician == technician and fact.type in OVER for _, fact in day.happened
    )


def _look_around(day: Day, technician: str) -> None:
    day.simulation.rng.choice(day.phones[technician]).look_around()


def _refuse(day: Day) -> None:
    day.simulation.note("office", day.world.refuse())
