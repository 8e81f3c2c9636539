"""Every page of a visit is fit for gloves and sun, in both languages, however long somebody's words are."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from dispatch.work_order import Visit
from tests.mobile_api.lamp_visit import MODULES, SHOTS, arrive, ask_for
from tests.mobile_api.phone_browser import LARGE, SMALL, assert_fit_for_gloves_and_sun, begun, opened, there
from tests.phone_day import Tuesday
from tests.phone_pocket import CHECKLIST, PARTS, SURCHARGES
from tests.phone_walk import at, go, keep, snap, tap

pytestmark = pytest.mark.browser
OUTSIDE = """() => [...document.querySelectorAll('#app *')]
  .filter((e) => e.getBoundingClientRect().right > document.body.clientWidth + 1)
  .map((e) => e.outerHTML.slice(0, 200))"""
OUTLINES = ("overview", "doorplate", "packaging", "label", "fixing", "before", "after", "tidy", "damage")


@pytest.fixture(scope="module")
def browser(filming: Browser) -> Browser:
    return filming


@pytest.mark.parametrize(
    ("language", "scheme", "size"),
    [("zh", "light", SMALL), ("en", "dark", SMALL), ("en", "light", LARGE), ("zh", "dark", LARGE)],
)
def test_every_page_of_a_visit_is_fit_for_gloves_and_sun(
    tuesday: Tuesday, address: str, phone: BrowserContext, language: str, scheme: Any, size: Any
) -> None:
    ask_for(tuesday)
    page = begun(phone, address, language, color_scheme=scheme)
    page.set_viewport_size(size)
    at(page, tuesday.first)
    assert_fit_for_gloves_and_sun(page)
    at(page, tuesday.first, "/ready")
    assert_fit_for_gloves_and_sun(page)
    tap(page.locator(".choices label").nth(1))
    assert_fit_for_gloves_and_sun(page)
    arrive(page, tuesday)
    at(page, tuesday.first, waits_for=".shot-list")
    assert_fit_for_gloves_and_sun(page)
    page.locator(".shot").first.click()
    there(page, ".shutter:not([disabled])")
    assert_fit_for_gloves_and_sun(page)
    snap(page)
    assert_fit_for_gloves_and_sun(page)
    keep(page)
    page.locator(".screen .square").click()
    at(page, tuesday.first, "/finish")
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
    at(page, tuesday.first, "/cannot", waits_for="input[value=other]")
    assert_fit_for_gloves_and_sun(page)
    tap(page.locator(".choices label").nth(4))
    assert_fit_for_gloves_and_sun(page)
    go(page)
    page.wait_for_function("() => document.querySelector('.windows, .said-card button')")
    assert_fit_for_gloves_and_sun(page)


def test_long_words_and_a_doubled_zoom_push_nothing_out_of_the_screen(
    tuesday: Tuesday, address: str, phone: BrowserContext
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
    page = at(begun(phone, address, "en"), tuesday.first)
    arrive(page, tuesday)
    for width in (360, 180):
        page.set_viewport_size({"width": width, "height": 740})
        for step in ("", "/finish", "/cannot"):
            at(page, tuesday.first, step)
            assert page.evaluate(OUTSIDE) == [], (width, step)


def test_both_languages_say_everything_of_a_visit(address: str, phone: BrowserContext) -> None:
    page = opened(phone, address)
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
