"""The files of the technician's app with their digests: what a phone keeps so that it opens without signal."""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

OWN = Path(__file__).parent / "static"
FAMILY = Path(__file__).parents[1] / "webapp" / "static"
FAMILY_FILES = ("tokens.css", "icons.svg")
WORKER = "worker.js"
DIGITS = 12
BASE = "/phone/static/app/"
START = f"{BASE}main.js"
STYLES = (f"{BASE}phone.css",)
DECODER = ("/static/vendor/zxing-reader.js", "/static/vendor/zxing-reader.wasm")
IMPORTED = re.compile(r'(?:\bfrom|^import)\s*"([^"]+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shell:
    """The beginning of SHA-256 by address, in hexadecimal: of what comes at once and what may come later."""

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
    first = [*_started(), *STYLES, "/phone/static/manifest.webmanifest", "/phone/static/mark.svg"]
    first += [f"/static/{name}" for name in FAMILY_FILES]
    others = [f"/phone/static/{path.relative_to(OWN).as_posix()}" for path in sorted((OWN / "app").rglob("*.*"))]
    later = [each for each in [*others, *DECODER] if each not in first and not each.endswith(WORKER)]
    return Shell(_digests(first), _digests(later))


def as_file(address: str, html: str) -> dict[str, str]:
    """The page as one more file."""
    return {address: _cut(html.encode())}


def shortened(files: dict[str, str]) -> dict[str, str]:
    """The same with addresses from `BASE` on, where they begin so."""
    return {address.removeprefix(BASE): digest for address, digest in files.items()}


def _started() -> list[str]:
    """The first script and all that it imports, and what those import in turn."""
    waiting, found = [START], dict.fromkeys([START])
    while waiting:
        address = waiting.pop(0)
        for imported in _imports(address):
            if imported not in found:
                found[imported] = None
                waiting.append(imported)
    return list(found)


def _imports(address: str) -> list[str]:
    """What a script imports before it runs; what is imported by the way comes later."""
    path = _path(address)
    names = IMPORTED.findall(path.read_text()) if path.is_file() else []
    return [posixpath.normpath(posixpath.join(posixpath.dirname(address), name)) for name in names]


def _digests(addresses: list[str]) -> dict[str, str]:
    return {address: _digest(path) for address in addresses if (path := _path(address)).is_file()}


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
    return _cut(path.read_bytes())


def _cut(content: bytes) -> str:
    """Enough to tell versions apart, and short: the list goes to every phone."""
    return hashlib.sha256(content).hexdigest()[:DIGITS]
