"""`dispatch demo`: a demonstration region of real counties with seeded people and demand."""

from __future__ import annotations

from datetime import datetime

import click

from dispatch import demo_region
from dispatch.demo_region import PIN, Built, Wanted
from dispatch.system import System


@click.command("demo")
@click.option("--county", default="310100", show_default=True, help="Code of a prefecture, county or state.")
@click.option("--date", "on_date", type=click.DateTime(["%Y-%m-%d"]), help="The day to fill; today if left out.")
@click.option("--technicians", default=60, show_default=True, type=click.IntRange(1, 5000))
@click.option("--visits", default=300, show_default=True, type=click.IntRange(1, 20000))
@click.option("--seed", default=1, show_default=True, help="Another seed, another region.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Of the links shown.")
@click.pass_obj
def demo(
    system: System, county: str, on_date: datetime | None, technicians: int, visits: int, seed: int, port: int
) -> None:
    """Build the demonstration region and say who can log in how."""
    with system.transaction(read_only=True) as session:
        day = on_date.date() if on_date else demo_region.default_date(session, county, system.now())
    wanted = Wanted(county, day, technicians, visits, seed)
    show(demo_region.build(system, wanted, lambda line: click.echo(f"  {line}")), f"http://127.0.0.1:{port}")


def show(built: Built, house: str) -> None:
    click.echo(f"\nDemonstration region {built.area_code}, {built.on_date.isoformat()}\n")
    click.echo(f"  {house}/        console")
    for role, login, password in built.logins:
        click.echo(f"      {role:<11} {login:<11} {password}")
    click.echo(f"  {house}/phone   technicians")
    for code, name in built.technicians:
        click.echo(f"      {name:<8} {code:<11} PIN {PIN}")
    for token in built.consumer_links:
        click.echo(f"  {house}/c/{token}   consumer")
