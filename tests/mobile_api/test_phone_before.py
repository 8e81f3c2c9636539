"""A phone with the app before this one, and with work in it that was never sent, gets the app of today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dispatch.evidence import Proof
from dispatch.work_order import VisitState
from tests.fault_proxy import LOST_REQUEST, FaultProxy
from tests.mobile_api.app_before import OldHouse, left_behind, work_with_the_old_app
from tests.mobile_api.exchange import Exchange
from tests.mobile_api.in_app import in_app
from tests.mobile_api.phone_browser import PAGE, small_phone, started_until
from tests.mobile_api.stored import stored, visit_of
from tests.phone_day import Tuesday

pytestmark = pytest.mark.browser
CARRIED_OVER = "while (!app.me) await new Promise((done) => setTimeout(done, 20)); await settled()"
IS_ALONE = """() => {
  caches.keys().then((names) => { globalThis.kept = names; });
  return globalThis.kept?.length === 1 && kept[0].startsWith("shifu-app-");
}"""


@pytest.fixture
def old_phone(
    tuesday: Tuesday, exchange: Exchange, address: str, line: FaultProxy, browser: Browser
) -> Iterator[BrowserContext]:
    """Nothing of a whole visit has been sent, and the window is closed."""
    with small_phone(browser) as phone:
        with exchange.connected(OldHouse(line)):
            page = phone.new_page()
            work_with_the_old_app(page, address, tuesday.phone.token, tuesday.first)
            page.close()
        yield phone


def assert_all_arrived(tuesday: Tuesday, page: Page) -> None:
    visit = visit_of(tuesday)
    assert visit.state == VisitState.COMPLETED
    assert visit.en_route_at is not None
    assert abs((visit.en_route_at - tuesday.clock()).total_seconds()) < 60
    assert Counter(proof.shot_code for proof in stored(tuesday, Proof)) == {"before": 1, "after": 1}
    assert left_behind(page) == 0


def test_what_the_app_before_left_unsent_is_sent(tuesday: Tuesday, address: str, old_phone: BrowserContext) -> None:
    assert visit_of(tuesday).state == VisitState.WAITING
    page = old_phone.new_page()
    page.goto(f"{address}{PAGE}")
    in_app(page, CARRIED_OVER)
    assert_all_arrived(tuesday, page)


def test_the_worker_before_gives_way_by_itself_and_the_app_opens_without_signal(
    tuesday: Tuesday, address: str, old_phone: BrowserContext
) -> None:
    page = old_phone.new_page()
    page.goto(f"{address}{PAGE}")
    in_app(page, CARRIED_OVER)
    started_until(page, IS_ALONE)
    old_phone.set_offline(True)
    page.reload()
    expect(page.locator(".hero")).to_contain_text("13:00–15:00")


def test_the_page_before_that_its_worker_still_shows_begins_the_app_of_today(
    tuesday: Tuesday, address: str, line: FaultProxy, old_phone: BrowserContext
) -> None:
    line.choose = lambda method, path: LOST_REQUEST if path == PAGE else None
    page = old_phone.new_page()
    page.goto(f"{address}{PAGE}")
    page.wait_for_selector("main.day")
    assert page.locator("link[rel=modulepreload]").count() == 0
    in_app(page, CARRIED_OVER)
    assert_all_arrived(tuesday, page)
