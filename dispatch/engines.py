"""The engines by name: who asks for a plan need not load what makes it, only the planner's child does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from importlib.metadata import version
from pkgutil import resolve_name
from typing import Any, Protocol

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


@dataclass(frozen=True, slots=True)
class Tuned:
    """An engine by the place of its function, `module:name`, with options; loaded only where it plans."""

    place: str
    options: Mapping[str, Any]


AnyEngine = Engine | EngineName | Tuned
PLACES = {EngineName.SISR: "routing.solve:solve", EngineName.ORTOOLS: "routing.reference:solve_with_ortools"}
MADE_BY = {EngineName.SISR: "shifu-dispatch", EngineName.ORTOOLS: "ortools"}
WARMED_BY = "dispatch.warm:run_once"


def ready(chosen: AnyEngine) -> Engine:
    """The engine, loaded; ours with its kernels compiled, which takes half a minute once in an installation.

    The module of a tuned one has a `prepare` that does the same.
    """
    if isinstance(chosen, Tuned):
        module, _, _ = chosen.place.partition(":")
        resolve_name(f"{module}:prepare")()
        return partial(resolve_name(chosen.place), **chosen.options)
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
    if isinstance(chosen, Tuned):
        name = chosen.place.partition(":")[2]
    else:
        named = getattr(chosen, "func", chosen)
        name = getattr(named, "__name__", str(named))
    return {"engine": name, "version": version(MADE_BY[EngineName.SISR])}
