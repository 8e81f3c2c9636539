"""Every sentence about a wrong cell or order has Chinese words."""

from __future__ import annotations

import ast
from pathlib import Path

import dispatch
import technicians
from dispatch.parking import ParkRule
from webapp.extraction import missing
from webapp.languages import translations
from webapp.order_words import PARKED

TELLERS = {"wrong", "RowProblem", "WrongCell", "Fault", "read", "within", "InvalidInput"}
MODULES = (
    "csv_file.py", "intake.py", "new_order.py", "order_file.py", "order_import.py", "roster_changes.py",
    "roster_file.py", "roster_import.py", "shift_text.py", "siting.py", "worklist.py",
)  # fmt: skip


def told() -> set[str]:
    """String literals, and module constants, given to what tells somebody that something is wrong."""
    folder = Path(str(dispatch.__file__)).parent
    files = [folder / name for name in MODULES] + [Path(str(technicians.__file__)).parent / "week.py"]
    return {sentence for file in files for sentence in _told_in(ast.parse(file.read_text()))}


def _told_in(tree: ast.Module) -> set[str]:
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in TELLERS:
            given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "remedy")]
            values = [constants.get(v.id) if isinstance(v, ast.Name) else getattr(v, "value", None) for v in given]
            found |= {v for v in values if isinstance(v, str) and " " in v and v[-1] in ".?}"}
    return found


def test_the_sentences_are_found() -> None:
    assert {
        "{day} has two shifts.",
        "It is empty; every row needs one.",
        "“{cell}” is not a telephone number.",
    } <= told()


def test_every_sentence_about_a_wrong_cell_has_chinese_words() -> None:
    chinese = translations("zh")
    assert sorted(sentence for sentence in told() if chinese.gettext(sentence) == sentence) == []


def test_every_reason_to_park_has_words_in_both_languages() -> None:
    assert set(ParkRule) - set(PARKED) == {ParkRule.OTHER}
    assert [message for message, file in missing("zh").items() if file == "order_words.py"] == []
