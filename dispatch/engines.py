"""The engines by name: who asks for a plan need not load what makes it, only the planner's child does."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from importlib.metadata import version
from pkgutil import resolve_name
from typing import Protocol

from routing.limits import Limits, Progress
from routing.plan import Plan
from routing.problem import Problem


class Engine(Protocol):
    """Anything with the signature of `routing.solve.solve`, importable by its name."""

    def __call__(
        self,
        problem: Problem,
        limits: Limits,
        start: Plan | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> Plan: ...


class EngineName(StrEnum):
    """`sisr` is ours (ruin and recreate, then the best combination); `ortools` is the reference beside it."""

    SISR = "sisr"
    ORTOOLS = "ortools"


AnyEngine = Engine | EngineName
PLACES = {EngineName.SISR: "routing.solve:solve", EngineName.ORTOOLS: "routing.reference:solve_with_ortools"}
MADE_BY = {EngineName.SISR: "shifu-dispatch", EngineName.ORTOOLS: "ortools"}
WARMED_BY = "dispatch.warm:run_once"


def ready(chosen: AnyEngine) -> Engine:
    """The engine, loaded; ours with its kernels compiled, which takes half a minute once in an installation."""
    if not isinstance(chosen, EngineName):
        return chosen
    if chosen == EngineName.SISR:
        resolve_name(WARMED_BY)()
    engine: Engine = resolve_name(PLACES[chosen])
    return engine


def origin(chosen: AnyEngine) -> dict[str, str]:
    """Name and version, to be kept with a plan."""
    if isinstance(chosen, EngineName):
        return {"engine": chosen.value, "version": version(MADE_BY[chosen])}
    named = getattr(chosen, "func", chosen)
    return {"engine": getattr(named, "__name__", str(named)), "version": version(MADE_BY[EngineName.SISR])}
