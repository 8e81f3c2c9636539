"""The settings decide where travel times come from, and `dispatch check` whether they really do."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from dispatch import health
from dispatch.cli import main
from dispatch.system import System, build
from routing.surroundings import TownAndCountry
from routing.travel import GreatCircle
from tests.dispatch import road_servers
from tests.dispatch.road_servers import serving
from tests.servers import free_port

PLACES = np.array([[121.47, 31.23], [121.5, 31.2]])


@pytest.fixture
def home(sqlite_template: Path, tmp_path: Path) -> Path:
    shutil.copyfile(sqlite_template, tmp_path / "shifu.db")
    return tmp_path


def built(home: Path, roads: str) -> System:
    return build({"SHIFU_HOME": str(home), "ROADS": roads, "PER_STOP_SECONDS": "100", "SPEED_KMH": "30"})


def test_without_the_setting_travel_is_great_circle(home: Path) -> None:
    assert built(home, "").travel_times == GreatCircle(speed_kmh=30.0, per_stop=100)


def test_town_and_country_knows_the_counties(home: Path) -> None:
    travel = built(home, "town-and-country").travel_times
    assert isinstance(travel, TownAndCountry)
    shanghai, chongming = travel.surroundings.at(np.array([[121.47, 31.23], [121.5, 31.65]]))
    assert shanghai > 5 * chongming


@pytest.mark.parametrize("engine", ["osrm", "valhalla"])
def test_a_road_engine_is_asked_and_the_time_to_park_added(home: Path, engine: str) -> None:
    with serving(getattr(road_servers, engine)) as server:
        durations, distances = built(home, f"{engine}:{server.url}").travel_times.matrix(PLACES)
        again = built(home, f"{engine}:{server.url}").travel_times.matrix(PLACES)
        assert len(server.asked) == 1
    assert (durations[0, 1], distances[0, 1]) == (700, 6000)
    assert np.array_equal(again, (durations, distances))


def test_check_says_that_the_engine_answers(home: Path) -> None:
    with serving(road_servers.osrm) as server:
        found = health.roads(built(home, f"osrm:{server.url}"))
    assert found.is_sound
    assert "answers, 2 journeys" in found.detail


def test_check_says_that_the_engine_is_gone_and_what_happens_until_it_is_back(home: Path) -> None:
    system = built(home, f"valhalla:http://127.0.0.1:{free_port()}")
    found = health.roads(system)
    assert not found.is_sound
    assert not found.essential
    assert "cannot be reached (connection refused)" in found.detail
    told = CliRunner().invoke(main, ["check"], obj=system)
    assert told.exit_code == 1
    assert "correct ROADS; until then travel is estimated" in told.output


def test_check_says_that_the_map_is_of_elsewhere(home: Path) -> None:
    with serving(lambda question: road_servers.valhalla(question, is_off=lambda _: True)) as server:
        found = health.roads(built(home, f"valhalla:{server.url}"))
    assert not found.is_sound
    assert "2 of them without a road near" in found.detail


def test_check_asks_nobody_for_great_circles(home: Path) -> None:
    assert health.roads(built(home, "great-circle")).is_sound
