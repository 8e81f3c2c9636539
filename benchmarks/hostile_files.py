"""Files that pretend to be photos, each made to harm whoever opens it; the same for the same seed."""

from __future__ import annotations

import io
import random
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import ExifTags, Image, PngImagePlugin

PNG = b"\x89PNG\r\n\x1a\n"
SCRIPT = b"<script>alert(document.domain)</script>"
Named = tuple[str, bytes]


def photo(kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: object) -> bytes:
    """A harmless picture with something to see in it."""
    seen = Image.effect_noise((max(1, size[0] // 8), max(1, size[1] // 8)), 60).resize(size).convert(mode)
    out = io.BytesIO()
    seen.save(out, kind, **options)
    return out.getvalue()


def hostile(seed: int = 1) -> dict[str, bytes]:
    """All of them by name."""
    chosen = random.Random(seed)
    groups = (empty(), wrong_types(), polyglots(), png_bombs(), jpeg_bombs(), metadata(), odd_colours(), animated())
    return dict(entry for group in (*groups, broken(chosen)) for entry in group)


def write(folder: Path) -> None:
    """Every file under its name."""
    for name, content in hostile().items():
        (folder / name).write_bytes(content)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, pixels: bytes, *more: bytes, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG with this header and these (deflated) pixels, whatever they say."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return PNG + chunk(b"IHDR", header) + b"".join(more) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def empty() -> Iterator[Named]:
    yield "no bytes", b""
    yield "one byte", b"\xff"
    yield "only the beginning of a JPEG", b"\xff\xd8\xff"
    yield "only the beginning of a PNG", PNG
    yield "12 MB of zeros behind the beginning of a JPEG", b"\xff\xd8\xff" + bytes(12 * 1024 * 1024 - 3)
    yield "more than 12 MB", photo() + bytes(12 * 1024 * 1024)


def wrong_types() -> Iterator[Named]:
    yield "GIF", photo("GIF", mode="L")
    yield "BMP", photo("BMP")
    yield "TIFF", photo("TIFF")
    yield "WebP", photo("WEBP")
    yield "HEIC", b"\x00\x00\x00\x18ftypheic" + bytes(200)
    yield "SVG", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    yield "HTML", b"<!doctype html>" + SCRIPT
    yield "PDF", b"%PDF-1.7\n" + bytes(100)
    yield "EPS", b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file\n"
    yield "ZIP", b"PK\x03\x04" + bytes(100)
    yield "ELF", b"\x7fELF" + bytes(100)
    yield "MVG", b"push graphic-context\nimage over 0,0 0,0 'ephemeral:/tmp/x'\npop graphic-context"


def polyglots() -> Iterator[Named]:
    yield "JPEG and HTML in its comment", photo(comment=b"*/ " + SCRIPT)
    yield "JPEG and ZIP behind it", photo() + b"PK\x03\x04" + SCRIPT
    yield "JPEG and PHP behind it", photo() + b"<?php system($_GET['c']); ?>"
    yield "PNG and HTML in its text", photo("PNG", pnginfo=_text("Comment", SCRIPT.decode()))
    yield "PNG and ELF behind it", photo("PNG") + b"\x7fELF" + bytes(100)
    yield "PDF in front of a JPEG", b"%PDF-1.7\n" + photo()
    yield "JPEG that begins like a GIF", b"GIF89a" + photo()
    yield "PNG behind the beginning of a JPEG", b"\xff\xd8\xff" + photo("PNG")


def png_bombs() -> Iterator[Named]:
    zeros = zlib.compress(bytes(1000), 1)
    yield "PNG of 30,000 by 30,000", png(30_000, 30_000, zeros)
    yield "PNG of 2,147,483,647 by 1", png(2**31 - 1, 1, zeros)
    yield "PNG of 0 by 0", png(0, 0, zeros)
    yield "PNG one pixel high and 49 million wide", png(49_000_000, 1, zlib.compress(bytes(49_000_000 * 3 + 1), 1))
    yield "PNG one pixel wide and 5 million high", png(1, 5_000_000, zlib.compress(bytes(4 * 5_000_000), 1))
    yield "PNG of 50 megapixels", png(8660, 5773, zlib.compress(bytes(5773 * (8660 * 3 + 1)), 1))
    yield "see-through PNG of 49 megapixels", png(7_000, 7_000, zlib.compress(bytes(7_000 * 28_001), 1), colour=6)
    yield "16-bit PNG of 49 megapixels", png(7_000, 7_000, zlib.compress(bytes(7_000 * 42_001), 1), depth=16)
    yield "PNG whose pixels unpack to 200 MB more than it has", png(10, 10, zlib.compress(bytes(200_000_000), 1))


def jpeg_bombs() -> Iterator[Named]:
    yield "JPEG of 65,500 by 65,500", _resized(photo(), 65_500, 65_500)
    yield "JPEG that says 7,000 by 7,000 and is small", _resized(photo(), 7_000, 7_000)
    yield "progressive JPEG of 49 megapixels", photo(size=(7_000, 7_000), progressive=True, subsampling=0)
    yield "JPEG of 49 megapixels", photo(size=(7_000, 7_000))
    yield "JPEG with 3,000 scans", _endless_scans(photo(size=(4_000, 4_000), progressive=True), 3_000)
    yield "JPEG of 0 by 0", _resized(photo(), 0, 0)


def metadata() -> Iterator[Named]:
    yield "10 MB of comments in a JPEG", _after_start(segment(0xFE, bytes(65_000)) * 160)
    yield "10 MB of profile in a JPEG", _after_start(segment(0xE2, b"ICC_PROFILE\0\x01\x01" + bytes(65_000)) * 160)
    yield "text that unpacks to 100 MB in a PNG", _with_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(100_000_000), 1))
    yield (
        "profile that unpacks to 100 MB in a PNG",
        _with_chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(100_000_000), 1)),
    )
    yield "100,000 empty chunks in a PNG", png(8, 8, zlib.compress(bytes(200)), chunk(b"tEXt", b"a\0b") * 100_000)
    yield (
        "EXIF that points to itself",
        _after_start(segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0")),
    )
    yield "EXIF of garbage", _after_start(segment(0xE1, b"Exif\0\0" + bytes(range(256)) * 200))
    yield "EXIF with impossible place and time", _impossible_exif()


def odd_colours() -> Iterator[Named]:
    yield "CMYK JPEG", photo(mode="CMYK")
    yield "grey JPEG", photo(mode="L")
    yield "16-bit grey PNG", png(64, 64, zlib.compress(bytes(64 * 129)), depth=16, colour=0)
    yield "1-bit PNG", photo("PNG", mode="1")
    yield "PNG with a palette it has not", png(64, 64, zlib.compress(bytes((0, *[255] * 64)) * 64), colour=3)


def animated() -> Iterator[Named]:
    frames = [Image.effect_noise((200, 200), n + 1).convert("RGB") for n in range(20)]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], duration=10)
    yield "animated PNG", out.getvalue()
    yield (
        "animated PNG that says 4 billion frames",
        out.getvalue().replace(
            chunk(b"acTL", struct.pack(">II", 20, 0)), chunk(b"acTL", struct.pack(">II", 2**32 - 1, 0))
        ),
    )


def broken(chosen: random.Random) -> Iterator[Named]:
    whole_jpeg, whole_png = photo(size=(1600, 1200)), photo("PNG")
    yield "half a JPEG", whole_jpeg[: len(whole_jpeg) // 2]
    yield "half a PNG", whole_png[: len(whole_png) // 2]
    yield "JPEG without its last bytes", whole_jpeg[:-40]
    yield "JPEG with a thousand changed bytes", _shaken(whole_jpeg, chosen)
    yield "PNG with a thousand changed bytes", _shaken(whole_png, chosen)


def _text(key: str, value: str) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text(key, value)
    return info


def _resized(jpeg: bytes, width: int, height: int) -> bytes:
    """Another size in the frame header, the same pixels."""
    at = next(at for at in (jpeg.find(b"\xff\xc0"), jpeg.find(b"\xff\xc2")) if at >= 0)
    return jpeg[: at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9 :]


def _endless_scans(jpeg: bytes, times: int) -> bytes:
    """The last scan of a progressive JPEG over and over: each time all pixels are gone through again."""
    last = jpeg.rfind(b"\xff\xda")
    return jpeg[:-2] + jpeg[last:-2] * min(times, (11_000_000 - len(jpeg)) // (len(jpeg) - last)) + b"\xff\xd9"


def _after_start(more: bytes) -> bytes:
    whole = photo()
    return whole[:2] + more + whole[2:]


def _with_chunk(kind: bytes, body: bytes) -> bytes:
    whole = photo("PNG")
    return whole[:33] + chunk(kind, body) + whole[33:]


def _impossible_exif() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "9999:99:99 99:99:99"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitude], place[ExifTags.GPS.GPSLongitude] = (900.0, 0.0, 0.0), (9000.0, 0.0, 0.0)
    return photo(exif=exif)


def _shaken(content: bytes, chosen: random.Random) -> bytes:
    shaken = bytearray(content)
    for _ in range(1000):
        shaken[chosen.randrange(100, len(shaken))] = chosen.randrange(256)
    return bytes(shaken)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
