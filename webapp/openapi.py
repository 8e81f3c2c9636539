"""What /openapi.json says beyond the models: how to log in, what a refusal looks like, keys for repeats, webhooks."""

from __future__ import annotations

from typing import Any

from dispatch.order_events import OrderEvent
from webapp import openapi_solve
from webapp.api_webhook_shapes import EVENT, EventOut

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
    "400": ("idempotency-key-missing", "Bad Request", "The header Idempotency-Key is missing."),
    "401": ("wrong-key", "Unauthorized", "The API key is missing or not known."),
    "404": ("not-found", "Not Found", "There is no order “TM20260511001”."),
    "409": ("slot-taken", "Conflict", "This window has just been taken."),
    "422": ("invalid-input", "Unprocessable Entity", "Some fields cannot be used: consumer_phone."),
}
ONCE: Spec = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A random value of your own. The same request with the same key again is answered, not done, again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "example": "0d9c7f6e-3c1a-4a53-9a55-3d5f5f0c4d10",
}
CHANGING = ("post", "put", "delete")
WITH_OPTIONAL_BODY = ("/goods-arrived",)


def complete(spec: Spec) -> Spec:
    """Every refusal is problem+json with an example, a repeated order is a 200, events stand under `webhooks`."""
    schemas = spec.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            _refusals(operation)
            if method in CHANGING and not path.startswith("/api/v1/solve"):
                _may_be_repeated(path, method, operation)
        if path.endswith(WITH_OPTIONAL_BODY):
            operations["post"]["requestBody"]["required"] = False
        if path.startswith("/api/v1/solve"):
            openapi_solve.complete(PROBLEM, operations, schemas)
        if path == "/api/v1/orders":
            responses = operations["post"]["responses"]
            responses["200"] = {**responses["201"], "description": "The same order was handed in before."}
    spec["webhooks"] = _events(schemas)
    return spec


def _refusals(operation: Spec) -> None:
    for status in EXAMPLES.keys() & operation["responses"].keys():
        operation["responses"][status]["content"] = _problem(status)


def _may_be_repeated(path: str, method: str, operation: Spec) -> None:
    needs_key = (path, method) == ("/api/v1/webhooks", "post")
    operation.setdefault("parameters", []).append(ONCE | {"required": needs_key})


def _events(schemas: Spec) -> Spec:
    """The one body that is posted to webhooks, under each of its types."""
    event = EventOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(event.pop("$defs"))
    schemas["Event"] = event
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Event"}, "example": EVENT}}
    answers = {"2XX": {"description": "Taken."}, "410": {"description": "Gone: send nothing more."}}
    return {
        kind: {
            "post": {"summary": kind, "tags": ["Webhooks"], "requestBody": {"content": content}, "responses": answers}
        }
        for kind in OrderEvent
    }


def _problem(status: str) -> Spec:
    code, title, detail = EXAMPLES[status]
    example = {"type": f"urn:shifu:{code}", "title": title, "status": int(status), "code": code, "detail": detail}
    return {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
