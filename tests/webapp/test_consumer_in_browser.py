"""The consumer's pages on a telephone of 360 × 740: booked with a thumb, with scripts and without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser import chromium, serving
from tests.town import Town
from tests.webapp.consumer_link import ConsumerLink

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def require_sound(page: Page) -> None:
    """Axe finds nothing, nothing scrolls sideways, every control is large enough for a thumb."""
    found = [(v["id"], v["nodes"][0]["html"]) for v in Axe().run(page)["violations"]]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    controls = "[...document.querySelectorAll('main a, main button, main label')]"
    small = f"{controls}.filter(e => e.offsetParent && e.offsetHeight < 44).length"
    assert page.evaluate(small) == 0


def test_a_consumer_books_moves_and_cancels_in_chinese(browser: Browser, sqlite_town: Town) -> None:
    consumer = ConsumerLink(sqlite_town)
    with serving(consumer.app) as address:
        context = browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=True)
        page = context.new_page()
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda line: broken.append(line.text) if line.type == "error" else None)
        page.goto(f"{address}/c/{consumer.token}")
        expect(page.get_by_role("heading", level=1)).to_have_text("什么时候上门安装？")
        require_sound(page)
        page.get_by_role("link", name="明天").tap()
        page.locator("label:visible", has_text="10:00–12:00").tap()
        page.get_by_role("button", name="预约 5/12 10:00–12:00").tap()
        expect(page.get_by_role("heading", level=1)).to_have_text("已为您约好")
        require_sound(page)
        page.get_by_role("link", name="改时间").tap()
        expect(page.get_by_text("当前预约")).to_be_visible()
        page.locator("label:visible", has_text="14:00–16:00").tap()
        page.get_by_role("button", name="改到").tap()
        expect(page.locator(".hero-time")).to_have_text("14:00–16:00")
        page.get_by_role("link", name="取消预约").tap()
        expect(page.get_by_role("heading", level=1)).to_have_text("要取消预约吗？")
        require_sound(page)
        page.get_by_role("button", name="确认取消").tap()
        expect(page.get_by_role("status")).to_contain_text("预约已取消")
        assert broken == []
        context.close()


def test_without_scripts_the_same_forms_do_the_same(browser: Browser, sqlite_town: Town) -> None:
    consumer = ConsumerLink(sqlite_town, language="en")
    with serving(consumer.app) as address:
        context = browser.new_context(
            viewport={"width": 320, "height": 740}, java_script_enabled=False, color_scheme="dark"
        )
        page = context.new_page()
        page.goto(f"{address}/c/{consumer.token}")
        page.get_by_role("link", name="Wed").click()
        page.locator("label:visible", has_text="10:00–12:00").click()
        page.get_by_role("button", name="Book this time").click()
        expect(page.locator(".hero-day")).to_have_text("Wed 13 May")
        context.close()
