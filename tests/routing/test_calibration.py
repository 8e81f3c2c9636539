"""Predicted chances come true, though they were learnt from days that happened and not read from the truth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.outlook import Bin, bins, calibration, full_day, lived, truth
from routing.learning import History, learnt
from routing.limits import Limits
from routing.plan import Plan
from routing.problem import Problem
from routing.robust import hedged
from routing.simulate import simulate
from routing.spread import Spread, Spreads

ENOUGH = 10
Day = tuple[Problem, dict[int, str], Plan]


@pytest.fixture(scope="module")
def reckless() -> Day:
    """A full day planned without a thought of delays, so that there are chances of all sizes."""
    problem, kinds = full_day(40, 2)
    empty = Plan((), {})
    return problem, kinds, hedged(problem, empty, Limits(600.0, iterations=40, seed=1), price=0.0, floor=0.0)


def off(found: list[Bin]) -> float:
    """The greatest distance, in points, of a bin with enough visits."""
    return max(100 * abs(one.seen - one.predicted) for one in found if one.visits >= ENOUGH)


def test_predicted_chances_come_true_within_two_points(reckless: Day) -> None:
    found = calibration(*reckless, seed=11, days=4000)
    assert sum(one.visits >= ENOUGH for one in found) >= 6
    assert found[0].predicted < 0.4
    assert off(found) < 2.0


def test_distributions_that_were_not_learnt_do_not_foresee_as_much(reckless: Day) -> None:
    """The twin: without a history the same days are foretold worse."""
    problem, kinds, plan = reckless
    true = truth(kinds, 11)
    seen = simulate(problem, plan, 1000, 14, true, kinds)
    blind = replace(Spreads(), service=Spread(sigma=0.1), travel=Spread(sigma=0.05))
    assert off(bins(simulate(problem, plan, 1000, 13, blind, kinds), seen)) > 5.0


def test_what_is_learnt_of_many_days_is_the_truth(reckless: Day) -> None:
    problem, kinds, plan = reckless
    true = truth(kinds, 11)
    found = learnt(lived(problem, plan, 90, 12, true, kinds))
    for kind, spread in true.kinds.items():
        assert found.of_kind(kind).mean == pytest.approx(spread.mean, rel=0.06)
        assert found.of_kind(kind).sigma == pytest.approx(spread.sigma, abs=0.05)
    assert found.of_hour(17).mean == pytest.approx(true.of_hour(17).mean, rel=0.08)
    assert found.of_hour(11).mean == pytest.approx(true.travel.mean, rel=0.08)
    assert found.surprises.no_show == pytest.approx(true.surprises.no_show, abs=0.01)
    assert found.shared_service == pytest.approx(true.shared_service, abs=0.08)
    assert found.shared_travel == pytest.approx(true.shared_travel, abs=0.12)


def test_nothing_lived_teaches_nothing() -> None:
    assert learnt(History()) == Spreads()
