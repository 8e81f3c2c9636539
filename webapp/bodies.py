"""What a request may bring along."""

from __future__ import annotations

from typing import Any

from flask import Request


class Body(Request):
    """Where JSON is expected, no body at all means `{}`: a request without fields needs none."""

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        try:
            return super().get_json(force, silent, cache)
        except RecursionError as too_deep:
            return None if silent else self.on_json_loading_failed(ValueError(str(too_deep)))

    def on_json_loading_failed(self, e: ValueError | None) -> Any:
        return super().on_json_loading_failed(e) if self.get_data() else {}
