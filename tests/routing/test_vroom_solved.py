"""Whole questions in VROOM's form, planned: every answer keeps every rule and accounts for every task."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.limits import Limits
from routing.solve import solve
from routing.vroom import from_vroom, to_vroom

Json = dict[str, Any]
PLACES = 6
TASK = {
    "location_index": st.integers(1, PLACES - 1),
    "service": st.integers(0, 300),
    "setup": st.sampled_from([0, 60]),
    "time_windows": st.lists(st.integers(0, 4000).map(lambda at: [at, at + 900]), max_size=2),
}


def tasks(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(TASK | more)


def numbered(rows: st.SearchStrategy[Json], most: int) -> st.SearchStrategy[list[Json]]:
    return st.lists(rows, max_size=most).map(lambda given: [row | {"id": i} for i, row in enumerate(given, 1)])


amounts = st.integers(0, 2).map(lambda units: [units])
jobs = numbered(tasks(delivery=amounts, pickup=amounts, priority=st.sampled_from([0, 50])), 4)
shipments = st.lists(st.tuples(tasks(), tasks(), amounts), max_size=2).map(
    lambda given: [
        {"pickup": up | {"id": i}, "delivery": off | {"id": i}, "amount": amount}
        for i, (up, off, amount) in enumerate(given, 1)
    ]
)
vehicles = st.lists(
    st.fixed_dictionaries(
        {
            "start_index": st.just(0),
            "end_index": st.integers(0, PLACES - 1),
            "capacity": st.integers(2, 4).map(lambda units: [units]),
            "time_window": st.just([0, 5000]),
            "breaks": st.sampled_from([[], [{"id": 1, "time_windows": [[1500, 2500]], "service": 300}]]),
            "costs": st.sampled_from([{}, {"fixed": 900, "per_hour": 1800, "per_task_hour": 600}]),
            "speed_factor": st.sampled_from([1, 1.25]),
            "max_tasks": st.sampled_from([3, 9]),
        }
    ),
    min_size=1,
    max_size=2,
).map(lambda given: [row | {"id": i} for i, row in enumerate(given, 1)])
rows_of_a_matrix = st.lists(
    st.lists(st.integers(20, 600), min_size=PLACES, max_size=PLACES), min_size=PLACES, max_size=PLACES
)


def matrix_of(rows: list[list[int]]) -> list[list[int]]:
    """The shortest ways, so that no detour is shorter than a drive."""
    found = [[0 if i == k else cell for k, cell in enumerate(row)] for i, row in enumerate(rows)]
    for via in range(PLACES):
        found = [[min(found[i][k], found[i][via] + found[via][k]) for k in range(PLACES)] for i in range(PLACES)]
    return found


def named(rows: list[Json]) -> Counter[tuple[str, int]]:
    return Counter((row["type"], row["id"]) for row in rows if row["type"] in {"job", "pickup", "delivery"})


@settings(max_examples=25, deadline=None)
@given(jobs, shipments, vehicles, rows_of_a_matrix)
def test_every_task_is_served_by_the_rules_or_left_out_with_a_reason(
    given_jobs: list[Json], given_shipments: list[Json], given_vehicles: list[Json], rows: list[list[int]]
) -> None:
    form = {"jobs": given_jobs, "shipments": given_shipments, "vehicles": given_vehicles, "matrix": matrix_of(rows)}
    asked = from_vroom(form)
    answer = to_vroom(asked, solve(asked.problem, Limits(10, iterations=30)))
    assert answer["summary"]["violations"] == []
    asked_for = Counter(("job", job["id"]) for job in given_jobs)
    for shipment in given_shipments:
        asked_for.update({("pickup", shipment["pickup"]["id"]): 1, ("delivery", shipment["delivery"]["id"]): 1})
    steps = [step for route in answer["routes"] for step in route["steps"]]
    assert named(steps) + named(answer["unassigned"]) == asked_for
    for route in answer["routes"]:
        served = [step["id"] for step in route["steps"] if step["type"] == "pickup"]
        assert sorted(served) == sorted(step["id"] for step in route["steps"] if step["type"] == "delivery")
