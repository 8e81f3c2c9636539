"""`dispatch replan`: somebody is ill, a visit overruns, is cancelled or urgent: plan the rest of the day anew."""

from __future__ import annotations

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select

from dispatch import day as days
from dispatch import plans
from dispatch import replan as replanning
from dispatch.commands.bar import bar
from dispatch.crews import visit_of, visits_of
from dispatch.mishaps import Mishaps
from dispatch.replan import Outcome
from dispatch.system import System
from dispatch.work_order import Visit
from routing.difference import Budget, Change, Difference, Kind
from routing.limits import Limits
from technicians.errors import InvalidInput
from technicians.people import Technician

BY = "command-line"
SECONDS = 10.0
SILENT = {Kind.BEGUN, Kind.UNCHANGED}


@click.command("replan")
@click.option("--area", required=True, help="Code of the planning area.")
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day; today in the area if left out.")
@click.option("--ill", multiple=True, metavar="TECHNICIAN", help="Code of a technician who cannot go on.")
@click.option("--from", "since", metavar="HH:MM", help="Since when they are ill; now if left out.")
@click.option("--lets-go", is_flag=True, help="The visit they are at is given to somebody else as well.")
@click.option("--overrun", multiple=True, type=int, metavar="VISIT", help="A visit that takes longer, by --minutes.")
@click.option("--minutes", type=int, default=0, help="How much longer.")
@click.option("--cancelled", multiple=True, type=int, metavar="VISIT", help="A visit whose order is called off.")
@click.option("--emergency", multiple=True, type=int, metavar="VISIT", help="A visit of that day which cannot wait.")
@click.option("--seconds", type=click.FloatRange(1, plans.MOST_SECONDS), default=SECONDS, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--budget", type=click.IntRange(0), help="At most so many visits change their technician.")
@click.option("--moved", type=click.IntRange(0), help="At most so many visits begin at another time than was told.")
@click.option("--tolerance", type=click.IntRange(0), default=15, show_default=True, help="Minutes that are no move.")
@click.option("--publish", is_flag=True, help="Make the result what phones see.")
@click.option("--json", "as_json", is_flag=True, help="The whole difference, for programs.")
@click.pass_obj
def replan(
    system: System, area: str, on: datetime | None, ill: tuple[str, ...], since: str | None, lets_go: bool,
    overrun: tuple[int, ...], minutes: int, cancelled: tuple[int, ...], emergency: tuple[int, ...], seconds: float,
    seed: int, budget: int | None, moved: int | None, tolerance: int, publish: bool, as_json: bool,
) -> None:  # fmt: skip
    """Plan the rest of a running day anew, from its published plan and what phones have told.

    What has begun stays as it is and no promise is moved. The result is a draft; its difference is printed.
    """
    with system.transaction(read_only=True) as session:
        place = days.find_area(session, area)
        on_date, zone = on.date() if on else days.date_of(place, system.now()), place.zone
    mishaps = Mishaps(ill, _instant(since, on_date, zone), lets_go, overrun, minutes, cancelled, emergency)
    limits = Limits(seconds=seconds, seed=seed, processes=system.settings.plan_processes)
    with bar(f"{area} {on_date}") as show:
        outcome = replanning.run(
            system, area, on_date, limits, by=BY, happened=mishaps,
            budget=Budget(budget, moved, tolerance * 60), progress=show,
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps(replanning.as_data(outcome.difference), ensure_ascii=False, indent=1))
    else:
        _show(system, outcome)
    if publish:
        with system.transaction() as session:
            plans.publish(session, outcome.plan_id, by=BY, at=system.now())
        click.echo("Published.", err=as_json)


def _instant(clock: str | None, on_date: date, zone: ZoneInfo) -> datetime | None:
    """The instant of a wall clock's HH:MM on that day."""
    if clock is None:
        return None
    try:
        return datetime.combine(on_date, datetime.strptime(clock, "%H:%M").time(), zone)  # noqa: DTZ007
    except ValueError as error:
        raise InvalidInput(
            "“{cell}” is not a time of day.", field="from", remedy="Write it like 10:30.", cell=clock
        ) from error


def _show(system: System, outcome: Outcome) -> None:
    found = outcome.difference
    with system.transaction(read_only=True) as session:
        visits = session.scalars(select(Visit).where(Visit.id.in_(visits_of(change.visit for change in found.changes))))
        numbers = {visit.id: visit.work_order.number for visit in visits}
        people = {id_: code for id_, code in session.execute(select(Technician.id, Technician.code))}
    for change in found.changes:
        if change.kind not in SILENT:
            click.echo(f"{change.kind:>10}  {_called(change.visit, numbers)}  {_way(change, people)}")
    for one in found.endangered:
        why = f"{one.late // 60} min late" if one.reason is None else one.reason.detail
        click.echo(f"    promise  {_called(one.visit, numbers)}  cannot be kept: {why}")
    click.echo(_sum(found))
    if outcome.warning:
        click.echo(f"warning: {outcome.warning}", err=True)


def _called(each: int, numbers: dict[int, str]) -> str:
    """A visit, or each half of one for two technicians, by its number and that of its order."""
    return f"visit {visit_of(each)}  {numbers.get(visit_of(each), '')}"


def _way(change: Change, people: dict[int, str]) -> str:
    before = _spot(change.vehicle_before, change.start_before, people)
    return f"{before} -> {_spot(change.vehicle_after, change.start_after, people)}"


def _spot(vehicle: int | None, start: int | None, people: dict[int, str]) -> str:
    if vehicle is None or start is None:
        return "nobody"
    return f"{people.get(vehicle, vehicle)} {start // 3600:02}:{start % 3600 // 60:02}"


def _sum(found: Difference) -> str:
    changed = f"{found.changed} changed technician" + _of(found.budget.changed)
    moved = f"{found.moved} moved by more than {found.budget.tolerance // 60} min" + _of(found.budget.moved)
    return (
        f"By choice {changed}, {moved}; {len(found.forced)} could not stay as they were. "
        f"To tell: {len(visits_of(found.tell))} consumers, {len(found.vehicles)} technicians."
    )


def _of(most: int | None) -> str:
    return "" if most is None else f" (of at most {most})"
