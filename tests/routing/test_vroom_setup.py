"""VROOM's windows bound the start of set-up, ours the start of service: what is planned suits both."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.plan import Plan, Route
from routing.problem import TimeWindow
from routing.vroom import from_vroom, to_vroom

Json = dict[str, Any]
MATRIX = [[0, 40, 90], [40, 0, 60], [90, 60, 0]]


def job(number: int, place: int, **more: Any) -> Json:
    return {"id": number, "location_index": place, "service": 30, **more}


def question(*jobs: Json) -> Json:
    return {"vehicles": [{"id": 1, "start_index": 0, "time_window": [0, 5000]}], "jobs": list(jobs), "matrix": MATRIX}


def test_at_a_place_of_its_own_a_window_is_moved_by_the_set_up() -> None:
    (visit,) = from_vroom(question(job(1, 1, setup=20, time_windows=[[100, 100], [300, 400]]))).problem.visits
    assert visit.windows == (TimeWindow(120, 120), TimeWindow(320, 420))
    assert (visit.setup, visit.service) == (20, 30)


def test_without_a_set_up_windows_stay_as_they_are() -> None:
    visits = from_vroom(question(job(1, 1, time_windows=[[100, 100]]), job(2, 1, setup=9))).problem.visits
    assert [visit.windows for visit in visits] == [(TimeWindow(100, 100),), ()]


def test_at_a_shared_place_a_window_keeps_what_suits_both() -> None:
    visits = from_vroom(question(job(1, 1, setup=20, time_windows=[[100, 200]]), job(2, 1))).problem.visits
    assert visits[0].windows == (TimeWindow(120, 200),)


def test_where_the_vehicle_starts_a_set_up_may_fall_away_too() -> None:
    (visit,) = from_vroom(question(job(1, 0, setup=20, time_windows=[[100, 200]]))).problem.visits
    assert visit.windows == (TimeWindow(120, 200),)


def test_a_window_shorter_than_the_set_up_makes_it_part_of_the_service_and_is_told_apart_again() -> None:
    asked = from_vroom(question(job(1, 1, setup=20, time_windows=[[100, 110]]), job(2, 1)))
    visit = asked.problem.visits[0]
    assert (visit.windows, visit.setup, visit.service) == ((TimeWindow(100, 110),), 0, 50)
    step = to_vroom(asked, Plan((Route(1, (1, 2)),), {}))["routes"][0]["steps"][1]
    assert (step["arrival"], step["waiting_time"], step["setup"], step["service"]) == (100, 0, 20, 30)


windows = st.tuples(st.integers(0, 400), st.integers(0, 80)).map(lambda pair: [pair[0], pair[0] + pair[1]])
jobs = st.builds(
    lambda number, place, setup, window: job(number, place, setup=setup, time_windows=[window]),
    st.just(0), st.integers(0, 2), st.integers(0, 60), windows,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(jobs, min_size=1, max_size=3))
def test_what_breaks_no_rule_here_begins_inside_the_windows_as_vroom_counts_them(given_jobs: list[Json]) -> None:
    numbered = [one | {"id": number} for number, one in enumerate(given_jobs, 1)]
    asked = from_vroom(question(*numbered))
    for order in permutations(range(1, len(numbered) + 1)):
        (route,) = to_vroom(asked, Plan((Route(1, order),), {}))["routes"]
        if not route["violations"]:
            for step in route["steps"][1:]:
                ((earliest, latest),) = numbered[step["id"] - 1]["time_windows"]
                assert earliest <= step["arrival"] + step["waiting_time"] <= latest
