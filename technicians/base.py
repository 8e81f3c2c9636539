"""The declarative base, and the column types that every record shares."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, Self, TypeVar

from sqlalchemy import JSON, DateTime, Enum, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from technicians.errors import IllegalTransition

S = TypeVar("S", bound=StrEnum)

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite keeps it as naive UTC and gives it back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"{value!r} has no time zone; every instant is aware UTC")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")


def choice(kind: type[StrEnum]) -> Enum:
    """A column that holds the kebab-case values of `kind`, with a CHECK constraint."""
    words = "".join("_" + c.lower() if c.isupper() else c for c in kind.__name__).lstrip("_")
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        name=words,
        length=40,
        values_callable=lambda e: [member.value for member in e],
    )


class Base(DeclarativeBase):
    """Every record of the project."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: Json,
        dict[str, int]: Json,
        list[dict[str, Any]]: Json,
        list[str]: Json,
    }


class Stateful(Generic[S]):
    """A record whose `state` moves along a table of what may follow what."""

    NEXT: ClassVar[dict[Any, frozenset[Any]]]
    state: Any

    def can_move_to(self, state: S) -> bool:
        return state in self.NEXT[self.state]

    def must_be_able_to_move_to(self, state: S) -> None:
        """Raise IllegalTransition, naming both states and what would have been possible, unless it can."""
        if not self.can_move_to(state):
            possible = tuple(sorted(self.NEXT[self.state]))
            raise IllegalTransition(
                "It is {state} and cannot become {wanted}.",
                field="state",
                remedy="From here it can become: {possible}." if possible else "This is final.",
                state=self.state,
                wanted=state,
                possible=possible,
            )

    def move_to(self, state: S) -> Self:
        """Change state, or raise IllegalTransition."""
        self.must_be_able_to_move_to(state)
        self.state = state
        return self
