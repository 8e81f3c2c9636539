"""The planning API in VROOM's form: answers at once, promises, refusals that VROOM's users can read too."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest
from werkzeug.test import TestResponse

from dispatch import merchants
from dispatch.worker import work_on
from tests.town import Town
from webapp import api_solve
from webapp.app import create_app
from webapp.solve_shapes import ANSWER, QUESTION

Json = dict[str, Any]
FAST = "?seconds=0.2"


class Program:
    """An integrator's program; it reads English."""

    def __init__(self, town: Town, key: str) -> None:
        self.client = create_app(town.system).test_client(use_cookies=False)
        self.headers = {"Authorization": f"Bearer {key}", "Accept-Language": "en"}

    def ask(self, form: Any, query: str = FAST) -> TestResponse:
        return self.client.post(f"/api/v1/solve{query}", json=form, headers=self.headers)

    def send(self, text: str) -> TestResponse:
        headers = self.headers | {"Content-Type": "application/json"}
        return self.client.post(f"/api/v1/solve{FAST}", data=text, headers=headers)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=self.headers)


def program(town: Town, code: str) -> Program:
    with town.system.transaction() as session:
        _, key = merchants.create(session, code, code, by="ada", at=town.system.now())
    return Program(town, key)


@pytest.fixture
def planner(sqlite_town: Town) -> Program:
    return program(sqlite_town, "planner")


def refusal(answer: TestResponse) -> tuple[int, int, str | None]:
    """Status, VROOM's code and the field at fault, of an answer that has both forms."""
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    assert answer.json["type"].startswith("urn:shifu:")
    assert answer.json["error"].startswith(answer.json["detail"])
    return answer.status_code, answer.json["code"], answer.json.get("field")


def many(jobs: int) -> Json:
    rows = [{"id": i, "location": [121.4 + i / 10_000, 31.2]} for i in range(jobs)]
    return {"vehicles": [{"id": 1, "start": [121.4, 31.2], "max_tasks": 1}], "jobs": rows}


def test_a_small_question_is_answered_at_once(planner: Program) -> None:
    answer = planner.ask(QUESTION)
    assert (answer.status_code, answer.json["code"]) == (200, 0)
    assert answer.json["summary"].keys() == ANSWER["summary"].keys()  # type: ignore[attr-defined]
    (route,) = answer.json["routes"]
    assert [(step["type"], step.get("id")) for step in route["steps"]] == [("start", None), ("job", 10), ("end", None)]
    assert route["steps"][1].keys() == ANSWER["routes"][0]["steps"][1].keys()  # type: ignore[index]


def test_a_question_may_say_its_seconds_as_vroom_does(planner: Program) -> None:
    assert planner.ask(QUESTION | {"options": {"l": 0.2, "g": True}}, "").json["routes"][0]["geometry"]


def test_a_large_question_is_promised_worked_on_and_answered(planner: Program, sqlite_town: Town) -> None:
    promise = planner.ask(many(201), "?seconds=3")
    assert (promise.status_code, promise.json["state"]) == (202, "waiting")
    assert promise.headers["Location"] == promise.json["path"]
    assert planner.get(promise.json["path"]).json == promise.json
    assert work_on(sqlite_town.system, promise.json["id"])
    done = planner.get(promise.json["path"]).json
    assert (done["state"], done["percent"], done["answer"]["code"]) == ("done", 100, 0)
    assert done["answer"]["summary"]["unassigned"] == 200


def test_a_question_that_may_take_long_is_promised_too(planner: Program) -> None:
    assert planner.ask(QUESTION, "?seconds=11").status_code == 202


def test_a_planning_that_fails_says_so_as_vroom_does(planner: Program, sqlite_town: Town) -> None:
    promise = planner.ask(many(201)).json

    def fails(_system: object, _task: object) -> Json:
        raise RuntimeError("the matrix caught fire")

    with pytest.raises(RuntimeError):
        work_on(sqlite_town.system, promise["id"], dict.fromkeys(api_solve.questions.OutboxKind, fails))
    failed = planner.get(promise["path"]).json
    assert (failed["state"], failed["answer"]["code"]) == ("failed", 1)
    assert "caught fire" in failed["answer"]["error"]


def test_a_question_that_is_withdrawn_is_not_worked_on(planner: Program, sqlite_town: Town) -> None:
    promise = planner.ask(many(201)).json
    for _ in range(2):
        withdrawn = planner.client.delete(promise["path"], headers=planner.headers)
        assert (withdrawn.status_code, withdrawn.json["state"]) == (200, "cancelled")
    assert not work_on(sqlite_town.system, promise["id"])


def test_anothers_question_is_not_found(planner: Program, sqlite_town: Town) -> None:
    promise = planner.ask(many(201)).json
    rival = program(sqlite_town, "rival")
    assert refusal(rival.get(promise["path"])) == (404, 2, "question")
    assert refusal(rival.client.delete(promise["path"], headers=rival.headers)) == (404, 2, "question")
    assert planner.get(promise["path"]).json["state"] == "waiting"
    assert refusal(planner.get("/api/v1/solve/4711")) == (404, 2, "question")
    assert planner.get(f"/api/v1/solve/{2**63}").status_code == 404


@pytest.mark.parametrize("key", ["", "shifu_guessed"])
def test_without_a_known_key_nothing_is_read(sqlite_town: Town, key: str) -> None:
    stranger = Program(sqlite_town, key)
    assert refusal(stranger.send("{")) == (401, 2, "Authorization")
    assert refusal(stranger.get("/api/v1/solve/1")) == (401, 2, "Authorization")
    assert refusal(stranger.client.delete("/api/v1/solve/1", headers=stranger.headers)) == (401, 2, "Authorization")


@pytest.mark.parametrize("text", ["{", "", "[]", "null", '"x"', "7", "[" * 100_000])
def test_a_body_that_is_no_question_is_refused(planner: Program, text: str) -> None:
    status, code, _ = refusal(planner.send(text))
    assert (status in {400, 422}, code) == (True, 2)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ('"jobs": "all"', "jobs"),
        ('"jobs": [7]', "jobs"),
        ('"matrix": [7]', "matrix"),
        ('"jobs": [{"id": 1}]', "jobs[0].location"),
        ('"jobs": [{"id": 1, "location": [121, 31], "service": -1}]', "jobs[0].service"),
        ('"jobs": [{"id": 1, "location": [121, 31], "service": NaN}]', "jobs[0].service"),
        ('"jobs": [{"id": 1, "location": [1e999, 31]}]', "jobs[0].location"),
        ('"matrix": [[NaN]]', "matrix"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(planner: Program, change: str, field: str) -> None:
    answer = planner.send(f'{{"vehicles": [{{"id": 1, "start": [121, 31]}}], {change}}}')
    assert refusal(answer) == (422, 2, field)


@pytest.mark.parametrize(("query", "field"), [("?seconds=0", "seconds"), ("?seconds=61", "seconds"), ("?s=1", "s")])
def test_seconds_are_bounded(planner: Program, query: str, field: str) -> None:
    assert refusal(planner.ask(QUESTION, query)) == (422, 2, field)
    assert refusal(planner.ask(QUESTION | {"options": {"l": 900}}, "")) == (422, 2, "options.l")


def test_too_many_tasks_or_vehicles_are_refused(planner: Program) -> None:
    assert refusal(planner.ask(many(1001))) == (422, 2, "jobs")
    assert refusal(planner.ask({"vehicles": [{"id": i, "start": [1, 2]} for i in range(201)]})) == (422, 2, "vehicles")


def test_too_large_a_body_is_refused(planner: Program) -> None:
    assert refusal(planner.send(" " * (api_solve.BODY + 1)))[:2] == (413, 2)


def test_who_comes_while_all_turns_are_taken_is_told_when_to_come_again(planner: Program) -> None:
    with ExitStack() as taken:
        for _ in range(api_solve.AT_ONE_TIME):
            taken.enter_context(api_solve.TURNS.taken())
        answer = planner.ask(QUESTION)
        assert refusal(answer)[:2] == (429, 2)
        assert answer.json["type"] == "urn:shifu:busy"
        assert int(answer.headers["Retry-After"]) > 0
    assert planner.ask(QUESTION).status_code == 200


def test_a_merchant_has_few_questions_waiting_at_a_time(planner: Program) -> None:
    answers = [planner.ask(many(201)) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]


@pytest.mark.parametrize("description", [float("nan"), "\x00", "\ud800"])
def test_what_a_database_cannot_keep_is_refused_before_it_is_kept(planner: Program, description: object) -> None:
    form = many(201)
    form["jobs"][0]["note"] = description
    assert refusal(planner.ask(form)) == (422, 2, "input")


def test_the_openapi_document_shows_question_answer_promise_and_refusals(planner: Program) -> None:
    paths = planner.get("/openapi.json").json["paths"]
    asking, answer = paths["/api/v1/solve"]["post"], paths["/api/v1/solve/{question}"]["get"]
    assert asking["requestBody"]["content"]["application/json"]["example"] == QUESTION
    assert asking["responses"]["200"]["content"]["application/json"]["example"] == ANSWER
    assert asking["responses"]["202"]["content"]["application/json"]["example"]["state"] == "waiting"
    assert {"401", "413", "422", "429", "503"} <= asking["responses"].keys()
    assert answer["responses"]["200"]["content"]["application/json"]["example"]["answer"] == ANSWER
    refused = asking["responses"]["422"]["content"]["application/problem+json"]
    assert (refused["example"]["code"], refused["schema"]["$ref"][-12:]) == (2, "SolveProblem")
