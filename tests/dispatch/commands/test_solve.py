"""`dispatch solve`: VROOM's form in and out, refusals too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dispatch.cli import main

QUESTION = {
    "jobs": [
        {"id": 1, "location": [121.47, 31.23], "service": 600},
        {"id": 2, "location": [121.50, 31.20], "skills": [3]},
    ],
    "vehicles": [{"id": 7, "start": [121.40, 31.20], "end": [121.40, 31.20]}],
}


def solve(*arguments: object, text: str | None = None) -> Result:
    return CliRunner().invoke(main, ["solve", *map(str, arguments)], input=text)


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    path = tmp_path / "in.json"
    path.write_text(json.dumps(QUESTION))
    return path


def test_the_answer_has_the_form_of_the_question(asked: Path, tmp_path: Path) -> None:
    answered = tmp_path / "out.json"
    result = solve(asked, "-o", answered, "--seconds", 0.3)
    assert result.exit_code == 0, result.output
    answer = json.loads(answered.read_text())
    assert [route["vehicle"] for route in answer["routes"]] == [7]
    assert [(left["id"], left["reason"]) for left in answer["unassigned"]] == [(2, "skill")]
    assert answer["summary"]["computing_times"].keys() == {"loading", "solving", "routing"}


def test_standard_input_and_standard_output_do_as_well() -> None:
    result = solve("-", "--seconds", 0.3, text=json.dumps(QUESTION))
    assert json.loads(result.stdout)["code"] == 0


@pytest.mark.parametrize("engine", ["sisr", "ortools"])
def test_either_engine_can_be_chosen(engine: str) -> None:
    result = solve("-", "--seconds", 0.3, "--engine", engine, text=json.dumps(QUESTION))
    assert [route["vehicle"] for route in json.loads(result.stdout)["routes"]] == [7]


def test_a_faster_road_makes_shorter_drives() -> None:
    def driven(*options: object) -> Any:
        return json.loads(solve("-", "--seconds", 0.3, *options, text=json.dumps(QUESTION)).stdout)["summary"][
            "duration"
        ]

    assert driven("--speed-kmh", 60) < driven()


def test_steps_can_be_timed_without_planning(tmp_path: Path) -> None:
    steps = {"steps": [{"type": "job", "id": 2}, {"type": "job", "id": 1}]}
    van = QUESTION["vehicles"][0] | steps
    answer = json.loads(solve("-", "-c", text=json.dumps(QUESTION | {"vehicles": [van]})).stdout)
    (route,) = answer["routes"]
    assert [step["id"] for step in route["steps"] if step["type"] == "job"] == [2, 1]
    assert [violation["cause"] for violation in route["violations"]] == ["skills"]


@pytest.mark.parametrize(
    ("text", "field", "told"),
    [
        ("{", "input", "not JSON"),
        ("[" * 100_000, "input", "not JSON"),
        ('{"jobs": NaN}', "input", "NaN"),
        ('{"jobs": [{"id": 1}]}', "jobs[0].location", "is missing"),
        ("[]", "input", "must be a JSON object"),
    ],
)
def test_what_cannot_be_used_is_answered_with_vrooms_code_and_the_field(
    tmp_path: Path, text: str, field: str, told: str
) -> None:
    asked, answered = tmp_path / "in.json", tmp_path / "out.json"
    asked.write_text(text)
    result = solve(asked, "-o", answered)
    assert (result.exit_code, result.stderr.startswith("error: "), "Traceback" in result.stderr) == (2, True, False)
    answer = json.loads(answered.read_text())
    assert (answer["code"], answer["field"]) == (2, field)
    assert told in answer["error"]


def test_files_that_cannot_be_read_or_written_are_named(asked: Path, tmp_path: Path) -> None:
    nowhere = solve(tmp_path / "nowhere.json")
    assert (nowhere.exit_code, json.loads(nowhere.stdout)["code"]) == (2, 2)
    assert "cannot be read" in nowhere.stderr
    unwritable = solve(asked, "-o", tmp_path / "no" / "out.json", "--seconds", 0.3)
    assert unwritable.exit_code == 1
    assert "cannot be written" in unwritable.stderr
