"""The files of the technician's app with their digests: what a phone keeps so that it opens without signal."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

OWN = Path(__file__).parent / "static"
FAMILY = Path(__file__).parents[1] / "webapp" / "static"
FAMILY_FILES = ("tokens.css", "icons.svg")
WORKER = "worker.js"
LATER = ("/phone/static/app/visit/decoder.js", "/static/vendor/zxing-reader.js", "/static/vendor/zxing-reader.wasm")
IMPORTED = re.compile(r'(?:\bfrom|\bimport)\s*"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Shell:
    """SHA-256 by address, in hexadecimal: of what comes at once and what may come later."""

    files: dict[str, str]
    later: dict[str, str]

    @property
    def version(self) -> str:
        """Other files, another version."""
        told = repr((sorted(self.files.items()), sorted(self.later.items())))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def modules(self) -> list[str]:
        """Addresses of the scripts of the first load."""
        return [address for address in self.files if address.endswith(".js")]


def shell() -> Shell:
    """As the files are now; the page itself is not among them."""
    return Shell(
        {address: _digest(path) for address, path in _files().items() if address not in LATER},
        {address: _digest(path) for address in LATER if (path := _path(address)).is_file()},
    )


def as_file(address: str, html: str) -> dict[str, str]:
    """The page as one more file."""
    return {address: hashlib.sha256(html.encode()).hexdigest()}


def _files() -> dict[str, Path]:
    own = [OWN / "manifest.webmanifest", OWN / "mark.svg", *sorted((OWN / "app").rglob("*.css"))]
    scripts = [path for path in sorted((OWN / "app").rglob("*.js")) if path.name != WORKER]
    found = {f"/phone/static/{path.relative_to(OWN).as_posix()}": path for path in [*own, *scripts]}
    found |= {f"/static/{name}": FAMILY / name for name in FAMILY_FILES}
    return found | {address: _path(address) for address in _vendored(scripts)}


def _vendored(scripts: list[Path]) -> list[str]:
    """The libraries that the scripts import, and what those import in turn."""
    waiting = [name for path in scripts for name in _imports(path, "/static/vendor/")]
    found: list[str] = []
    while waiting:
        address = waiting.pop()
        if address in found or not _path(address).is_file():
            continue
        found.append(address)
        path = _path(address)
        relative = [(path.parent / name).resolve() for name in _imports(path, ".")]
        waiting += [f"/static/{each.relative_to(FAMILY.resolve()).as_posix()}" for each in relative]
    return sorted(found)


def _imports(path: Path, beginning: str) -> list[str]:
    return [name for name in IMPORTED.findall(path.read_text()) if name.startswith(beginning)]


def _path(address: str) -> Path:
    if address.startswith("/phone/static/"):
        return OWN / address.removeprefix("/phone/static/")
    return FAMILY / address.removeprefix("/static/")


def _digest(path: Path) -> str:
    told = path.stat()
    return _digest_of(path, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=512)
def _digest_of(path: Path, changed: int, size: int) -> str:
    """Read once for each time and size; both only name the state of the file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
