"""The consumer's pages on a telephone of 360 × 740: booked with a thumb, with scripts and without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dispatch import questionnaire, questionnaire_text
from dispatch.catalogue import ServiceProduct
from dispatch.work_order import Visit
from technicians.people import Position
from tests.axe import violations
from tests.browser import chromium, serving
from tests.clock import Clock
from tests.town import Town, shanghai
from tests.webapp.consumer_link import ConsumerLink

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def require_sound(page: Page) -> None:
    """Axe finds nothing, nothing scrolls sideways, every control is large enough for a thumb."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    controls = "[...document.querySelectorAll('main a, main button, main summary, main .option, main input')]"
    small = f"{controls}.filter(e => e.offsetParent && e.offsetHeight < 44).length"
    assert page.evaluate(small) == 0


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_a_consumer_books_with_two_taps_and_a_button_then_moves_and_cancels(
    browser: Browser, sqlite_town: Town
) -> None:
    consumer = ConsumerLink(sqlite_town)
    with serving(consumer.app) as address:
        context = browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=True)
        page = context.new_page()
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda line: broken.append(line.text) if line.type == "error" else None)
        page.goto(f"{address}/c/{consumer.token}")
        heading(page, "什么时候上门安装？")
        require_sound(page)
        page.get_by_role("link", name="明天").tap()
        page.get_by_role("button", name="10:00–12:00").tap()
        heading(page, "确认这个时间上门吗？")
        require_sound(page)
        page.get_by_role("button", name="确认预约").tap()
        heading(page, "已为您约好")
        require_sound(page)
        page.get_by_role("link", name="改时间").tap()
        expect(page.get_by_text("当前预约")).to_be_visible()
        require_sound(page)
        page.get_by_role("button", name="14:00–16:00").tap()
        heading(page, "改到这个时间吗？")
        page.get_by_role("button", name="确认改时间").tap()
        expect(page.locator(".hero-time")).to_have_text("14:00–16:00")
        page.get_by_role("link", name="遇到问题").tap()
        heading(page, "遇到了什么问题？")
        require_sound(page)
        page.get_by_role("radio", name="其他问题").tap()
        page.get_by_label("请说明情况").fill("门铃坏了，请打电话。")
        page.get_by_role("button", name="提交").tap()
        expect(page.get_by_text("门铃坏了")).to_be_visible()
        require_sound(page)
        page.get_by_role("link", name="取消预约").tap()
        heading(page, "要取消预约吗？")
        require_sound(page)
        page.get_by_role("button", name="确认取消").tap()
        expect(page.get_by_role("status").first).to_contain_text("预约已取消")
        assert broken == []
        context.close()


def test_without_scripts_and_with_the_keyboard_alone_the_same_forms_do_the_same(
    browser: Browser, sqlite_town: Town
) -> None:
    ask(sqlite_town)
    consumer = ConsumerLink(sqlite_town, language="en")
    with serving(consumer.app) as address:
        context = browser.new_context(
            viewport={"width": 320, "height": 740}, java_script_enabled=False, color_scheme="dark"
        )
        page = context.new_page()
        page.goto(f"{address}/c/{consumer.token}")
        page.get_by_label("Floor").press("5")
        page.get_by_label("Floor").press("Enter")
        expect(page.locator(".price-total")).to_contain_text("¥")
        page.get_by_role("link", name="Wed").press("Enter")
        page.get_by_role("button", name="10:00–12:00").press("Enter")
        heading(page, "Shall we come then?")
        page.get_by_role("button", name="Confirm this time").press("Enter")
        expect(page.locator(".hero-day")).to_have_text("Wed 13 May")
        context.close()


def ask(town: Town) -> None:
    questions = questionnaire_text.questions("floor:楼层:Floor:number:1-60=1:+10>2;lift:电梯:Lift:yes-no:yes", "CNY")
    with town.system.transaction() as session:
        lamp = session.get_one(ServiceProduct, "lamp")
        lamp.price, lamp.questions = 8_800, [questionnaire.as_json(question) for question in questions]


def test_every_page_is_sound_in_both_languages_light_and_dark(browser: Browser, sqlite_town: Town) -> None:
    ask(sqlite_town)
    unanswered, held = (ConsumerLink(sqlite_town, f"A{n}", address="很长的地址" * 40) for n in range(2))
    nothing = ConsumerLink(sqlite_town, "A9", "chandelier", "310115")
    held.post("/questions")
    held.post("/hold", starts_at=shanghai(10).isoformat())
    with serving(held.app) as address:
        for language, scheme in (("zh", "light"), ("en", "dark")):
            context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)  # type: ignore[arg-type]
            page = context.new_page()
            for consumer, path in ((unanswered, "/questions"), (held, ""), (held, "/issue"), (nothing, "")):
                page.goto(f"{address}/c/{consumer.token}{path}?lang={language}")
                require_sound(page)
            context.close()


def test_the_map_is_loaded_only_while_somebody_is_on_the_way_and_the_page_follows_the_day(
    browser: Browser, sqlite_town: Town, clock: Clock
) -> None:
    consumer = ConsumerLink(sqlite_town, language="en")
    consumer.post("/appointment", starts_at=shanghai(10).isoformat())
    clock.set(shanghai(9.5))
    with serving(consumer.app) as address:
        context = browser.new_context(viewport=PHONE)
        page = context.new_page()
        page.clock.install()
        loaded: list[str] = []
        page.on("request", lambda request: loaded.append(request.url))
        page.goto(f"{address}/c/{consumer.token}")
        expect(page.locator(".code-digits")).to_be_visible()
        assert not [url for url in loaded if "maplibre" in url]
        consumer.sets_out()
        with sqlite_town.system.transaction() as session:
            visit = session.get_one(Visit, consumer.visit_id)
            visit.technician_id = sqlite_town.technicians["T1"]
            session.add(Position(technician_id=visit.technician_id, lng=121.46, lat=31.22, accuracy=5, at=clock()))
        page.clock.run_for(61_000)
        heading(page, "Your technician is on the way")
        page.clock.resume()
        expect(page.locator("#map[data-ready]")).to_be_visible()
        require_sound(page)
        context.close()
