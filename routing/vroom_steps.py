"""The `steps` of vehicles in VROOM's JSON form: routes to start from, and times that some steps have to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from routing.errors import InvalidProblem
from routing.plan import Route
from routing.problem import TimeWindow
from routing.validate import LATEST
from routing.vroom_fields import Json, identity, rows, seconds

TASKS = ("job", "pickup", "delivery")
ENDS = ("start", "end")
UNKEPT = {"start": ("service_before", "latest"), "end": ("service_after", "earliest")}


@dataclass(frozen=True, slots=True)
class Bounds:
    """When a step has to begin at the earliest and at the latest; `where` is the field that said so."""

    earliest: int
    latest: int
    where: str

    def cut(self, windows: Sequence[TimeWindow]) -> tuple[TimeWindow, ...]:
        """What is left of `windows` (none: any time); refused when it is nothing."""
        kept = tuple(
            TimeWindow(max(window.earliest, self.earliest), min(window.latest, self.latest))
            for window in windows or (TimeWindow(0, LATEST),)
            if window.earliest <= self.latest and window.latest >= self.earliest
        )
        if not kept:
            raise InvalidProblem(self.where, "lies outside all its time windows; move it into one, or widen them")
        return kept


@dataclass(slots=True)
class Steps:
    """What all steps say. `tasks` gives each (type, id) its visit; `timed` has the vehicle of each timed visit."""

    tasks: Mapping[tuple[str, int], int]
    routes: list[Route] = field(default_factory=list)
    timed: dict[int, tuple[int, Bounds]] = field(default_factory=dict)
    ends: dict[tuple[int, str], Bounds] = field(default_factory=dict)
    rests: dict[tuple[int, int], Bounds] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def read(self, row: Json, vehicle: int, where: str) -> None:
        """Take in the steps of one vehicle."""
        visits = []
        for i, step in enumerate(rows(row, "steps", f"{where}.steps")):
            visit = self._step(step, vehicle, f"{where}.steps[{i}]")
            if visit is not None:
                visits.append(visit)
        if visits:
            self.routes.append(Route(vehicle, tuple(visits)))

    def _step(self, step: Json, vehicle: int, where: str) -> int | None:
        kind = step.get("type")
        if kind in ENDS:
            self._end(str(kind), step, vehicle, where)
            return None
        if kind == "break":
            if bounds := _bounds(step, where):
                self.rests[vehicle, identity(step, where)] = bounds
            return None
        if kind not in TASKS:
            raise InvalidProblem(f"{where}.type", "must be start, job, pickup, delivery, break or end")
        return self._task(str(kind), step, vehicle, where)

    def _task(self, kind: str, step: Json, vehicle: int, where: str) -> int:
        number = identity(step, where)
        visit = self.tasks.get((kind, number))
        if visit is None:
            raise InvalidProblem(
                f"{where}.id", f"is {number}, and there is no {kind} of that id; add it or leave it out"
            )
        if visit in self.seen:
            raise InvalidProblem(f"{where}.id", f"{kind} {number} is in the steps twice; leave one out")
        self.seen.add(visit)
        if bounds := _bounds(step, where):
            self.timed[visit] = vehicle, bounds
        return visit

    def _end(self, kind: str, step: Json, vehicle: int, where: str) -> None:
        name, which = UNKEPT[kind]
        if step.get(name) is not None:
            raise InvalidProblem(f"{where}.{name}", f"is not planned with: a route's {kind} has no such bound")
        if bounds := _bounds(step, where):
            free = {"latest": LATEST} if which == "latest" else {"earliest": 0}
            whole = {"earliest": bounds.earliest, "latest": bounds.latest} | free
            self.ends[vehicle, kind] = Bounds(whole["earliest"], whole["latest"], bounds.where)


def _bounds(step: Json, where: str) -> Bounds | None:
    """The times a step has to keep; None when it names none."""
    named = [name for name in ("service_at", "service_after", "service_before") if step.get(name) is not None]
    if not named:
        return None
    at = seconds(step, "service_at", where) if "service_at" in named else None
    earliest = max(at or 0, seconds(step, "service_after", where, 0))
    latest = min(LATEST if at is None else at, seconds(step, "service_before", where, LATEST))
    if earliest > latest:
        raise InvalidProblem(f"{where}.{named[-1]}", "contradicts the other times of this step; leave one of them out")
    return Bounds(earliest, latest, f"{where}.{named[0]}")
