"""`dispatch plan` and `dispatch solve`: planning from the command line, without any worker."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from dispatch import areas, plan_day, plans
from dispatch import day as days
from dispatch.day_plan import DayPlanState
from dispatch.plan_day import Outcome
from dispatch.solver_process import solve_in_child
from dispatch.system import System
from routing.check import violations
from routing.limits import Limits, Progress
from routing.vroom import from_vroom, start_from_vroom, to_vroom
from technicians.errors import InvalidInput

BY = "command-line"
KILOMETRE, HOUR = 1000, 3600


@click.command("plan")
@click.option("--area", help="Code of the planning area.")
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day; today in the area if left out.")
@click.option("--seconds", type=click.FloatRange(1, plans.MOST_SECONDS), help="PLAN_SECONDS if left out.")
@click.option("--processes", type=click.IntRange(1, 256), help="PLAN_PROCESSES if left out.")
@click.option("--seed", default=0, show_default=True)
@click.option("--publish", is_flag=True, help="Make the result what phones see.")
@click.option("--if-missing", is_flag=True, help="Do nothing when the day has a published plan.")
@click.option("--all", "everywhere", is_flag=True, help="Ask the workers to plan every area with technicians.")
@click.pass_obj
def plan(
    system: System, area: str | None, on: datetime | None, seconds: float | None, processes: int | None,
    seed: int, publish: bool, if_missing: bool, everywhere: bool,
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
    if area is None:
        _ask_for_all(system, day, limits, publish=publish)
    else:
        _plan_here(system, area, day, limits, publish=publish, if_missing=if_missing)


def _plan_here(system: System, area: str, day: date | None, limits: Limits, *, publish: bool, if_missing: bool) -> None:
    with system.transaction(read_only=True) as session:
        on_date = day or days.date_of(days.find_area(session, area), system.now())
        published = plans.in_state(session, area, on_date, DayPlanState.PUBLISHED)
    if published is not None and if_missing:
        click.echo(f"{area} {on_date} has a published plan already.")
        return
    with _bar(f"{area} {on_date}") as show:
        outcome = plan_day.run(system, area, on_date, limits, by=BY, progress=show)
    _sum_up(outcome)
    if publish:
        with system.transaction() as session:
            plans.publish(session, outcome.plan_id, by=BY, at=system.now())
        click.echo("Published.")


def _ask_for_all(system: System, day: date | None, limits: Limits, *, publish: bool) -> None:
    if publish:
        raise InvalidInput("A whole country is not published unseen.", field="publish", remedy="Publish by area.")
    with system.transaction() as session:
        wanted = areas.staffed(session)
        for area in wanted:
            on_date = day or system.now().astimezone(area.zone).date()
            plans.ask(session, area.code, on_date, seconds=limits.seconds, asked_by=BY, at=system.now())
    noun = "area" if len(wanted) == 1 else "areas"
    click.echo(f"{len(wanted)} {noun} will be planned by the workers; the board shows how far they are.")


@contextmanager
def _bar(label: str) -> Iterator[Callable[[Progress], None]]:
    """A progress bar on standard error: percent, visits placed, cost so far."""
    drawn: Any = click.progressbar(length=100, label=label, show_eta=False, file=sys.stderr, item_show_func=_placed)
    with drawn as bar:

        def show(now: Progress) -> None:
            bar.update(max(0, int(now.percent) - bar.pos), now)

        yield show
        bar.update(100 - bar.pos)


def _placed(now: Progress | None) -> str:
    return f"{now.placed}/{now.visits} placed, cost {now.cost}" if now and now.visits else ""


def _sum_up(outcome: Outcome) -> None:
    click.echo(
        f"{outcome.placed} of {outcome.visits} visits placed with {outcome.technicians} technicians, "
        f"{outcome.distance / KILOMETRE:.0f} km, {outcome.travel / HOUR:.1f} h on the road."
    )
    if left := outcome.visits - outcome.placed:
        click.echo(f"{left} {'is' if left == 1 else 'are'} left out; the board says why.")
    if outcome.warning:
        click.echo(f"warning: {outcome.warning}", err=True)


@click.command("solve")
@click.argument("question", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), metavar="IN.json")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="OUT.json; standard output if left out.",
)
@click.option("--seconds", default=10.0, show_default=True, type=click.FloatRange(0.1, plans.MOST_SECONDS))
@click.option("--seed", default=0, show_default=True)
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 256))
def solve_file(question: Path, output: Path | None, seconds: float, seed: int, processes: int) -> None:
    """Plan a problem in VROOM's JSON form; the answer has it too, with reasons for what is left out."""
    asked = _read(question)
    problem, start = from_vroom(asked), start_from_vroom(asked)
    limits = Limits(seconds=seconds, seed=seed, processes=processes)
    with _bar("solving") as show:
        found = solve_in_child(problem, limits, start, show)
    if broken := violations(problem, found):
        rules = "rule is" if len(broken) == 1 else "rules are"
        click.echo(f"warning: {len(broken)} {rules} broken, first: {broken[0].detail}", err=True)
    answer = json.dumps(to_vroom(problem, found), ensure_ascii=False, indent=1)
    if output is None:
        click.echo(answer)
    else:
        _write(output, answer)


def _read(path: Path) -> Any:
    try:
        with click.open_file(str(path), encoding="utf-8") as opened:
            return json.load(opened)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", field="IN.json") from error
    except ValueError as error:
        raise InvalidInput(f"{path} is not JSON: {error}.", field="IN.json", remedy="Correct it there.") from error


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_text(text + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.", field="OUT.json") from error
