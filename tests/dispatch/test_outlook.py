"""The outlook of a day's plan, from the records and on the command line."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from dispatch import outlook, plan_day, plans
from dispatch.cli import main
from dispatch.outlook import DayOutlook
from dispatch.work_order import AppointmentState, Visit, VisitState
from routing.errors import InvalidProblem
from routing.limits import Limits
from technicians.errors import NotFound
from tests.town import AREA, TUESDAY, Town, shanghai

LIMITS = Limits(seconds=1.0, iterations=20)
MINUTE = timedelta(minutes=1)


def planned(town: Town) -> dict[str, int]:
    """Two lamps in the morning and a heater that T1 can only begin shortly before its window closes."""
    with town.system.transaction() as session:
        orders = {
            "A-1": town.order(session, "A-1", "chandelier", "310104", window=(8, 10)),
            "A-2": town.order(session, "A-2", "water-heater", "310101", window=(8, 10.1)),
            "B-1": town.order(session, "B-1", "mattress", "310104", window=(13, 15)),
        }
        ids = {number: order.visits[0].id for number, order in orders.items()}
    plan_day.run(town.system, AREA, TUESDAY, LIMITS, by="ada")
    return ids


def seen(town: Town, **how: int) -> DayOutlook:
    with town.system.transaction(read_only=True) as session:
        return outlook.of(session, town.system.travel_times, AREA, TUESDAY, at=town.system.now(), **how)


def run(town: Town, *arguments: object) -> Result:
    options = ["simulate", "--area", AREA, "--date", str(TUESDAY), *map(str, arguments)]
    return CliRunner().invoke(main, options, obj=town.system)


def test_every_promise_of_the_plan_has_a_chance_the_riskiest_first(town: Town) -> None:
    ids = planned(town)
    found = seen(town)
    assert (found.state, found.version, found.outlook.promises) == ("draft", 1, 3)
    assert {risk.visit_id for risk in found.risks} == set(ids.values())
    chances = [risk.chance for risk in found.risks]
    assert chances == sorted(chances)
    assert chances[0] < 0.9 < chances[-1]
    tight = found.risks[0]
    assert tight.order in {"A-1", "A-2"}
    assert (tight.technician, tight.technician_name) == ("T1", "王师傅")
    assert tight.early_at <= tight.late_at
    assert {one.technician for one in found.overtimes} == {"T1", "T2"}
    assert found.outlook.kept == pytest.approx(sum(chances))


def test_the_same_seed_gives_the_same_outlook(sqlite_town: Town) -> None:
    planned(sqlite_town)
    assert seen(sqlite_town, seed=3) == seen(sqlite_town, seed=3)
    assert seen(sqlite_town, seed=3) != seen(sqlite_town, seed=4)


def test_the_published_plan_goes_before_a_draft(sqlite_town: Town) -> None:
    planned(sqlite_town)
    with sqlite_town.system.transaction() as session:
        draft = plans.current(session, AREA, TUESDAY)
        assert draft is not None
        plans.publish(session, draft.id, by="ada", at=sqlite_town.system.now())
    plan_day.run(sqlite_town.system, AREA, TUESDAY, LIMITS, by="ada")
    assert (seen(sqlite_town).state, seen(sqlite_town).version) == ("published", 1)


def test_products_that_take_longer_than_planned_lower_the_chances(town: Town) -> None:
    planned(town)
    before = seen(town).outlook.kept
    with town.system.transaction() as session:
        for n in range(60):
            slow(session, town, n)
    assert seen(town).outlook.kept < before - 0.1


def slow(session: Session, town: Town, number: int) -> Visit:
    """A chandelier or a heater of the week before that took twice as long."""
    product = "chandelier" if number % 2 else "water-heater"
    day = TUESDAY - timedelta(days=7)
    visit = town.order(session, f"P-{number}", product, window=(9, 11), on_date=day).visits[0]
    visit.technician_id, visit.arrived_at = town.technicians["T1"], shanghai(9.5, day)
    visit.left_at = visit.arrived_at + 2 * timedelta(seconds=visit.service + visit.setup)
    visit.appointments[0].move_to(AppointmentState.KEPT)
    visit.move_to(VisitState.ON_SITE).move_to(VisitState.COMPLETED)
    session.flush()
    return visit


def test_a_day_without_a_plan_says_so(sqlite_town: Town) -> None:
    with pytest.raises(NotFound, match="Plan the day first"):
        seen(sqlite_town)
    refused = run(sqlite_town)
    assert refused.exit_code == 1
    assert refused.stderr == f"error: date: There is no plan for {AREA} on {TUESDAY}. Plan the day first.\n"


def test_too_many_days_are_refused(sqlite_town: Town) -> None:
    planned(sqlite_town)
    with pytest.raises(InvalidProblem, match="give 1 to"):
        seen(sqlite_town, days=1_000_000)
    assert run(sqlite_town, "--days", 0).exit_code == 2


def test_the_command_tells_the_riskiest_promises_by_name(sqlite_town: Town) -> None:
    planned(sqlite_town)
    told = run(sqlite_town, "--days", 200, "--seed", 5).output
    assert re.search(rf"^{AREA} {TUESDAY}, plan 1 \(draft\), 200 simulated days$", told, re.MULTILINE)
    assert re.search(r"^\d\.\d of 3 promises kept in expectation \(\d+\.\d %\)", told, re.MULTILINE)
    assert re.search(
        r"^ +\d+\.\d %  08:00-10:\d\d  begins \d\d:\d\d-\d\d:\d\d  visit \d+  A-\d  T1 王师傅$", told, re.MULTILINE
    )
    assert told == run(sqlite_town, "--days", 200, "--seed", 5).output


def test_the_command_gives_all_of_it_as_json(sqlite_town: Town) -> None:
    planned(sqlite_town)
    told = json.loads(run(sqlite_town, "--days", 50, "--json").output)
    assert (told["area"], told["date"], told["days"], told["promises"]) == (AREA, str(TUESDAY), 50, 3)
    assert told["kept"] == pytest.approx(sum(visit["chance"] for visit in told["visits"]))
    assert {one["technician"] for one in told["technicians"]} == {"T1", "T2"}


def test_a_visit_that_has_ended_is_no_promise_any_more(sqlite_town: Town) -> None:
    ids = planned(sqlite_town)
    with sqlite_town.system.transaction() as session:
        visit = session.get_one(Visit, ids["B-1"])
        visit.technician_id, visit.arrived_at, visit.left_at = sqlite_town.technicians["T2"], shanghai(13), shanghai(14)
        visit.appointments[0].move_to(AppointmentState.KEPT)
        visit.move_to(VisitState.ON_SITE).move_to(VisitState.COMPLETED)
    found = seen(sqlite_town)
    assert found.outlook.promises == 2
    assert ids["B-1"] not in {risk.visit_id for risk in found.risks}


def test_a_robust_plan_is_asked_for_with_one_word(sqlite_town: Town) -> None:
    planned(sqlite_town)
    before = seen(sqlite_town).outlook
    options = ["plan", "--area", AREA, "--date", str(TUESDAY), "--seconds", "2", "--robust"]
    told = CliRunner().invoke(main, options, obj=sqlite_town.system)
    assert "3 of 3 visits placed" in told.output
    assert seen(sqlite_town).version == 2
    assert seen(sqlite_town).outlook.kept >= before.kept


def test_the_workers_do_not_plan_robustly_yet_and_say_so(sqlite_town: Town) -> None:
    told = CliRunner().invoke(main, ["plan", "--all", "--robust"], obj=sqlite_town.system)
    assert told.exit_code == 1
    assert told.stderr == "error: robust: The workers plan on mean times. Plan one area with it.\n"


def test_a_robust_engine_knows_the_products_of_the_day(town: Town) -> None:
    ids = planned(town)
    with town.system.transaction() as session:
        assert outlook.kinds(session, ids.values())[ids["B-1"]] == "mattress"
        engine = outlook.robust_engine(session, AREA, TUESDAY, town.system.now())
    assert engine.options["kinds"].keys() == set(ids.values())
