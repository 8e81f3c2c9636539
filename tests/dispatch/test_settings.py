"""Settings that cannot be used are refused in one line that names the variable and the remedy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dispatch import settings
from dispatch.system import build
from technicians.errors import InvalidInput

UNUSABLE = [
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", "postgresql://host:port/name"),
    ("DATABASE_URL", "mysql://host/name"),
    ("PHOTO_STORE", "ftp://host/photos"),
    ("PHOTO_STORE", "/var/photos"),
    ("PHOTO_STORE", "s3://"),
    ("PHOTO_STORE", "file://relative/photos"),
    ("REDIS_URL", "localhost:6379"),
    ("SPEED_KMH", "0"),
    ("SPEED_KMH", "nan"),
    ("SPEED_KMH", "fast"),
    ("CIRCUITY", "0"),
    ("CIRCUITY", "NaN"),
    ("PER_STOP_SECONDS", "-1"),
    ("PLAN_SECONDS", "0"),
    ("PLAN_SECONDS", "inf"),
    ("PLAN_PROCESSES", "0"),
    ("PLAN_PROCESSES", "1.5"),
    ("PROXY_HOPS", "0.5"),
    ("NOTIFY", "pigeon"),
    ("NOTIFY", "smtp://ada:hushhush@mail.example"),
    ("NOTIFY", "webhook:https://hooks.example"),
    ("PUBLIC_URL", "shifu.example"),
    ("PUBLIC_URL", "https://shifu.example/?a=1"),
    ("WEBHOOK_PRIVATE", "yes"),
    ("WEBHOOK_PRIVATE", "2"),
    ("ROADS", "osrm"),
    ("ROADS", "google:http://127.0.0.1"),
    ("ROADS", "osrm:127.0.0.1:5000"),
    ("ROADS", "osrm:http://127.0.0.1:port"),
    ("ROADS", "valhalla:http://ada:hushhush@127.0.0.1:8002"),
    ("ROADS", "great-circle:http://127.0.0.1"),
    ("ROADS_PROFILE", "car/../status"),
    ("ROADS_SECONDS", "0"),
    ("ROADS_TABLE", "-1"),
    ("ROADS_SNAP_METRES", "far"),
]


@pytest.mark.parametrize(("name", "text"), UNUSABLE)
def test_a_setting_that_cannot_be_used_is_named_with_a_remedy(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        build({"SHIFU_HOME": str(tmp_path), name: text})
    assert refusal.value.field == name
    assert refusal.value.remedy


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidInput, match="cannot be made") as refusal:
        settings.read({"SHIFU_HOME": str(tmp_path / "file" / "home")})
    assert refusal.value.field == "SHIFU_HOME"


def test_a_password_in_a_wrong_address_is_not_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        build({"SHIFU_HOME": str(tmp_path), "DATABASE_URL": "postgresql://ada:hushhush@host:x/name"})
    assert "hushhush" not in str(refusal.value)


def test_empty_variables_say_nothing(tmp_path: Path) -> None:
    empty = {name: "" for name, _ in UNUSABLE}
    home = {"SHIFU_HOME": str(tmp_path)}
    assert settings.read(home | empty) == settings.read(home)


def test_what_is_set_is_read(tmp_path: Path) -> None:
    found = settings.read(
        {"SHIFU_HOME": str(tmp_path), "PROXY_HOPS": "2", "PLAN_PROCESSES": "4.0", "SPEED_KMH": " 31.5 "}
    )
    assert (found.proxy_hops, found.plan_processes, found.speed_kmh) == (2, 4, 31.5)


def test_what_is_set_of_roads_is_read(tmp_path: Path) -> None:
    home = {"SHIFU_HOME": str(tmp_path)}
    given = {"ROADS": "osrm:http://127.0.0.1:5000/", "ROADS_PROFILE": "van", "ROADS_TABLE": "300"}
    roads = settings.read(home | given).roads
    assert str(roads.address) == "osrm:http://127.0.0.1:5000"
    assert (roads.profile, roads.table, roads.seconds) == ("van", 300, 3.0)
    assert str(settings.read(home).roads.address) == "great-circle"


def test_the_command_line_says_it_in_one_line(tmp_path: Path) -> None:
    environment = {**os.environ, "SHIFU_HOME": str(tmp_path), "SPEED_KMH": "0"}
    told = subprocess.run(
        [sys.executable, "-m", "dispatch.cli", "check"], env=environment, capture_output=True, text=True
    )
    assert told.returncode == 1
    assert told.stderr.startswith("error: SPEED_KMH: 0 is not between 1 and 300. Set it like SPEED_KMH=24")
    assert told.stderr.count("\n") == 1
