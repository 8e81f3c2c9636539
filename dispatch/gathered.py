"""What many callers in one transaction would each do at once, gathered to be done together at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")


@contextmanager
def gathered(session: Session, key: str, into: T) -> Iterator[T]:
    """While it lasts, `session.info[key]` is where to put what is to be done later. An error leaves it undone."""
    session.info[key] = into
    try:
        yield into
    finally:
        del session.info[key]
