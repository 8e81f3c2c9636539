"""The columns of a file of skills and of one of service products: how a row becomes a record's values, and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dispatch import catalogue_lists, money, questionnaire, questionnaire_text
from dispatch.catalogue import ServiceProduct
from dispatch.csv_file import CsvRow, WrongCell
from dispatch.roster_file import skill_levels, skills_cell
from technicians.people import Skill

MINUTE = 60
MOST_MINUTES = 24 * 60
MOST_LOAD = 1_000_000
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
CURRENCY = re.compile(r"[A-Z]{3}")
USUAL_CURRENCY = "CNY"
DELIVERY = re.compile(r"(\d{1,4})/(\d{1,4})(?:/(.*))?")
NO_CODE = "“{cell}” is no code; use letters, digits, - and _, at most 40."
NO_NUMBER = "“{cell}” is not a number."
NO_WHOLE_NUMBER = "“{cell}” is not a whole number."
NO_PRICE = "“{cell}” is no price; write it like 120 or 99.50."
LONGEST_NAME = 80

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. `read` gives the values of a record by attribute, or None with the row's problems noted."""

    record: type[Skill] | type[ServiceProduct]
    subject: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    read: Callable[[CsvRow], Values | None]
    cells: Callable[[Any], list[object]]

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.required, *self.optional)


def _named(row: CsvRow) -> Values:
    return {
        "code": _code(row, "code", row.required("code")),
        "name_zh": row.required("name_zh", LONGEST_NAME),
        "name_en": row.required("name_en", LONGEST_NAME),
    }


def _code(row: CsvRow, column: str, text: str) -> str:
    if text and not CODE.fullmatch(text):
        row.wrong(column, NO_CODE, cell=text[:60])
    return text


def _read_skill(row: CsvRow) -> Values | None:
    values = _named(row)
    return None if row.problems else values


def _read_product(row: CsvRow) -> Values | None:
    values = _named(row) | {
        "category": _code(row, "category", row.text("category")) or row.text("code"),
        "icon": _code(row, "icon", row.text("icon")) or "box",
        "duration": _seconds(row, "minutes", least=1),
        "setup": _seconds(row, "setup_minutes", least=0),
        "load": _whole(row, "load", least=0, most=MOST_LOAD),
        "crew_size": _whole(row, "crew_size", least=1, most=2),
        "skills": row.read("skills", skill_levels, "") or {},
        "shot_list": row.read("shots", catalogue_lists.shots, "") or [],
        "parts": row.read("parts", catalogue_lists.parts, "") or [],
        "checklist": row.read("checklist", catalogue_lists.checklist, "") or [],
        "proofs": row.read("proofs", catalogue_lists.proofs, "") or {},
        "delivery": row.read("delivery", delivery, "") or {},
        **_read_price(row),
    }
    if not row.text("minutes"):
        row.required("minutes")
    return None if row.problems else values


def _read_price(row: CsvRow) -> Values:
    """Price, questions and surcharges, whose amounts are in the row's currency."""
    currency = row.text("currency").upper() or USUAL_CURRENCY
    if not CURRENCY.fullmatch(currency):
        row.wrong("currency", "“{cell}” is no currency; write three letters like CNY.", cell=currency[:20])
        currency = USUAL_CURRENCY
    asked = row.read("questions", lambda cell: questionnaire_text.questions(cell, currency), "") or []
    return {
        "price": row.read("price", lambda cell: money.minor(cell, currency), NO_PRICE) or 0,
        "currency": currency,
        "questions": [questionnaire.as_json(question) for question in asked],
        "surcharges": row.read("surcharges", lambda cell: catalogue_lists.surcharges(cell, currency), "") or [],
    }


def _seconds(row: CsvRow, column: str, *, least: float) -> int:
    return round((row.within(column, float, least, MOST_MINUTES, NO_NUMBER) or 0) * MINUTE)


def _whole(row: CsvRow, column: str, *, least: int, most: int) -> int:
    """One when the cell is empty."""
    number = row.within(column, int, least, most, NO_WHOLE_NUMBER)
    return 1 if number is None else int(number)


def delivery(cell: str) -> Values:
    """`30/60/bedding:1`: a trip of 30 minutes that ends 60 before the work, by somebody with that skill; WrongCell."""
    found = DELIVERY.fullmatch(cell)
    if found is None or not int(found[1]):
        raise WrongCell("“{cell}” is no delivery; write it like 30/60 or 30/60/bedding:1.", cell=cell[:60])
    minutes, gap, skills = found.groups()
    return {"duration": int(minutes) * MINUTE, "gap": int(gap) * MINUTE, "skills": skill_levels(skills or "")}


def _delivery_cell(trip: Values) -> str:
    if not trip:
        return ""
    times = f"{trip['duration'] // MINUTE}/{trip['gap'] // MINUTE}"
    return f"{times}/{skills_cell(trip['skills'])}" if trip["skills"] else times


def _product_cells(product: ServiceProduct) -> list[object]:
    return [
        product.code,
        product.name_zh,
        product.name_en,
        f"{product.duration / MINUTE:.8g}",
        skills_cell(product.skills),
        catalogue_lists.shots_cell(product.shot_list),
        product.category,
        product.icon,
        f"{product.setup / MINUTE:.8g}",
        product.load,
        product.crew_size,
        money.major(product.price, product.currency),
        product.currency,
        questionnaire_text.written(map(questionnaire.from_json, product.questions), product.currency),
        _delivery_cell(product.delivery),
        catalogue_lists.parts_cell(product.parts),
        catalogue_lists.checklist_cell(product.checklist),
        catalogue_lists.surcharges_cell(product.surcharges, product.currency),
        catalogue_lists.proofs_cell(product.proofs),
    ]


SKILLS = Kind(
    record=Skill,
    subject="skill",
    required=("code", "name_zh", "name_en"),
    optional=(),
    read=_read_skill,
    cells=lambda skill: [skill.code, skill.name_zh, skill.name_en],
)
PRODUCTS = Kind(
    record=ServiceProduct,
    subject="service-product",
    required=("code", "name_zh", "name_en", "minutes", "skills", "shots"),
    optional=(
        "category",
        "icon",
        "setup_minutes",
        "load",
        "crew_size",
        "price",
        "currency",
        "questions",
        "delivery",
        "parts",
        "checklist",
        "surcharges",
        "proofs",
    ),
    read=_read_product,
    cells=_product_cells,
)
