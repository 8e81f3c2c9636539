"""Steps of vehicles: routes to start from, and times that are kept."""

from __future__ import annotations

from typing import Any

import pytest

from routing.errors import InvalidProblem
from routing.plan import Plan, Route
from routing.problem import Pin, TimeWindow
from routing.vroom import Question, from_vroom, to_vroom

Json = dict[str, Any]


def asked(*steps: Json, **vehicle: Any) -> Question:
    rest = {"id": 4, "time_windows": [[300, 500], [700, 900]], "service": 60}
    van = {"id": 7, "start_index": 0, "end_index": 0, "time_window": [100, 5000], "breaks": [rest]}
    return from_vroom(
        {
            "vehicles": [van | vehicle | {"steps": list(steps)}],
            "jobs": [
                {"id": 1, "location_index": 1},
                {"id": 2, "location_index": 2, "time_windows": [[0, 400], [700, 800]]},
            ],
            "shipments": [{"pickup": {"id": 1, "location_index": 1}, "delivery": {"id": 2, "location_index": 2}}],
            "matrix": [[0, 100, 150], [100, 0, 50], [150, 50, 0]],
        }
    )


def step(kind: str, number: int | str | None = None, **times: int) -> Json:
    return {"type": kind, **({} if number is None else {"id": number}), **times}


def test_steps_are_a_plan_to_start_from() -> None:
    given = asked(step("start"), step("job", 2), step("break", 4), step("job", 1), step("end"))
    assert given.start == Plan((Route(7, (2, 1)),), {})
    assert asked().start is None
    assert asked(step("start"), step("end")).start is None


def test_a_time_of_a_step_cuts_the_windows_and_keeps_the_vehicle() -> None:
    given = asked(step("job", 1, service_at=600), step("job", 2, service_after=300, service_before=750))
    first, second, *_ = given.problem.visits
    assert (first.windows, first.pin) == ((TimeWindow(600, 600),), Pin(vehicle=7))
    assert (second.windows, second.pin) == ((TimeWindow(300, 400), TimeWindow(700, 750)), Pin(vehicle=7))


def test_a_step_without_times_pins_nothing() -> None:
    assert all(visit.pin is None for visit in asked(step("job", 1)).problem.visits)


def test_times_of_the_ends_cut_the_shift_and_those_of_a_break_its_windows() -> None:
    given = asked(
        step("start", service_after=50), step("break", 4, service_after=350), step("end", service_before=4000)
    )
    (vehicle,) = given.problem.vehicles
    assert vehicle.shift == TimeWindow(100, 4000)
    assert vehicle.breaks[0].windows == (TimeWindow(350, 500), TimeWindow(700, 900))
    assert asked(step("start", service_at=150)).problem.vehicles[0].shift == TimeWindow(150, 5000)


def test_ids_in_quotation_marks_are_read_and_given_back() -> None:
    given = from_vroom(
        {
            "vehicles": [{"id": "7", "start_index": 0, "steps": [step("start"), step("job", "12"), step("end")]}],
            "jobs": [{"id": "12", "location_index": 1}],
            "matrix": [[0, 9], [9, 0]],
        }
    )
    assert given.start == Plan((Route(7, (12,)),), {})
    answer = to_vroom(given, given.start)
    assert (answer["routes"][0]["vehicle"], answer["routes"][0]["steps"][1]["id"]) == ("7", "12")


def test_steps_that_are_only_to_be_timed_are_a_plan_as_they_are() -> None:
    given = asked(step("job", 2), step("job", 1), time_window=[100, 300])
    answer = to_vroom(given, given.as_given())
    (route,) = answer["routes"]
    assert [one["id"] for one in route["steps"] if one["type"] == "job"] == [2, 1]
    assert [one["cause"] for one in route["steps"][-1]["violations"]] == ["delay"], "back after the shift"
    assert [(left["type"], left["id"]) for left in answer["unassigned"]] == [("pickup", 1), ("delivery", 2)]
    assert all("steps" in left["detail"] for left in answer["unassigned"])


def test_without_steps_nothing_is_timed() -> None:
    given = asked()
    assert given.as_given().routes == ()
    assert not given.is_fixed


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ([step("job", 9)], "vehicles[0].steps[0].id"),
        ([step("job")], "vehicles[0].steps[0].id"),
        ([step("job", 1), step("job", 1)], "vehicles[0].steps[1].id"),
        ([step("stroll", 1)], "vehicles[0].steps[0].type"),
        ([step("pickup", 1)], "vehicles.steps"),
        ([step("job", 2, service_at=500)], "vehicles[0].steps[0].service_at"),
        ([step("job", 2, service_after=900)], "vehicles[0].steps[0].service_after"),
        ([step("job", 1, service_at=500, service_after=600)], "vehicles[0].steps[0].service_after"),
        ([step("job", 1, service_at=-5)], "vehicles[0].steps[0].service_at"),
        ([step("start", service_before=500)], "vehicles[0].steps[0].service_before"),
        ([step("end", service_after=500)], "vehicles[0].steps[0].service_after"),
        ([step("end", service_before=50)], "vehicles[0].steps[0].service_before"),
        ([step("break", 5, service_at=600)], "vehicles[0].steps[0].service_at"),
        ([step("break", 4, service_at=600)], "vehicles[0].steps[0].service_at"),
    ],
)
def test_steps_that_cannot_be_kept_are_refused_by_name(steps: list[Json], field: str) -> None:
    with pytest.raises(InvalidProblem) as refused:
        asked(*steps)
    assert refused.value.field == field
