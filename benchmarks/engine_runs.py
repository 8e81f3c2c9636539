"""One engine on one case, what came of it, and the file of JSON lines that keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

OURS = "ours"


@dataclass(frozen=True, slots=True)
class Run:
    """An engine, a case, the wall-clock `seconds` it is given, its `seed`, and how many `processes`."""

    engine: str
    case: str
    seconds: float
    seed: int = 1
    processes: int = 1

    @property
    def key(self) -> tuple[str, str, float, int, int]:
        return self.engine, self.case, float(self.seconds), self.seed, self.processes


@dataclass(frozen=True, slots=True)
class Result:
    """What the referee says of a run's answer; `failed` says why there is none.

    `took` is in seconds, from the question to the answer; `travel` in the case's units (seconds); `gap` in % of the
    best known value. `trace` is (seconds, visits placed, cost) of every better plan. `peak` is the memory of the
    child process and all of its own, in MB; `load` the machine's when the run began. Of ours, `left_out` is what the
    planning core takes an ordinary visit left out to cost, and `code` says which core it was.
    """

    run: Run
    took: float = 0.0
    ok: bool = False
    errors: tuple[str, ...] = ()
    served: int = 0
    visits: int = 0
    lost: int = 0
    travel: int = 0
    used: int = 0
    gap: float | None = None
    trace: tuple[tuple[float, int, int], ...] = ()
    peak: float | None = None
    load: float = 0.0
    left_out: int = 0
    code: str = ""
    failed: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        """There is a plan, and the referee finds nothing wrong with it."""
        return not self.failed and self.ok and self.served > 0

    @property
    def all_served(self) -> bool:
        return self.served == self.visits

    @property
    def worth(self) -> tuple[int, int]:
        """What is lost, then travel: the smaller is the better."""
        return self.lost, self.travel

    def cost(self, left_out: int) -> int:
        """Travel and what is lost in one number: an ordinary visit left out costs `left_out`."""
        return cost(self.travel, self.lost, left_out)


def cost(travel: int, lost: int, left_out: int) -> int:
    """One number for what is judged in two, as the planning core weighs them."""
    return travel + lost * left_out // 100


@dataclass(slots=True)
class Results:
    """Results by run, the last one told of each; with a `path` they are read from it and added to it."""

    path: Path | None = None
    found: dict[tuple[str, str, float, int, int], Result] = field(default_factory=dict)
    machine: dict[str, str] = field(default_factory=dict)

    def add(self, result: Result) -> None:
        self.found[result.run.key] = result
        self._append(written(result))

    def set_machine(self, machine: dict[str, str]) -> None:
        """What the results to come are measured on, and with which versions."""
        if machine != self.machine:
            self.machine = machine
            self._append({"machine": machine})

    def of(self, runs: Iterable[Run]) -> list[Result]:
        """The results there are of some runs, in their order."""
        return [self.found[run.key] for run in runs if run.key in self.found]

    def missing(self, runs: Sequence[Run], code: str | None) -> list[Run]:
        """The runs without a result; of ours also those that failed and, with `code`, those of another code."""
        return [run for run in dict.fromkeys(runs) if self._is_missing(run, code)]

    def _is_missing(self, run: Run, code: str | None) -> bool:
        result = self.found.get(run.key)
        if result is None or run.engine != OURS:
            return result is None
        return bool(result.failed) or (code is not None and result.code != code)

    def _append(self, row: dict[str, Any]) -> None:
        if self.path is not None:
            with self.path.open("a") as lines:
                lines.write(json.dumps(row) + "\n")


def kept(path: Path) -> Results:
    """The results of a file, which need not exist yet. SystemExit names a line that is none."""
    results = Results(path)
    for number, line in enumerate(path.read_text().splitlines() if path.exists() else (), start=1):
        try:
            row = json.loads(line)
            if "machine" in row:
                results.machine = row["machine"]
                continue
            result = told(row)
        except (ValueError, TypeError, KeyError) as bad:
            raise SystemExit(f"{path}, line {number}: is no result ({bad}); take the line out") from bad
        results.found[result.run.key] = result
    return results


def written(result: Result) -> dict[str, Any]:
    """A result as one flat row of JSON."""
    row = asdict(result)
    return {**row.pop("run"), **row}


def told(row: dict[str, Any]) -> Result:
    """The result of such a row."""
    of_run = {name.name: row.pop(name.name) for name in fields(Run)}
    trace = tuple((float(at), int(placed), int(cost)) for at, placed, cost in row.pop("trace"))
    return Result(Run(**of_run), trace=trace, errors=tuple(row.pop("errors")), **row)
