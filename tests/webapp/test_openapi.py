"""/openapi.json: every operation with examples that are what they claim to be."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from pydantic import TypeAdapter

from dispatch.order_events import OrderEvent, payload_of
from dispatch.system import System
from tests.clock import Clock
from webapp.api_shapes import ORDER_IN
from webapp.api_webhook_shapes import EVENT, EventOut
from webapp.app import create_app

METHODS = {"get", "post", "put", "delete"}


@pytest.fixture
def spec(sqlite_system: System) -> dict[str, Any]:
    found = create_app(sqlite_system).test_client().get("/openapi.json").json
    assert isinstance(found, dict)
    return found


def operations(spec: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in spec["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def contents(spec: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every body of a request or an answer, and where it stands."""
    found = []
    for path, method, operation in operations(spec):
        bodies = {"request": operation.get("requestBody", {}), **operation["responses"]}
        for where, body in bodies.items():
            found += [(f"{method} {path} {where}", content) for content in body.get("content", {}).values()]
    for kind, methods in spec["webhooks"].items():
        found += [(kind, content) for content in methods["post"]["requestBody"]["content"].values()]
    return found


def faults(spec: dict[str, Any], content: dict[str, Any]) -> list[str]:
    schema = content["schema"] | {"components": spec["components"]}
    return [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(content["example"])]


def test_there_is_only_the_merchants_contract_and_every_operation_needs_the_key(spec: dict[str, Any]) -> None:
    assert spec["openapi"].startswith("3.1")
    assert all(path.startswith("/api/v1/") for path in spec["paths"])
    assert [path for path, _, operation in operations(spec) if operation["security"] != [{"merchantKey": []}]] == []
    assert len(operations(spec)) == 26


def test_every_body_has_an_example_that_its_schema_allows(spec: dict[str, Any]) -> None:
    without = [where for where, content in contents(spec) if "example" not in content]
    assert without == []
    wrong = {where: told for where, content in contents(spec) if (told := faults(spec, content))}
    assert wrong == {}


def test_an_example_that_is_wrong_would_be_found(spec: dict[str, Any]) -> None:
    (content,) = [content for where, content in contents(spec) if where == "post /api/v1/orders request"]
    assert content["example"] == ORDER_IN
    assert faults(spec, content | {"example": ORDER_IN | {"number": 7}})


def test_every_refusal_is_problem_json_with_an_example(spec: dict[str, Any]) -> None:
    for path, method, operation in operations(spec):
        refusals = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert "401" in refusals, f"{method} {path}"
        for answer in refusals.values():
            assert "application/problem+json" in answer["content"], f"{method} {path}"


def test_what_changes_something_may_be_sent_with_a_key_and_one_must(spec: dict[str, Any]) -> None:
    keys = {
        (method, path): parameter["required"]
        for path, method, operation in operations(spec)
        for parameter in operation.get("parameters", [])
        if parameter["name"] == "Idempotency-Key"
    }
    changing = {(method, path) for path, method, _ in operations(spec) if method != "get" and "/solve" not in path}
    assert keys.keys() == changing
    assert [asked for asked, is_required in keys.items() if is_required] == [("post", "/api/v1/webhooks")]


def test_every_event_is_described_and_what_is_sent_is_what_is_described(spec: dict[str, Any], clock: Clock) -> None:
    assert spec["webhooks"].keys() == {*OrderEvent}
    sent = payload_of(1, EVENT["type"], EVENT["data"], clock())["message"]
    assert sent == EVENT
    assert TypeAdapter(EventOut).validate_python(sent).data.order == "TM20260511001"
