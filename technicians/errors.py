"""The error tree. Each error has a stable `code`; the front ends translate it once."""

from __future__ import annotations


class ShifuError(Exception):
    """Something a person can be told about. `field` names the input at fault, `remedy` says what to do."""

    code = "error"

    def __init__(self, message: str, *, field: str | None = None, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.remedy = remedy

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        what_to_do = f" {self.remedy}" if self.remedy else ""
        return f"{where}{self.message}{what_to_do}"


class NotFound(ShifuError):
    """No such thing, or none that the caller may see."""

    code = "not-found"


class NotAllowed(ShifuError):
    """The caller is known and may not do this."""

    code = "not-allowed"


class InvalidInput(ShifuError):
    """What was sent cannot be used."""

    code = "invalid-input"


class Conflict(ShifuError):
    """The thing has moved on, or is not in a state in which this can be done."""

    code = "conflict"


class IllegalTransition(Conflict):
    """A record was asked to move to a state that does not follow its present one."""

    code = "illegal-transition"
