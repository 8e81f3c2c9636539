"""What a request may bring along."""

from __future__ import annotations

from typing import Any

from flask import Request


class Body(Request):
    """JSON that is nested too deeply to be read is as wrong as any other that cannot be."""

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        try:
            return super().get_json(force, silent, cache)
        except RecursionError as too_deep:
            return None if silent else self.on_json_loading_failed(ValueError(str(too_deep)))
