"""The JSON of the board's own requests."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

Instant = Annotated[AwareDatetime, PlainSerializer(lambda at: at.isoformat(), return_type=str)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DayIn(Shape):
    """Which day of which area."""

    area: str = Field(max_length=12, examples=["310100"])
    day: date = Field(examples=["2026-05-12"])


class MoveIn(Shape):
    """A visit given to a technician (null: to nobody), about `start_at` or, without it, where it fits best.

    `source` is the technician it is taken from: which of the two when a visit takes two.
    """

    plan: int
    visit: int
    technician: int | None
    start_at: AwareDatetime | None = None
    source: int | None = None


class KeptMoveIn(MoveIn):
    """The same, to be kept. `revisions` are those of the routes as they were seen, by technician id."""

    revisions: dict[int, int]


class PinIn(Shape):
    """What a re-plan may not touch: technician, start, both, or (two nulls) nothing any more."""

    visit: int
    technician: int | None
    start_at: AwareDatetime | None


class WhyIn(Shape):
    """A visit that is in no route of a plan."""

    plan: int
    visit: int


class PlanIn(Shape):
    plan: int


class WorkIn(Shape):
    work: int


class ViolationOut(BaseModel):
    rule: str
    word: str
    technician_id: int | None
    visit_id: int | None
    amount: int
    detail: str


class StopOut(BaseModel):
    kind: str
    visit_id: int | None
    arrive_at: Instant
    start_at: Instant
    leave_at: Instant
    travel: int
    distance: int


class RouteOut(BaseModel):
    technician_id: int
    revision: int
    stops: list[StopOut]


class PreviewOut(BaseModel):
    """What a change breaks, the travel it adds (s), and the routes it touches."""

    violations: list[ViolationOut]
    cost: int
    routes: list[RouteOut]


class WorkOut(BaseModel):
    """A planning under way. `cost` is what the planner minimises; lower is better."""

    id: int | None
    state: str | None
    percent: int = 0
    placed: int | None = None
    visits: int | None = None
    cost: int | None = None


class PlanOut(BaseModel):
    id: int
    version: int
    state: str
