"""What strangers send as JSON, as every database can keep it: nothing that one of them refuses, nothing too deep."""

from __future__ import annotations

import math
import re
from typing import Any

DEEPEST = 12
UNKEPT = re.compile("[\x00\ud800-\udfff]")
INSTEAD = "\ufffd"


def storable(value: Any, depth: int = DEEPEST) -> Any:
    """The same value; zero bytes and half characters as �, what is no number or lies too deep as None."""
    match value:
        case str():
            return UNKEPT.sub(INSTEAD, value)
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {storable(str(key)): storable(each, depth - 1) for key, each in value.items()} if depth else None
        case list():
            return [storable(each, depth - 1) for each in value] if depth else None
    return value
