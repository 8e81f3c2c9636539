"""Copy the pinned browser libraries out of node_modules, after `npm ci`: python -m webapp.vendor."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENDOR = Path(__file__).parent / "static" / "vendor"
FILES = {
    "maplibre-gl/dist/maplibre-gl.mjs": "maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
    "maplibre-gl/dist/maplibre-gl-shared.mjs": "maplibre-gl-shared.mjs",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl.css",
    "lit-html/lit-html.js": "lit-html.js",
    "lit-html/directive.js": "directive.js",
    "lit-html/directive-helpers.js": "directive-helpers.js",
    "lit-html/async-directive.js": "async-directive.js",
    "lit-html/directives/live.js": "directives/live.js",
    "lit-html/directives/ref.js": "directives/ref.js",
    "lit-html/directives/repeat.js": "directives/repeat.js",
    "zxing-wasm/dist/iife/reader/index.js": "zxing-reader.js",
    "zxing-wasm/dist/reader/zxing_reader.wasm": "zxing-reader.wasm",
}


def copy(source: Path, target: Path) -> list[str]:
    """Copy every file that is there; returns those that are not."""
    absent = [name for name in FILES if not (source / name).is_file()]
    for name, kept_as in FILES.items():
        if name not in absent:
            (target / kept_as).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / kept_as)
    return absent


def main() -> int:
    absent = copy(ROOT / "node_modules", VENDOR)
    if absent:
        print(f"error: not in node_modules: {', '.join(absent)}. Run npm ci first.", file=sys.stderr)
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main())
