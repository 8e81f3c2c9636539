"""The locked packages: the pinned ones, each with hashes, and no word of where they come from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text()
ENTRY = re.compile(r"^([a-z0-9.-]+)==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.M)
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==([^;\s]+)$")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    matches = (PIN.match(requirement) for requirement in wanted)
    return {canonical(match[1]): match[2] for match in matches if match}


def test_what_pyproject_pins_is_locked_at_that_version() -> None:
    locked = {name: version for name, version, _ in ENTRY.findall(LOCK)}
    assert len(pinned()) > 30
    assert {name: locked.get(name) for name in pinned()} == pinned()


def test_every_line_belongs_to_a_package_with_hashes_and_none_names_a_place() -> None:
    head, _, rest = LOCK.partition("\n")
    assert head.startswith("#")
    assert ENTRY.sub("", rest).strip() == ""
    assert "://" not in LOCK
