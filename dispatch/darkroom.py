"""Where a stranger's photo becomes ours: opened in a limited process and rebuilt from its pixels."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from technicians.errors import InvalidInput

LARGEST_BODY = 12 * 1024 * 1024
CHILD = Path(__file__).with_name("photo_child.py")
SECONDS = 20
BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_at_once = BoundedSemaphore(2)

REFUSALS = {
    "empty": ("No photo was sent.", "Send the photo's bytes as the body."),
    "too-large": ("The photo is larger than 12 MB.", "Send it smaller; 2048 pixels on the long side do."),
    "too-many-pixels": (
        "The photo has {width} by {height} pixels, more than 50 megapixels.",
        "Take it with a lower resolution.",
    ),
    "not-a-photo": ("This is not a JPEG or PNG photo.", "Take it with the camera and send JPEG."),
    "truncated": ("The photo is cut off or damaged.", "Send it again, or take it again."),
    "too-hard": ("The photo could not be opened within the limits.", "Take it again with the camera."),
}


class PhotoRefused(InvalidInput):
    """The bytes are not a photo that can be kept. `why` is one of the words in `REFUSALS`."""

    code = "photo-refused"

    def __init__(self, why: str, width: int = 0, height: int = 0) -> None:
        message, remedy = REFUSALS[why]
        super().__init__(message.format(width=width, height=height), field="photo", remedy=remedy)
        self.why = why
        self.code = f"photo-{why}"
        self.width, self.height = width, height


@dataclass(frozen=True, slots=True)
class Picture:
    """A clean JPEG and what the original said of itself. `taken` may be naive: then it is local time."""

    content: bytes
    width: int
    height: int
    taken: datetime | None
    lng: float | None
    lat: float | None


def rebuild(source: bytes) -> Picture:
    """Decode in a child process and give back a JPEG made of pixels alone, upright, at most 2048 a side.

    The child has 10 s of CPU, 768 MB of address space and no right to write files; at most two run at once.
    """
    if not source:
        raise PhotoRefused("empty")
    if len(source) > LARGEST_BODY:
        raise PhotoRefused("too-large")
    if not source.startswith(BEGINNINGS):
        raise PhotoRefused("not-a-photo")
    verdict, jpeg = _ask_child(source)
    if "refused" in verdict:
        raise PhotoRefused(verdict["refused"], verdict.get("width", 0), verdict.get("height", 0))
    lng, lat = verdict["place"] or (None, None)
    taken = datetime.fromisoformat(verdict["taken"]) if verdict["taken"] else None
    return Picture(jpeg, verdict["width"], verdict["height"], taken, lng, lat)


def _ask_child(source: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        with _at_once:
            done = subprocess.run(
                [sys.executable, "-I", str(CHILD)], input=source, capture_output=True, timeout=SECONDS, env={}
            )
    except subprocess.TimeoutExpired:
        raise PhotoRefused("too-hard") from None
    line, _, jpeg = done.stdout.partition(b"\n")
    if done.returncode != 0 or not line:
        raise PhotoRefused("too-hard")
    verdict: dict[str, Any] = json.loads(line)
    return verdict, jpeg
