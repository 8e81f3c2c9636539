from __future__ import annotations

from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from dispatch.system import System
from mobile_api.app import create_app

Spec = dict[str, Any]


@pytest.fixture
def spec(sqlite_system: System) -> Spec:
    answer = create_app(sqlite_system).test_client().get("/mobile/openapi.json")
    assert answer.json is not None
    found: Spec = answer.json
    return found


def operations(spec: Spec) -> list[tuple[str, Spec]]:
    return [
        (f"{method} {path}", operation)
        for path, methods in spec["paths"].items()
        for method, operation in methods.items()
    ]


def bodies(operation: Spec) -> list[Spec]:
    contents = [answer.get("content", {}) for answer in operation["responses"].values()]
    contents.append(operation.get("requestBody", {}).get("content", {}))
    return [body for content in contents for kind, body in content.items() if "json" in kind]


def test_it_is_openapi_3_1_with_every_route(spec: Spec, sqlite_system: System) -> None:
    rules = create_app(sqlite_system).url_map.iter_rules()
    routes = [rule for rule in rules if rule.rule.startswith("/mobile/v1/")]
    assert spec["openapi"].startswith("3.1")
    assert len(operations(spec)) == len(routes) >= 15


def test_every_route_but_login_asks_for_a_token(spec: Spec) -> None:
    without = [name for name, operation in operations(spec) if not operation.get("security")]
    assert without == ["post /mobile/v1/login"]


def test_every_json_body_has_an_example_that_fits_its_schema(spec: Spec) -> None:
    checked = 0
    for name, operation in operations(spec):
        for body in bodies(operation):
            schema = {"$ref": body["schema"]["$ref"], "components": spec["components"]}
            problems = Draft202012Validator(schema).iter_errors(body["example"])
            assert (name, [problem.message for problem in problems]) == (name, [])
            checked += 1
    assert checked > 40


def test_refusals_are_problems_and_photos_are_bytes(spec: Spec) -> None:
    photo = spec["paths"]["/mobile/v1/visits/{visit_id}/photos"]["post"]
    assert set(photo["requestBody"]["content"]) == {"image/jpeg", "image/png"}
    assert set(photo["responses"]["422"]["content"]) == {"application/problem+json"}
    assert photo["parameters"][0]["schema"]["type"] == "integer"
