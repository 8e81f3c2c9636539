"""Where a stranger's photo becomes ours: opened in a limited process and rebuilt from its pixels."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import IO, Any

from technicians.errors import InvalidInput

LARGEST_BODY = 12 * 1024 * 1024
CHILD = Path(__file__).with_name("photo_child.py")
SECONDS = 20
MOST_SAID = 16 * 1024 * 1024
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
        why = why if why in REFUSALS else "too-hard"
        message, remedy = REFUSALS[why]
        super().__init__(message.format(width=width, height=height), field="photo", remedy=remedy)
        self.why = why
        self.code = f"photo-{why}"
        self.width, self.height = width, height


@dataclass(frozen=True, slots=True)
class Picture:
    """A clean JPEG, a small one, what the original said of itself and what it looks like.

    `taken` may be naive: then it is local time. `sharpness` and `brightness` as `photo_child` measures them; `dhash`
    is 128 bits in hexadecimal, None for a picture without contrast.
    """

    content: bytes
    thumbnail: bytes
    width: int
    height: int
    taken: datetime | None
    lng: float | None
    lat: float | None
    sharpness: float
    brightness: float
    dhash: str | None


def rebuild(source: bytes) -> Picture:
    """Decode in a child process and give back a JPEG made of pixels alone, upright, at most 2048 a side.

    The child has 3 s of CPU, 300 MB of address space and no right to write files; at most two run at once.
    """
    if not source:
        raise PhotoRefused("empty")
    if len(source) > LARGEST_BODY:
        raise PhotoRefused("too-large")
    if not source.startswith(BEGINNINGS):
        raise PhotoRefused("not-a-photo")
    verdict, content = _ask_child(source)
    if (why := verdict.get("refused")) is not None:
        raise PhotoRefused(str(why), verdict.get("width", 0), verdict.get("height", 0))
    try:
        return _picture(verdict, content)
    except (KeyError, TypeError, ValueError):
        raise PhotoRefused("too-hard") from None


def _picture(verdict: dict[str, Any], content: bytes) -> Picture:
    """What the child says is believed only as far as it has the right form: a photo may have taken it over."""
    photo, thumbnail = content[: verdict["photo_size"]], content[verdict["photo_size"] :]
    if not photo.startswith(BEGINNINGS[0]) or not thumbnail.startswith(BEGINNINGS[0]):
        raise ValueError("no JPEG")
    lng, lat = map(float, verdict["place"]) if verdict["place"] else (None, None)
    return Picture(
        content=photo,
        thumbnail=thumbnail,
        width=int(verdict["width"]),
        height=int(verdict["height"]),
        taken=datetime.fromisoformat(verdict["taken"]) if verdict["taken"] else None,
        lng=lng,
        lat=lat,
        sharpness=float(verdict["sharpness"]),
        brightness=float(verdict["brightness"]),
        dhash=f"{int(verdict['dhash'], 16):032x}" if verdict["dhash"] else None,
    )


def _ask_child(source: bytes) -> tuple[dict[str, Any], bytes]:
    """The verdict and the bytes after it; no more is read of a child than a photo can need."""
    with _at_once, tempfile.TemporaryFile() as given:
        given.write(source)
        given.seek(0)
        said, code = _run(given)
    line, _, content = said.partition(b"\n")
    try:
        verdict = json.loads(line) if code == 0 else None
    except ValueError:
        verdict = None
    if not isinstance(verdict, dict):
        raise PhotoRefused("too-hard")
    return verdict, content


def _run(given: IO[bytes]) -> tuple[bytes, int]:
    command = [sys.executable, "-I", str(CHILD)]
    with subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}) as child:
        alarm = Timer(SECONDS, child.kill)
        alarm.start()
        try:
            assert child.stdout is not None
            said = child.stdout.read(MOST_SAID + 1)
            if len(said) > MOST_SAID:
                child.kill()
            return said, child.wait()
        finally:
            alarm.cancel()
