"""The core of the phone's app in a real browser: what it keeps, sends, repeats and never loses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select

import wsgi
from dispatch.evidence import Proof
from dispatch.phone_records import PhoneEvent
from dispatch.work_order import Visit, VisitState
from tests.browser import chromium, serving
from tests.phone_day import PIN, Tuesday
from tests.town import DOORS

pytestmark = pytest.mark.browser

LNG, LAT = DOORS["310101"]
IN_APP = """async (given) => {
  const { app } = await import("/phone/static/app/main.js");
  const photo = async (colour) => {
    const canvas = new OffscreenCanvas(900, 700);
    const paint = canvas.getContext("2d");
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 900, 700);
    paint.fillStyle = "white";
    for (let n = 0; n < 400; n += 1) paint.fillRect((n * 97) % 900, (n * 61) % 700, 9, 9);
    return canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
  };
  const settled = async () => {
    for (;;) {
      await app.syncNow();
      const { facts, pictures } = app.status;
      if (!facts && !pictures) return true;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  BODY
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def address(tuesday: Tuesday) -> Iterator[str]:
    with serving(wsgi.mount(tuesday.town.system)) as url:
        yield url


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN") as context:
        context.grant_permissions(["geolocation"])
        context.set_geolocation({"longitude": LNG, "latitude": LAT, "accuracy": 15})
        context.set_default_timeout(15_000)
        yield context


def opened(phone: BrowserContext, address: str) -> Page:
    page = phone.new_page()
    page.goto(f"{address}/phone/next")
    return page


def in_app(page: Page, body: str, given: Any = None) -> Any:
    """Run `body` in the page, with the `app` that the views have, `photo(colour)` and `settled()`."""
    return page.evaluate(IN_APP.replace("BODY", body), given)


def logged_in(phone: BrowserContext, address: str, code: str = "T1") -> Page:
    page = opened(phone, address)
    in_app(page, "await app.logIn(...given)", [code, PIN])
    return page


def visit_of(tuesday: Tuesday) -> Visit:
    with tuesday.town.system.transaction(read_only=True) as session:
        return session.get_one(Visit, tuesday.first)


WORKED = ["en-route", "check-in", "before", "after", "completion"]
WHOLE_VISIT = """
  await app.setOut(given);
  await app.arrive(given);
  const place = { lng: 121.4737, lat: 31.2304, accuracy: 9 };
  await app.addPicture(given, "before", await photo("teal"), { place });
  await app.addPicture(given, "after", await photo("olive"), { place });
  await app.record("completion", { visit_id: given, payload: { note: "" } });
"""


def test_a_visit_is_worked_through_by_the_protocol(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    page = logged_in(phone, address)
    assert in_app(page, "return app.today().stops.map((stop) => stop.visit.id)") == tuesday.visit_ids
    in_app(page, WHOLE_VISIT + "await settled()", tuesday.first)
    assert visit_of(tuesday).state == VisitState.COMPLETED
    with tuesday.town.system.transaction(read_only=True) as session:
        assert {proof.shot_code for proof in session.scalars(select(Proof))} == {"before", "after"}
        facts = [event.type for event in session.scalars(select(PhoneEvent))]
    assert sorted(facts) == ["check-in", "completion", "en-route", "route-seen"]
    receipt = in_app(page, "return app.receipt()")
    assert (receipt["empty"], receipt["facts"], receipt["pictures"]) == (True, len(facts), 2)


def test_offline_the_day_is_shown_as_it_will_be(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    page = logged_in(phone, address)
    phone.set_offline(True)
    in_app(page, WHOLE_VISIT, tuesday.first)
    seen = in_app(
        page,
        """const { visit } = app.visit(given);
        const held = app.held().map((each) => each.what).filter((what) => what !== "route-seen");
        return [visit.state, visit.missing, held]""",
        tuesday.first,
    )
    assert seen == ["completed", [], WORKED]
    assert visit_of(tuesday).state == VisitState.WAITING
    phone.set_offline(False)
    in_app(page, "await settled()")
    assert visit_of(tuesday).state == VisitState.COMPLETED
