"""What the OpenAPI document says beyond what the routes' models tell."""

from __future__ import annotations

from typing import Any

Spec = dict[str, Any]

PROBLEM: Spec = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; `title` and `detail` are for people, by Accept-Language.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "field": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
EXAMPLES = {
    "400": ("http-400", "The request is not understood", "The body is not JSON."),
    "401": ("not-logged-in", "Please log in", "This phone is not logged in. Log in with your code and PIN."),
    "404": ("not-found", "Not found", "No such visit on your route. Reload your day; it may have moved."),
    "409": ("illegal-transition", "Not possible now", "Visit is completed, which cannot become en-route."),
    "413": ("http-413", "Too large", "The data value transmitted exceeds the capacity limit."),
    "422": ("missing-shots", "Photos are missing", "These photos are still missing: Finished work."),
    "429": (
        "login-locked",
        "Login is locked for now",
        "Locked for 15 more minutes after too many wrong PINs.",
    ),
}
BYTES = {"schema": {"type": "string", "format": "binary"}}
UPLOAD_OFFSET: Spec = {
    "in": "header", "name": "Upload-Offset", "required": True, "schema": {"type": "integer", "minimum": 0},
    "description": "Where the piece begins: the number of bytes before it.",
}  # fmt: skip


def complete(spec: Spec) -> Spec:
    """Refusals as problem+json, photos as bytes, ids as integers."""
    schemas = spec["components"]["schemas"]
    for unused in ("HTTPError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM
    for path, operations in spec["paths"].items():
        for operation in operations.values():
            _complete_refusals(operation["responses"])
            _complete_ids(operation.get("parameters", []))
        if path.endswith("/photos"):
            body = {"required": True, "content": {"image/jpeg": BYTES, "image/png": BYTES}}
            operations["post"]["requestBody"] = body
        if path.endswith("/uploads/{upload_id}"):
            operations["patch"]["requestBody"] = {"required": True, "content": {"application/octet-stream": BYTES}}
            operations["patch"]["parameters"].append(UPLOAD_OFFSET)
        if path.endswith(("/photos/{photo_id}", "/photos/{photo_id}/small")):
            answer = {"description": "The photo", "content": {"image/jpeg": BYTES}}
            operations["get"]["responses"]["200"] = answer
    return spec


def _complete_refusals(responses: Spec) -> None:
    for status, response in responses.items():
        if status in EXAMPLES:
            code, title, detail = EXAMPLES[status]
            example = {
                "type": f"urn:shifu:{code}",
                "title": title,
                "status": int(status),
                "detail": detail,
                "code": code,
            }
            response["content"] = {
                "application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": example,
                }
            }


def _complete_ids(parameters: list[Spec]) -> None:
    for parameter in parameters:
        if parameter["in"] == "path":
            parameter["schema"] = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
