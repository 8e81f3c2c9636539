"""`dispatch init` and `dispatch check`: making an installation, and looking whether it is sound."""

from __future__ import annotations

import click

from dispatch import counties, health, schema
from dispatch.commands.preparing import prepare
from dispatch.health import Finding
from dispatch.system import System


@click.command("init")
@click.pass_obj
def init(system: System) -> None:
    """Create or upgrade the database, load the counties, prepare the planner. Can be run again at any time."""
    schema.upgrade(system.engine)
    with system.transaction() as session:
        loaded = counties.load(session, system.places.registry)
    click.echo(
        f"Database ready ({system.engine.dialect.name}); {loaded.counties} counties and {loaded.areas} areas "
        f"added, {loaded.changed} counties brought up to date."
    )
    prepare()


@click.command("check")
@click.pass_context
def check(ctx: click.Context) -> None:
    """Say what is not sound about this installation, and what to do. Exit code 1 if anything is."""
    found = health.findings(ctx.obj)
    for finding in found:
        _show(finding)
    if not all(finding.is_sound for finding in found):
        ctx.exit(1)


def _show(finding: Finding) -> None:
    mark = click.style("ok     ", fg="green") if finding.is_sound else click.style("NOT OK ", fg="red")
    click.echo(f"{mark} {finding.what:<14} {finding.detail}")
    if not finding.is_sound:
        click.echo(f"        {finding.remedy}")
