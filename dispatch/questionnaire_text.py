"""The questions of a product in one cell of a file, and back.

    lift:电梯:Lift:yes-no:yes
    old:拆旧机:Old unit taken away:yes-no:no:+50/20
    wall:墙体:Wall:choice:brick=砖墙=Brick|concrete=混凝土=Concrete=+30/15
    floor:楼层:Floor:number:1-60=1:+10/3>2:lift=no
    distance:路程:Distance:distance:+3/1>20

Semicolons between the questions. `+50/20` adds 50 of the product's currency and 20 minutes, either may be left out;
`>2` says from where on each one adds it. The usual answer is the one named, of a choice the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from dispatch import csv_file, money
from dispatch.csv_file import WrongCell
from dispatch.questionnaire import NO, YES, Extra, Option, Question, QuestionKind, yes_or_no

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
ADDS = re.compile(r"(?:\+(?P<amount>\d+(?:\.\d+)?))?(?:/(?P<minutes>\d{1,3}))?(?:>(?P<free>\d{1,4}))?")
RANGE = re.compile(r"(?P<least>\d{1,4})-(?P<most>\d{1,4})=(?P<usual>\d{1,4})")
LONGEST_NAME = 80
EXAMPLES = {
    QuestionKind.YES_NO: "old:拆旧机:Old unit taken away:yes-no:no:+50/20",
    QuestionKind.NUMBER: "floor:楼层:Floor:number:1-60=1:+10/3>2:lift=no",
    QuestionKind.CHOICE: "wall:墙体:Wall:choice:brick=砖墙=Brick|concrete=混凝土=Concrete=+30/15",
    QuestionKind.DISTANCE: "distance:路程:Distance:distance:+3/1>20",
}


def questions(cell: str, currency: str) -> list[Question]:
    """The questions of a cell, amounts in the currency; WrongCell says which part is wrong and shows a right one."""
    found: dict[str, Question] = {}
    for part in csv_file.listed(cell):
        question = _question(part, currency)
        if question.code in found:
            raise WrongCell("“{code}” is named twice.", code=question.code)
        found[question.code] = question
    for question in found.values():
        _check_condition(question, found)
    return list(found.values())


def written(asked: Iterable[Question], currency: str) -> str:
    """The cell that `questions` reads as these."""
    return ";".join(":".join(_written(question, currency)) for question in asked)


def _question(part: str, currency: str) -> Question:
    code, zh, en, kind, *rest = [piece.strip() for piece in part.replace("：", ":").split(":")] + [""] * 4
    if kind not in {each.value for each in QuestionKind}:
        kinds = ", ".join(EXAMPLES)
        raise WrongCell("“{part}” names no kind of question; kinds are {kinds}.", part=part[:60], kinds=kinds)
    sort = QuestionKind(kind)
    named = CODE.fullmatch(code) and all(0 < len(name) <= LONGEST_NAME for name in (zh, en))
    while rest and not rest[-1]:
        rest.pop()
    question = READS[sort](code, zh, en, rest, currency) if named else None
    if question is None:
        raise WrongCell("“{part}” is no question; write it like {example}", part=part[:60], example=EXAMPLES[sort])
    return question


def _yes_no(code: str, zh: str, en: str, rest: list[str], currency: str) -> Question | None:
    usual, adds, *more = [*rest, "", ""]
    extra = _extra(adds, currency)
    if usual not in {YES, NO} or extra is None or extra[1] or any(more):
        return None
    return yes_or_no(code, zh, en, usual, extra[0])


def _number(code: str, zh: str, en: str, rest: list[str], currency: str) -> Question | None:
    limits, adds, condition, *more = [*rest, "", "", ""]
    bounds, extra = RANGE.fullmatch(limits), _extra(adds, currency)
    if bounds is None or extra is None or any(more):
        return None
    least, most, usual = (int(bounds[name]) for name in ("least", "most", "usual"))
    if not least <= usual <= most:
        return None
    other, _, needed = condition.partition("=")
    return Question(
        code, QuestionKind.NUMBER, zh, en, str(usual), least=least, most=most, free=extra[1], extra=extra[0],
        only_if=(other, needed) if condition else None,
    )  # fmt: skip


def _choice(code: str, zh: str, en: str, rest: list[str], currency: str) -> Question | None:
    options = [_option(text, currency) for text in (rest[0].split("|") if len(rest) == 1 else ())]
    known = [option for option in options if option is not None]
    if len(known) != len(options) or len({option.code for option in known}) != len(known) or len(known) < 2:
        return None
    return Question(code, QuestionKind.CHOICE, zh, en, known[0].code, tuple(known))


def _option(text: str, currency: str) -> Option | None:
    code, zh, en, adds, *more = [piece.strip() for piece in text.split("=")] + [""] * 4
    extra = _extra(adds, currency)
    is_named = CODE.fullmatch(code) and 0 < len(zh) <= LONGEST_NAME and 0 < len(en) <= LONGEST_NAME
    return Option(code, zh, en, extra[0]) if is_named and extra and not extra[1] and not any(more) else None


def _distance(code: str, zh: str, en: str, rest: list[str], currency: str) -> Question | None:
    extra = _extra(rest[0], currency) if len(rest) == 1 else None
    return None if extra is None else Question(code, QuestionKind.DISTANCE, zh, en, free=extra[1], extra=extra[0])


def _extra(text: str, currency: str) -> tuple[Extra, int] | None:
    """What is added and from where on; None for what is no such thing."""
    adds = ADDS.fullmatch(text.replace("＋", "+"))
    if adds is None:
        return None
    try:
        amount = money.minor(adds["amount"] or "0", currency)
    except ValueError:
        return None
    return Extra(amount, int(adds["minutes"] or 0)), int(adds["free"] or 0)


def _check_condition(question: Question, known: dict[str, Question]) -> None:
    """A number counts only if another question, which has options, has one of its answers."""
    if question.only_if is None:
        return
    other, needed = question.only_if
    if other not in known or needed not in {option.code for option in known[other].options}:
        raise WrongCell("“{code}” depends on {other}={needed}, which is no answer here.",
                        code=question.code, other=other[:40], needed=needed[:40])  # fmt: skip


def _written(question: Question, currency: str) -> list[str]:
    adds = _adds(question.extra, currency) + (f">{question.free}" if question.free else "")
    rest = {
        QuestionKind.YES_NO: lambda: [question.usual, _adds(question.chosen(YES).extra, currency)],
        QuestionKind.NUMBER: lambda: [
            f"{question.least}-{question.most}={question.usual}", adds, "=".join(question.only_if or ()),
        ],
        QuestionKind.CHOICE: lambda: ["|".join(_option_written(option, currency) for option in question.options)],
        QuestionKind.DISTANCE: lambda: [adds],
    }[question.kind]()  # fmt: skip
    while len(rest) > 1 and not rest[-1]:
        rest.pop()
    return [question.code, question.name_zh, question.name_en, question.kind.value, *rest]


def _option_written(option: Option, currency: str) -> str:
    adds = _adds(option.extra, currency)
    return "=".join((option.code, option.name_zh, option.name_en, *([adds] if adds else [])))


def _adds(extra: Extra, currency: str) -> str:
    amount = f"+{money.major(extra.amount, currency)}" if extra.amount else ""
    return amount + (f"/{extra.minutes}" if extra.minutes else "")


READS: dict[QuestionKind, Callable[[str, str, str, list[str], str], Question | None]] = {
    QuestionKind.YES_NO: _yes_no,
    QuestionKind.NUMBER: _number,
    QuestionKind.CHOICE: _choice,
    QuestionKind.DISTANCE: _distance,
}
