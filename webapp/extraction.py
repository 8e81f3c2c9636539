"""Which messages the pages use, and which of them have no translation yet: python -m webapp.extraction."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from webapp.languages import FOLDER, joined

HERE = Path(__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "encoding": "utf-8"}}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2),
}  # fmt: skip


def used() -> dict[str | tuple[str, ...], str]:
    """Each message of the pages with the file it was first seen in."""
    found: dict[str | tuple[str, ...], str] = {}
    for file, _line, message, _comments, _context in extract_from_dir(
        HERE, METHODS, OPTIONS, keywords=KEYWORDS, directory_filter=lambda folder: "static" not in str(folder)
    ):
        found.setdefault(message, file)
    return found


def missing(language: str) -> dict[str | tuple[str, ...], str]:
    """The messages that this language has no words for."""
    files = sorted((FOLDER / language / "LC_MESSAGES").glob("*.po"))
    catalogue = joined(files) if files else Catalog()
    return {message: file for message, file in used().items() if not _is_translated(catalogue, message)}


def _is_translated(catalogue: Catalog, message: str | tuple[str, ...]) -> bool:
    entry = catalogue.get(message)
    if entry is None or entry.fuzzy:
        return False
    words: list[str] = [entry.string] if isinstance(entry.string, str) else [*(entry.string or [""])]
    return all(words)


def main() -> int:
    absent = missing("zh")
    for message, file in sorted(absent.items(), key=lambda item: item[1]):
        print(f"{file}: {message!r}")
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main())
