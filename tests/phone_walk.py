"""A technician's way through a visit on the phone's pages, finger by finger, before a camera that looks at a room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Locator, Page

from tests import bars
from tests.mobile_api.phone_browser import move, there


@contextmanager
def with_a_camera(plain: Browser, folder: Path) -> Iterator[Browser]:
    """Another Chromium, whose camera looks at a room."""
    with bars.filming(plain, bars.film(room(), folder / "room.mjpeg")) as started:
        yield started


def room(size: tuple[int, int] = (900, 700)) -> Image.Image:
    """Something with edges, as rooms have them."""
    picture = Image.new("RGB", size, (190, 180, 165))
    pen = ImageDraw.Draw(picture)
    for n in range(0, size[0], 60):
        colour = (40 + n % 190, 90, 210 - n % 170)
        pen.rectangle((n, n // 2, n + 38, n // 2 + 160), fill=colour, outline="black", width=3)
        pen.line((n, 0, size[0] - n, size[1]), fill=(30, 30, 30), width=2)
    return picture


def tap(found: Locator) -> None:
    """Where a finger would have scrolled it: between the bar and the thumb's button."""
    found.evaluate("(element) => element.scrollIntoView({ block: 'center' })")
    found.click()


def go(page: Page) -> None:
    page.locator(".thumb .go").click()


def at(page: Page, visit_id: int, step: str = "", *, waits_for: str = "main.visit .card") -> Page:
    move(page, f"#/visit/{visit_id}{step}")
    page.locator(waits_for).first.wait_for()
    return page


def set_out_and_arrive(page: Page, visit_id: int) -> None:
    at(page, visit_id, "/ready")
    for choice in page.locator(".choices label:first-child").all():
        tap(choice)
    for part in page.locator(".ticks label").all():
        tap(part)
    go(page)
    page.locator(".pill.en-route").wait_for()
    go(page)
    page.locator(".pill.on-site").wait_for()


def photograph(page: Page, shots: int) -> None:
    go(page)
    for _ in range(shots):
        snap(page)
        keep(page)
    there(page, ".shot.taken", shots)


def snap(page: Page) -> None:
    there(page, ".shutter:not([disabled])")
    page.locator(".shutter").click()
    there(page, ".choice")


def keep(page: Page) -> None:
    page.locator(".choice button", has=page.locator("use[href$='#check']")).click()


def finish(page: Page, visit_id: int, serial: str, code: str) -> None:
    """Checklist, serial number, a surcharge that the consumer agrees to, signature and code."""
    at(page, visit_id, "/finish")
    tap(page.locator("#step-checklist label").first)
    page.fill("[name=serial]", serial)
    tap(page.locator("#step-serial [type=submit]"))
    tap(page.locator(".stepper .round:last-child").nth(1))
    tap(page.locator("#step-surcharges .go"))
    page.locator(".consumer .go").click()
    tap(page.locator("#step-signature button"))
    sign(page)
    page.locator(".consumer .go").click()
    page.fill("[name=code]", code)
    tap(page.locator("#step-code [type=submit]"))
    go(page)
    page.wait_for_url("**#/")


def sign(page: Page) -> None:
    box = page.locator(".pad").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for n in range(1, 30):
        page.mouse.move(box["x"] + 40 + 6 * n, box["y"] + 60 + 40 * (n % 3))
    page.mouse.up()


def give_up(page: Page, visit_id: int) -> None:
    """Nobody at home: called, waited, and what the consumer may like instead."""
    at(page, visit_id, "/cannot")
    tap(page.locator("label:has([value=nobody-home])"))
    tap(page.locator("label:has([value=no-answer])"))
    tap(page.locator(".wishes button:not([disabled])").last)
    go(page)
    page.wait_for_url("**/next")
