from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.errors import InvalidProblem
from routing.limits import Limits
from routing.plan import Plan, Reason, Route, Rule
from routing.problem import Break, Rates, TimeWindow
from routing.solve import solve
from routing.travel import GreatCircle
from routing.vroom import error_for_vroom, from_vroom, to_vroom

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
                "breaks": [{"id": 3, "description": "tea", "time_windows": [[500, 600], [900, 1000]], "service": 60}],
                "max_tasks": 4,
                "max_travel_time": 900,
                "max_distance": 90000,
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
    problem = from_vroom(question()).problem
    first, second = problem.visits
    assert (first.place, first.service, first.setup, first.skills, first.load) == (1, 100, 10, {"2": 1}, (1,))
    assert (second.pickup, second.priority, second.description) == ((2,), 9, "lamp")
    assert second.windows == (TimeWindow(0, 400), TimeWindow(700, 800))
    vehicle = problem.vehicles[0]
    assert vehicle.breaks == (Break(3, (TimeWindow(500, 600), TimeWindow(900, 1000)), 60),)
    assert (vehicle.max_visits, vehicle.max_travel, vehicle.max_distance) == (4, 900, 90000)
    assert (vehicle.start, vehicle.end, vehicle.capacity, vehicle.shift) == (0, 0, (4,), TimeWindow(0, 5000))
    assert (vehicle.rates, vehicle.speed) == (Rates(), 1.0)
    assert problem.distances is None


def test_the_old_name_for_deliveries_is_read() -> None:
    old = question(jobs=[{"id": 1, "location_index": 1, "amount": [2]}])
    assert from_vroom(old).problem.visits[0].load == (2,)


def test_the_old_key_of_one_matrix_is_read() -> None:
    rows = question()["matrices"]["car"]["durations"]
    old = {key: value for key, value in question(matrix=rows).items() if key != "matrices"}
    assert np.array_equal(np.asarray(from_vroom(old).problem.durations), rows)


def test_costs_and_speed_of_a_vehicle_are_read() -> None:
    costs = {"fixed": 500, "per_hour": 7200, "per_task_hour": 60, "per_km": 9}
    van = question()["vehicles"][0] | {"costs": costs, "speed_factor": 1.25}
    (vehicle,) = from_vroom(question(vehicles=[van])).problem.vehicles
    assert vehicle.rates == Rates(fixed=500, per_hour=7200, per_task_hour=60, per_km=9)
    assert vehicle.speed == 1.25


def test_leaving_out_costs_more_than_any_detour_and_any_fixed_cost() -> None:
    far = question(matrices={"car": {"durations": [[0, 90_000], [90_000, 0]]}}, jobs=[JOB])
    far["vehicles"] = [VAN | {"costs": {"fixed": 1_000_000}}]
    assert from_vroom(far).problem.weights.left_out > 2 * 90_000 + 1_000_000


def test_a_figure_for_what_cannot_be_reached_does_not_count_as_a_detour() -> None:
    cut_off = question(matrices={"car": {"durations": [[0, 1 << 30], [1 << 30, 0]]}}, jobs=[JOB], vehicles=[VAN])
    assert from_vroom(cut_off).problem.weights.left_out < 1 << 25


def test_a_limit_that_no_plan_can_reach_is_none() -> None:
    van = VAN | {"max_tasks": 10**15, "max_travel_time": 10**15, "max_distance": 10**15}
    (vehicle,) = from_vroom(question(vehicles=[van], jobs=[JOB])).problem.vehicles
    assert (vehicle.max_visits, vehicle.max_travel, vehicle.max_distance) == (None, None, None)


def test_without_a_matrix_the_great_circle_joins_the_places() -> None:
    places = {
        "vehicles": [{"id": 1, "start": [121.47, 31.23]}],
        "jobs": [{"id": 1, "location": [121.48, 31.23]}, {"id": 2, "location": [121.47, 31.23]}],
    }
    problem = from_vroom(places).problem
    assert problem.vehicles[0].start == problem.visits[1].place
    assert problem.coordinates is not None
    assert problem.durations is not None
    assert (problem.durations == GreatCircle().matrix(problem.coordinates)[0]).all()


def test_an_answer_has_timed_steps_and_sums() -> None:
    asked = from_vroom(question())
    answer = to_vroom(asked, Plan((Route(7, (1, 2)),), {}), {"loading": 3, "solving": 41})
    assert json.loads(json.dumps(answer)) == answer
    route = answer["routes"][0]
    assert [step["type"] for step in route["steps"]] == ["start", "job", "job", "break", "end"]
    arrivals = [step["arrival"] for step in route["steps"]]
    assert arrivals == [0, 100, 260, 460, 710]
    assert [step["load"] for step in route["steps"]] == [[1], [0], [2], [2], [2]]
    assert [step["duration"] for step in route["steps"]] == [0, 100, 150, 150, 300]
    assert route["steps"][1]["setup"] == 10
    assert route["steps"][2]["description"] == "lamp"
    assert (route["steps"][3]["id"], route["steps"][3]["description"]) == (3, "tea")
    assert route["steps"][3]["waiting_time"] == 40
    assert answer["code"] == 0
    assert "distance" not in route
    assert answer["summary"] == {
        "cost": 300,
        "routes": 1,
        "unassigned": 0,
        "delivery": [1],
        "amount": [1],
        "pickup": [2],
        "setup": 10,
        "service": 360,
        "duration": 300,
        "waiting_time": 40,
        "priority": 9,
        "violations": [],
        "computing_times": {"loading": 3, "solving": 41, "routing": 0},
    }


def test_distances_and_costs_are_told_when_they_are_known() -> None:
    rows = question()["matrices"]["car"]["durations"]
    car = {"durations": rows, "distances": [[7 * cell for cell in row] for row in rows], "costs": rows[::-1]}
    asked = from_vroom(question(matrices={"car": car}))
    route = to_vroom(asked, Plan((Route(7, (1, 2)),), {}))["routes"][0]
    assert (route["distance"], route["steps"][-1]["distance"]) == (2100, 2100)
    assert route["cost"] == 50 + 50 + 0


def test_the_cost_of_a_route_has_all_its_rates() -> None:
    rows = question()["matrices"]["car"]["durations"]
    car = {"durations": rows, "distances": [[10 * cell for cell in row] for row in rows]}
    costs = {"fixed": 500, "per_hour": 7200, "per_task_hour": 3600, "per_km": 100}
    van = question()["vehicles"][0] | {"costs": costs, "speed_factor": 0.5}
    answer = to_vroom(from_vroom(question(vehicles=[van], matrices={"car": car})), Plan((Route(7, (1, 2)),), {}))
    assert answer["summary"]["duration"] == 2 * 300
    assert answer["summary"]["cost"] == 500 + 2 * (2 * 300) + (100 + 200) + 3 * 100


def test_a_route_without_a_place_to_start_or_end_has_no_such_step() -> None:
    asked = from_vroom(question(vehicles=[{"id": 7, "end_index": 0}]))
    answer = to_vroom(asked, Plan((Route(7, (2, 1)),), {}))
    assert [step["type"] for step in answer["routes"][0]["steps"]] == ["job", "job", "end"]


def test_places_are_told_as_they_were_given() -> None:
    job = {"id": 1, "location_index": 1, "location": [121.5, 31.25]}
    asked = from_vroom(question(jobs=[job], vehicles=[VAN]))
    start, visit = to_vroom(asked, Plan((Route(1, (1,)),), {}))["routes"][0]["steps"]
    assert (start["location_index"], "location" in start) == (0, False)
    assert (visit["location_index"], visit["location"]) == (1, [121.5, 31.25])
    bare = from_vroom(
        {"vehicles": [{"id": 1, "start": [121.4, 31.2]}], "jobs": [{"id": 1, "location": [121.5, 31.25]}]}
    )
    _, visit = to_vroom(bare, Plan((Route(1, (1,)),), {}))["routes"][0]["steps"]
    assert (visit["location"], "location_index" in visit) == ([121.5, 31.25], False)


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


def test_what_a_given_order_breaks_is_told_at_its_step_and_route() -> None:
    late = question(jobs=[{"id": 1, "location_index": 1, "time_windows": [[0, 50]]}])
    answer = to_vroom(from_vroom(late), Plan((Route(7, (1,)),), {}))
    (route,) = answer["routes"]
    (told,) = route["violations"]
    assert (told["cause"], told["duration"]) == ("delay", 50)
    assert [step["violations"] for step in route["steps"] if step["type"] == "job"] == [[told]]
    assert answer["summary"]["violations"] == [told]


def test_an_error_has_a_code_and_names_its_field() -> None:
    assert error_for_vroom("jobs[0].id: is missing", "jobs[0].id") == {
        "code": 2,
        "error": "jobs[0].id: is missing",
        "field": "jobs[0].id",
    }


def test_a_line_to_draw_is_given_when_asked_for() -> None:
    places = {
        "vehicles": [{"id": 1, "start": [2.5, 48.0], "end": [2.5, 48.0]}],
        "jobs": [{"id": 1, "location": [2.5, 48.00001]}],
    }
    plan = Plan((Route(1, (1,)),), {})
    assert "geometry" not in to_vroom(from_vroom(places), plan)["routes"][0]
    line = to_vroom(from_vroom(places | {"options": {"g": True}}), plan)["routes"][0]["geometry"]
    assert line.endswith("A?@?"), "one step north and one back"


def test_the_question_is_planned_and_answered() -> None:
    asked = from_vroom(question())
    answer = to_vroom(asked, solve(asked.problem, Limits(0.1, iterations=5), asked.start))
    assert answer["summary"]["unassigned"] == 0


def test_seconds_since_an_epoch_are_planned_and_answered() -> None:
    now = 1_700_000_000
    absolute = question(jobs=[JOB | {"time_windows": [[now + 600, now + 900]]}], vehicles=[VAN])
    answer = to_vroom(asked := from_vroom(absolute), solve(asked.problem, Limits(0.1, iterations=5)))
    start, visit = answer["routes"][0]["steps"]
    assert (start["arrival"], visit["arrival"], visit["waiting_time"]) == (now + 500, now + 600, 0)


JOB = {"id": 1, "location_index": 1}
VAN = {"id": 1, "start_index": 0}
REFUSED = [
    ({"jobs": "all"}, "jobs"),
    ({"jobs": [{"id": "one", "location_index": 1}]}, "jobs[0].id"),
    ({"jobs": [{"id": -1, "location_index": 1}]}, "jobs[0].id"),
    ({"jobs": [{"id": True, "location_index": 1}]}, "jobs[0].id"),
    ({"jobs": [{"location_index": 1}]}, "jobs[0].id"),
    ({"jobs": [JOB, JOB]}, "jobs"),
    ({"jobs": [{"id": 1}]}, "jobs[0].location"),
    ({"jobs": [{"id": 1, "location": [121.4, 31.2]}]}, "jobs[0].location_index"),
    ({"jobs": [{"id": 1, "location": "here"}]}, "jobs[0].location"),
    ({"jobs": [{"id": 1, "location": [31.2, 121.4]}]}, "jobs[0].location"),
    ({"jobs": [JOB | {"service": 1.5}]}, "jobs[0].service"),
    ({"jobs": [JOB | {"service": -1}]}, "jobs[0].service"),
    ({"jobs": [JOB | {"service": 1e300}]}, "jobs[0].service"),
    ({"jobs": [JOB | {"service": float("nan")}]}, "jobs[0].service"),
    ({"jobs": [JOB | {"priority": 101}]}, "jobs[0].priority"),
    ({"jobs": [JOB | {"delivery": [-1]}]}, "jobs[0].delivery"),
    ({"jobs": [JOB | {"delivery": [1, 2]}], "vehicles": [VAN | {"capacity": [4]}]}, "jobs[0].delivery"),
    ({"jobs": [JOB | {"skills": "none"}]}, "jobs[0].skills"),
    ({"jobs": [JOB | {"time_windows": [[1]]}]}, "jobs[0].time_windows"),
    ({"jobs": [JOB | {"time_windows": [[9, 1]]}]}, "jobs[0].time_windows"),
    ({"jobs": [JOB | {"time_windows": [[0, 1 << 40]]}]}, "jobs[0].time_windows"),
    ({"jobs": [JOB | {"service_per_type": {"van": 1}}]}, "jobs[0].service_per_type"),
    ({"jobs": [JOB | {"setup_per_type": {"van": 1}}]}, "jobs[0].setup_per_type"),
    ({"jobs": [JOB | {"location_index": 3}]}, "jobs[0].location_index"),
    ({"vehicles": [VAN, VAN]}, "vehicles"),
    ({"vehicles": [VAN | {"capacity": [1, 2]}, VAN | {"id": 2, "capacity": [1]}]}, "vehicles[1].capacity"),
    ({"vehicles": [VAN | {"speed_factor": 0}]}, "vehicles[0].speed_factor"),
    ({"vehicles": [VAN | {"speed_factor": 6}]}, "vehicles[0].speed_factor"),
    ({"vehicles": [VAN | {"costs": 9}]}, "vehicles[0].costs"),
    ({"vehicles": [VAN | {"costs": {"per_km": -9}}]}, "vehicles[0].costs.per_km"),
    ({"vehicles": [VAN, VAN | {"id": 2, "profile": "bike"}]}, "vehicles[1].profile"),
    ({"vehicles": [VAN | {"profile": "bike"}]}, "matrices.bike"),
    ({"vehicles": [VAN | {"breaks": [{"id": 1, "max_load": [1]}]}]}, "vehicles[0].breaks[0].max_load"),
    ({"vehicles": [VAN | {"breaks": [{"id": 1}, {"id": 1}]}]}, "vehicles[0].breaks"),
    ({"vehicles": [VAN | {"breaks": [{"id": i} for i in range(9)]}]}, "vehicles[0].breaks"),
    ({"vehicles": [VAN | {"time_window": [9, 1]}]}, "vehicles[0].time_window"),
    ({"vehicles": [VAN | {"time_window": [9, 9]}]}, "vehicles[0].time_window"),
    ({"vehicles": [VAN | {"end_index": 9}]}, "vehicles[0].end_index"),
    ({"matrices": {"car": {}}}, "matrices.car.durations"),
    ({"matrices": {"car": {"durations": [[0, 1], [1]]}}}, "matrices.car.durations"),
    ({"matrices": {"car": {"durations": [["a"]]}}}, "matrices.car.durations"),
    ({"matrices": {"car": {"durations": [["1"]]}}}, "matrices.car.durations"),
    ({"matrices": {"car": {"durations": [[-1]]}}}, "matrices.car.durations"),
    ({"matrices": {"car": {"durations": [[float("nan")]]}}}, "matrices.car.durations"),
    ({"matrices": []}, "matrices"),
]


@pytest.mark.parametrize(("changes", "field"), REFUSED, ids=[f"{n}-{field}" for n, (_, field) in enumerate(REFUSED)])
def test_what_cannot_be_planned_as_meant_is_refused_by_name(changes: Json, field: str) -> None:
    with pytest.raises(InvalidProblem) as refused:
        from_vroom(question(**changes))
    assert refused.value.field == field


def test_rates_that_a_matrix_of_costs_would_silence_are_refused() -> None:
    rows = question()["matrices"]["car"]["durations"]
    both = question(matrices={"car": {"durations": rows, "costs": rows}}, vehicles=[VAN | {"costs": {"per_km": 1}}])
    with pytest.raises(InvalidProblem) as refused:
        from_vroom(both)
    assert refused.value.field == "vehicles[0].costs"


def test_something_else_than_an_object_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="input"):
        from_vroom([])  # type: ignore[arg-type]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "car"]), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = [
    "id", "location_index", "time_windows", "service", "setup", "skills", "delivery", "pickup", "amount", "priority",
    "description", "start_index", "end_index", "capacity", "time_window", "breaks", "costs", "speed_factor",
    "max_tasks", "steps", "profile",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["jobs", "vehicles", "shipments"]), st.sampled_from(FIELDS), ANYTHING)
def test_whatever_a_field_holds_is_planned_or_refused_by_name(kind: str, name: str, value: Any) -> None:
    ends: Json = {"pickup": {"id": 1, "location_index": 1}, "delivery": {"id": 1, "location_index": 2}}
    rows: dict[str, Json] = {"jobs": JOB, "vehicles": VAN, "shipments": ends}
    row = rows[kind] | {name: value}
    try:
        asked = from_vroom(question(**{kind: [row]}))
    except InvalidProblem as refused:
        assert refused.field
    else:
        left_out = {visit.id: Reason(Rule.NO_TIME, "") for visit in asked.problem.visits}
        json.dumps(to_vroom(asked, Plan((), left_out)), allow_nan=False)
