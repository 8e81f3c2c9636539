"""Child processes that plan parts of an area side by side, each killed when it overruns."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from routing.limits import Limits
from routing.plan import Plan
from routing.single import solve_single
from routing.split import Part

GRACE = 2.0
STARTING = 20.0

Done = Callable[[int, Plan], None]
Share = Callable[[int], Limits]


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    number: int = -1
    deadline: float = 0.0
    fresh: bool = True

    def give(self, number: int, part: Part, limits: Limits) -> None:
        """Hand over a part; a new child has `STARTING` seconds more, to start."""
        self.number = number
        self.deadline = time.monotonic() + limits.seconds + GRACE + (STARTING if self.fresh else 0)
        self.pipe.send((part, limits))

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


@dataclass(slots=True)
class Crew:
    """A fixed number of child processes; `with` ends them whatever happens."""

    processes: int
    workers: list[_Worker] = field(default_factory=list)

    def __enter__(self) -> Crew:
        self.workers = [_started() for _ in range(self.processes)]
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.end()

    def solve(self, parts: Sequence[Part], limits: Share, done: Done) -> None:
        """Plan every part; `limits(parts not yet begun)` is asked for each, `done(number, plan)` told as plans come.

        A child that overruns by `GRACE` seconds or dies is replaced, and its part has no new plan.
        """
        waiting = list(range(len(parts)))[::-1]
        for worker in self.workers:
            worker.number = -1
        while waiting or any(worker.number >= 0 for worker in self.workers):
            for i, worker in enumerate(self.workers):
                if worker.number < 0 and waiting:
                    number = waiting.pop()
                    with suppress(BrokenPipeError):
                        worker.give(number, parts[number], limits(len(waiting) + 1))
                self.workers[i] = self._checked(worker)
            self._take(done)

    def _take(self, done: Done) -> None:
        """Wait for the next plans, or the next deadline."""
        busy = {worker.pipe: worker for worker in self.workers if worker.number >= 0}
        if not busy:
            return
        patience = min(worker.deadline for worker in busy.values()) - time.monotonic()
        for pipe in wait(list(busy), max(0.0, patience)):
            worker = busy[pipe]  # type: ignore[index]
            try:
                plan: Plan = worker.pipe.recv()
            except EOFError:
                worker.deadline = 0.0
                continue
            done(worker.number, plan)
            worker.number, worker.fresh = -1, False

    @staticmethod
    def _checked(worker: _Worker) -> _Worker:
        if worker.number >= 0 and time.monotonic() >= worker.deadline:
            worker.end()
            return _started()
        return worker


def _started() -> _Worker:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _work(pipe: Connection) -> None:
    """What a child does: plan one part after another until the pipe closes."""
    with suppress(EOFError):
        while True:
            part, limits = pipe.recv()
            pipe.send(solve_single(part.problem, limits, part.start if part.start.routes else None, None, part.others))
