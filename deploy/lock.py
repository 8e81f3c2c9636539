"""Write requirements.lock: every package that pip resolves for this project, with the hashes of all its files.

Run in the project's environment: `python deploy/lock.py`. It asks pip's own finder, so it sees what pip is set up to
see; only names, versions and hashes are written, no addresses.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pip._internal.commands import create_command
from pip._internal.index.collector import parse_links
from pip._internal.models.link import Link
from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

ROOT = Path(__file__).resolve().parents[1]
WANTED = f"{ROOT}[dev,osm,cn-boundaries]"
PYTHONS = ("3.11.2", "3.11.9", "3.12.9", "3.13.5", "3.14.0")
HEAD = "# Made by `make lock` from pyproject.toml; installed with pip install --require-hashes.\n"


def resolved() -> dict[str, str]:
    """Canonical name to version of everything but the project itself, for every Python of `PYTHONS`."""
    also: set[str] = set()
    while True:
        installed = report([WANTED, *sorted(also)])
        found = {canonicalize_name(row["metadata"]["name"]): row["metadata"]["version"] for row in installed}
        missing = {name for row in installed for name in needed_elsewhere(row)} - found.keys()
        if not missing:
            return {name: version for name, version in sorted(found.items()) if name != "shifu-dispatch"}
        also |= missing


def report(wanted: list[str]) -> list[dict[str, Any]]:
    """What pip would install here."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        options = ["--dry-run", "--ignore-installed", "--quiet", "--report", str(path), *wanted]
        subprocess.run([sys.executable, "-m", "pip", "install", *options], check=True)
        rows: list[dict[str, Any]] = json.loads(path.read_text())["install"]
        return rows


def needed_elsewhere(row: dict[str, Any]) -> Iterator[str]:
    """What a package requires on Linux under any of the Pythons, whichever runs this."""
    extras = ["", *row.get("requested_extras", ())]
    for text in row["metadata"].get("requires_dist", ()):
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(
            marker.evaluate({"extra": extra, "python_full_version": python, "python_version": minor(python)})
            for python in PYTHONS
            for extra in extras
        ):
            yield canonicalize_name(requirement.name)


def minor(python: str) -> str:
    return python.rpartition(".")[0]


def version_of(link: Link) -> str | None:
    try:
        if link.filename.endswith(".whl"):
            return str(parse_wheel_filename(link.filename)[1])
        return str(parse_sdist_filename(link.filename)[1])
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None


class Index:
    """The pages pip looks at."""

    def __init__(self, finder: Any) -> None:
        self._finder = finder

    def hashes(self, name: str, version: str) -> list[str]:
        """The sha256 of every file of that version."""
        links = [link for page in self._pages(name) for link in parse_links(page)]
        found = {link.hash for link in links if link.hash_name == "sha256" and version_of(link) == version}
        if not found:
            raise SystemExit(f"no hashes are known for {name} {version}")
        return sorted(str(one) for one in found)

    def _pages(self, name: str) -> Iterator[Any]:
        for place in self._finder.search_scope.get_index_urls_locations(name):
            page = self._finder._link_collector.fetch_response(Link(place), package_name=name)
            if page is not None:
                yield page


def entry(index: Index, name: str, version: str) -> str:
    lines = [f"{name}=={version}", *(f"    --hash=sha256:{one}" for one in index.hashes(name, version))]
    return " \\\n".join(lines) + "\n"


def main() -> None:
    packages = resolved()
    command: Any = create_command("install")
    options, _ = command.parse_args(["--quiet", "pip"])
    with command.main_context():
        index = Index(command._build_package_finder(options, command._build_session(options)))
        text = HEAD + "".join(entry(index, name, version) for name, version in packages.items())
    (ROOT / "requirements.lock").write_text(text)
    print(f"{len(packages)} packages locked")


if __name__ == "__main__":
    main()
