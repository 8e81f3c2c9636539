"""The technician's app in a real browser: a phone's size, logging in, and what every screen must be fit for."""

from __future__ import annotations

from typing import Any

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import PATIENCE
from tests.phone_day import PIN
from tests.town import DOORS

PAGE = "/phone"
SMALL: Any = {"width": 360, "height": 740}
LARGE: Any = {"width": 412, "height": 915}
LNG, LAT = DOORS["310101"]

TOO_SMALL = """() => [...document.querySelectorAll('body *')]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 1)
  .flatMap((e) => {
    const box = e.getBoundingClientRect();
    const target = e.matches('button, a, select, textarea, label:has(input), [role=button] .reachable')
      || e.matches('input:not([type=radio], [type=checkbox], [type=file])');
    const owns = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    const problems = [];
    if (target && Math.min(box.height, box.width) < 47.5) problems.push(`target ${e.outerHTML}`);
    if (owns && parseFloat(getComputedStyle(e).fontSize) < 16) problems.push(`text ${e.outerHTML}`);
    return problems;
  })"""


def small_phone(
    browser: Browser, language: str = "zh", *, may_locate: bool = True, size: Any = None, **more: Any
) -> BrowserContext:
    context = browser.new_context(
        viewport=size or SMALL,
        locale={"zh": "zh-CN", "en": "en-GB"}[language],
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
        **more,
    )
    context.set_default_timeout(PATIENCE)
    if may_locate:
        context.grant_permissions(["geolocation"])
        context.set_geolocation({"longitude": LNG, "latitude": LAT, "accuracy": 15})
    return context


def log_in(context: BrowserContext, address: str, language: str = "zh", code: str = "T1") -> Page:
    """The day, read and drawn, with nothing left to send."""
    page = context.new_page()
    page.goto(f"{address}{PAGE}")
    page.fill("#code", code)
    page.fill("#pin", PIN)
    page.click("button.go")
    page.wait_for_selector("main.day")
    page.wait_for_selector("#app[aria-busy=false]")
    if language == "en":
        page.click(".tabs button")
        page.click(".sheet button[lang=en]")
        page.wait_for_selector("html[lang=en]")
    page.wait_for_selector(".connection.good")
    return page


def look_at(page: Page, place: str) -> None:
    """Go to a place of the app, such as "map" or "why/7"."""
    page.evaluate("(place) => { location.hash = `#/${place}`; }", place)
    page.wait_for_selector("main h1")


def in_app(page: Page, body: str, given: Any = None) -> Any:
    """Run `body` in the page with the `app` that the views have."""
    return page.evaluate(
        f'async (given) => {{ const {{ app }} = await import("/phone/static/app/main.js"); {body} }}', given
    )


def assert_fit_for_gloves_and_sun(page: Page) -> None:
    """Targets of 48 px, text of 16, contrast of 7 : 1, nothing beside the screen, nothing serious for a reader."""
    assert page.evaluate(TOO_SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert serious(page) == []
    assert weak(page) == []


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
