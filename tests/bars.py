"""Barcodes as pictures, and pictures as what a camera without a lens films."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import segno
from PIL import Image
from playwright.sync_api import Browser

from tests.browser import another

# ISO/IEC 15420: the seven modules of each digit on the left, and which of them are mirrored by the first digit.
ODD = re.findall(r"\w+", "0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011")
MIRRORED = re.findall(r"\w+", "LLLLLL LLGLGG LLGGLG LLGGGL LGLLGG LGGLLG LGGGLL LGLGLG LGLGGL LGGLGL")
# ISO/IEC 15417: widths of bars and gaps by value.
CODE_128 = re.findall(
    r"\d+",
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 "
    "113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 "
    "212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 "
    "113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 "
    "314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 "
    "241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 "
    "214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 "
    "211232 2331112",
)
START_B, STOP = 104, 106
FILM: tuple[int, int] = (1280, 960)


def ean_13(digits: str) -> Image.Image:
    """All thirteen digits, the check digit too."""
    even = [_inverted(code)[::-1] for code in ODD]
    left = "".join(
        (ODD if side == "L" else even)[int(d)] for side, d in zip(MIRRORED[int(digits[0])], digits[1:7], strict=True)
    )
    right = "".join(_inverted(ODD[int(d)]) for d in digits[7:])
    return _drawn(f"101{left}01010{right}101")


def code_128(text: str) -> Image.Image:
    """Printable ASCII, in code set B."""
    values = [ord(letter) - 32 for letter in text]
    check = (START_B + sum(place * value for place, value in enumerate(values, 1))) % 103
    widths = "".join(CODE_128[value] for value in (START_B, *values, check, STOP))
    return _drawn("".join("10"[at % 2] * int(width) for at, width in enumerate(widths)))


def qr(text: str) -> Image.Image:
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=10, border=4)
    return Image.open(out).convert("RGB")


def film(picture: Image.Image, path: Path) -> Path:
    """A camera that sees nothing but this picture, on a grey wall."""
    scene = Image.new("RGB", FILM, (206, 204, 200))
    scene.paste(picture, ((FILM[0] - picture.width) // 2, (FILM[1] - picture.height) // 2))
    frame = io.BytesIO()
    scene.save(frame, "JPEG", quality=92)
    path.write_bytes(frame.getvalue() * 4)
    return path


@contextmanager
def filming(browser: Browser, path: Path) -> Iterator[Browser]:
    """Another Chromium whose camera is a file of `film`, and whose user always says yes to it."""
    fake = ("device-for-media-stream", "ui-for-media-stream")
    camera = [*(f"--use-fake-{what}" for what in fake), f"--use-file-for-fake-video-capture={path}"]
    with another(browser, *camera) as started:
        yield started


def _inverted(modules: str) -> str:
    return modules.translate(str.maketrans("01", "10"))


def _drawn(modules: str, wide: int = 6, high: int = 260) -> Image.Image:
    quiet = 12
    row = Image.new("1", (len(modules) + 2 * quiet, 1), 1)
    for at, module in enumerate(modules):
        row.putpixel((at + quiet, 0), module == "0")
    return row.resize((row.width * wide, high), Image.Resampling.NEAREST).convert("RGB")
