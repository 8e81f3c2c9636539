from __future__ import annotations

import io
import random
import struct
import zlib
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageDraw, ImageEnhance, ImageFilter

from dispatch import darkroom
from dispatch.darkroom import PhotoRefused, rebuild
from tests.phone_day import jpeg

MARKER = b"<script>planted()</script>"


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(side: int) -> bytes:
    """A PNG of `side` by `side` pixels in a few dozen bytes; its pixels are cut off, its header is whole."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def tagged() -> bytes:
    """A photo taken in Shanghai at 10:30, turned by 90°, with a comment."""
    image = Image.new("RGB", (60, 40), "white")
    image.paste("red", (0, 0, 30, 40))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = "2026:05:12 10:30:00"
    details[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (31.0, 13.0, 48.0)
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", (121.0, 28.0, 12.0)
    return encoded(image, "JPEG", exif=exif, comment=MARKER, quality=95)


def take_over(misdeed: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, limited: bool = True) -> None:
    """Let the child do something before it answers, with or without giving up its rights."""
    looks = "'sharpness': 0.0, 'brightness': 0.0, 'dhash': None"
    size = "'width': 1, 'height': 1, 'photo_size': 3"
    answer = f"{{'taken': None, 'place': None, {size}, {looks}}}, b'\\xff\\xd8\\xff' * 2"
    script = darkroom.CHILD.read_text().replace("_answer(sys.stdin.buffer.read())", "misbehave()")
    script = script.replace("def main", f"def misbehave():\n    {misdeed}\n    return {answer}\n\n\ndef main")
    if not limited:
        script = script.replace("    _give_up_rights()\n", "")
    child = folder / "child.py"
    child.write_text(script.replace("import io\n", "import io\nimport os\n"))
    monkeypatch.setattr(darkroom, "CHILD", child)
    monkeypatch.chdir(folder)


def test_a_png_of_thirty_thousand_pixels_a_side_is_refused_from_its_header() -> None:
    with pytest.raises(PhotoRefused, match="30000 by 30000 pixels") as refusal:
        rebuild(bomb(30_000))
    assert refusal.value.code == "photo-too-many-pixels"


def test_it_is_the_cap_that_refuses_it() -> None:
    """The twin: just under the cap the same picture is opened, and found to have no pixels."""
    with pytest.raises(PhotoRefused) as refusal:
        rebuild(bomb(7_000))
    assert refusal.value.code == "photo-truncated"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "photo-empty"),
        (b"%PDF-1.7 not a photo", "photo-not-a-photo"),
        (b"GIF89a" + bytes(40), "photo-not-a-photo"),
        (b"\xff\xd8\xff" + b"garbage after the right beginning", "photo-not-a-photo"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "photo-not-a-photo"),
        (jpeg(size=(400, 300))[:900], "photo-truncated"),
        (bytes(12 * 1024 * 1024 + 1), "photo-too-large"),
    ],
)
def test_what_is_not_a_whole_photo_is_refused_with_the_reason(content: bytes, code: str) -> None:
    with pytest.raises(PhotoRefused) as refusal:
        rebuild(content)
    assert refusal.value.code == code
    assert refusal.value.field == "photo"
    assert refusal.value.remedy


def test_time_and_place_are_read_and_nothing_but_pixels_is_kept() -> None:
    source = tagged()
    picture = rebuild(source)
    assert picture.taken == datetime(2026, 5, 12, 10, 30, tzinfo=timezone(timedelta(hours=8)))
    assert [picture.lng, picture.lat] == pytest.approx([121.47, 31.23])
    assert MARKER in source
    assert MARKER not in picture.content
    assert b"Exif" not in picture.content
    assert not dict(opened(picture.content).getexif())


def test_a_photo_taken_sideways_is_kept_upright() -> None:
    picture = rebuild(tagged())
    assert (picture.width, picture.height) == (40, 60)
    top, bottom = (opened(picture.content).getpixel((20, y)) for y in (10, 50))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[1] < 60 < 200 < bottom[1]


def test_what_is_hidden_behind_a_photo_is_gone() -> None:
    picture = rebuild(jpeg() + b"PK\x03\x04" + MARKER)
    assert MARKER not in picture.content
    assert b"PK\x03\x04" not in picture.content


def test_a_see_through_png_is_laid_on_white() -> None:
    clear = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    picture = rebuild(encoded(clear, "PNG"))
    assert opened(picture.content).getpixel((25, 25)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_becomes_a_jpeg(mode: str) -> None:
    picture = rebuild(encoded(Image.new(mode, (30, 20)), "PNG"))
    assert opened(picture.content).format == "JPEG"
    assert opened(picture.content).size == (30, 20)


def test_sixteen_bits_of_grey_become_eight_and_not_white() -> None:
    picture = rebuild(encoded(Image.new("I;16", (2100, 40), 0x4000), "PNG"))
    assert opened(picture.content).getpixel((5, 5)) == (64, 64, 64)


def test_a_photo_comes_with_a_small_one() -> None:
    assert opened(rebuild(jpeg(size=(640, 480))).thumbnail).size == (320, 240)


def street(seed: int, blur: float = 0.0) -> Image.Image:
    """A scene of coloured boxes, the same for the same seed."""
    chosen = random.Random(seed)
    image = Image.new("RGB", (800, 600), "grey")
    pen = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = chosen.randrange(700), chosen.randrange(500)
        corner = (x + chosen.randrange(20, 200), y + chosen.randrange(20, 200))
        pen.rectangle(((x, y), corner), fill=tuple(chosen.randrange(256) for _ in range(3)))
    return image.filter(ImageFilter.GaussianBlur(blur))


def test_a_blurred_photo_is_measured_as_less_sharp() -> None:
    sharp, blurred = (rebuild(encoded(street(1, blur), "JPEG")).sharpness for blur in (0.0, 8.0))
    assert blurred * 20 < sharp


def test_a_dark_photo_is_measured_as_dark() -> None:
    assert rebuild(jpeg("black")).brightness < 5 < 250 < rebuild(jpeg("white")).brightness


def differing(first: Image.Image, second: Image.Image) -> int:
    a, b = (rebuild(encoded(image, "JPEG", quality=60)).dhash for image in (first, second))
    assert a is not None
    assert b is not None
    return (int(a, 16) ^ int(b, 16)).bit_count()


def test_the_same_scene_smaller_and_darker_has_nearly_the_same_hash_and_another_scene_has_not() -> None:
    again = ImageEnhance.Brightness(street(1).resize((500, 375))).enhance(0.8)
    assert differing(street(1), again) <= 6
    assert all(differing(street(1), street(seed)) > 25 for seed in (2, 3, 4))


def test_a_picture_without_contrast_has_no_hash() -> None:
    assert rebuild(jpeg("teal")).dhash is None


def test_a_jpeg_for_printing_becomes_one_for_screens() -> None:
    picture = rebuild(encoded(Image.new("CMYK", (30, 20), (0, 255, 255, 0)), "JPEG"))
    assert opened(picture.content).mode == "RGB"


def test_a_large_photo_is_kept_with_2048_pixels_on_its_long_side() -> None:
    picture = rebuild(jpeg(size=(3000, 1500)))
    assert (picture.width, picture.height) == (2048, 1024)


def test_broken_exif_is_no_reason_to_lose_a_photo() -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "yesterday"
    picture = rebuild(encoded(Image.new("RGB", (30, 20)), "JPEG", exif=exif))
    assert picture.taken is None


@pytest.mark.parametrize(
    "misdeed",
    [
        "bytearray(1 << 30)",
        "open('planted', 'wb', 0).write(b'x')",
        "os.abort()",
        "return {'width': 1}, b''",
        "return {'refused': ['x']}, b''",
        "return [], b''",
        "return {'taken': 7, 'place': 'here', 'photo_size': 3}, b'<html>'",
        "[sys.stdout.buffer.write(bytes(1 << 20)) for _ in range(100)]",
    ],
    ids=["memory", "file", "crash", "half-an-answer", "odd-refusal", "list", "no-jpeg", "flood"],
)
def test_a_photo_that_breaks_its_process_is_refused_and_harms_nobody(
    misdeed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a decoder taken over by a photo might try, with the rights the real child has."""
    take_over(misdeed, tmp_path, monkeypatch)
    with pytest.raises(PhotoRefused) as refusal:
        rebuild(jpeg())
    assert refusal.value.code == "photo-too-hard"


def test_it_is_the_limits_that_stop_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: with its rights the child takes a gigabyte and answers as if nothing had happened."""
    take_over("bytearray(1 << 30)", tmp_path, monkeypatch, limited=False)
    assert rebuild(jpeg()).width == 1


def test_a_child_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child.py"
    child.write_text("import signal\nsignal.pause()\n")
    monkeypatch.setattr(darkroom, "CHILD", child)
    monkeypatch.setattr(darkroom, "SECONDS", 0.2)
    with pytest.raises(PhotoRefused) as refusal:
        rebuild(jpeg())
    assert refusal.value.code == "photo-too-hard"
