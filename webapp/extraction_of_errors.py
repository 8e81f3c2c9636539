"""The sentences that errors are raised with, found in the source: `python -m webapp.extraction_of_errors` lists them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("technicians", "dispatch", "webapp")
ROOT_OF_ERRORS = "ShifuError"


@dataclass(frozen=True, slots=True)
class Sentence:
    """Where an error is raised and with what; `text` None: with something that cannot be looked up."""

    place: str
    text: str | None


def sentences() -> list[Sentence]:
    """Messages and remedies of every error of the tree that the console may show."""
    trees = {path: ast.parse(path.read_text()) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}
    names = _error_names(trees.values())
    return [found for path, tree in trees.items() for found in _in(path, tree, names)]


def _error_names(trees: object) -> set[str]:
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees  # type: ignore[attr-defined]
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    names = {ROOT_OF_ERRORS}
    while more := {name for name, above in bases.items() if above & names} - names:
        names |= more
    return names


def _in(path: Path, tree: ast.Module, names: set[str]) -> Iterator[Sentence]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not _raises(node, names):
            continue
        place = f"{path.relative_to(ROOT)}:{node.lineno}"
        said = [node.args[0]] if node.args else []
        said += [keyword.value for keyword in node.keywords if keyword.arg == "remedy"]
        for value in said:
            yield from (Sentence(place, text) for text in _texts(value))


def _raises(node: ast.Call, names: set[str]) -> bool:
    if isinstance(node.func, ast.Name):
        return node.func.id in names
    is_super = isinstance(node.func, ast.Attribute) and node.func.attr == "__init__"
    return is_super and bool(node.args) and isinstance(node.args[0], ast.Constant | ast.JoinedStr)


def _texts(value: ast.expr) -> Iterator[str | None]:
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Constant(value=None) | ast.Name() | ast.Attribute():
            return
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body)
            yield from _texts(orelse)
        case _:
            yield None


if __name__ == "__main__":
    for found in sentences():
        print(found.place, repr(found.text))
