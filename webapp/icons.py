"""The names in the icon sprite, so that a record's icon that is not drawn yet falls back to a box."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

SPRITE = Path(__file__).parent / "static" / "icons.svg"
FALLBACK = "box"


@cache
def drawn() -> frozenset[str]:
    return frozenset(re.findall(r'<symbol id="([a-z-]+)"', SPRITE.read_text(encoding="utf-8")))


def icon_or_box(name: str) -> str:
    return name if name in drawn() else FALLBACK
