"""One visit on the technician's phone, from the readiness gate to the consumer's code, with a camera and without."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import select

import wsgi
from dispatch import photo_child
from dispatch.catalogue import ServiceProduct
from dispatch.evidence import EventType, Proof, VisitEvent
from dispatch.site_records import Surcharge, WastedTrip
from dispatch.work_order import Visit, VisitState
from tests import bars
from tests.browser import chromium, serving
from tests.mobile_api.phone_browser import (
    LARGE,
    PAGE,
    SMALL,
    assert_fit_for_gloves_and_sun,
    in_app,
    log_in,
    small_phone,
)
from tests.phone_day import Tuesday
from tests.phone_pocket import CHECKLIST, PARTS, PROOFS, SURCHARGES

pytestmark = pytest.mark.browser

CODE = "246810"
MODULES = "/phone/static/app/visit"
SHOTS = [
    {
        "code": "before", "name_zh": "安装前", "name_en": "Before", "required": True, "outline": "before",
        "hint_zh": "退后两步拍全", "hint_en": "Two steps back",
    },
    {"code": "after", "name_zh": "安装后", "name_en": "After", "required": True, "outline": "after"},
    {"code": "damage", "name_zh": "损坏处", "name_en": "Damage", "required": False, "outline": "damage"},
]  # fmt: skip
MEASURED = f"""async (png) => {{
  const checks = await import("{MODULES}/checks.js");
  const {{ canvasOf, smallGrey }} = await import("{MODULES}/lens.js");
  const file = new Blob([Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0))], {{ type: "image/png" }});
  const grey = smallGrey(await canvasOf(file));
  return [checks.sharpness(grey), checks.brightness(grey), checks.differenceHash(grey)];
}}"""
OUTSIDE = """() => [...document.querySelectorAll('#app *')]
  .filter((e) => e.getBoundingClientRect().right > document.body.clientWidth + 1)
  .map((e) => e.outerHTML.slice(0, 200))"""
OUTLINES = ("overview", "doorplate", "packaging", "label", "fixing", "before", "after", "tidy", "damage")


def scene(size: tuple[int, int] = (900, 700)) -> Image.Image:
    """Something with edges, as rooms have them."""
    picture = Image.new("RGB", size, (190, 180, 165))
    pen = ImageDraw.Draw(picture)
    for n in range(0, size[0], 60):
        pen.rectangle(
            (n, n // 2, n + 38, n // 2 + 160), fill=(40 + n % 190, 90, 210 - n % 170), outline="black", width=3
        )
        pen.line((n, 0, size[0] - n, size[1]), fill=(30, 30, 30), width=2)
    return picture


@pytest.fixture(scope="module")
def plain() -> Iterator[Browser]:
    """Without a camera."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def browser(plain: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """With a camera that looks at a room."""
    with bars.filming(plain, bars.film(scene(), tmp_path_factory.mktemp("film") / "room.mjpeg")) as started:
        yield started


@pytest.fixture
def address(tuesday: Tuesday) -> Iterator[str]:
    with serving(wsgi.mount(tuesday.town.system)) as url:
        yield url


def ask_for(tuesday: Tuesday, **settings: Any) -> None:
    """What the first visit's product asks for on site; its consumer has the code 246810."""
    asked = {"shot_list": SHOTS, "parts": PARTS, "checklist": CHECKLIST, "surcharges": SURCHARGES, "proofs": PROOFS}
    with tuesday.town.system.transaction() as session:
        lamp = session.get_one(ServiceProduct, "lamp")
        for name, value in (asked | settings).items():
            setattr(lamp, name, value)
        session.get_one(Visit, tuesday.first).verification_code = CODE


def phone_on_site(context: BrowserContext, address: str, tuesday: Tuesday, language: str = "zh") -> Page:
    page = log_in(context, address, language)
    in_app(page, "await app.setOut(given); await app.arrive(given);", tuesday.first)
    expect(page.locator(".shot-list")).to_be_visible()
    return page


def at(page: Page, tuesday: Tuesday, step: str = "", *, waits_for: str = "main.visit .card") -> Page:
    page.evaluate("(to) => { location.hash = to; }", f"#/visit/{tuesday.first}{step}")
    page.locator(waits_for).first.wait_for()
    return page


def tap(found: Locator) -> None:
    """Below the bar and above the thumb's button, as a finger would have scrolled it."""
    found.evaluate("(element) => element.scrollIntoView({ block: 'center' })")
    found.click()


def all_sent(page: Page) -> None:
    expect(page.locator(".connection.good")).to_be_visible(timeout=30_000)


def all_there(page: Page) -> None:
    """Every page has been fetched, as it is when the phone has had a moment of signal."""
    page.evaluate(
        """Promise.all(['visit', 'ready', 'finish', 'cannot', 'next'].map((name) =>
          import(`/phone/static/app/visit/${name}_page.js`)))"""
    )


def go(page: Page) -> None:
    page.locator(".thumb .go").click()


def snap(page: Page) -> None:
    page.locator(".shutter:not([disabled])").click()
    page.locator(".choice").wait_for()


def keep(page: Page) -> None:
    page.locator(".choice button", has=page.locator("use[href$='#check']")).click()


def sign(page: Page) -> None:
    box = page.locator(".pad").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for n in range(1, 30):
        page.mouse.move(box["x"] + 40 + 6 * n, box["y"] + 60 + 40 * (n % 3))
    page.mouse.up()


def in_db(tuesday: Tuesday, read: Callable[[Any], Any]) -> Any:
    with tuesday.town.system.transaction(read_only=True) as session:
        return read(session)


def visit_of(tuesday: Tuesday) -> Visit:
    with tuesday.town.system.transaction(read_only=True) as session:
        return session.get_one(Visit, tuesday.first)


def payloads(tuesday: Tuesday, kind: EventType) -> list[dict[str, Any]]:
    """Of the facts of that kind, oldest first."""
    told = select(VisitEvent).where(VisitEvent.type == kind).order_by(VisitEvent.id)
    with tuesday.town.system.transaction(read_only=True) as session:
        return [event.payload for event in session.scalars(told)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_a_visit_asks_for_is_done_without_signal_and_arrives_whole(
    tuesday: Tuesday, address: str, browser: Browser, language: str
) -> None:
    ask_for(tuesday)
    with small_phone(browser, language) as context:
        page = log_in(context, address, language)
        for step in ("/ready", "/finish", "/cannot", ""):
            at(page, tuesday, step, waits_for="main.visit")
        all_there(page)
        context.set_offline(True)
        go(page)
        expect(page.locator(".choices label:first-child")).to_have_count(2)
        for answer in page.locator(".choices label:first-child").all():
            tap(answer)
        tap(page.locator(".ticks label"))
        go(page)
        go(page)
        go(page)
        snap(page)
        expect(page.locator(".doubts")).to_have_count(0)
        keep(page)
        snap(page)
        keep(page)
        expect(page.locator(".shot.taken")).to_have_count(2)
        go(page)
        tap(page.locator("#step-checklist label").first)
        page.fill("[name=serial]", "SN-77/中")
        tap(page.locator("#step-serial [type=submit]"))
        plus = page.locator(".stepper .round:last-child")
        tap(plus.nth(1))
        tap(plus.nth(1))
        tap(page.locator("#step-surcharges .go"))
        expect(page.locator(".turned")).to_contain_text("¥60")
        page.locator(".consumer .go").click()
        expect(page.locator(".said-yes")).to_contain_text("¥60")
        tap(page.locator("#step-signature button"))
        page.fill("[name=signer]", "陈女士")
        sign(page)
        page.locator(".consumer .go").click()
        page.fill("[name=code]", CODE)
        tap(page.locator("#step-code [type=submit]"))
        expect(page.locator("#step-code .note")).to_be_visible()
        go(page)
        page.wait_for_url("**#/")
        assert visit_of(tuesday).state == VisitState.WAITING
        context.set_offline(False)
        all_sent(page)
    visit = visit_of(tuesday)
    assert (visit.state, visit.accepted_at is not None) == (VisitState.COMPLETED, True)
    assert visit.told["serial"] == {"number": "SN-77/中", "read": "hand", "format": ""}
    assert visit.told["checklist"] == ["power-off"]
    assert visit.told["readiness"]["goods"] == "whole"
    rows = in_db(
        tuesday, lambda session: [(row.code, row.count, row.amount) for row in session.scalars(select(Surcharge))]
    )
    assert rows == [("drill", 2, 3000)]
    [signature] = payloads(tuesday, EventType.SIGNATURE)
    assert signature["name"] == "陈女士"
    assert all(0 <= number <= 1000 for stroke in signature["strokes"] for number in stroke)
    shots = in_db(
        tuesday, lambda session: {proof.shot_code for proof in session.scalars(select(Proof)) if proof.shot_code}
    )
    assert shots == {"before", "after"}


def test_goods_that_are_missing_save_the_trip(tuesday: Tuesday, address: str, browser: Browser) -> None:
    ask_for(tuesday)
    with small_phone(browser) as context:
        page = at(log_in(context, address), tuesday, "/ready")
        tap(page.locator(".choices label").nth(2))
        go(page)
        expect(page.locator("input[value=goods-missing]")).to_be_checked()
        assert page.url.endswith("/cannot")
        go(page)
        page.wait_for_url("**/next")
        all_sent(page)
    assert visit_of(tuesday).failure_reason == "goods-missing"
    assert payloads(tuesday, EventType.READINESS)[0]["goods"] == "missing"


def test_without_an_answer_to_the_gate_nobody_sets_out(tuesday: Tuesday, address: str, browser: Browser) -> None:
    ask_for(tuesday)
    with small_phone(browser) as context:
        page = at(log_in(context, address), tuesday, "/ready")
        expect(page.locator(".thumb .go")).to_be_disabled()
        expect(page.locator(".thumb .still")).to_contain_text("货")


def test_a_failed_trip_tells_the_call_the_wait_the_wishes_and_the_parts(
    tuesday: Tuesday, address: str, browser: Browser
) -> None:
    ask_for(tuesday)
    with small_phone(browser) as context:
        page = at(phone_on_site(context, address, tuesday), tuesday, "/cannot")
        tap(page.locator(".choices label", has_text="缺配件"))
        tap(page.locator(".choices label", has_text="打通了"))
        for _ in range(2):
            tap(page.locator(".counter .round").last)
        free = page.locator(".wishes button:not([disabled])[aria-pressed=false]")
        for _ in range(3):
            tap(free.last)
        expect(free).to_have_count(0)
        page.fill("[name=part]", "M8 膨胀螺栓")
        page.fill("[name=count]", "4")
        tap(page.locator("form.row button"))
        expect(page.locator(".chosen li")).to_have_count(1)
        page.fill("#note", "墙是空心的")
        go(page)
        page.wait_for_url("**/next")
        all_sent(page)
    visit = visit_of(tuesday)
    assert (visit.failure_reason, visit.failure_note) == ("parts-missing", "墙是空心的")
    trip = in_db(tuesday, lambda session: session.scalars(select(WastedTrip)).one())
    assert (trip.call_outcome, trip.waited, len(trip.wishes)) == ("reached", 600, 3)
    assert {wish["part"] for wish in trip.wishes} == {"evening", "afternoon", "morning"}
    assert payloads(tuesday, EventType.PARTS_NEEDED)[0]["count"] == 4


def test_the_second_visit_is_booked_with_one_tap(tuesday: Tuesday, address: str, browser: Browser) -> None:
    ask_for(tuesday)
    with tuesday.town.system.transaction() as session:
        tuesday.town.take_risks(session)
    with small_phone(browser) as context:
        page = at(phone_on_site(context, address, tuesday), tuesday, "/cannot")
        tap(page.locator(".choices label").first)
        go(page)
        offer = page.locator(".windows button").first
        told = offer.locator("strong").inner_text()
        tap(offer)
        expect(page.locator(".booked .when")).to_contain_text(told)
        page.reload()
        expect(page.locator(".booked .when")).to_contain_text(told)
    second = in_db(tuesday, lambda session: session.scalars(select(Visit).where(Visit.cause == "second-visit")).one())
    assert in_db(tuesday, lambda session: session.get_one(Visit, second.id).appointment) is not None


def test_without_signal_the_second_visit_is_asked_for_when_it_is_back(
    tuesday: Tuesday, address: str, browser: Browser
) -> None:
    ask_for(tuesday)
    with small_phone(browser) as context:
        page = at(phone_on_site(context, address, tuesday), tuesday, "/cannot")
        tap(page.locator(".choices label").first)
        all_there(page)
        context.set_offline(True)
        go(page)
        expect(page.locator(".said-card")).to_contain_text("现在没有信号")
        context.set_offline(False)
        expect(page.locator("main.visit")).not_to_contain_text("现在没有信号", timeout=30_000)


def test_a_wrong_code_is_told_and_may_be_given_again(tuesday: Tuesday, address: str, browser: Browser) -> None:
    ask_for(tuesday)
    with small_phone(browser) as context:
        page = at(phone_on_site(context, address, tuesday), tuesday, "/finish")
        page.fill("[name=code]", "12a34")
        assert page.input_value("[name=code]") == "1234"
        tap(page.locator("#step-code [type=submit]"))
        expect(page.locator("#step-code .wrong")).to_contain_text("6 位")
        page.fill("[name=code]", "111111")
        tap(page.locator("#step-code [type=submit]"))
        expect(page.locator("#step-code .wrong")).to_contain_text("不对")
        page.fill("[name=code]", CODE)
        tap(page.locator("#step-code [type=submit]"))
        expect(page.locator("#step-code .said-yes")).to_be_visible()
    assert visit_of(tuesday).accepted_at is not None


def test_without_the_code_the_reason_goes_with_the_completion(tuesday: Tuesday, address: str, browser: Browser) -> None:
    ask_for(tuesday, shot_list=[], checklist=[], surcharges=[], proofs={"code": "required"})
    with small_phone(browser) as context:
        page = at(phone_on_site_without_shots(context, address, tuesday), tuesday, "/finish")
        expect(page.locator(".thumb .go")).to_contain_text("下一步：验收码")
        tap(page.locator("#step-code .plain"))
        tap(page.locator("#step-code .choices label").first)
        page.fill("#note", "已教会使用")
        go(page)
        page.wait_for_url("**#/")
        all_sent(page)
    [said] = payloads(tuesday, EventType.COMPLETION)
    assert said["note"] == "没有验收码：没收到短信\n已教会使用"


def phone_on_site_without_shots(context: BrowserContext, address: str, tuesday: Tuesday) -> Page:
    page = log_in(context, address)
    in_app(page, "await app.setOut(given); await app.arrive(given);", tuesday.first)
    page.locator("main.visit .pill.on-site").wait_for()
    return page


def test_what_was_begun_is_there_again_after_back_and_kill(tuesday: Tuesday, address: str, browser: Browser) -> None:
    ask_for(tuesday)
    with small_phone(browser) as context:
        page = at(phone_on_site(context, address, tuesday), tuesday, "/finish")
        page.fill("[name=serial]", "HALF-TYP")
        page.fill("#note", "还没写完")
        tap(page.locator(".stepper .round:last-child").nth(1))
        tap(page.locator("#step-signature button"))
        sign(page)
        drawn = page.locator(".pad path").get_attribute("d")
        page.go_back()
        expect(page.locator(".screen")).to_have_count(0)
        page.close()
        page = context.new_page()
        page.goto(f"{address}{PAGE}#/visit/{tuesday.first}/finish")
        expect(page.locator("#note")).to_have_value("还没写完")
        expect(page.locator("[name=serial]")).to_have_value("HALF-TYP")
        expect(page.locator(".stepper output").nth(1)).to_have_text("1")
        tap(page.locator("#step-signature button"))
        expect(page.locator(".pad path")).to_have_attribute("d", drawn or "")
        assert drawn


def test_the_signature_keeps_its_place_when_the_phone_is_turned_and_undoes_stroke_by_stroke(
    tuesday: Tuesday, address: str, browser: Browser
) -> None:
    ask_for(tuesday)
    with small_phone(browser) as context:
        page = at(phone_on_site(context, address, tuesday), tuesday, "/finish")
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


def test_who_cannot_write_signs_with_name_and_cross(tuesday: Tuesday, address: str, browser: Browser) -> None:
    ask_for(tuesday)
    with small_phone(browser) as context:
        page = at(phone_on_site(context, address, tuesday), tuesday, "/finish")
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
    tuesday: Tuesday, address: str, browser: Browser
) -> None:
    ask_for(tuesday)
    with small_phone(browser) as context:
        page = at(phone_on_site(context, address, tuesday), tuesday, "/finish")
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


def test_without_a_camera_the_picture_comes_from_the_camera_app(
    tuesday: Tuesday, address: str, plain: Browser, tmp_path: Path
) -> None:
    ask_for(tuesday)
    taken = tmp_path / "camera.jpg"
    scene((3000, 2000)).save(taken, "JPEG")
    with small_phone(plain) as context:
        page = phone_on_site(context, address, tuesday)
        page.locator(".shot").first.click()
        expect(page.locator(".finder-word")).to_contain_text("系统相机")
        page.locator(".screen input[type=file]").set_input_files(taken)
        page.locator(".choice").wait_for()
        keep(page)
        expect(page.locator(".shot.taken")).to_have_count(1)
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
    scene().filter(ImageFilter.GaussianBlur(14)).save(blurred, "JPEG")
    sharp = tmp_path / "sharp.jpg"
    scene().save(sharp, "JPEG")
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
        expect(page.locator(".shot.taken")).to_have_count(2)
        [picture] = in_app(
            page, "return app.visit(given).visit.pictures.after.map(({ url, ...each }) => each);", tuesday.first
        )
    assert picture["checks"] == ["alike", "far"]


def test_the_phone_measures_pictures_as_the_server_does(address: str, browser: Browser) -> None:
    room = scene((500, 380))
    with small_phone(browser) as context:
        page = context.new_page()
        page.goto(f"{address}{PAGE}")
        for picture in (room, room.filter(ImageFilter.GaussianBlur(5)), room.point(lambda value: value // 3)):
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
    tuesday: Tuesday, address: str, plain: Browser, tmp_path: Path, code: Image.Image, number: str, kind: str
) -> None:
    ask_for(tuesday)
    with bars.filming(plain, bars.film(code, tmp_path / "label.mjpeg")) as reading, small_phone(reading) as context:
        page = at(phone_on_site(context, address, tuesday), tuesday, "/finish")
        tap(page.locator("#step-serial button").first)
        expect(page.locator(".number-read")).to_have_text(number)
        all_sent(page)
    assert visit_of(tuesday).told["serial"] == {"number": number, "read": "camera", "format": kind}


def test_a_number_that_cannot_be_read_is_typed_instead(tuesday: Tuesday, address: str, plain: Browser) -> None:
    ask_for(tuesday)
    with small_phone(plain) as context:
        page = at(phone_on_site(context, address, tuesday), tuesday, "/finish")
        tap(page.locator("#step-serial button").first)
        expect(page.locator(".finder-word")).to_contain_text("手动输入")
        page.locator(".screen-foot button").click()
        page.fill("[name=serial]", "X-1")
        page.keyboard.press("Enter")
        expect(page.locator(".number-read")).to_have_text("X-1")


@pytest.mark.parametrize(
    ("language", "scheme", "size"),
    [("zh", "light", SMALL), ("en", "dark", SMALL), ("en", "light", LARGE), ("zh", "dark", LARGE)],
)
def test_every_page_of_a_visit_is_fit_for_gloves_and_sun(
    tuesday: Tuesday, address: str, browser: Browser, language: str, scheme: Any, size: Any
) -> None:
    ask_for(tuesday)
    with small_phone(browser, language, size=size, color_scheme=scheme) as context:
        page = at(log_in(context, address, language), tuesday)
        assert_fit_for_gloves_and_sun(page)
        at(page, tuesday, "/ready")
        assert_fit_for_gloves_and_sun(page)
        tap(page.locator(".choices label").nth(1))
        assert_fit_for_gloves_and_sun(page)
        in_app(page, "await app.setOut(given); await app.arrive(given);", tuesday.first)
        at(page, tuesday, waits_for=".shot-list")
        assert_fit_for_gloves_and_sun(page)
        page.locator(".shot").first.click()
        page.locator(".shutter:not([disabled])").wait_for()
        assert_fit_for_gloves_and_sun(page)
        snap(page)
        assert_fit_for_gloves_and_sun(page)
        keep(page)
        page.locator(".screen .square").click()
        at(page, tuesday, "/finish")
        tap(page.locator(".stepper .round:last-child").nth(1))
        assert_fit_for_gloves_and_sun(page)
        tap(page.locator("#step-surcharges .go"))
        assert_fit_for_gloves_and_sun(page)
        page.locator(".consumer .go").click()
        tap(page.locator("#step-signature button"))
        assert_fit_for_gloves_and_sun(page)
        page.locator(".screen .square").click()
        tap(page.locator("#step-code .plain"))
        assert_fit_for_gloves_and_sun(page)
        at(page, tuesday, "/cannot", waits_for="input[value=other]")
        assert_fit_for_gloves_and_sun(page)
        tap(page.locator(".choices label").nth(4))
        assert_fit_for_gloves_and_sun(page)
        go(page)
        page.locator(".windows, .said-card button").first.wait_for()
        assert_fit_for_gloves_and_sun(page)


def test_long_words_and_a_doubled_zoom_push_nothing_out_of_the_screen(
    tuesday: Tuesday, address: str, browser: Browser
) -> None:
    long = {"name_zh": "很" * 80, "name_en": "W" * 80}
    ask_for(
        tuesday,
        shot_list=[shot | long for shot in SHOTS],
        parts=[PARTS[0] | long], checklist=[CHECKLIST[0] | long], surcharges=[charge | long for charge in SURCHARGES],
    )  # fmt: skip
    with tuesday.town.system.transaction() as session:
        order = session.get_one(Visit, tuesday.first).work_order
        order.address, order.note = "<b>" + "W" * 197, "x" * 500
    with small_phone(browser, "en") as context:
        page = at(log_in(context, address, "en"), tuesday)
        in_app(page, "await app.setOut(given); await app.arrive(given);", tuesday.first)
        for width in (360, 180):
            page.set_viewport_size({"width": width, "height": 740})
            for step in ("", "/finish", "/cannot"):
                at(page, tuesday, step)
                assert page.evaluate(OUTSIDE) == [], (width, step)


def test_both_languages_say_everything_of_a_visit(address: str, browser: Browser) -> None:
    with small_phone(browser) as context:
        page = context.new_page()
        page.goto(f"{address}{PAGE}")
        zh, en, drawn = page.evaluate(
            f"""async (names) => {{
              const {{ WORDS }} = await import("{MODULES}/words.js");
              const {{ outline }} = await import("{MODULES}/outlines.js");
              const flat = (group, path = "") => Object.entries(group).flatMap(([key, value]) =>
                typeof value === "string" ? [path + key] : flat(value, `${{path}}${{key}}.`));
              return [flat(WORDS.zh), flat(WORDS.en), new Set(names.map((name) => outline(name).values[0])).size];
            }}""",
            list(OUTLINES),
        )
    assert zh == en
    assert len(zh) > 180
    assert drawn == len(OUTLINES)


def test_a_signature_never_grows_past_what_may_be_sent(address: str, browser: Browser) -> None:
    with small_phone(browser) as context:
        page = context.new_page()
        page.goto(f"{address}{PAGE}")
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
