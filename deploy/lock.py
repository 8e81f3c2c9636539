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
from pip._vendor.packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

ROOT = Path(__file__).resolve().parents[1]
WANTED = f"{ROOT}[dev,osm,cn-boundaries]"
HEAD = "# Made by `make lock` from pyproject.toml; installed with pip install --require-hashes.\n"


def resolved() -> dict[str, str]:
    """Canonical name to version of everything but the project itself."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        options = ["--dry-run", "--ignore-installed", "--quiet", "--report", str(report), WANTED]
        subprocess.run([sys.executable, "-m", "pip", "install", *options], check=True)
        installed = json.loads(report.read_text())["install"]
    found = {canonicalize_name(row["metadata"]["name"]): row["metadata"]["version"] for row in installed}
    return {name: version for name, version in sorted(found.items()) if name != "shifu-dispatch"}


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
