from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from routing.errors import InvalidProblem
from routing.problem import Break, Pin, Problem, TimeWindow, Vehicle, Visit
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


NEGATIVE = np.array([[0, -60], [60, 0]], dtype=np.int32)
WRONG = [
    (problem(durations=None), "durations"),
    (problem(durations=FREE[:1]), "durations"),
    (problem(durations=FREE.astype(np.float64)), "durations"),
    (problem(durations=np.array([[0, np.nan], [1, 0]])), "durations"),
    (problem(durations=NEGATIVE), "durations[0][1]"),
    (problem(durations=FREE.astype(np.int64) << 40), "durations[0][1]"),
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
    (problem(vehicle=replace(VEHICLE, start=7)), "vehicle 1 start"),
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
