"""The technician's page in a real browser, at the size of a small phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

import wsgi
from dispatch import phone_login
from dispatch.day_plan import Route
from dispatch.evidence import Proof, VisitEvent
from dispatch.work_order import Visit, VisitState
from tests.browser import chromium, serving
from tests.phone_day import PIN, Tuesday, jpeg
from tests.town import DOORS

pytestmark = pytest.mark.browser

SIZE: Any = {"width": 360, "height": 740}
LNG, LAT = DOORS["310101"]
WORDS = {
    "zh": {"go": "出发", "there": "我到了", "done": "完成", "cannot": "无法完成", "kept": "离线 · 已存 1 项"},
    "en": {
        "go": "Set out",
        "there": "I have arrived",
        "done": "Complete",
        "cannot": "Cannot complete",
        "kept": "Offline · 1 kept",
    },
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def address(tuesday: Tuesday) -> Iterator[str]:
    with serving(wsgi.mount(tuesday.town.system)) as url:
        yield url


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "camera.jpg"
    path.write_bytes(jpeg(size=(1200, 900)))
    return path


def small_phone(browser: Browser, language: str = "zh", *, may_locate: bool = True) -> BrowserContext:
    context = browser.new_context(
        viewport=SIZE, locale={"zh": "zh-CN", "en": "en-GB"}[language], has_touch=True, is_mobile=True
    )
    context.set_default_timeout(15_000)
    if may_locate:
        context.grant_permissions(["geolocation"])
        context.set_geolocation({"longitude": LNG, "latitude": LAT, "accuracy": 15})
    return context


def log_in(context: BrowserContext, address: str, language: str = "zh") -> Page:
    page = context.new_page()
    page.goto(f"{address}/phone")
    page.fill("#code", "T1")
    page.fill("#pin", PIN)
    page.click("button.go")
    page.wait_for_selector(".hero")
    page.wait_for_selector("#app[aria-busy=false]")
    if language == "en":
        page.click(".connection")
        page.click("button[lang=en]")
        expect(page.locator(".hero")).to_contain_text("Promised arrival")
    return page


def press(page: Page, text: str) -> None:
    page.locator(".thumb .go", has_text=text).click()


def shoot(page: Page, tile: int, photo: Path) -> None:
    page.locator(".tile input").nth(tile).set_input_files(photo)
    page.locator(".preview .go").click()
    expect(page.locator(".tile").nth(tile).locator(".tick")).to_be_visible()


def visit_of(tuesday: Tuesday) -> Visit:
    with tuesday.town.system.transaction(read_only=True) as session:
        return session.get_one(Visit, tuesday.first)


def serious(page: Page) -> list[str]:
    found = Axe().run(page)
    return [
        f"{problem['id']}: {problem['nodes'][0]['html']}"
        for problem in found["violations"]
        if problem["impact"] in {"serious", "critical"}
    ]


def weak(page: Page) -> list[str]:
    """Text below 7 : 1."""
    found = Axe().run(page, options={"runOnly": ["color-contrast-enhanced"]})
    return [node["html"] for problem in found["violations"] for node in problem["nodes"]]


SMALL = """() => [...document.querySelectorAll('#app *')]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 0)
  .flatMap((e) => {
    const box = e.getBoundingClientRect();
    const target = e.matches(
      'button, a, input:not([type=radio], [type=file]), label.tile, label.button, .reasons label');
    const owns = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && !e.closest('svg');
    const problems = [];
    if (target && Math.min(box.height, box.width) < 47.5) problems.push(`target ${e.outerHTML}`);
    if (owns && parseFloat(getComputedStyle(e).fontSize) < 16) problems.push(`text ${e.outerHTML}`);
    return problems;
  })"""


def assert_fit_for_gloves_and_sun(page: Page) -> None:
    assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZE["width"]
    assert serious(page) == []
    assert weak(page) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_visit_is_worked_through_and_survives_a_hole_in_the_signal(
    tuesday: Tuesday, address: str, browser: Browser, photo: Path, language: str
) -> None:
    words = WORDS[language]
    with small_phone(browser, language) as context:
        page = log_in(context, address, language)
        context.set_offline(True)
        press(page, words["go"])
        expect(page.locator(".connection")).to_contain_text(words["kept"])
        expect(page.locator(".thumb .go")).to_contain_text(words["there"])
        assert visit_of(tuesday).state == VisitState.WAITING
        context.set_offline(False)
        expect(page.locator(".connection.good")).to_be_visible()
        assert visit_of(tuesday).state == VisitState.EN_ROUTE
        press(page, words["there"])
        expect(page.locator(".missing")).to_be_visible()
        expect(page.locator(".thumb .go")).to_be_disabled()
        shoot(page, 0, photo)
        shoot(page, 1, photo)
        press(page, words["done"])
        expect(page.locator(".hero .eyebrow")).to_contain_text("2")
        expect(page.locator(".connection.good")).to_be_visible()
    visit = visit_of(tuesday)
    assert (visit.state, visit.arrival_distance) == (VisitState.COMPLETED, 0)
    with tuesday.town.system.transaction(read_only=True) as session:
        proofs = session.scalars(select(Proof).order_by(Proof.id)).all()
        assert [proof.shot_code for proof in proofs] == ["before", "after"]
        assert proofs[0].lng == pytest.approx(LNG)


def test_what_was_written_down_is_sent_after_the_page_was_killed(
    tuesday: Tuesday, address: str, browser: Browser
) -> None:
    with small_phone(browser) as context:
        page = log_in(context, address)
        context.set_offline(True)
        press(page, WORDS["zh"]["go"])
        expect(page.locator(".connection")).to_contain_text(WORDS["zh"]["kept"])
        page.close()
        context.set_offline(False)
        again = context.new_page()
        again.goto(f"{address}/phone")
        expect(again.locator(".connection.good")).to_be_visible()
    assert visit_of(tuesday).state == VisitState.EN_ROUTE


def test_what_waits_is_kept_through_a_lost_login_and_sent_after_the_next(
    tuesday: Tuesday, address: str, browser: Browser
) -> None:
    with small_phone(browser) as context:
        page = log_in(context, address)
        with tuesday.town.system.transaction() as session:
            phone_login.revoke_all(session, tuesday.town.technicians["T1"], tuesday.clock())
        press(page, WORDS["zh"]["go"])
        page.fill("#code", "T1")
        page.fill("#pin", PIN)
        page.click("button.go")
        expect(page.locator(".thumb .go")).to_contain_text(WORDS["zh"]["there"])
        expect(page.locator(".connection.good")).to_be_visible()
    assert visit_of(tuesday).state == VisitState.EN_ROUTE


def test_what_the_server_refuses_is_shown_with_the_reason_and_can_be_put_away(
    tuesday: Tuesday, address: str, browser: Browser
) -> None:
    with small_phone(browser) as context:
        page = log_in(context, address)
        tuesday.phone.report(tuesday.first, "arrival")
        press(page, WORDS["zh"]["go"])
        expect(page.locator(".connection.wrong")).to_contain_text("1 项要处理")
        page.click(".connection")
        expect(page.locator(".held .refused")).to_contain_text("状态已经变了")
        assert_fit_for_gloves_and_sun(page)
        page.get_by_text("删除这一项").click()
        expect(page.locator(".connection.good")).to_be_visible()


def test_a_changed_route_is_announced_until_it_was_seen(tuesday: Tuesday, address: str, browser: Browser) -> None:
    with small_phone(browser) as context:
        page = log_in(context, address)
        with tuesday.town.system.transaction() as session:
            route = session.scalars(select(Route)).one()
            assert route.seen_revision == 1
            route.revision = 2
        page.reload()
        expect(page.locator(".notice")).to_contain_text("路线有变动")
        assert_fit_for_gloves_and_sun(page)
        page.locator(".notice button").click()
        expect(page.locator(".notice")).to_have_count(0)
    with tuesday.town.system.transaction(read_only=True) as session:
        assert session.scalars(select(Route)).one().seen_revision == 2


def test_a_day_that_is_not_published_says_what_will_come(tuesday: Tuesday, address: str, browser: Browser) -> None:
    tuesday.clock.advance(days=1)
    with small_phone(browser) as context:
        page = context.new_page()
        page.goto(f"{address}/phone")
        page.fill("#code", "T1")
        page.fill("#pin", PIN)
        page.click("button.go")
        expect(page.locator(".empty")).to_contain_text("还没发布")
        assert_fit_for_gloves_and_sun(page)


def test_the_page_opens_without_signal(tuesday: Tuesday, address: str, browser: Browser) -> None:
    with small_phone(browser) as context:
        page = log_in(context, address)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        page.wait_for_selector(".hero")
        context.set_offline(True)
        page.reload()
        expect(page.locator(".hero .time")).to_have_text("09:00–11:00")
        expect(page.locator(".connection.away")).to_be_visible()


def test_an_answer_without_our_receipt_does_not_count(tuesday: Tuesday, address: str, browser: Browser) -> None:
    """A captive portal says 200 to everything; what it was told must stay on the phone."""
    with small_phone(browser) as context:
        page = log_in(context, address)
        context.route("**/en-route", lambda route: route.fulfill(status=200, body="{}"))
        press(page, WORDS["zh"]["go"])
        expect(page.locator(".connection")).to_contain_text("已存 1 项")
        context.unroute("**/en-route")
        page.click(".connection")
        page.get_by_text("现在上传").click()
        expect(page.locator(".connection.good")).to_be_visible()
    with tuesday.town.system.transaction(read_only=True) as session:
        assert len(session.scalars(select(VisitEvent)).all()) == 1


def test_without_permission_for_the_position_it_says_so_and_goes_on(
    tuesday: Tuesday, address: str, browser: Browser
) -> None:
    with small_phone(browser, may_locate=False) as context:
        page = log_in(context, address)
        press(page, WORDS["zh"]["go"])
        press(page, WORDS["zh"]["there"])
        expect(page.locator("#said")).to_contain_text("没有定位权限")
        expect(page.locator(".missing")).to_be_visible()
        expect(page.locator(".connection.good")).to_be_visible()
    visit = visit_of(tuesday)
    assert (visit.state, visit.arrival_distance) == (VisitState.ON_SITE, None)


def test_what_cannot_be_completed_is_told_with_a_reason(tuesday: Tuesday, address: str, browser: Browser) -> None:
    with small_phone(browser) as context:
        page = log_in(context, address)
        page.click(".hero .where")
        page.get_by_text(WORDS["zh"]["cannot"]).click()
        page.get_by_label("货没到").check()
        page.fill("#note", "仓库没发")
        page.click("form .go")
        expect(page.locator(".hero .eyebrow")).to_contain_text("2")
        expect(page.locator(".connection.good")).to_be_visible()
    visit = visit_of(tuesday)
    assert (visit.failure_reason, visit.failure_note) == ("goods-missing", "仓库没发")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_is_fit_for_gloves_and_sun(tuesday: Tuesday, address: str, browser: Browser, scheme: Any) -> None:
    with small_phone(browser) as context:
        page = context.new_page()
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.goto(f"{address}/phone")
        page.wait_for_selector("form")
        assert_fit_for_gloves_and_sun(page)
        page.close()
        page = log_in(context, address)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert_fit_for_gloves_and_sun(page)
        page.click(".connection")
        assert_fit_for_gloves_and_sun(page)
        page.click(".sheet .square")
        page.click(".hero .where")
        page.wait_for_selector(".shots")
        assert_fit_for_gloves_and_sun(page)
        page.get_by_text(WORDS["zh"]["cannot"]).click()
        page.wait_for_selector(".reasons")
        assert_fit_for_gloves_and_sun(page)


def test_a_very_long_address_and_a_doubled_zoom_break_nothing(tuesday: Tuesday, address: str, browser: Browser) -> None:
    with tuesday.town.system.transaction() as session:
        order = session.get_one(Visit, tuesday.first).work_order
        order.address = "<b>" + "W" * 197
        order.note = "x" * 600
    with small_phone(browser) as context:
        page = log_in(context, address)
        assert page.locator(".address").inner_text().startswith("<b>W")
        page.set_viewport_size({"width": 180, "height": 370})
        assert page.evaluate("document.documentElement.scrollWidth") <= 180
        expect(page.locator(".thumb .go")).to_be_in_viewport()


def test_both_languages_say_everything(address: str, browser: Browser) -> None:
    with small_phone(browser) as context:
        page = context.new_page()
        page.goto(f"{address}/phone")
        keys = page.evaluate(
            """async () => {
              const { WORDS } = await import('/phone/static/words.js');
              const flat = (group, path = '') => Object.entries(group).flatMap(([key, value]) =>
                typeof value === 'string' ? [path + key] : flat(value, `${path}${key}.`));
              return [flat(WORDS.zh), flat(WORDS.en)];
            }"""
        )
    assert keys[0] == keys[1]
    assert len(keys[0]) > 90


@pytest.mark.parametrize(("language", "told"), [("zh", "需要 HTTPS"), ("en", "HTTPS is needed")])
def test_over_plain_http_the_page_says_what_it_needs(address: str, browser: Browser, language: str, told: str) -> None:
    with small_phone(browser, language, may_locate=False) as context:
        page = context.new_page()
        house = "http://shifu.example"
        page.route(
            f"{house}/**",
            lambda route: route.fulfill(response=route.fetch(url=route.request.url.replace(house, address))),
        )
        page.goto(f"{house}/phone")
        expect(page.locator("main h1")).to_have_text(told)
        expect(page.locator("main")).to_contain_text("https://shifu.example/phone")
        assert page.locator("form").count() == 0
        page.evaluate("location.hash = '#/visit/1'")
        expect(page.locator("main h1")).to_have_text(told)
        page.click("main button")
        expect(page.locator("main h1")).not_to_have_text(told)
        page.unroute_all(behavior="wait")


def test_the_first_load_is_light(tuesday: Tuesday, address: str, browser: Browser) -> None:
    with small_phone(browser) as context:
        page = context.new_page()
        sizes: list[int] = []
        page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
        page.goto(f"{address}/phone")
        page.wait_for_selector("form")
        assert 0 < sum(sizes) <= 150_000


def test_a_photo_taken_upright_leaves_everything_in_its_place(
    tuesday: Tuesday, address: str, browser: Browser, tmp_path: Path
) -> None:
    upright = tmp_path / "upright.jpg"
    upright.write_bytes(jpeg(size=(900, 2000)))
    tuesday.phone.report(tuesday.first, "arrival")
    with small_phone(browser) as context:
        page = log_in(context, address)
        page.goto(f"{address}/phone#/visit/{tuesday.first}")
        for tile in range(2):
            shoot(page, tile, upright)
            assert page.evaluate("document.documentElement.scrollWidth") == SIZE["width"]
