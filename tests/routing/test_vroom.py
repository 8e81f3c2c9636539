from __future__ import annotations

import json
from typing import Any

import pytest

from routing.errors import InvalidProblem
from routing.limits import Limits
from routing.plan import Plan, Reason, Route, Rule
from routing.problem import Break, TimeWindow
from routing.solve import solve
from routing.travel import GreatCircle
from routing.vroom import from_vroom, start_from_vroom, to_vroom

Json = dict[str, Any]


def question(**changes: Any) -> Json:
    base: Json = {
        "vehicles": [
            {
                "id": 7,
                "description": "Li",
                "start_index": 0,
                "end_index": 0,
                "skills": [1, 2],
                "capacity": [4],
                "time_window": [0, 5000],
                "breaks": [{"id": 3, "time_windows": [[500, 600], [900, 1000]], "service": 60}],
                "max_tasks": 4,
                "max_travel_time": 900,
                "max_distance": 90000,
                "steps": [{"type": "start"}, {"type": "job", "id": 2}, {"type": "end"}],
            }
        ],
        "jobs": [
            {"id": 1, "location_index": 1, "service": 100, "setup": 10, "skills": [2], "delivery": [1]},
            {
                "id": 2,
                "description": "lamp",
                "location_index": 2,
                "service": 200,
                "pickup": [2],
                "priority": 9,
                "time_windows": [[0, 400], [700, 800]],
            },
        ],
        "matrices": {"car": {"durations": [[0, 100, 150], [100, 0, 50], [150, 50, 0]]}},
    }
    return base | changes


def test_every_field_finds_its_place() -> None:
    problem = from_vroom(question())
    first, second = problem.visits
    assert (first.place, first.service, first.setup, first.skills, first.load) == (1, 100, 10, {"2": 1}, (1,))
    assert (second.pickup, second.priority, second.description) == ((2,), 9, "lamp")
    assert second.windows == (TimeWindow(0, 400), TimeWindow(700, 800))
    vehicle = problem.vehicles[0]
    assert vehicle.breaks == (Break(3, (TimeWindow(500, 600), TimeWindow(900, 1000)), 60),)
    assert (vehicle.max_visits, vehicle.max_travel, vehicle.max_distance) == (4, 900, 90000)
    assert (vehicle.start, vehicle.end, vehicle.capacity, vehicle.shift) == (0, 0, (4,), TimeWindow(0, 5000))
    assert problem.distances is None


def test_the_old_name_for_deliveries_is_read() -> None:
    old = question(jobs=[{"id": 1, "location_index": 1, "amount": [2]}])
    assert from_vroom(old).visits[0].load == (2,)


def test_steps_are_a_plan_to_start_from() -> None:
    assert start_from_vroom(question()) == Plan((Route(7, (2,)),), {})
    assert start_from_vroom(question(vehicles=[{"id": 7, "start_index": 0}])) is None


def test_without_a_matrix_the_great_circle_joins_the_places() -> None:
    places = {
        "vehicles": [{"id": 1, "start": [121.47, 31.23]}],
        "jobs": [{"id": 1, "location": [121.48, 31.23]}, {"id": 2, "location": [121.47, 31.23]}],
    }
    problem = from_vroom(places)
    assert [visit.place for visit in problem.visits] == [0, 1]
    assert problem.vehicles[0].start == problem.visits[1].place
    assert problem.coordinates is not None
    assert problem.durations is not None
    assert (problem.durations == GreatCircle().matrix(problem.coordinates)[0]).all()


def test_an_answer_has_timed_steps_and_sums() -> None:
    problem = from_vroom(question())
    answer = to_vroom(problem, Plan((Route(7, (1, 2)),), {}))
    assert json.loads(json.dumps(answer)) == answer
    route = answer["routes"][0]
    assert [step["type"] for step in route["steps"]] == ["start", "job", "job", "break", "end"]
    arrivals = [step["arrival"] for step in route["steps"]]
    assert arrivals == [0, 100, 260, 460, 710]
    assert [step["load"] for step in route["steps"]] == [[1], [0], [2], [2], [2]]
    assert [step["duration"] for step in route["steps"]] == [0, 100, 150, 150, 300]
    assert route["steps"][1]["setup"] == 10
    assert route["steps"][2]["description"] == "lamp"
    assert route["steps"][3]["waiting_time"] == 40
    assert answer["code"] == 0
    assert "distance" not in route
    assert answer["summary"] == {
        "cost": 300,
        "setup": 10,
        "service": 360,
        "duration": 300,
        "waiting_time": 40,
        "priority": 9,
        "routes": 1,
        "unassigned": 0,
        "delivery": [1],
        "pickup": [2],
        "amount": [1],
        "violations": [],
    }


def test_distances_and_costs_are_told_when_they_are_known() -> None:
    rows = question()["matrices"]["car"]["durations"]
    car = {"durations": rows, "distances": [[7 * cell for cell in row] for row in rows], "costs": rows[::-1]}
    problem = from_vroom(question(matrices={"car": car}))
    route = to_vroom(problem, Plan((Route(7, (1, 2)),), {}))["routes"][0]
    assert (route["distance"], route["steps"][-1]["distance"]) == (2100, 2100)
    assert route["cost"] == 50 + 50 + 0


def test_what_is_left_out_says_why() -> None:
    why = Reason(Rule.SKILL, "1 of the 1 nearest vehicles lack a skill it needs")
    answer = to_vroom(from_vroom(question()), Plan((Route(7, (1,)),), {2: why}))
    assert answer["unassigned"] == [
        {
            "id": 2,
            "type": "job",
            "location_index": 2,
            "description": "lamp",
            "reason": "skill",
            "detail": why.detail,
        }
    ]
    assert answer["summary"]["unassigned"] == 1


def test_what_a_given_order_breaks_is_told() -> None:
    late = question(jobs=[{"id": 1, "location_index": 1, "time_windows": [[0, 50]]}])
    answer = to_vroom(from_vroom(late), Plan((Route(7, (1,)),), {}))
    assert answer["routes"][0]["violations"] == [{"cause": "delay", "duration": 50}]


def test_the_question_is_planned_and_answered() -> None:
    problem = from_vroom(question())
    answer = to_vroom(problem, solve(problem, Limits(0.1, iterations=5), start_from_vroom(question())))
    assert answer["summary"]["unassigned"] == 0


JOB = {"id": 1, "location_index": 1}
VAN = {"id": 1, "start_index": 0}
REFUSED = [
    ({"shipments": [{}]}, "shipments"),
    ({"jobs": "all"}, "jobs"),
    ({"jobs": [{"id": "one", "location_index": 1}]}, "jobs[0].id"),
    ({"jobs": [{"location_index": 1}]}, "jobs[0].id"),
    ({"jobs": [{"id": 1}]}, "jobs[0].location"),
    ({"jobs": [{"id": 1, "location": [121.4, 31.2]}]}, "jobs[0].location_index"),
    ({"jobs": [{"id": 1, "location": "here"}]}, "jobs[0].location"),
    ({"jobs": [JOB | {"service": 1.5}]}, "jobs[0].service"),
    ({"jobs": [JOB | {"service": float("nan")}]}, "jobs[0].service"),
    ({"jobs": [JOB | {"skills": "none"}]}, "jobs[0].skills"),
    ({"jobs": [JOB | {"time_windows": [[1]]}]}, "jobs[0].time_windows"),
    ({"jobs": [JOB | {"time_windows": [[9, 1]]}]}, "visit 1 windows"),
    ({"jobs": [JOB | {"service_per_type": {"van": 1}}]}, "jobs[0].service_per_type"),
    ({"jobs": [JOB | {"location_index": 3}]}, "visit 1 place"),
    ({"vehicles": [VAN | {"speed_factor": 2}]}, "vehicles[0].speed_factor"),
    ({"vehicles": [VAN | {"costs": {"fixed": 9}}]}, "vehicles[0].costs"),
    ({"vehicles": [VAN, VAN | {"id": 2, "profile": "bike"}]}, "vehicles"),
    ({"vehicles": [VAN | {"profile": "bike"}]}, "matrices.bike"),
    ({"vehicles": [VAN | {"breaks": [{"id": 1, "max_load": [1]}]}]}, "vehicles[0].breaks[0].max_load"),
    ({"vehicles": [VAN | {"time_window": [9, 1]}]}, "vehicle 1 shift"),
    ({"matrices": {"car": {}}}, "matrices.car.durations"),
    ({"matrices": {"car": {"durations": [[0, 1], [1]]}}}, "matrices.car.durations"),
    ({"matrices": {"car": {"durations": [["a"]]}}}, "matrices.car.durations"),
    ({"matrices": {"car": {"durations": [[-1]]}}}, "matrices.car.durations"),
    ({"matrices": {"car": {"durations": [[float("nan")]]}}}, "matrices.car.durations"),
    ({"matrices": []}, "matrices"),
]


@pytest.mark.parametrize(("changes", "field"), REFUSED, ids=[f"{n}-{field}" for n, (_, field) in enumerate(REFUSED)])
def test_what_cannot_be_planned_as_meant_is_refused_by_name(changes: Json, field: str) -> None:
    with pytest.raises(InvalidProblem) as refused:
        from_vroom(question(**changes))
    assert refused.value.field == field


def test_something_else_than_an_object_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="input"):
        from_vroom([])  # type: ignore[arg-type]
