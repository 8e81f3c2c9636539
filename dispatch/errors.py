"""Errors that only dispatch can raise, beside the common tree in `technicians.errors`."""

from __future__ import annotations

from technicians.errors import Conflict, InvalidInput, ShifuError, filled_in


class SlotTaken(Conflict):
    """The window that was shown no longer fits into anybody's route."""

    code = "slot-taken"


class BookedAlready(Conflict):
    """Somebody else has made the appointment meanwhile."""

    code = "booked-already"


class HoldExpired(Conflict):
    """The window is no longer kept: the time for deciding has run out."""

    code = "hold-expired"


class TooMuchHeld(Conflict):
    """One consumer, or one address, keeps more windows than anybody needs."""

    code = "too-much-held"


class PlanOutOfDate(Conflict):
    """A route has changed since the plan or the change was made."""

    code = "plan-out-of-date"


class WrongRows(InvalidInput):
    """An import was refused. `problems` has one entry per bad row; nothing was imported."""

    code = "wrong-rows"

    def __init__(self, problems: list[RowProblem]) -> None:
        first = problems[0]
        super().__init__(
            "{first} ({count} in all)" if len(problems) > 1 else "{first}",
            field=first.column,
            remedy="Nothing was imported; correct the rows and import the file again.",
            first=first,
            count=len(problems),
        )
        self.problems = problems


class RowProblem:
    """One bad cell of an imported file. `line` counts from 1, the header included.

    `sentence` and `advice` are English with `{names}` for `values`, as in the errors.
    """

    __slots__ = ("advice", "column", "line", "sentence", "values")

    def __init__(self, line: int, column: str, sentence: str, advice: str | None = None, /, **values: object) -> None:
        self.line = line
        self.column = column
        self.sentence = sentence
        self.advice = advice
        self.values = values

    @property
    def reason(self) -> str:
        told = (filled_in(part, self.values) for part in (self.sentence, self.advice) if part)
        return " ".join(told)

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.reason}"


class SolverFailed(ShifuError):
    """The planner's child process was killed, crashed or answered nonsense; what is published is untouched."""

    code = "solver-failed"


class PlanningCancelled(Conflict):
    """Somebody stopped a planning while it ran, or its worker has lost it to another one."""

    code = "planning-cancelled"


class Busy(ShifuError):
    """As much is being worked on as may be at one time; nothing is wrong with what was asked."""

    code = "busy"


class NotReady(ShifuError):
    """The installation cannot serve anybody yet: no database, an old schema, no counties."""

    code = "not-ready"
