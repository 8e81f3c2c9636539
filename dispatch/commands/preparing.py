"""Getting the planner ready before anybody waits for it."""

from __future__ import annotations

import click

from dispatch import trial
from dispatch.errors import SolverFailed


def prepare() -> None:
    """Have the kernels compiled unless they are, and say so; a planner that fails is a warning here."""
    click.echo("Preparing the planner (it is compiled the first time, which takes about half a minute) …")
    try:
        took = trial.plan_something()
    except SolverFailed as failed:
        click.echo(f"warning: the planner does not work: {failed}", err=True)
    else:
        click.echo(f"The planner is ready ({took:.0f} s).")
