"""A planning problem in VROOM's JSON form, from its text to its answer; nothing of it is kept."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from dispatch.engines import AnyEngine, EngineName
from dispatch.solver_process import solve_in_child
from routing.limits import Limits, Progress
from routing.travel import TravelTimes
from routing.vroom import Question, from_vroom, to_vroom
from technicians.errors import InvalidInput

MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was understood, and how many milliseconds that took."""

    question: Question
    loading: int


def parsed(text: str | bytes) -> Any:
    """What the text means as JSON; InvalidInput when it is none. NaN and Infinity are none."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except (RecursionError, ValueError) as error:
        told = "too deep" if isinstance(error, RecursionError) else str(error)
        raise InvalidInput("It is not JSON: {told}.", field="input", remedy="Correct it there.", told=told) from error


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def asked(form: Any, travel: TravelTimes, *, keep_steps: bool = False) -> Asked:
    """The problem, places without a matrix joined by `travel`; InvalidProblem names the JSON field at fault."""
    began = time.monotonic()
    question = from_vroom(form, travel)
    return Asked(replace(question, is_fixed=question.is_fixed or keep_steps), _since(began))


def answered(
    what: Asked,
    limits: Limits,
    progress: Callable[[Progress], None] | None = None,
    *,
    engine: AnyEngine = EngineName.SISR,
) -> dict[str, Any]:
    """The answer in VROOM's form, found in a child process that is killed when it overruns its time.

    Where the steps are to be timed only, there is nothing to find.

    Raises SolverFailed when the child crashes, hangs or answers nonsense.
    """
    began = time.monotonic()
    question = what.question
    if question.is_fixed:
        plan = question.as_given()
    else:
        plan = solve_in_child(question.problem, limits, question.start, progress, engine=engine)
    return to_vroom(question, plan, {"loading": what.loading, "solving": _since(began)})


def _since(began: float) -> int:
    return round((time.monotonic() - began) * MILLISECONDS)
