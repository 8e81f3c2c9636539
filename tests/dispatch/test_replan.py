"""A published Tuesday in Shanghai that goes otherwise than planned."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from dispatch import changes, plan_day, plans, replan, visits
from dispatch.cli import main
from dispatch.day_plan import Stop, Unassigned
from dispatch.mishaps import Mishaps
from dispatch.replan import Outcome
from dispatch.work_order import Visit, VisitState, WorkOrder
from routing.difference import Budget, Kind
from routing.limits import Limits, Progress
from technicians.errors import Conflict, InvalidInput, NotFound
from technicians.people import Absence
from tests.clock import Clock
from tests.dispatch import engines
from tests.phone_day import fact
from tests.town import AREA, TUESDAY, Town, shanghai

LIMITS = Limits(seconds=1.0, iterations=50)


@dataclass(frozen=True)
class Running:
    """The published day at ten o'clock, and its visits by order number."""

    town: Town
    clock: Clock
    plan_id: int
    ids: dict[str, int]

    def replanned(self, happened: Mishaps | None = None, **more: object) -> Outcome:
        return replan.run(
            self.town.system, AREA, TUESDAY, LIMITS, by="ada", happened=happened or Mishaps(),
            **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def kinds(self, outcome: Outcome) -> dict[str, Kind]:
        names = {visit: number for number, visit in self.ids.items()}
        return {names[change.visit]: change.kind for change in outcome.difference.changes}

    def stops(self, plan_id: int) -> dict[str, tuple[str, datetime]]:
        names = {visit: number for number, visit in self.ids.items()}
        people = {id_: code for code, id_ in self.town.technicians.items()}
        with self.town.system.transaction(read_only=True) as session:
            rows = session.scalars(select(Stop).where(Stop.day_plan_id == plan_id, Stop.visit_id.is_not(None)))
            placed = {row.visit_id: (people[row.route.technician_id], row.scheduled_start) for row in rows}
        return {names[visit]: spot for visit, spot in placed.items() if visit is not None}


@pytest.fixture
def running(town: Town, clock: Clock) -> Running:
    system = town.system
    with system.transaction() as session:
        orders = {
            "A-1": town.order(session, "A-1", "water-heater", "310101", window=(9, 11)),
            "A-2": town.order(session, "A-2", "lamp", "310104", window=(13, 15)),
            "A-3": town.order(session, "A-3", "chandelier", "310101", window=(15, 17)),
            "B-1": town.order(session, "B-1", "mattress", "310104", window=(9, 11)),
            "C-1": town.order(session, "C-1", "water-heater", "310115", window=(13, 15)),
        }
        ids = {number: order.visits[0].id for number, order in orders.items()}
    plan_id = plan_day.run(system, AREA, TUESDAY, LIMITS, by="ada").plan_id
    with system.transaction() as session:
        changes.move(
            session, system.travel_times, plan_id, ids["A-2"], town.technicians["T1"],
            revisions={}, by="ada", at=system.now(),
        )  # fmt: skip
        plans.publish(session, plan_id, by="ada", at=system.now())
    clock.set(shanghai(10))
    return Running(town, clock, plan_id, ids)


def test_who_falls_ill_keeps_what_they_did_and_others_take_over(running: Running) -> None:
    outcome = running.replanned(Mishaps(ill=("T1",)))
    assert running.kinds(outcome) == {
        "A-1": Kind.BEGUN, "A-2": Kind.TECHNICIAN, "A-3": Kind.DROPPED, "B-1": Kind.BEGUN, "C-1": Kind.UNCHANGED,
    }  # fmt: skip
    found, before = running.stops(outcome.plan_id), running.stops(running.plan_id)
    assert found["A-1"] == before["A-1"]
    assert found["A-2"][0] == "T2"
    (endangered,) = outcome.difference.endangered
    assert endangered.visit == running.ids["A-3"]


def test_an_absence_is_kept_to_the_end_of_the_day_and_counts_in_later_plans(running: Running) -> None:
    outcome = running.replanned(Mishaps(ill=("T1",)))
    with running.town.system.transaction() as session:
        (absence,) = session.scalars(select(Absence))
        assert (absence.starts_at, absence.ends_at) == (shanghai(10), shanghai(0, date(2026, 5, 13)))
        assert absence.technician_id == running.town.technicians["T1"]
        plans.publish(session, outcome.plan_id, by="ada", at=running.clock())
        (left,) = session.scalars(select(Unassigned.visit_id).where(Unassigned.day_plan_id == outcome.plan_id))
        assert left == running.ids["A-3"]
    again = running.replanned()
    assert running.kinds(again)["A-1"] == Kind.BEGUN
    assert running.kinds(again)["A-2"] == Kind.UNCHANGED


def test_what_is_published_is_untouched_until_the_draft_is(running: Running) -> None:
    before = running.stops(running.plan_id)
    outcome = running.replanned(Mishaps(ill=("T1",)))
    assert running.stops(running.plan_id) == before
    with running.town.system.transaction() as session:
        changed = {change["visit_id"] for change in plans.difference(session, outcome.plan_id)}
        assert changed == {running.ids["A-2"], running.ids["A-3"]}
        plan = plans.find(session, outcome.plan_id)
        assert plan.solver["difference"]["tell"] == sorted(changed)
        assert plans.publish(session, outcome.plan_id, by="ada", at=running.clock()).id == outcome.plan_id


def test_an_overrun_is_kept_in_the_visit_and_moves_what_follows(running: Running) -> None:
    system = running.town.system
    with system.transaction() as session:
        visits.arrive(session, running.ids["A-1"], running.town.technicians["T1"], fact(running.town, shanghai(9.5)))
    outcome = running.replanned(Mishaps(overruns=(running.ids["A-1"],), minutes=300))
    with system.transaction(read_only=True) as session:
        assert session.get_one(Visit, running.ids["A-1"]).service == 390 * 60
    kinds, found = running.kinds(outcome), running.stops(outcome.plan_id)
    assert kinds["A-1"] == Kind.BEGUN
    assert found["A-1"] == ("T1", shanghai(9.5))
    assert found["A-2"][0] == "T2"
    assert found["A-3"] >= ("T1", shanghai(16))


def test_phones_are_believed_about_when_work_began(running: Running) -> None:
    with running.town.system.transaction() as session:
        visits.arrive(session, running.ids["A-1"], running.town.technicians["T1"], fact(running.town, shanghai(9.25)))
    assert running.stops(running.replanned().plan_id)["A-1"] == ("T1", shanghai(9.25))


def test_a_cancelled_visit_leaves_the_day(running: Running) -> None:
    outcome = running.replanned(Mishaps(cancelled=(running.ids["A-3"],)), budget=Budget(0))
    with running.town.system.transaction(read_only=True) as session:
        assert session.get_one(Visit, running.ids["A-3"]).state == VisitState.CANCELLED
    assert "A-3" not in running.stops(outcome.plan_id)
    assert set(running.kinds(outcome).values()) == {Kind.BEGUN, Kind.UNCHANGED}


def test_an_emergency_promised_for_today_goes_first(running: Running) -> None:
    with running.town.system.transaction() as session:
        order = running.town.order(session, "E-1", "lamp", "310104", window=(10, 12))
        running.ids["E-1"] = order.visits[0].id
    outcome = running.replanned(Mishaps(emergencies=(running.ids["E-1"],)))
    assert running.kinds(outcome)["E-1"] == Kind.PLANNED
    with running.town.system.transaction(read_only=True) as session:
        assert session.get_one(WorkOrder, order.id).priority == 100
    with pytest.raises(Conflict, match="waiting to be published"):
        running.replanned()


def test_an_emergency_without_a_promise_is_refused(running: Running) -> None:
    with running.town.system.transaction() as session:
        visit = running.town.order(session, "E-2").visits[0].id
    with pytest.raises(Conflict, match="is not promised for that day"):
        running.replanned(Mishaps(emergencies=(visit,)))


def test_a_budget_of_nobody_moves_nobody(running: Running) -> None:
    outcome = running.replanned(budget=Budget(0, 0))
    assert (outcome.difference.changed, outcome.difference.moved, outcome.difference.tell) == (0, 0, ())


def test_when_the_solver_dies_what_can_stay_stays_and_the_draft_says_so(running: Running) -> None:
    outcome = running.replanned(Mishaps(ill=("T1",)), engine=engines.crashes)
    assert outcome.warning is not None
    assert running.stops(outcome.plan_id)["A-2"][0] == "T2"


def test_a_day_that_changed_meanwhile_is_looked_at_again(running: Running) -> None:
    system = running.town.system
    moved: list[int] = []

    def disturb(_: Progress) -> None:
        if not moved:
            moved.append(running.ids["C-1"])
            with system.transaction() as session:
                changes.move(
                    session, system.travel_times, running.plan_id, moved[0], None,
                    revisions={}, by="bob", at=system.now(),
                )  # fmt: skip

    outcome = running.replanned(progress=disturb)
    assert running.kinds(outcome)["C-1"] == Kind.PLANNED


def test_without_a_published_plan_there_is_nothing_to_plan_anew(town: Town) -> None:
    with pytest.raises(NotFound, match="Nothing is published for 2026-05-12"):
        replan.run(town.system, AREA, TUESDAY, LIMITS, by="ada")


def test_who_or_what_is_not_there_is_named(running: Running) -> None:
    with pytest.raises(NotFound, match="Technician T9 has no route"):
        running.replanned(Mishaps(ill=("T9",)))
    with pytest.raises(NotFound, match="no visit 4711"):
        running.replanned(Mishaps(cancelled=(4711,)))
    with pytest.raises(InvalidInput, match="0 minutes is not between"):
        running.replanned(Mishaps(overruns=(running.ids["A-2"],)))


def command(running: Running, *arguments: object) -> Result:
    options = ["replan", "--area", AREA, "--date", str(TUESDAY), "--seconds", "1", *map(str, arguments)]
    return CliRunner().invoke(main, options, obj=running.town.system)


def test_the_command_prints_what_changes_and_publishes_it(running: Running) -> None:
    result = command(running, "--ill", "T1", "--from", "10:00", "--budget", 3, "--publish")
    assert result.exit_code == 0, result.output
    assert f"technician  visit {running.ids['A-2']}  A-2  T1 13:00 -> T2 13:00" in result.output
    assert f"visit {running.ids['A-3']}  A-3  cannot be kept" in result.output
    assert "0 changed technician (of at most 3)" in result.output
    assert "Published." in result.output


def test_the_command_tells_programs_the_same(running: Running) -> None:
    result = command(running, "--ill", "T1", "--json")
    found = json.loads(result.stdout)
    assert found["tell"] == [running.ids["A-2"], running.ids["A-3"]]


def test_the_command_refuses_a_time_that_is_none(running: Running) -> None:
    result = command(running, "--ill", "T1", "--from", "25:00")
    assert result.exit_code == 1
    assert "from: “25:00” is not a time of day. Write it like 10:30." in result.output
