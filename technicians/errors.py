"""The error tree. Each error has a stable `code`; the front ends translate it once."""

from __future__ import annotations


class ShifuError(Exception):
    """Something a person can be told about. `field` names the input at fault, `remedy` says what to do.

    `message` and `remedy` are English sentences with `{names}` for `values`, so that a front end can look up the
    sentence in another language before the values are put in.
    """

    code = "error"

    def __init__(self, message: str, *, field: str | None = None, remedy: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.sentence = message
        self.advice = remedy
        self.values = values
        self.field = field

    @property
    def message(self) -> str:
        return filled_in(self.sentence, self.values)

    @property
    def remedy(self) -> str | None:
        return None if self.advice is None else filled_in(self.advice, self.values)

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        what_to_do = f" {self.remedy}" if self.remedy else ""
        return f"{where}{self.message}{what_to_do}"


def filled_in(sentence: str, values: dict[str, object]) -> str:
    """The sentence with its values, tuples as lists; a sentence without values is left as it is, braces and all."""
    told = {name: ", ".join(map(str, value)) if isinstance(value, tuple) else value for name, value in values.items()}
    return sentence.format(**told) if told else sentence


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
