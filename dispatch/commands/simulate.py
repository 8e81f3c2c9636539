"""`dispatch simulate`: how a planned day may go, before it does."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from dispatch import outlook
from dispatch.day import date_of, find_area
from dispatch.outlook import DayOutlook, Overtime, Risk
from dispatch.system import System
from routing.simulate import MOST_DAYS

SHOWN = 10
MINUTE = 60


@click.command("simulate")
@click.option("--area", required=True, help="Code of the planning area.")
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day; today in the area if left out.")
@click.option("--days", default=outlook.DAYS, show_default=True, type=click.IntRange(1, MOST_DAYS), help="To simulate.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Another seed, other days.")
@click.option("--json", "as_json", is_flag=True, help="Everything, for programs.")
@click.pass_obj
def simulate(system: System, area: str, on: datetime | None, days: int, seed: int, as_json: bool) -> None:
    """Simulate the published plan of a day (else its draft): the chance of every promise and of overtime."""
    with system.transaction(read_only=True) as session:
        found_area = find_area(session, area)
        day = on.date() if on else date_of(found_area, system.now())
        found = outlook.of(session, system.travel_times, area, day, at=system.now(), days=days, seed=seed)
    if as_json:
        click.echo(json.dumps(as_data(found, area, day, seed), ensure_ascii=False, indent=1))
    else:
        _show(found, f"{area} {day}", found_area.zone)


def as_data(found: DayOutlook, area: str, day: date, seed: int) -> dict[str, Any]:
    """The outlook as JSON has it: instants as ISO 8601 in UTC, chances from 0 to 1, overtime in seconds."""
    total = found.outlook
    return {
        "area": area, "date": day.isoformat(), "plan": found.plan_id, "state": found.state, "version": found.version,
        "days": total.days, "seed": seed, "promises": total.promises, "kept": total.kept,
        "share_kept": total.share_kept, "all_kept": total.all_kept, "bad_day": total.bad_day,
        "visits": [_plain(risk) for risk in found.risks],
        "technicians": [_plain(one) for one in found.overtimes],
    }  # fmt: skip


def _plain(one: Risk | Overtime) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in asdict(one).items()}


def _show(found: DayOutlook, day: str, zone: ZoneInfo) -> None:
    total = found.outlook
    click.echo(f"{day}, plan {found.version} ({found.state}), {total.days} simulated days")
    click.echo(
        f"{total.kept:.1f} of {total.promises} promises kept in expectation ({_percent(total.share_kept)}), "
        f"{_percent(total.bad_day)} on the worst day of ten, all of them on {_percent(total.all_kept)} of the days."
    )
    if found.risks:
        click.echo("\nThe riskiest promises")
        for risk in found.risks[:SHOWN]:
            click.echo(f"  {_risk(risk, zone)}")
    if late := [one for one in found.overtimes if one.overtime >= MINUTE][:SHOWN]:
        click.echo("\nOvertime")
        for one in late:
            click.echo(f"  {_overtime(one)}")


def _risk(risk: Risk, zone: ZoneInfo) -> str:
    window = f"{_clock(risk.window_starts_at, zone)}-{_clock(risk.window_ends_at, zone)}"
    begins = f"{_clock(risk.early_at, zone)}-{_clock(risk.late_at, zone)}"
    who = f"{risk.technician} {risk.technician_name}"
    return f"{_percent(risk.chance):>7}  {window}  begins {begins}  visit {risk.visit_id}  {risk.order}  {who}"


def _overtime(one: Overtime) -> str:
    soft, hard = _percent(one.after_soft_end), _percent(one.after_hard_end)
    minutes, who = round(one.overtime / MINUTE), f"{one.technician} {one.technician_name}"
    return f"{soft:>7} after the soft end, {hard:>6} after the hard end, {minutes:>3} min  {who}"


def _percent(chance: float) -> str:
    return f"{100 * chance:.1f} %"


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"
