"""The limited process that opens a stranger's photo: bytes in, a verdict line, a clean JPEG and a small one out.

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

from PIL import ExifTags, Image, ImageFilter, ImageOps, ImageStat, PngImagePlugin, UnidentifiedImageError

PIXELS_ALLOWED = 50_000_000
LONGEST_SIDE = 2048
QUALITY = 85
THUMBNAIL_SIDE, THUMBNAIL_QUALITY = 320, 75
LOOKED_AT_SIDE = 512
LEAST_CONTRAST = 16
MEMORY = 300 * 1024 * 1024
CPU_SECONDS = 3
FORMATS = ("JPEG", "PNG")
LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


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
        return {"refused": "too-hard"}, b""


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
    photo, small = _encoded(pixels, QUALITY), _encoded(_shrunk(pixels, THUMBNAIL_SIDE), THUMBNAIL_QUALITY)
    size = {"width": pixels.width, "height": pixels.height, "photo_size": len(photo)}
    return facts | size | _looks(pixels), photo + small


def _encoded(pixels: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _shrunk(pixels: Image.Image, side: int) -> Image.Image:
    small = pixels.copy()
    small.thumbnail((side, side))
    return small


def _opened(source: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(source), formats=FORMATS)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as unreadable:
        raise UnusableError("not-a-photo") from unreadable


def _pixels(image: Image.Image) -> Image.Image:
    """Upright, at most 2048 pixels a side, on white; nothing but pixels is carried over."""
    image.thumbnail(
        (LONGEST_SIDE, LONGEST_SIDE),
        Image.Resampling.BOX if image.mode == "P" else Image.Resampling.LANCZOS,
        None if image.mode == "I;16" else 2.0,
    )
    upright = ImageOps.exif_transpose(image)
    if upright.mode == "I;16":
        upright = Image.frombytes("L", upright.size, upright.tobytes()[1::2])
    if upright.has_transparency_data:
        see_through = upright.convert("RGBA")
        upright = Image.new("RGBA", see_through.size, "white")
        upright.alpha_composite(see_through)
    colours = upright.convert("RGB")
    return Image.frombytes("RGB", colours.size, colours.tobytes())


def _looks(pixels: Image.Image) -> dict[str, Any]:
    """How sharp, bright and recognisable the photo is, from its grey picture with at most 512 pixels a side.

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy",
    2000), brightness the mean of 0 to 255.
    """
    grey = _shrunk(pixels.convert("L"), LOOKED_AT_SIDE)
    edges = grey.filter(LAPLACIAN)
    inner = edges.crop((1, 1, edges.width - 1, edges.height - 1)) if min(edges.size) > 2 else None
    return {
        "sharpness": round(ImageStat.Stat(inner).var[0], 2) if inner else 0.0,
        "brightness": round(ImageStat.Stat(grey).mean[0], 2),
        "dhash": _difference_hash(grey),
    }


def _difference_hash(grey: Image.Image) -> str | None:
    """128 bits in hexadecimal: is each of 8 by 8 places brighter than its right, its lower neighbour?

    The difference hash of N. Krawetz ("Kind of like that", 2013) in both directions. None for a picture without
    contrast, whose hash would be noise.
    """
    across, down = (list(grey.resize(size, Image.Resampling.BOX).tobytes()) for size in ((9, 8), (8, 9)))
    if max(across) - min(across) < LEAST_CONTRAST:
        return None
    bits = [across[9 * y + x] > across[9 * y + x + 1] for y in range(8) for x in range(8)]
    bits += [down[8 * y + x] > down[8 * y + x + 8] for y in range(8) for x in range(8)]
    return f"{int(''.join('01'[bit] for bit in bits), 2):032x}"


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
