"""The JSON of `/api/v1/solve`: VROOM's form, loosely, with the examples that /openapi.json shows."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from dispatch.outbox import OutboxState
from webapp.api_shapes import Asked, Told

Rows = list[dict[str, Any]]


class QuestionIn(BaseModel):
    """VROOM's input, looked at closely by `routing.vroom` only, which names the first field that cannot be used.

    Fields that are not planned with are ignored; those that would change the meaning are refused.
    """

    model_config = ConfigDict(extra="allow")

    vehicles: list[Any] = Field(description="At most 200; at least one for an answer with routes.")
    jobs: list[Any] = Field(default=[], description="With the ends of shipments at most 1,000.")
    shipments: list[Any] = Field(default=[])
    matrices: dict[str, Any] | None = Field(None, description="`durations`, `distances`, `costs` of one profile.")
    matrix: list[Any] | None = Field(None, description="The old form of one matrix of durations.")
    options: dict[str, Any] | None = Field(None, description="`g`: geometry; `c`: time the steps only; `l`: seconds")


class SolveQuery(Asked):
    seconds: float | None = Field(
        None, gt=0, le=60, allow_inf_nan=False, description="To plan for; 5 when left out. Over 10 a worker answers."
    )


class AnswerOut(BaseModel):
    """VROOM's output, with `reason` and `detail` for each unassigned task."""

    code: int
    summary: dict[str, Any]
    unassigned: Rows
    routes: Rows


class PromiseOut(Told):
    """A question that a worker answers."""

    id: int
    state: OutboxState
    percent: int
    path: str = Field(description="Where to ask for the answer.")
    answer: AnswerOut | dict[str, Any] | None = Field(None, description="VROOM's output, once `state` is `done`.")


QUESTION = {
    "vehicles": [{"id": 1, "start": [121.47, 31.23], "end": [121.47, 31.23], "time_window": [28800, 64800]}],
    "jobs": [{"id": 10, "location": [121.48, 31.24], "service": 1800}],
}
START = {
    "type": "start",
    "location": [121.47, 31.23],
    "arrival": 28800,
    "duration": 0,
    "setup": 0,
    "service": 0,
    "waiting_time": 0,
    "load": [],
    "violations": [],
    "distance": 0,
}
JOB = {"type": "job", "id": 10, "job": 10, "location": [121.48, 31.24], "service": 1800}
STEPS = [
    START,
    START | JOB | {"arrival": 29235, "duration": 435, "distance": 1900},
    START | {"type": "end", "arrival": 31470, "duration": 870, "distance": 3800},
]
SUMS = {
    "cost": 870,
    "delivery": [],
    "amount": [],
    "pickup": [],
    "setup": 0,
    "service": 1800,
    "duration": 870,
    "waiting_time": 0,
    "priority": 0,
    "distance": 3800,
    "violations": [],
}
ANSWER = {
    "code": 0,
    "summary": SUMS | {"routes": 1, "unassigned": 0, "computing_times": {"loading": 1, "solving": 5012, "routing": 0}},
    "unassigned": [],
    "routes": [{"vehicle": 1, **SUMS, "steps": STEPS}],
}
PROMISE = {"id": 4711, "state": "waiting", "percent": 0, "path": "/api/v1/solve/4711", "answer": None}
DONE = PROMISE | {"state": "done", "percent": 100, "answer": ANSWER}
