"""What a request may bring along."""

from __future__ import annotations

from typing import Any

from flask import Request


class Body(Request):
    """Where JSON is expected, no body at all means `{}`: a request without fields needs none."""

    def on_json_loading_failed(self, e: ValueError | None) -> Any:
        return super().on_json_loading_failed(e) if self.get_data() else {}
