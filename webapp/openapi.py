"""What /openapi.json says beyond the models: how to log in, and what a refusal looks like."""

from __future__ import annotations

from typing import Any

from webapp import openapi_solve

Spec = dict[str, Any]

SECURITY_SCHEMES: Spec = {
    "merchantKey": {"type": "http", "scheme": "bearer", "description": "The API key an operator gave to the merchant."}
}
TEXT = {"type": "string"}
PROBLEM: Spec = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; `detail` and `remedy` are for people.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        **dict.fromkeys(("type", "title", "detail", "code", "remedy", "field"), TEXT),
        "status": {"type": "integer"},
        "errors": {
            "type": "array",
            "description": "Path of each wrong field, and why.",
            "items": {"type": "object", "properties": {"field": TEXT, "message": TEXT}},
        },
    },
}
EXAMPLES = {
    "401": ("wrong-key", "Unauthorized", "The API key is missing or not known."),
    "404": ("not-found", "Not Found", "There is no order 'TM20260511001'."),
    "409": ("slot-taken", "Conflict", "This window has just been taken."),
    "422": ("invalid-input", "Unprocessable Entity", "Some fields cannot be used: consumer_phone."),
}


def complete(spec: Spec) -> Spec:
    """Every refusal is problem+json, with an example; a repeated order is a 200."""
    schemas = spec.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM
    for path, operations in spec["paths"].items():
        for operation in operations.values():
            for status in EXAMPLES.keys() & operation["responses"].keys():
                operation["responses"][status]["content"] = _problem(status)
        if path.endswith("/goods-arrived"):
            operations["post"]["requestBody"]["required"] = False
        if path.startswith("/api/v1/solve"):
            openapi_solve.complete(PROBLEM, operations, schemas)
        if path == "/api/v1/orders":
            responses = operations["post"]["responses"]
            responses["200"] = {**responses["201"], "description": "The same order was handed in before."}
    return spec


def _problem(status: str) -> Spec:
    code, title, detail = EXAMPLES[status]
    example = {"type": f"urn:shifu:{code}", "title": title, "status": int(status), "code": code, "detail": detail}
    return {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
