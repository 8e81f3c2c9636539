"""The technician's app in a real browser: a phone's size, logging in, and what every screen must be fit for."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from mobile_api.shell import shell
from tests.axe import serious_violations
from tests.browser import PATIENCE
from tests.mobile_api.in_app import in_app
from tests.phone_day import PIN
from tests.town import DOORS

PAGE = "/phone"
EMPTY = "about:blank"
STARTS = 20
SMALL: Any = {"width": 360, "height": 740}
LARGE: Any = {"width": 412, "height": 915}
LNG, LAT = DOORS["310101"]
HERE: Any = {"longitude": LNG, "latitude": LAT, "accuracy": 15}

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

DAY_IS_DRAWN = """() => ["main.day", "#app[aria-busy=false]", ".connection.good"]
  .every((each) => document.querySelector(each))"""
UNTIL_TOLD = """
  const isSeen = () => !app.today()?.published || app.today().seen_revision !== null;
  const isBusy = () => app.status.facts || app.status.pictures || app.status.sending;
  while (!isSeen() || isBusy()) await new Promise(requestAnimationFrame);
"""
MOVED = """async (to) => {
  if (location.hash === to) return;
  const heard = new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
  location.hash = to;
  await heard;
  await new Promise(requestAnimationFrame);
}"""
COUNTED = "([selector, count]) => document.querySelectorAll(selector).length === count"
KEPT_BY_THE_WORKER = """async ([addresses, byItself]) => {
  const workers = navigator.serviceWorker;
  const { active } = await workers.ready;
  if (!byItself) active.postMessage("later");
  for (let missing = addresses; missing.length || !workers.controller;) {
    const kept = await Promise.all(missing.map((each) => caches.match(each, { ignoreVary: true })));
    missing = missing.filter((_, at) => !kept[at]);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}"""


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
        context.set_geolocation(HERE)
    return context


def install(phone: BrowserContext, address: str) -> None:
    """Have all files of the app on it, as after the first minute."""
    page = opened(phone, address)
    everything_is_kept(page)
    page.close()


def wipe(phone: BrowserContext, address: str) -> None:
    """Nothing is left of what the app has ever written down; its files stay, and an empty window is open."""
    storages = "indexeddb,local_storage"
    devtools = phone.new_cdp_session(phone.new_page())
    devtools.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": storages})
    devtools.detach()


def put_away(phone: BrowserContext) -> None:
    """No page open, a good line, and where it was."""
    for page in phone.pages:
        page.close()
    phone.unroute_all()
    phone.set_offline(False)
    phone.set_geolocation(HERE)


def everything_is_kept(page: Page, *, by_itself: bool = False) -> None:
    """The worker has every file of the app; unless `by_itself`, it is told that the phone has nothing better to do."""
    files = shell()
    page.evaluate(KEPT_BY_THE_WORKER, [[*files.files, *files.later], by_itself])


def started_until(page: Page, holds: str) -> None:
    """A browser puts a waiting worker in place once the one before has nothing in hand: at this start or later."""
    for _ in range(STARTS):
        page.reload(wait_until="commit")
        try:
            page.wait_for_function(holds, timeout=PATIENCE * 2 / STARTS)
            return
        except PlaywrightTimeout:
            continue
    raise AssertionError(f"after {STARTS} starts still not: {holds}")


def opened(phone: BrowserContext, address: str, **look: Any) -> Page:
    """The app's first page in a window of its own; `look` as for `Page.emulate_media`."""
    page = next((page for page in phone.pages if page.url == EMPTY), None) or phone.new_page()
    page.emulate_media(**look)
    page.goto(f"{address}{PAGE}")
    return page


def begin(page: Page, language: str = "zh", code: str = "T1") -> None:
    """Have the day there for somebody whom no finger has logged in."""
    in_app(page, "await app.logIn(...given);", [code, PIN])
    if language != "zh":
        in_app(page, "await app.speak(given);", language)
    day_is_there(page)


def day_is_there(page: Page) -> None:
    """Read, drawn and told to have been seen, with nothing left to send."""
    in_app(page, UNTIL_TOLD)
    page.wait_for_function(DAY_IS_DRAWN)


def begun(phone: BrowserContext, address: str, language: str = "zh", **look: Any) -> Page:
    page = opened(phone, address, **look)
    begin(page, language)
    return page


def log_in(context: BrowserContext, address: str, language: str = "zh", code: str = "T1") -> Page:
    """The day, read and drawn, with nothing left to send, of somebody who has typed in who they are."""
    page = opened(context, address)
    page.fill("#code", code)
    page.fill("#pin", PIN)
    page.click("button.go")
    page.wait_for_selector("main.day")
    day_is_there(page)
    if language == "en":
        page.click(".tabs button")
        page.click(".sheet button[lang=en]")
        page.wait_for_selector("html[lang=en]")
        day_is_there(page)
    return page


def all_sent(page: Page) -> None:
    """By the app itself; what it has not yet drawn counts too."""
    in_app(page, UNTIL_TOLD)
    there(page, ".connection.good")


def there(page: Page, selector: str, count: int = 1) -> None:
    """Wait for so many of them. It looks with every frame, where `expect` looks again after up to a second."""
    page.wait_for_function(COUNTED, arg=[selector, count])


def move(page: Page, to: str) -> None:
    """Go to a hash; what was drawn before is gone from the page."""
    page.evaluate(MOVED, to)


def look_at(page: Page, place: str) -> None:
    """Go to a place of the app, such as "map" or "why/7"."""
    move(page, f"#/{place}")
    page.wait_for_selector("main h1")


def assert_fit_for_gloves_and_sun(page: Page) -> None:
    """Targets of 48 px, text of 16, contrast of 7 : 1, nothing beside the screen, nothing serious for a reader."""
    too_small, weak = page.evaluate(TOO_SMALL), serious_violations(page, in_sunlight=True)
    assert too_small == [], too_small
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert weak == [], weak
