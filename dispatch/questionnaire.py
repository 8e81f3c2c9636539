"""What a consumer is asked before a window is chosen, and what each answer adds in money and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from technicians.errors import InvalidInput

YES, NO = "yes", "no"


class QuestionKind(StrEnum):
    """`distance` is worked out, not asked: whole kilometres from the centre of the county."""

    YES_NO = "yes-no"
    NUMBER = "number"
    CHOICE = "choice"
    DISTANCE = "distance"


@dataclass(frozen=True, slots=True)
class Extra:
    """What is added to the price, in minor units of the product's currency, and to the work, in minutes."""

    amount: int = 0
    minutes: int = 0

    def times(self, count: int) -> Extra:
        return Extra(self.amount * count, self.minutes * count)


NOTHING = Extra()


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to a choice."""

    code: str
    name_zh: str
    name_en: str
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True)
class Question:
    """`usual` is the answer preselected. A choice, and yes or no, has `options`, each with its extra.

    A number lies between `least` and `most`; each one above `free` adds `extra`, kilometres of a distance alike.
    `only_if` (a question's code and an answer to it) says when a number counts at all.
    """

    code: str
    kind: QuestionKind
    name_zh: str
    name_en: str
    usual: str = ""
    options: tuple[Option, ...] = ()
    least: int = 0
    most: int = 0
    free: int = 0
    extra: Extra = NOTHING
    only_if: tuple[str, str] | None = None

    def checked(self, answer: str) -> str:
        """The answer in its one spelling; InvalidInput naming the question for one that it does not have."""
        return self._number(answer) if self.kind == QuestionKind.NUMBER else self._option(answer)

    def chosen(self, answer: str) -> Option:
        return next(option for option in self.options if option.code == answer)

    def _number(self, answer: str) -> str:
        text = answer.strip()
        if text.isascii() and text.isdigit() and len(text) < 7 and self.least <= int(text) <= self.most:
            return str(int(text))
        raise InvalidInput(
            "“{answer}” does not answer the question {question}.",
            field=f"answers.{self.code}", remedy="Give a whole number from {least} to {most}.",
            answer=answer[:40], question=self.code, least=self.least, most=self.most,
        )  # fmt: skip

    def _option(self, answer: str) -> str:
        known = tuple(option.code for option in self.options)
        if answer.strip() in known:
            return answer.strip()
        raise InvalidInput(
            "“{answer}” does not answer the question {question}.",
            field=f"answers.{self.code}", remedy="Answer with one of: {known}.",
            answer=answer[:40], question=self.code, known=known,
        )  # fmt: skip


def yes_or_no(code: str, name_zh: str, name_en: str, usual: str, extra: Extra) -> Question:
    """A question in which only “yes” adds something."""
    options = (Option(NO, "否", "No"), Option(YES, "是", "Yes", extra))
    return Question(code, QuestionKind.YES_NO, name_zh, name_en, usual, options)


def as_json(question: Question) -> dict[str, Any]:
    """The question as a product keeps it."""
    kept = asdict(question)
    return kept | {
        "kind": question.kind.value,
        "options": [asdict(option) for option in question.options],
        "only_if": list(question.only_if) if question.only_if else None,
    }


def from_json(kept: Mapping[str, Any]) -> Question:
    """The question of what `as_json` made."""
    options = (Option(**{**option, "extra": Extra(**option["extra"])}) for option in kept["options"])
    only_if = kept["only_if"]
    return Question(**{
        **kept,
        "kind": QuestionKind(kept["kind"]),
        "options": tuple(options),
        "extra": Extra(**kept["extra"]),
        "only_if": (only_if[0], only_if[1]) if only_if else None,
    })  # fmt: skip


def answered(questions: tuple[Question, ...], answers: Mapping[str, str]) -> dict[str, str]:
    """An answer to each question that is asked: the one given, else the usual one.

    Raises InvalidInput naming the question for an answer it does not have, or for a question nobody asked.
    """
    asked = {question.code: question for question in questions if question.kind != QuestionKind.DISTANCE}
    for code in answers:
        if code not in asked:
            raise InvalidInput(
                "There is no question {question} for this product.",
                field=f"answers.{code[:40]}", remedy="Questions here: {known}.",
                question=code[:40], known=tuple(asked) or ("–",),
            )  # fmt: skip
    return {code: question.checked(answers.get(code, question.usual)) for code, question in asked.items()}
