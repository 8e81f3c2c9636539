"""Logs are JSON lines without personal data."""

from __future__ import annotations

import json
import subprocess
import sys

SPEAKS = """
import structlog
from dispatch.logs import speak_json
speak_json()
log = structlog.get_logger()
log.info("visit.moved", visit=7, consumer_name="王小明", phone="13800000000")
def ring(number):
    raise ValueError("no answer")
try:
    ring("13900000000")
except ValueError:
    log.exception("call.failed")
"""


def test_each_line_is_json_and_names_nobody() -> None:
    said = subprocess.run([sys.executable, "-c", SPEAKS], capture_output=True, check=True, text=True).stderr
    first, second = map(json.loads, said.splitlines())
    assert (first["event"], first["visit"], first["level"]) == ("visit.moved", 7, "info")
    assert second["exception"][0]["exc_value"] == "no answer"
    for personal in ("王小明", "13800000000", "13900000000"):
        assert personal not in said
