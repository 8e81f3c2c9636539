"""What /openapi.json says about `/api/v1/solve` beyond its models: a promise, and refusals with VROOM's code."""

from __future__ import annotations

from typing import Any

from webapp.solve_shapes import PROMISE

Spec = dict[str, Any]

SCHEMA = "SolveProblem"
REFUSALS = {
    "401": ("wrong-key", "Unauthorized", 2, "The API key is missing or not known."),
    "404": ("not-found", "Not Found", 2, "There is no question 4711 of yours, or it was answered over a day ago."),
    "413": ("too-large", "Request Entity Too Large", 2, "What was sent is larger than 8192 kB."),
    "422": ("invalid-input", "Unprocessable Entity", 2, "This cannot be planned: jobs[0].location: is missing."),
    "429": ("busy", "Too Many Requests", 2, "Others are being answered at this moment."),
    "503": ("solver-failed", "Service Unavailable", 1, "The planner did not answer within 5 s and was stopped."),
}
AGAIN: Spec = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}


def complete(problem: Spec, operations: Spec, schemas: Spec) -> None:
    """Add the promise of a worker's answer, and make `code` VROOM's number in every refusal."""
    numbered = {"code": {"type": "integer", "enum": [1, 2]}, "error": {"type": "string"}}
    schemas[SCHEMA] = problem | {
        "description": "RFC 9457, and VROOM's: `code` 1 is our fault, 2 the question's; `type` is stable.",
        "required": [*problem["required"], "error"],
        "properties": problem["properties"] | numbered,
    }
    for method, operation in operations.items():
        responses = operation["responses"]
        if method == "post":
            schema = {"$ref": "#/components/schemas/PromiseOut"}
            content = {"application/json": {"schema": schema, "example": PROMISE}}
            responses["202"] = {"description": "A worker answers; `Location` says where.", "content": content}
        for status in REFUSALS.keys() & responses.keys():
            responses[status]["content"] = _refusal(status)
            if status in ("429", "503"):
                responses[status]["headers"] = AGAIN


def _refusal(status: str) -> Spec:
    kind, title, code, error = REFUSALS[status]
    example = {"type": f"urn:shifu:{kind}", "title": title, "status": int(status)}
    example |= {"code": code, "detail": error, "error": error}
    return {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/{SCHEMA}"}, "example": example}}
