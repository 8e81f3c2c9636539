"""Alembic's entry: the connection comes from `dispatch.schema`, never from a file."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON

from dispatch.records import METADATA
from technicians.base import UtcDateTime


def render(kind: str, thing: Any, _autogen_context: Any) -> str | Literal[False]:
    """Write our own column types by their short names."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(thing, JSON):
        return "Json"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    render_item=render,
)
context.run_migrations()
