"""The limited process that opens a stranger's photo: bytes in, a verdict line and a clean JPEG out.

Run by path with `python -I`, so it imports nothing of this project and nothing from the working folder. It
gives up its rights before it looks at the first byte: memory, CPU time, files to write. Whatever happens to
it happens to nobody else.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image, ImageOps, PngImagePlugin, UnidentifiedImageError

PIXELS_ALLOWED = 50_000_000
LONGEST_SIDE = 2048
QUALITY = 85
MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 10
FORMATS = ("JPEG", "PNG")


class UnusableError(Exception):
    """The photo cannot be used; the words go into the verdict line."""

    def __init__(self, why: str, **details: int) -> None:
        super().__init__(why)
        self.verdict = {"refused": why, **details}


def main() -> None:
    _give_up_rights()
    verdict, content = _answer(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(verdict).encode() + b"\n" + content)


def _answer(source: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        return _rebuilt(source)
    except UnusableError as refusal:
        return refusal.verdict, b""
    except MemoryError:
        return {"refused": "too-large"}, b""


def _give_up_rights() -> None:
    Image.MAX_IMAGE_PIXELS = None
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = 1024 * 1024
    Image.preinit()
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (limit, limit))


def _rebuilt(source: bytes) -> tuple[dict[str, Any], bytes]:
    image = _opened(source)
    width, height = image.size
    if width * height > PIXELS_ALLOWED:
        raise UnusableError("too-many-pixels", width=width, height=height)
    facts = _facts(image)
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    try:
        image.load()
    except (OSError, SyntaxError, ValueError) as broken:
        raise UnusableError("truncated") from broken
    pixels = _pixels(image)
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=QUALITY, optimize=True)
    return facts | {"width": pixels.width, "height": pixels.height}, out.getvalue()


def _opened(source: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(source), formats=FORMATS)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as unreadable:
        raise UnusableError("not-a-photo") from unreadable


def _pixels(image: Image.Image) -> Image.Image:
    """Upright, at most 2048 pixels a side, on white; nothing but pixels is carried over."""
    image.thumbnail(
        (LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX if image.mode == "P" else Image.Resampling.LANCZOS
    )
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        see_through = upright.convert("RGBA")
        upright = Image.new("RGBA", see_through.size, "white")
        upright.alpha_composite(see_through)
    colours = upright.convert("RGB")
    return Image.frombytes("RGB", colours.size, colours.tobytes())


def _facts(image: Image.Image) -> dict[str, Any]:
    """Time and place from EXIF, as far as they make sense; broken EXIF is no reason to refuse a photo."""
    try:
        exif = image.getexif()
        taken = _taken(exif.get_ifd(ExifTags.IFD.Exif))
        return {"taken": taken, "place": _place(exif.get_ifd(ExifTags.IFD.GPSInfo))}
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, ArithmeticError, AttributeError):
        return {"taken": None, "place": None}


def _taken(exif: dict[int, Any]) -> str | None:
    """ISO 8601, with an offset if the camera wrote one."""
    text = exif.get(ExifTags.Base.DateTimeOriginal)
    if not isinstance(text, str):
        return None
    offset = str(exif.get(ExifTags.Base.OffsetTimeOriginal) or "").strip("\x00 ")
    written = text.strip("\x00 ")
    if offset:
        return datetime.strptime(written + offset, "%Y:%m:%d %H:%M:%S%z").isoformat()
    return datetime.strptime(written, "%Y:%m:%d %H:%M:%S").isoformat()  # noqa: DTZ007 - the camera wrote no zone


def _place(gps: dict[int, Any]) -> list[float] | None:
    """Longitude and latitude in WGS-84 degrees."""
    if ExifTags.GPS.GPSLongitude not in gps or ExifTags.GPS.GPSLatitude not in gps:
        return None
    lng = _degrees(gps[ExifTags.GPS.GPSLongitude], gps.get(ExifTags.GPS.GPSLongitudeRef) == "W")
    lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps.get(ExifTags.GPS.GPSLatitudeRef) == "S")
    return [lng, lat] if -180 <= lng <= 180 and -90 <= lat <= 90 else None


def _degrees(parts: Any, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if negative else value


if __name__ == "__main__":
    main()
