from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from routing.errors import InvalidProblem
from routing.problem import (
    Break,
    Link,
    Pin,
    Precedence,
    Problem,
    Published,
    Rates,
    SameStart,
    TimeWindow,
    Vehicle,
    Visit,
    Weights,
)
from routing.travel import GreatCircle
from routing.validate import validated

FREE = np.array([[0, 60], [60, 0]], dtype=np.int32)
VISIT = Visit(1, 0, 600)
VEHICLE = Vehicle(1, 1, 1, TimeWindow(0, 3600))


def problem(visit: Visit = VISIT, vehicle: Vehicle = VEHICLE, **travel: object) -> Problem:
    return Problem((visit,), (vehicle,), **({"durations": FREE, "distances": FREE} | travel))  # type: ignore[arg-type]


def test_a_sound_problem_is_given_back() -> None:
    sound = problem()
    assert validated(sound) is sound


def test_an_impossible_visit_is_sound() -> None:
    validated(problem(replace(VISIT, skills={"flying": 9}, windows=(TimeWindow(90_000, 90_001),))))


def test_a_vehicle_without_capacity_carries_anything() -> None:
    small = replace(VEHICLE, id=2, capacity=(5,))
    validated(replace(problem(replace(VISIT, load=(9,))), vehicles=(VEHICLE, small)))


def test_what_was_published_for_a_vehicle_that_is_ill_today_is_sound() -> None:
    validated(replace(problem(), published=Published({1: 77, 99: 1}, 0)))


def test_a_visit_that_was_due_yesterday_is_sound() -> None:
    validated(problem(replace(VISIT, due=-7200)))


def test_a_pinned_visit_that_nobody_may_make_is_sound() -> None:
    validated(problem(replace(VISIT, pin=Pin(vehicle=1), allowed=frozenset())))


NEGATIVE = np.array([[0, -60], [60, 0]], dtype=np.int32)
WRONG = [
    (problem(durations=None), "durations"),
    (problem(durations=FREE[:1]), "durations"),
    (problem(durations=FREE.astype(np.float64)), "durations"),
    (problem(durations=np.array([[0, np.nan], [1, 0]])), "durations"),
    (problem(durations=NEGATIVE), "durations[0][1]"),
    (problem(durations=FREE.astype(np.int64) << 40), "durations[0][1]"),
    (problem(durations=[[0, 60], [60]]), "durations"),
    (problem(durations=np.broadcast_to(np.int32(0), (30_001, 30_001))), "durations"),
    (problem(durations=None, coordinates=[[1.0, 2.0], [3.0]], travel=GreatCircle()), "coordinates"),
    (problem(distances=np.zeros((3, 3), dtype=np.int32)), "distances"),
    (problem(durations=None, coordinates=np.array([[1, np.nan]]), travel=GreatCircle()), "coordinates"),
    (problem(durations=None, coordinates=np.zeros((2, 3)), travel=GreatCircle()), "coordinates"),
    (problem(durations=None, coordinates=np.array([[31.2, 121.5]]), travel=GreatCircle()), "coordinates[0]"),
    (replace(problem(), visits=(VISIT, VISIT)), "visits"),
    (replace(problem(), vehicles=(VEHICLE, VEHICLE)), "vehicles"),
    (problem(replace(VISIT, place=2)), "visit 1 place"),
    (problem(replace(VISIT, service=-1)), "visit 1 service"),
    (problem(replace(VISIT, setup=-1)), "visit 1 setup"),
    (problem(replace(VISIT, priority=101)), "visit 1 priority"),
    (problem(replace(VISIT, windows=(TimeWindow(20, 10),))), "visit 1 windows"),
    (problem(replace(VISIT, windows=(TimeWindow(0, 1 << 40),))), "visit 1 windows"),
    (problem(replace(VISIT, load=(1, 2)), replace(VEHICLE, capacity=(5,))), "visit 1 load"),
    (problem(replace(VISIT, load=(-1,)), replace(VEHICLE, capacity=(5,))), "visit 1 load"),
    (problem(replace(VISIT, pickup=(1, 2)), replace(VEHICLE, capacity=(5,))), "visit 1 pickup"),
    (problem(replace(VISIT, pin=Pin(vehicle=9))), "visit 1 pin.vehicle"),
    (problem(replace(VISIT, pin=Pin(start=-5))), "visit 1 pin.start"),
    (problem(replace(VISIT, pin=Pin(vehicle=1), forbidden=frozenset({1}))), "visit 1 pin.vehicle"),
    (problem(replace(VISIT, pin=Pin(vehicle=1), allowed=frozenset({2}))), "visit 1 pin.vehicle"),
    (problem(replace(VISIT, due=1 << 40)), "visit 1 due"),
    (problem(replace(VISIT, service=1.5)), "visit 1 service"),
    (problem(replace(VISIT, service=float("nan"))), "visit 1 service"),
    (problem(replace(VISIT, place=0.5)), "visit 1 place"),
    (problem(replace(VISIT, due=7200.5)), "visit 1 due"),
    (problem(replace(VISIT, priority="high")), "visit 1 priority"),
    (problem(replace(VISIT, load=(0.5,)), replace(VEHICLE, capacity=(5,))), "visit 1 load"),
    (problem(replace(VISIT, windows=(TimeWindow(0, float("inf")),))), "visit 1 windows"),
    (problem(vehicle=replace(VEHICLE, start=7)), "vehicle 1 start"),
    (problem(vehicle=replace(VEHICLE, speed=0.0)), "vehicle 1 speed"),
    (problem(vehicle=replace(VEHICLE, speed=float("nan"))), "vehicle 1 speed"),
    (problem(vehicle=replace(VEHICLE, speed=1e-9)), "vehicle 1 speed"),
    (problem(vehicle=replace(VEHICLE, speed=1e9)), "vehicle 1 speed"),
    (problem(vehicle=replace(VEHICLE, speed=0.4), durations=FREE << 24), "vehicle 1 speed"),
    (problem(vehicle=replace(VEHICLE, worked=-1)), "vehicle 1 worked"),
    (problem(vehicle=replace(VEHICLE, rates=Rates(per_km=-1))), "vehicle 1 rates.per_km"),
    (problem(vehicle=replace(VEHICLE, rates=Rates(fixed=float("nan")))), "vehicle 1 rates.fixed"),  # type: ignore[arg-type]
    (problem(vehicle=replace(VEHICLE, frozen=(9,))), "vehicle 1 frozen"),
    (problem(vehicle=replace(VEHICLE, frozen=(1, 1))), "vehicle 1 frozen"),
    (problem(replace(VISIT, forbidden=frozenset({1})), replace(VEHICLE, frozen=(1,))), "vehicle 1 frozen"),
    (replace(problem(), weights=Weights(late=-1)), "weights.late"),
    (replace(problem(), weights=Weights(fairness=float("nan"))), "weights.fairness"),
    (replace(problem(), published=Published({}, -1)), "published.most_changed"),
    (problem(vehicle=replace(VEHICLE, shift=TimeWindow(100, 100))), "vehicle 1 shift"),
    (problem(vehicle=replace(VEHICLE, shift=TimeWindow(-100, 100))), "vehicle 1 shift"),
    (problem(vehicle=replace(VEHICLE, soft_end=9999)), "vehicle 1 soft_end"),
    (problem(vehicle=replace(VEHICLE, max_visits=-1)), "vehicle 1 max_visits"),
    (problem(vehicle=replace(VEHICLE, capacity=(-1,))), "vehicle 1 capacity"),
    (problem(vehicle=replace(VEHICLE, breaks=(Break(1, (), 60),))), "vehicle 1 break 1"),
    (problem(vehicle=replace(VEHICLE, breaks=(Break(1, (TimeWindow(5, 1),), 60),))), "vehicle 1 break 1"),
    (
        problem(vehicle=replace(VEHICLE, breaks=(Break(1, (TimeWindow(1, 5),), -60),))),
        "vehicle 1 break 1 duration",
    ),
    (problem(vehicle=replace(VEHICLE, breaks=(Break(1, (TimeWindow(1, 5),), 6),) * 2)), "vehicle 1 breaks"),
    (
        problem(vehicle=replace(VEHICLE, breaks=tuple(Break(i, (TimeWindow(1, 5),), 6) for i in range(7)))),
        "vehicle 1 breaks",
    ),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG, ids=[f"{n}-{field}" for n, (_, field) in enumerate(WRONG)])
def test_what_is_wrong_is_named_with_its_remedy(wrong: Problem, field: str) -> None:
    with pytest.raises(InvalidProblem) as refused:
        validated(wrong)
    assert refused.value.field == field
    assert str(refused.value).startswith(f"{field}: ")


def linked(*links: Link, **wishes: dict[int, object]) -> Problem:
    """Four visits and two vehicles; `wishes` are fields with what some visits, by id, want there."""
    made = [
        replace(VISIT, id=n, **{field: wanted[n] for field, wanted in wishes.items() if n in wanted})  # type: ignore[arg-type]
        for n in (1, 2, 3, 4)
    ]
    return Problem(tuple(made), (VEHICLE, replace(VEHICLE, id=2)), FREE, FREE, links=links)


def frozen(one: tuple[int, ...], other: tuple[int, ...], **wishes: dict[int, object]) -> Problem:
    return replace(linked(**wishes), vehicles=(replace(VEHICLE, frozen=one), replace(VEHICLE, id=2, frozen=other)))


def test_links_that_agree_are_sound() -> None:
    shipment = Precedence(1, 2, same_vehicle=True)
    validated(linked(shipment, SameStart(2, 3), Precedence(3, 4, 600), pickup={1: (2,)}, pin={2: Pin(1), 3: Pin(2)}))
    validated(linked(Precedence(1, 2), Precedence(1, 3), Precedence(2, 4), Precedence(3, 4)))


ONE, TWO = Pin(vehicle=1), Pin(vehicle=2)
DISAGREE = [
    (linked(SameStart(1, 9)), "links[0].second", "visit 9 is not in the problem"),
    (linked(SameStart(1, 2), Precedence(9, 1)), "links[1].before", "visit 9 is not in the problem"),
    (linked(Precedence(1, 1)), "links[0]", "to itself"),
    (linked(SameStart(1, 2), SameStart(2, 1)), "links[1]", "once more"),
    (linked(Precedence(1, 2), Precedence(1, 2, 60)), "links[1]", "once more"),
    (linked(Precedence(1, 2, -60)), "links[0].delay", "give 0 or more"),
    (linked(Precedence(1, 2), Precedence(2, 3), Precedence(3, 1)), "links", "in a circle"),
    (linked(Precedence(1, 2), SameStart(2, 3), Precedence(3, 1)), "links", "2+3"),
    (linked(SameStart(1, 2), SameStart(2, 3), Precedence(1, 3)), "links", "1+2+3 before 1+2+3"),
    (linked(SameStart(1, 2), pin={1: ONE, 2: ONE}), "links[0]", "both are bound to vehicle 1"),
    (linked(SameStart(1, 2), pin={1: Pin(start=600), 2: Pin(start=700)}), "links[0]", "pinned to 600 and 700"),
    (linked(Precedence(1, 2, same_vehicle=True), pin={1: ONE, 2: TWO}), "links[0]", "bound to 1 and 2"),
    (linked(Precedence(1, 2, 60), pin={1: Pin(start=0), 2: Pin(start=600)}), "links[0]", "cannot begin before 660"),
    (
        linked(Precedence(1, 2, same_vehicle=True), load={2: (1,)}, pickup={1: (1,)}),
        "visit 2 load",
        "picked up at visit 1",
    ),
    (
        linked(Precedence(1, 2, same_vehicle=True), Precedence(1, 3, same_vehicle=True), pickup={1: (1,)}),
        "links[1]",
        "delivered at visit 2",
    ),
    (frozen((1, 2), (2,)), "vehicle 2 frozen", "frozen for vehicle 1 too"),
    (frozen((1,), (), pin={1: TWO}), "vehicle 1 frozen", "pinned to vehicle 2"),
    (replace(frozen((1, 2), ()), links=(SameStart(1, 2),)), "links[0]", "both are bound to vehicle 1"),
]


@pytest.mark.parametrize(("wrong", "field", "says"), DISAGREE, ids=[f"{n}-{row[1]}" for n, row in enumerate(DISAGREE)])
def test_what_contradicts_itself_is_named_with_its_remedy(wrong: Problem, field: str, says: str) -> None:
    with pytest.raises(InvalidProblem) as refused:
        validated(wrong)
    assert refused.value.field == field
    assert says in str(refused.value)
