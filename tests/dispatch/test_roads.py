"""Travel times by road: whole tables from servers that take only small ones, and a plan whatever they do."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from structlog.testing import capture_logs

from dispatch.roads.answers import Cells, NoAnswer, OffRoad
from dispatch.roads.breaker import Breaker
from dispatch.roads.gathering import RoadSource
from dispatch.roads.matrix_cache import MatrixCache
from dispatch.roads.osrm import Osrm
from dispatch.roads.road_times import UNREACHABLE, RoadTimes
from dispatch.roads.server import Server
from dispatch.roads.valhalla import Valhalla
from routing.travel import GreatCircle
from tests.dispatch import road_servers
from tests.dispatch.road_servers import RoadServer, metres, osrm_points, seconds, serving
from tests.servers import free_port

CIRCLE = GreatCircle()
EIGHT = 8 * 3600


def town(n: int, seed: int = 0) -> NDArray[np.float64]:
    """Places a few kilometres apart, on the grid that places are told apart by."""
    rng = np.random.default_rng(seed)
    return np.round(rng.uniform((121.3, 31.0), (121.5, 31.2), (n, 2)), 5)


def driven(sources: NDArray[np.float64], destinations: NDArray[np.float64]) -> tuple[Any, Any]:
    """What the servers' streets make of it."""
    pairs = [[(tuple(a), tuple(b)) for b in destinations.tolist()] for a in sources.tolist()]
    return (
        np.array([[seconds(*pair) for pair in row] for row in pairs]),
        np.array([[metres(*pair) for pair in row] for row in pairs]),
    )


def osrm_times(url: str, *, cache: Path | None = None, most: int = 100, per_stop: int = 0, **more: Any) -> RoadTimes:
    engine = Osrm(Server(url, seconds=more.pop("seconds", 5.0), pause=0.0), most=most, snap=more.pop("snap", 1000.0))
    return RoadTimes(RoadSource(engine, MatrixCache(cache) if cache else None, **more), CIRCLE, per_stop)


def valhalla_times(url: str, most: int = 50) -> RoadTimes:
    return RoadTimes(RoadSource(Valhalla(Server(url, pause=0.0), most=most)), CIRCLE)


@pytest.fixture(scope="module")
def streets() -> Iterator[RoadServer]:
    with serving(road_servers.osrm) as server:
        yield server


def test_a_table_by_osrm_has_its_durations_and_distances(streets: RoadServer) -> None:
    here, there = town(3), town(4, seed=1)
    durations, distances = osrm_times(streets.url).table(here, there)
    expected = driven(here, there)
    assert np.abs(durations - expected[0]).max() <= 1
    assert np.abs(distances - expected[1]).max() <= 1
    assert durations.dtype == distances.dtype == np.int32


def test_a_table_by_valhalla_has_its_durations_and_distances() -> None:
    here, there = town(3), town(4, seed=1)
    with serving(road_servers.valhalla) as server:
        durations, distances = valhalla_times(server.url).table(here, there)
    expected = driven(here, there)
    assert np.abs(durations - expected[0]).max() <= 1
    assert np.abs(distances - expected[1]).max() <= 1


def test_the_objects_of_an_older_valhalla_are_read_as_well() -> None:
    with serving(lambda question: road_servers.valhalla(question | {"verbose": True})) as server:
        durations, _ = valhalla_times(server.url).matrix(town(3))
    assert np.abs(durations - driven(town(3), town(3))[0]).max() <= 1


@settings(max_examples=12, deadline=None)
@given(n=st.integers(1, 12), m=st.integers(1, 12), most=st.integers(1, 7), in_flight=st.integers(1, 3))
def test_a_table_in_parts_is_the_table_in_one(streets: RoadServer, n: int, m: int, most: int, in_flight: int) -> None:
    here, there = town(n), town(m, seed=1)
    whole = osrm_times(streets.url).table(here, there)
    parts = osrm_times(streets.url, most=most, in_flight=in_flight).table(here, there)
    assert np.array_equal(whole, parts)


def test_no_request_is_larger_than_the_server_takes_or_a_sliver() -> None:
    with serving(lambda path: road_servers.osrm(path, most=5)) as server:
        found = osrm_times(server.url, most=5).measured(town(11), town(11))
    sizes = [tuple(map(len, osrm_points(path))) for path in server.asked]
    assert found.provenance.estimated == 0
    assert len(sizes) == 9
    assert {side for size in sizes for side in size} == {3, 4}


def test_a_server_with_a_smaller_limit_is_asked_for_smaller_tables() -> None:
    with serving(lambda path: road_servers.osrm(path, most=4)) as server:
        durations, _ = osrm_times(server.url, most=100).matrix(town(9))
    assert np.abs(durations - driven(town(9), town(9))[0]).max() <= 1
    with serving(lambda question: road_servers.valhalla(question, most=16)) as server:
        durations, _ = valhalla_times(server.url).matrix(town(9))
    assert np.abs(durations - driven(town(9), town(9))[0]).max() <= 1


def test_equal_points_are_one_place_and_others_take_time_to_park(streets: RoadServer) -> None:
    door = town(1)[0]
    points = np.array([door, door + 1e-7, town(2)[1]])
    durations, distances = osrm_times(streets.url, per_stop=150).matrix(points)
    assert durations[0, 1] == distances[0, 1] == 0
    assert durations[0, 2] == durations[1, 2] == round(seconds(tuple(door), tuple(points[2])) + 150)


def test_no_points_ask_nothing(streets: RoadServer) -> None:
    before = len(streets.asked)
    durations, _ = osrm_times(streets.url).table(np.zeros((0, 2)), town(3))
    assert durations.shape == (0, 3)
    assert len(streets.asked) == before


def test_rush_hours_slow_an_engine_that_knows_none(streets: RoadServer) -> None:
    ordinary, _ = osrm_times(streets.url).matrix(town(5))
    rush, _ = osrm_times(streets.url).matrix(town(5), EIGHT)
    night, _ = osrm_times(streets.url).matrix(town(5), 2 * 3600)
    apart = ~np.eye(5, dtype=bool)
    assert (night[apart] < ordinary[apart]).all()
    assert (ordinary[apart] < rush[apart]).all()


def test_valhalla_is_told_the_hour_and_has_as_many_targets_as_sources_to_heed_it() -> None:
    with serving(road_servers.valhalla) as server:
        durations, _ = valhalla_times(server.url).table(town(6), town(2, seed=1), EIGHT)
    expected = driven(town(6), town(2, seed=1))[0] * 1.5
    assert np.abs(durations - expected).max() <= 1
    (question,) = server.asked
    assert question["date_time"] == {"type": 1, "value": "2026-05-13T08:30"}
    assert question["sources"][0]["search_cutoff"] == 1000
    assert isinstance(question["sources"][0]["search_cutoff"], int)


def test_where_no_road_leads_between_places_on_the_road_travel_takes_for_ever() -> None:
    island = {tuple(point) for point in town(6)[:2].tolist()}

    def ferry(path: str) -> road_servers.Answer:
        return road_servers.osrm(path, without_road=lambda a, b: (a in island) != (b in island))

    with serving(ferry) as server:
        found = osrm_times(server.url).measured(town(6), town(6))
    assert (found.durations[:2, 2:] == UNREACHABLE).all()
    assert found.durations[0, 1] < UNREACHABLE
    assert (found.provenance.unreachable, found.provenance.estimated) == (16, 0)


def test_a_place_that_no_road_leads_to_is_estimated_and_counted() -> None:
    lost = tuple(town(5)[2].tolist())
    with serving(lambda path: road_servers.osrm(path, without_road=lambda a, b: lost in (a, b))) as server:
        found = osrm_times(server.url).measured(town(5), town(5))
    assert np.array_equal(found.durations[2], CIRCLE.matrix(town(5))[0][2])
    assert found.provenance.estimated == 8
    assert "road" in found.provenance.reason


def test_a_place_that_was_taken_to_a_road_far_away_is_estimated() -> None:
    lost = tuple(town(5)[2].tolist())

    def far_off(path: str) -> road_servers.Answer:
        status, answer = road_servers.osrm(path)
        for waypoint in answer["sources"] + answer["destinations"]:
            if waypoint["location"] == lost:
                waypoint["location"] = (lost[0], lost[1] + 0.02)
        return status, answer

    with serving(far_off) as server:
        near, far = (osrm_times(server.url, snap=snap).measured(town(5), town(5)) for snap in (1000.0, 5000.0))
    assert near.provenance.estimated == 8
    assert far.provenance.estimated == 0


def test_a_coordinate_that_osrm_finds_no_segment_for_does_not_spoil_the_others() -> None:
    lost = tuple(town(6)[4].tolist())

    def no_segment(path: str) -> road_servers.Answer:
        points = [point for side in osrm_points(path) for point in side]
        if lost not in points:
            return road_servers.osrm(path)
        message = f"Could not find a matching segment for coordinate {points.index(lost)}"
        return 400, {"code": "NoSegment", "message": message}

    with serving(no_segment) as server:
        found = osrm_times(server.url).measured(town(6), town(6))
    assert found.provenance.estimated == 10
    assert np.array_equal(found.durations[4], CIRCLE.matrix(town(6))[0][4])


def test_valhalla_says_that_some_place_has_no_road_and_the_others_are_found() -> None:
    lost = tuple(town(9)[6].tolist())
    with serving(lambda question: road_servers.valhalla(question, is_off=lambda point: point == lost)) as server:
        found = valhalla_times(server.url).measured(town(9), town(9))
    assert found.provenance.estimated == 16
    assert np.array_equal(found.durations[6], CIRCLE.matrix(town(9))[0][6])


def test_places_on_islands_of_their_own_are_asked_for_apart() -> None:
    island = tuple(town(4)[0].tolist())

    def unconnected(question: Any) -> road_servers.Answer:
        sides = [{(p["lon"], p["lat"]) == island for p in question[name]} for name in ("sources", "targets")]
        if len(sides[0] | sides[1]) > 1:
            return 400, {"error_code": 170, "error": "Locations are in unconnected regions"}
        return road_servers.valhalla(question)

    with serving(unconnected) as server:
        found = valhalla_times(server.url).measured(town(4), town(4))
    assert np.abs(found.durations[1:, 1:] - driven(town(4)[1:], town(4)[1:])[0]).max() <= 1
    assert found.provenance.estimated == 6


NONSENSE = [
    (200, b"<html>welcome to the wifi</html>"),
    (200, []),
    (200, {"code": "Ok"}),
    (200, {"code": "Ok", "durations": [[0]], "distances": [[0]]}),
    (200, {"code": "Ok", "durations": "soon", "distances": "far"}),
    (200, b'{"code": "Ok", "durations": [[1' + b"0" * 400 + b"]]}"),
    (200, b"[" * 100_000),
    (301, b""),
    (400, {"code": "InvalidQuery", "message": "Query string malformed"}),
    (404, {"message": "no such page"}),
]


@pytest.mark.parametrize("answer", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_estimated_with_a_warning_that_says_why(answer: road_servers.Answer) -> None:
    with serving(lambda _: answer) as server, capture_logs() as logs:
        found = osrm_times(server.url).measured(town(3), town(3))
    assert np.array_equal(found.durations, CIRCLE.matrix(town(3))[0])
    assert found.provenance.estimated == 6
    (warning,) = [entry for entry in logs if entry["log_level"] == "warning"]
    assert warning["estimated"] == 6
    assert warning["reason"].startswith("the server failed: it ")


@pytest.mark.parametrize("wrong", [-1.0, 1e12, float("inf")])
def test_numbers_that_cannot_be_are_not_believed(wrong: float) -> None:
    def liar(path: str) -> road_servers.Answer:
        status, answer = road_servers.osrm(path)
        answer["durations"][0][1] = wrong
        return status, answer

    with serving(liar) as server:
        assert osrm_times(server.url).measured(town(3), town(3)).provenance.estimated == 6


@pytest.mark.parametrize("answer", [(200, {}), (200, {"sources_to_targets": [[1]]}), (500, b""), (400, b"[]")])
def test_nonsense_from_valhalla_is_estimated_too(answer: road_servers.Answer) -> None:
    with serving(lambda _: answer) as server:
        found = valhalla_times(server.url).measured(town(3), town(3))
    assert np.array_equal(found.durations, CIRCLE.matrix(town(3))[0])


def test_a_server_that_breaks_now_and_then_is_asked_again() -> None:
    turns = iter([503, 429, 200])

    def moody(path: str) -> road_servers.Answer:
        status = next(turns)
        return road_servers.osrm(path) if status == 200 else (status, b"")

    with serving(moody) as server:
        assert osrm_times(server.url).measured(town(3), town(3)).provenance.estimated == 0


def test_one_failed_part_leaves_the_others_real_and_is_told() -> None:
    unlucky = tuple(town(4)[0].tolist())

    def partly(path: str) -> road_servers.Answer:
        return (500, b"") if unlucky in osrm_points(path)[0] else road_servers.osrm(path)

    with serving(partly) as server, capture_logs() as logs:
        found = osrm_times(server.url, most=1, in_flight=1, breaker=PATIENT).measured(town(4), town(4))
    assert found.provenance.estimated == 3
    assert found.provenance.reason == "the server failed: it answered with status 500"
    assert logs[-1]["estimated"] == 3
    assert np.abs(found.durations[1:] - driven(town(4)[1:], town(4))[0]).max() <= 1


class Patient(Breaker):
    is_open = False


PATIENT = Patient()


def test_a_server_that_is_not_there_is_done_without() -> None:
    with capture_logs() as logs:
        found = osrm_times(f"http://127.0.0.1:{free_port()}").measured(town(3), town(3))
    assert np.array_equal(found.durations, CIRCLE.matrix(town(3))[0])
    assert "refused" in logs[-1]["reason"]


def test_a_server_that_is_too_slow_is_asked_once_and_then_left_alone() -> None:
    release = threading.Event()

    def frozen(_: Any) -> road_servers.Answer:
        release.wait(30)
        return 200, {}

    with serving(frozen) as server:
        times = osrm_times(server.url, seconds=0.1, most=1, in_flight=1)
        first, second = times.measured(town(3), town(3)), times.measured(town(3), town(3))
        release.set()
    assert len(server.asked) == 1
    assert first.provenance.reason == "the server failed: no answer within 0.1 s"
    assert second.provenance.reason == "the server is left alone for a while after it failed"
    assert np.array_equal(second.durations, CIRCLE.matrix(town(3))[0])


def test_without_a_breaker_every_part_would_wait_for_a_slow_server() -> None:
    release = threading.Event()

    def frozen(_: Any) -> road_servers.Answer:
        release.wait(30)
        return 200, {}

    with serving(frozen) as server:
        osrm_times(server.url, seconds=0.05, most=1, in_flight=1, breaker=PATIENT).measured(town(2), town(2))
        release.set()
    assert len(server.asked) == 4


def test_a_table_that_takes_too_long_is_estimated_for_the_rest(streets: RoadServer) -> None:
    found = osrm_times(streets.url, patience=-1.0).measured(town(3), town(3))
    assert "not whole after" in found.provenance.reason


def test_the_breaker_lets_through_again_after_a_rest_and_closes_with_an_answer() -> None:
    now = [0.0]
    breaker = Breaker(rest=30.0, clock=lambda: now[0])
    breaker.failed()
    breaker.failed()
    assert not breaker.is_open
    breaker.failed()
    assert breaker.is_open
    now[0] = 31.0
    assert not breaker.is_open
    breaker.failed()
    assert breaker.is_open
    breaker.answered()
    assert not breaker.is_open


def test_a_server_that_answered_a_moment_ago_is_taken_for_slow_and_not_for_gone() -> None:
    now = [0.0]
    breaker = Breaker(clock=lambda: now[0])
    breaker.answered()
    now[0] = 5.0
    breaker.failed(is_down=True)
    assert not breaker.is_open
    now[0] = 15.0
    breaker.failed(is_down=True)
    assert breaker.is_open


def test_what_was_asked_is_not_asked_again(streets: RoadServer, tmp_path: Path) -> None:
    times = osrm_times(streets.url, cache=tmp_path / "roads.db")
    first = times.measured(town(5), town(5))
    before = len(streets.asked)
    again = times.measured(town(5), town(5))
    assert len(streets.asked) == before
    assert (again.provenance.kept, again.provenance.asked) == (20, 0)
    assert np.array_equal(first.durations, again.durations)
    assert np.array_equal(first.distances, again.distances)


def test_a_new_place_asks_for_its_own_pairs_only(streets: RoadServer, tmp_path: Path) -> None:
    times = osrm_times(streets.url, cache=tmp_path / "roads.db")
    times.matrix(town(40))
    before = len(streets.asked)
    found = times.measured(town(41), town(41))
    asked = [osrm_points(path) for path in streets.asked[before:]]
    assert sum(len(here) * len(there) for here, there in asked) == 81
    assert (found.provenance.kept, found.provenance.asked) == (40 * 39, 80)
    assert np.abs(found.durations - driven(town(41), town(41))[0]).max() <= 1


def test_what_was_estimated_is_asked_for_again(streets: RoadServer, tmp_path: Path) -> None:
    with serving(lambda _: (500, b"")) as server:
        broken = osrm_times(server.url, cache=tmp_path / "roads.db")
        assert broken.measured(town(3), town(3)).provenance.estimated == 6
        server.answer = road_servers.osrm
        assert broken.measured(town(3), town(3)).provenance.estimated == 0


def test_a_place_without_a_road_is_not_asked_for_again(tmp_path: Path) -> None:
    lost = tuple(town(4)[0].tolist())
    with serving(lambda question: road_servers.valhalla(question, is_off=lambda point: point == lost)) as server:
        engine = Valhalla(Server(server.url, pause=0.0))
        times = RoadTimes(RoadSource(engine, MatrixCache(tmp_path / "roads.db")), CIRCLE)
        times.matrix(town(4))
        before = len(server.asked)
        assert times.measured(town(4), town(4)).provenance.estimated == 6
        assert len(server.asked) == before


def test_hours_are_kept_apart_where_they_matter(tmp_path: Path) -> None:
    with serving(road_servers.valhalla) as server:
        times = RoadTimes(RoadSource(Valhalla(Server(server.url)), MatrixCache(tmp_path / "roads.db")), CIRCLE)
        rush, same_hour = times.matrix(town(3), EIGHT)[0], times.matrix(town(3), EIGHT + 1800)[0]
        assert len(server.asked) == 1
        ordinary = times.matrix(town(3))[0]
    assert np.array_equal(rush, same_hour)
    assert (rush > ordinary).sum() == 6


def test_travel_times_can_be_handed_to_another_process(streets: RoadServer, tmp_path: Path) -> None:
    times = osrm_times(streets.url, cache=tmp_path / "roads.db")
    copy = pickle.loads(pickle.dumps(times))
    assert np.array_equal(copy.matrix(town(3)), times.matrix(town(3)))


def test_an_engine_that_loses_places_without_naming_one_ends_in_an_estimate() -> None:
    class Vague:
        name, most, knows_hours = "vague", 10, False

        def ask(self, sources: Any, destinations: Any, depart_at: int | None) -> Cells:
            raise OffRoad(set(), set())

    found = RoadTimes(RoadSource(Vague()), CIRCLE).measured(town(3), town(3))
    assert found.provenance.reason == "the server finds no roads and does not say where"


def test_an_answer_that_never_ends_is_cut_off() -> None:
    with serving(lambda _: (200, repeat(b" "))) as server, pytest.raises(NoAnswer, match=r"within 0\.1 s"):
        Server(server.url, seconds=0.1).get("/")
