"""The command line: one thin command per contract, errors as one line and exit code 1."""

from __future__ import annotations

import os
import sys

import click
from sqlalchemy.exc import DBAPIError

from dispatch.commands import (
    demo,
    exporting,
    importing,
    merchants,
    people,
    planning,
    regions,
    replan,
    running,
    setup,
    simulate,
    solve,
)
from dispatch.logs import speak_plainly
from dispatch.system import build
from routing.errors import InvalidProblem
from seed_regions.errors import RegionError
from technicians.errors import ShifuError

WITHOUT_SYSTEM = {"solve"}


class Group(click.Group):
    """Says what went wrong in one line; a traceback is for what nobody foresaw."""

    def invoke(self, ctx: click.Context) -> None:
        try:
            super().invoke(ctx)
            return
        except (ShifuError, RegionError, InvalidProblem) as error:
            told = str(error)
        except DBAPIError as error:
            told = f"database: {str(error.orig).strip().splitlines()[0]}. Run: dispatch check"
        click.echo(f"error: {told}", err=True)
        ctx.exit(1)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="shifu-dispatch")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Shifu Dispatch: field-service dispatch for delivery-and-installation technicians.

    What it works on is set by DATABASE_URL, REDIS_URL, PHOTO_STORE and SHIFU_HOME; without them it keeps
    everything in the folder `var`.
    """
    speak_plainly()
    if ctx.obj is None and ctx.invoked_subcommand not in WITHOUT_SYSTEM and "--help" not in sys.argv:
        ctx.obj = build(os.environ)


COMMANDS = (
    setup.init,
    setup.check,
    running.serve,
    running.worker,
    planning.plan,
    replan.replan,
    solve.solve_file,
    simulate.simulate,
    people.account,
    people.technician,
    merchants.merchant,
    regions.regions,
    importing.import_,
    exporting.export,
    demo.demo,
)
for command in COMMANDS:
    main.add_command(command)

if __name__ == "__main__":
    main()
