"""Imports point down, and each library is used only where it belongs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "routing": set(),
    "seed_regions": set(),
    "technicians": {"routing", "seed_regions"},
    "dispatch": {"technicians", "routing", "seed_regions"},
    "webapp": {"dispatch", "technicians", "routing", "seed_regions"},
    "mobile_api": {"dispatch", "technicians", "routing", "seed_regions"},
}
BELONGS_TO = {
    "flask": {"webapp", "mobile_api"},
    "apiflask": {"webapp", "mobile_api"},
    "sqlalchemy": {"technicians", "dispatch"},
    "ortools": {"routing"},
    "numba": {"routing"},
    "redis": {"dispatch"},
    "rq": {"dispatch"},
    "shapely": {"seed_regions"},
    "geopy": {"seed_regions", "dispatch", "routing"},
}
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "today"),
    ("date", "today"),
    ("datetime", "utcnow"),
    ("time", "time"),
}
MAY_READ_THE_CLOCK = {"dispatch/system.py"}


def modules(package: str) -> list[Path]:
    return [path for path in sorted((ROOT / package).rglob("*.py")) if "node_modules" not in path.parts]


def imported(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.col_offset) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or "", node.col_offset


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name, _ in imported(path)
        if (top := name.split(".")[0]) in MAY_IMPORT and top != package and top not in MAY_IMPORT[package]
    ]
    assert wrong == []


@pytest.mark.parametrize("library", BELONGS_TO)
def test_a_library_is_imported_only_where_it_belongs(library: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for package in MAY_IMPORT.keys() - BELONGS_TO[library]
        for path in modules(package)
        for name, _ in imported(path)
        if name.split(".")[0] == library
    ]
    assert wrong == []


def test_nothing_is_imported_late() -> None:
    late = [
        f"{path.relative_to(ROOT)}: {name}"
        for package in MAY_IMPORT
        for path in modules(package)
        for name, column in imported(path)
        if column > 0
    ]
    assert late == []


def test_only_the_system_reads_the_clock() -> None:
    readers = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for package in MAY_IMPORT
        for path in modules(package)
        if str(path.relative_to(ROOT)) not in MAY_READ_THE_CLOCK
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in CLOCKS
    ]
    assert readers == []


def test_no_file_names_a_registry_host_or_a_path_of_somebodys_machine() -> None:
    hosts = (("pypi", "org"), ("files", "pythonhosted"), ("registry", "npmjs"), ("deb", "debian", "org"))
    names = [re.escape(".".join(parts)) for parts in hosts]
    forbidden = re.compile("|".join([*names, re.escape("/".join(("", "work", "")))]))
    texts = {
        ".py",
        ".toml",
        ".md",
        ".json",
        ".lock",
        ".txt",
        ".html",
        ".js",
        ".css",
        ".cfg",
        ".yml",
        ".sh",
        "",
    }
    skipped = {".git", ".hypothesis", ".venv", "node_modules", "var", "vendor", "__pycache__"}
    found = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*")
        if path.is_file()
        and not skipped & set(path.relative_to(ROOT).parts)
        and not any(part.endswith((".egg-info", "_cache")) for part in path.relative_to(ROOT).parts)
        and path.suffix in texts
        and path != Path(__file__).resolve()
        and forbidden.search(path.read_text(errors="replace"))
    ]
    assert found == []
