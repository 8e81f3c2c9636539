"""`dispatch solve`: a planning problem in VROOM's JSON form, without database, Redis or worker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from dispatch import plans, solving
from dispatch.commands.bar import bar
from dispatch.engines import EngineName
from dispatch.errors import SolverFailed
from routing.errors import InvalidProblem
from routing.limits import Limits
from routing.travel import GreatCircle
from routing.vroom import error_for_vroom
from technicians.errors import InvalidInput

OUR_FAULT, INPUT_FAULT = 1, 2
USUAL_SPEED = GreatCircle().speed_kmh


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
@click.option("--engine", default="sisr", show_default=True, type=click.Choice(EngineName, case_sensitive=False))
@click.option("-c", "--keep-steps", is_flag=True, help="Only time the vehicles' steps, and say what they break.")
@click.option(
    "--speed-kmh",
    default=USUAL_SPEED,
    show_default=True,
    type=click.FloatRange(1, 300),
    help="Between places without a matrix.",
)
@click.pass_context
def solve_file(
    ctx: click.Context, question: Path, output: Path | None,
    seconds: float, seed: int, processes: int, engine: EngineName, keep_steps: bool,
    speed_kmh: float,
) -> None:  # fmt: skip
    """Plan a problem in VROOM's JSON form; the answer has it too, with reasons for what is left out.

    An input that cannot be used ends with exit code 2, a planner that fails with 1; the answer then holds `code`,
    `error` and, where one is at fault, `field`.
    """
    try:
        form = _read(question)
        asked = solving.asked(form, GreatCircle(speed_kmh=speed_kmh), keep_steps=keep_steps)
        with bar("solving") as show:
            limits = Limits(seconds=seconds, seed=seed, processes=processes)
            answer = solving.answered(asked, limits, show, engine=engine)
    except (InvalidInput, InvalidProblem) as error:
        _refuse(ctx, output, str(error), error.field, INPUT_FAULT)
    except SolverFailed as error:
        _refuse(ctx, output, str(error), None, OUR_FAULT)
    else:
        _warn(answer)
        _write(output, answer)


def _refuse(ctx: click.Context, output: Path | None, message: str, field: str | None, code: int) -> None:
    click.echo(f"error: {message}", err=True)
    _write(output, error_for_vroom(message, field, code))
    ctx.exit(code)


def _warn(answer: dict[str, Any]) -> None:
    if broken := answer["summary"]["violations"]:
        rules = "rule is" if len(broken) == 1 else "rules are"
        click.echo(f"warning: {len(broken)} {rules} broken, first: {broken[0]['detail']}", err=True)


def _read(path: Path) -> Any:
    try:
        with click.open_file(str(path), "rb") as opened:
            return solving.parsed(opened.read())
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", field="IN.json") from error


def _write(path: Path | None, answer: dict[str, Any]) -> None:
    """To standard output, or to the file: whole or not at all."""
    text = json.dumps(answer, ensure_ascii=False, indent=1)
    if path is None:
        click.echo(text)
        return
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_text(text + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.", field="OUT.json") from error
