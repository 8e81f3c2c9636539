"""What a visit leaves behind: signature, pictures, serial number and agreed surcharges, with a camera and without."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, BrowserContext, expect

from dispatch import photo_child
from dispatch.evidence import EventType
from tests import bars
from tests.mobile_api.in_app import in_app
from tests.mobile_api.lamp_visit import MODULES, ask_for, payloads, phone_on_site
from tests.mobile_api.phone_browser import all_sent, opened, small_phone, there
from tests.mobile_api.stored import visit_of
from tests.phone_day import Tuesday
from tests.phone_walk import keep, room, sign, snap, tap

pytestmark = pytest.mark.browser
MEASURED = f"""async (png) => {{
  const checks = await import("{MODULES}/checks.js");
  const {{ canvasOf, smallGrey }} = await import("{MODULES}/lens.js");
  const file = new Blob([Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0))], {{ type: "image/png" }});
  const grey = smallGrey(await canvasOf(file));
  return [checks.sharpness(grey), checks.brightness(grey), checks.differenceHash(grey)];
}}"""

TAKEN_AWAY = """() => {
  const [track] = document.querySelector('.finder video').srcObject.getTracks();
  track.stop();
  track.dispatchEvent(new Event('ended'));
}"""
PLAYS_WHEN_TOLD = """() => {
  const { play } = HTMLMediaElement.prototype;
  const told = new Promise((resolve) => { globalThis.playNow = resolve; });
  HTMLMediaElement.prototype.play = async function playWhenTold() {
    await told;
    return play.call(this);
  };
}"""


@pytest.fixture(scope="module")
def browser(filming: Browser) -> Browser:
    return filming


@pytest.fixture
def label(film: Path) -> Iterator[Path]:
    """The camera may look at something else for the time of one test."""
    yield film
    bars.film(room(), film)


def test_the_signature_keeps_its_place_when_the_phone_is_turned_and_undoes_stroke_by_stroke(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    ask_for(tuesday)
    page = phone_on_site(phone, address, tuesday, "/finish")
    tap(page.locator("#step-signature button"))
    sign(page)
    drawn = page.locator(".pad path").get_attribute("d") or ""
    page.set_viewport_size({"width": 740, "height": 360})
    assert page.locator(".pad path").get_attribute("d") == drawn
    expect(page.locator(".pad")).to_be_in_viewport(ratio=0.9)
    sign(page)
    page.locator(".sign-foot button").first.click()
    expect(page.locator(".pad path")).to_have_attribute("d", drawn)
    page.locator(".sign-foot button").nth(1).click()
    expect(page.locator(".pad path")).to_have_attribute("d", "")
    page.locator(".consumer .go").click()
    expect(page.locator(".turned [role=alert]")).to_be_visible()


def test_who_cannot_write_signs_with_name_and_cross(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    ask_for(tuesday)
    page = phone_on_site(phone, address, tuesday, "/finish")
    page.locator("#step-signature button").focus()
    page.keyboard.press("Enter")
    page.locator("[name=signer]").focus()
    page.keyboard.type("Chen")
    page.locator(".consumer .go").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#step-signature .done-pill")).to_be_visible()
    all_sent(page)
    assert [said["name"] for said in payloads(tuesday, EventType.SIGNATURE)] == ["Chen"]


def test_a_surcharge_waits_for_its_photo_and_a_no_records_nothing(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    ask_for(tuesday)
    page = phone_on_site(phone, address, tuesday, "/finish")
    tap(page.locator(".stepper .round:last-child").first)
    show = page.locator("#step-surcharges .go")
    expect(show).to_be_disabled()
    tap(page.locator("#step-surcharges .wide"))
    snap(page)
    keep(page)
    tap(show)
    expect(page.locator(".turned img")).to_be_visible()
    page.locator(".consumer .plain").click()
    expect(show).to_be_enabled()
    assert in_app(page, "return app.visit(given).visit.agreed;", tuesday.first) == []
    tap(show)
    page.locator(".consumer .go").click()
    expect(page.locator(".said-yes")).to_contain_text("¥15")


def test_no_picture_is_taken_of_a_camera_that_shows_nothing_yet(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    ask_for(tuesday)
    page = phone_on_site(phone, address, tuesday)
    page.evaluate(PLAYS_WHEN_TOLD)
    page.locator(".shot").first.click()
    page.wait_for_function("() => document.querySelector('.finder video')?.srcObject")
    expect(page.locator(".finder-word")).to_contain_text("正在打开相机")
    expect(page.locator(".shutter")).to_be_disabled()
    page.evaluate("() => playNow()")
    snap(page)
    expect(page.locator(".finder-word")).to_have_count(0)
    expect(page.locator(".doubts")).to_have_count(0)


def test_a_camera_that_is_taken_away_leaves_the_camera_app(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    ask_for(tuesday)
    page = phone_on_site(phone, address, tuesday)
    page.locator(".shot").first.click()
    there(page, ".shutter:not([disabled])")
    page.evaluate(TAKEN_AWAY)
    expect(page.locator(".finder-word")).to_contain_text("系统相机")
    expect(page.locator(".shutter")).to_be_disabled()


def test_without_a_camera_the_picture_comes_from_the_camera_app(
    tuesday: Tuesday, address: str, plain: Browser, tmp_path: Path
) -> None:
    ask_for(tuesday)
    taken = tmp_path / "camera.jpg"
    room((3000, 2000)).save(taken, "JPEG")
    with small_phone(plain) as context:
        page = phone_on_site(context, address, tuesday)
        page.locator(".shot").first.click()
        expect(page.locator(".finder-word")).to_contain_text("系统相机")
        page.locator(".screen input[type=file]").set_input_files(taken)
        page.locator(".choice").wait_for()
        keep(page)
        there(page, ".shot.taken")
        [picture] = in_app(
            page, "return app.visit(given).visit.pictures.before.map(({ url, ...each }) => each);", tuesday.first
        )
    assert (picture["width"], picture["height"]) == (2048, 1365)


def test_a_doubtful_picture_is_named_and_may_be_kept(
    tuesday: Tuesday, address: str, plain: Browser, tmp_path: Path
) -> None:
    ask_for(tuesday)
    dark, blurred = tmp_path / "dark.jpg", tmp_path / "blurred.jpg"
    Image.new("RGB", (900, 700), (12, 12, 14)).save(dark, "JPEG")
    room().filter(ImageFilter.GaussianBlur(14)).save(blurred, "JPEG")
    sharp = tmp_path / "sharp.jpg"
    room().save(sharp, "JPEG")
    with small_phone(plain) as context:
        context.set_geolocation({"longitude": 121.2, "latitude": 31.2, "accuracy": 20})
        page = phone_on_site(context, address, tuesday)
        page.locator(".shot").first.click()
        said = page.locator(".doubts")
        for picture, sentence in ((dark, "太暗"), (blurred, "拍糊")):
            page.locator(".screen input[type=file]").set_input_files(picture)
            expect(said).to_contain_text(sentence)
            page.locator(".choice button.go").click()
        page.locator(".screen input[type=file]").set_input_files(sharp)
        expect(said).to_have_text(re.compile("^这里离地址有 .* 公里，是在现场拍的吗？$"))
        keep(page)
        page.locator(".screen input[type=file]").set_input_files(sharp)
        expect(said).to_contain_text("和“安装前”那张几乎一样")
        keep(page)
        there(page, ".shot.taken", 2)
        [picture] = in_app(
            page, "return app.visit(given).visit.pictures.after.map(({ url, ...each }) => each);", tuesday.first
        )
    assert picture["checks"] == ["alike", "far"]


def test_the_phone_measures_pictures_as_the_server_does(address: str, phone: BrowserContext) -> None:
    seen = room((500, 380))
    page = opened(phone, address)
    for picture in (seen, seen.filter(ImageFilter.GaussianBlur(5)), seen.point(lambda value: value // 3)):
        theirs = photo_child._looks(picture)
        out = io.BytesIO()
        picture.save(out, "PNG")
        sharpness, brightness, dhash = page.evaluate(MEASURED, base64.b64encode(out.getvalue()).decode())
        assert sharpness == pytest.approx(theirs["sharpness"], rel=0.05, abs=1)
        assert brightness == pytest.approx(theirs["brightness"], abs=1)
        assert (int(dhash, 16) ^ int(theirs["dhash"], 16)).bit_count() <= 4


@pytest.mark.parametrize(
    ("code", "number", "kind"),
    [
        (bars.ean_13("6901234567892"), "6901234567892", "ean-13"),
        (bars.code_128("SN:AB-2026/0042"), "SN:AB-2026/0042", "code-128"),
        (bars.code_128("WH80L-77").rotate(7, expand=True, fillcolor="white"), "WH80L-77", "code-128"),
        (bars.qr("LAMP-1234567890"), "LAMP-1234567890", "qr"),
    ],
    ids=["ean-13", "code-128", "aslant", "qr"],
)
def test_the_serial_number_is_read_by_the_camera(
    tuesday: Tuesday, address: str, phone: BrowserContext, label: Path, code: Image.Image, number: str, kind: str
) -> None:
    ask_for(tuesday)
    bars.film(code, label)
    page = phone_on_site(phone, address, tuesday, "/finish")
    tap(page.locator("#step-serial button").first)
    there(page, ".number-read")
    assert page.locator(".number-read").inner_text() == number
    all_sent(page)
    assert visit_of(tuesday).told["serial"] == {"number": number, "read": "camera", "format": kind}


def test_a_scanner_whose_camera_is_taken_away_asks_for_the_number(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    ask_for(tuesday)
    page = phone_on_site(phone, address, tuesday, "/finish")
    tap(page.locator("#step-serial button").first)
    expect(page.locator(".finder-word")).to_contain_text("正在找")
    page.evaluate(TAKEN_AWAY)
    expect(page.locator(".finder-word")).to_contain_text("手动输入")
    tap(page.locator(".shutter-row button").first)
    expect(page.locator("[name=serial]")).to_be_visible()


def test_a_number_that_cannot_be_read_is_typed_instead(tuesday: Tuesday, address: str, plain: Browser) -> None:
    ask_for(tuesday)
    with small_phone(plain) as context:
        page = phone_on_site(context, address, tuesday, "/finish")
        tap(page.locator("#step-serial button").first)
        expect(page.locator(".finder-word")).to_contain_text("手动输入")
        page.locator(".screen-foot button").click()
        page.fill("[name=serial]", "X-1")
        page.keyboard.press("Enter")
        expect(page.locator(".number-read")).to_have_text("X-1")


def test_a_signature_never_grows_past_what_may_be_sent(address: str, phone: BrowserContext) -> None:
    page = opened(phone, address)
    thin = page.evaluate(
        f"""async () => {{
          const {{ thinned }} = await import("{MODULES}/strokes.js");
          const line = (at) => Array.from({{ length: 900 }}, (_, n) => (at + n) % 1000);
          const strokes = Array.from({{ length: 30 }}, (_, at) => line(at));
          return [strokes, thinned(strokes)];
        }}"""
    )
    before, after = thin
    assert sum(map(len, after)) <= 4000
    assert [(stroke[:2], stroke[-2:]) for stroke in after] == [(stroke[:2], stroke[-2:]) for stroke in before]
    assert all(len(stroke) % 2 == 0 for stroke in after)
