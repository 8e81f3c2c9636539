"""How long a search may take, and what it says while it goes on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Wall-clock `seconds`, at most `iterations` rounds of the search if given, a `seed`, and how many `processes`.

    A plan is a function of problem, start, seed and iterations as long as the seconds do not run out first.
    """

    seconds: float
    iterations: int | None = None
    seed: int = 0
    processes: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is: `cost` in seconds of travel with what is left out, `seconds` since it began."""

    percent: float
    placed: int
    visits: int
    cost: int
    seconds: float
