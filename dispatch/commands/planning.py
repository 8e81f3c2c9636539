"""`dispatch plan`: planning from the command line, without any worker."""

from __future__ import annotations

from datetime import date, datetime

import click

from dispatch import areas, outlook, plan_day, plans
from dispatch import day as days
from dispatch.commands.bar import bar
from dispatch.day_plan import DayPlanState
from dispatch.engines import AnyEngine, EngineName
from dispatch.plan_day import Outcome
from dispatch.system import System
from routing.limits import Limits
from routing.robust import prepare
from technicians.errors import InvalidInput

BY = "command-line"
KILOMETRE, HOUR = 1000, 3600


@click.command("plan")
@click.option("--area", help="Code of the planning area.")
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day; today in the area if left out.")
@click.option("--seconds", type=click.FloatRange(1, plans.MOST_SECONDS), help="PLAN_SECONDS if left out.")
@click.option("--processes", type=click.IntRange(1, 256), help="PLAN_PROCESSES if left out.")
@click.option("--seed", default=0, show_default=True)
@click.option("--engine", default="sisr", show_default=True, type=click.Choice(EngineName, case_sensitive=False))
@click.option("--publish", is_flag=True, help="Make the result what phones see.")
@click.option("--robust", "is_robust", is_flag=True, help="Plan for days as they come: more promises are kept.")
@click.option("--if-missing", is_flag=True, help="Do nothing when the day has a published plan.")
@click.option("--all", "everywhere", is_flag=True, help="Ask the workers to plan every area with technicians.")
@click.pass_obj
def plan(
    system: System, area: str | None, on: datetime | None, seconds: float | None, processes: int | None,
    seed: int, engine: EngineName, publish: bool, is_robust: bool, if_missing: bool, everywhere: bool,
) -> None:  # fmt: skip
    """Plan an area's day and keep the result as its draft. Needs neither Redis nor a worker."""
    if everywhere == (area is not None):
        raise InvalidInput("Name one area, or --all.", field="area", remedy="For example: --area 310100.")
    limits = Limits(
        seconds=seconds or system.settings.plan_seconds,
        seed=seed,
        processes=processes or system.settings.plan_processes,
    )
    day = on.date() if on else None
    if is_robust and engine != EngineName.SISR:
        raise InvalidInput("Only sisr plans robustly.", field="engine", remedy="Leave out --engine or --robust.")
    if area is None:
        _refuse_for_all(engine, publish=publish, is_robust=is_robust)
        _ask_for_all(system, day, limits)
    else:
        _plan_here(
            system, area, day, limits, engine, publish=publish, is_robust=is_robust, if_missing=if_missing
        )  # fmt: skip


def _plan_here(
    system: System, area: str, day: date | None, limits: Limits, engine: EngineName,
    *, publish: bool, is_robust: bool, if_missing: bool,
) -> None:  # fmt: skip
    with system.transaction(read_only=True) as session:
        on_date = day or days.date_of(days.find_area(session, area), system.now())
        published = plans.in_state(session, area, on_date, DayPlanState.PUBLISHED)
    if published is not None and if_missing:
        click.echo(f"{area} {on_date} has a published plan already.")
        return
    with bar(f"{area} {on_date}") as show:
        chosen: AnyEngine = _robust_engine(system, area, on_date) if is_robust else engine
        outcome = plan_day.run(system, area, on_date, limits, by=BY, progress=show, engine=chosen)
    _sum_up(outcome)
    if publish:
        with system.transaction() as session:
            plans.publish(session, outcome.plan_id, by=BY, at=system.now())
        click.echo("Published.")


def _robust_engine(system: System, area: str, on_date: date) -> AnyEngine:
    prepare()
    with system.transaction(read_only=True) as session:
        return outlook.robust_engine(session, area, on_date, system.now())


def _refuse_for_all(engine: EngineName, *, publish: bool, is_robust: bool) -> None:
    if engine != EngineName.SISR:
        raise InvalidInput("The workers plan with sisr.", field="engine", remedy="Plan one area with it.")
    if is_robust:
        raise InvalidInput("The workers plan on mean times.", field="robust", remedy="Plan one area with it.")
    if publish:
        raise InvalidInput("A whole country is not published unseen.", field="publish", remedy="Publish by area.")


def _ask_for_all(system: System, day: date | None, limits: Limits) -> None:
    with system.transaction() as session:
        wanted = areas.staffed(session)
        for area in wanted:
            on_date = day or system.now().astimezone(area.zone).date()
            plans.ask(session, area.code, on_date, seconds=limits.seconds, asked_by=BY, at=system.now())
    noun = "area" if len(wanted) == 1 else "areas"
    click.echo(f"{len(wanted)} {noun} will be planned by the workers; the board shows how far they are.")


def _sum_up(outcome: Outcome) -> None:
    click.echo(
        f"{outcome.placed} of {outcome.visits} visits placed with {outcome.technicians} technicians, "
        f"{outcome.distance / KILOMETRE:.0f} km, {outcome.travel / HOUR:.1f} h on the road."
    )
    if left := outcome.visits - outcome.placed:
        click.echo(f"{left} {'is' if left == 1 else 'are'} left out; the board says why.")
    if outcome.warning:
        click.echo(f"warning: {outcome.warning}", err=True)
