"""The sentences that errors are raised with, as the source has them: python -m webapp.extraction_of_errors."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("technicians", "dispatch", "webapp")
ROOT_OF_ERRORS = "ShifuError"
PLACES = {
    "WrongCell": (0,), "Fault": (0,), "RowProblem": (2, 3), "wrong": (1,), "read": (2,), "within": (4,),
    "WrongRows": (),
}  # fmt: skip
"""Where the sentences stand among the arguments, in calls that are no error with its message first."""
PASSED_ON = {"message", "sentence", "advice", "refusal", "reason"}
"""Names under which a sentence, found where it was written, is passed on."""
ENGLISH = {
    "dispatch/commands": "the command line speaks English",
    "dispatch/catalogue_file.py": "only the command line takes in skills and products",
    "dispatch/catalogue_import.py": "only the command line takes in skills and products",
    "dispatch/catalogue_lists.py": "only the command line takes in skills and products",
    "dispatch/database.py": "settings are read before anything is served",
    "dispatch/delivering.py": "kept with the delivery, for the merchant's programs",
    "dispatch/demo.py": "only the command line makes a demonstration",
    "dispatch/demo_region.py": "only the command line makes a demonstration",
    "dispatch/embedded_valkey.py": "told when a program starts",
    "dispatch/health.py": "told by /readyz and `dispatch check`, to operators",
    "dispatch/photo_store.py": "settings are read before anything is served",
    "dispatch/queue_worker.py": "told when a program starts",
    "dispatch/sending.py": "kept with the message; the order's history has words of its own",
    "dispatch/settings.py": "settings are read before anything is served",
    "dispatch/solver_process.py": "kept in the log and with the plan; the board says that planning failed",
    "dispatch/worker.py": "kept in the log; the board says that planning failed",
    "dispatch/darkroom.py": "the phone's errors have words of their own, by code",
    "dispatch/facts.py": "the phone's errors have words of their own, by code",
    "dispatch/phone_login.py": "the phone's errors have words of their own, by code",
    "dispatch/phone_visits.py": "the phone's errors have words of their own, by code",
    "dispatch/photos.py": "the phone's errors have words of their own, by code",
    "dispatch/uploads.py": "the phone's errors have words of their own, by code",
    "dispatch/technician_day.py": "the phone's errors have words of their own, by code",
    "dispatch/visits.py": "the phone's errors have words of their own, by code",
}
"""Modules and folders whose errors no reader of the pages or of /api sees, and why."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Where an error is raised and with what; `text` None: with something that cannot be looked up."""

    place: str
    text: str | None


def sentences() -> list[Sentence]:
    """Messages and remedies of every error, and of every wrong cell, that the pages and /api may show."""
    trees = {
        path: ast.parse(path.read_text()) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))
    }
    names, constants = _error_names(trees.values()), _constants(trees.values())
    return [
        Sentence(f"{path.relative_to(ROOT)}:{node.lineno}", text)
        for path, tree in trees.items()
        if not _is_english(path)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for value in _said(node, names)
        for text in _texts(value, constants)
    ]


def _is_english(path: Path) -> bool:
    within = path.relative_to(ROOT)
    return any(str(place) in ENGLISH for place in (within, *within.parents))


def _error_names(trees: Iterable[ast.Module]) -> set[str]:
    """The classes of the error tree."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    names = {ROOT_OF_ERRORS}
    while more := {name for name, above in bases.items() if above & names} - names:
        names |= more
    return names


def _constants(trees: Iterable[ast.Module]) -> dict[str, str]:
    """The texts that modules keep under a name."""
    return {
        node.targets[0].id: node.value.value
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def _said(node: ast.Call, names: set[str]) -> list[ast.expr]:
    """The arguments of a call that are sentences; none when it makes no error."""
    called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    places = PLACES.get(called, (0,) if called in names or _is_own_error(node) else ())
    said = [node.args[place] for place in places if place < len(node.args)]
    return said + [keyword.value for keyword in node.keywords if said and keyword.arg == "remedy"]


def _is_own_error(node: ast.Call) -> bool:
    is_super = isinstance(node.func, ast.Attribute) and node.func.attr == "__init__"
    return is_super and bool(node.args) and isinstance(node.args[0], ast.Constant | ast.JoinedStr | ast.IfExp)


def _texts(value: ast.expr, constants: dict[str, str]) -> Iterator[str | None]:
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) if name in constants:
            yield constants[name]
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body, constants)
            yield from _texts(orelse, constants)
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in PASSED_ON:
            return
        case ast.Constant(value=None) | ast.Call(func=ast.Name(id="_" | "gettext")):
            return
        case _:
            yield None


if __name__ == "__main__":
    for found in sentences():
        print(found.place, repr(found.text))
