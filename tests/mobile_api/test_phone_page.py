"""The technician's page in a real browser, at the size of a small phone: what it promises as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect
from sqlalchemy import select

from dispatch import phone_login
from dispatch.day_plan import Route
from dispatch.evidence import Proof, VisitEvent
from dispatch.work_order import Visit, VisitState
from tests.mobile_api.in_app import in_app
from tests.mobile_api.phone_browser import (
    LNG,
    PAGE,
    SMALL,
    all_sent,
    assert_fit_for_gloves_and_sun,
    begun,
    everything_is_kept,
    log_in,
    look_at,
    opened,
    small_phone,
    there,
)
from tests.mobile_api.stored import visit_of
from tests.phone_day import PIN, Tuesday, jpeg

pytestmark = pytest.mark.browser

WORDS = {
    "zh": {"go": "出发", "there": "我到了", "kept": "离线 · 存 {n} 项"},
    "en": {"go": "Set out", "there": "I have arrived", "kept": "Offline · {n} kept"},
}
FIRST_LOAD = 150_000


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "camera.jpg"
    path.write_bytes(jpeg(size=(1200, 900)))
    return path


def press(page: Page, text: str = "") -> None:
    page.locator(".thumb .go:not([disabled])", has_text=text).click()


def set_out(page: Page, text: str = WORDS["zh"]["go"]) -> None:
    """From the first screen through the questions before leaving."""
    press(page, text)
    page.wait_for_selector(".choices")
    for answer in page.locator(".choices label:first-child").all():
        answer.evaluate("(element) => element.scrollIntoView({ block: 'center' })")
        answer.click()
    press(page, text)


def shoot(page: Page, photo: Path) -> None:
    """What is asked for, one picture after the other, by the camera's own app."""
    page.locator(".shot").first.click()
    for n in range(2):
        page.locator(".screen input[type=file]").set_input_files(photo)
        page.locator(".choice button", has=page.locator("use[href$='#check']")).click()
        there(page, ".shot.taken", n + 1)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_visit_is_worked_through_and_survives_a_hole_in_the_signal(
    tuesday: Tuesday, address: str, browser: Browser, photo: Path, language: str
) -> None:
    words = WORDS[language]
    with small_phone(browser, language) as context:
        page = log_in(context, address, language)
        everything_is_kept(page)
        context.set_offline(True)
        set_out(page, words["go"])
        expect(page.locator(".connection.away")).to_contain_text(words["kept"].format(n=2))
        assert visit_of(tuesday).state == VisitState.WAITING
        context.set_offline(False)
        all_sent(page)
        assert visit_of(tuesday).state == VisitState.EN_ROUTE
        press(page, words["there"])
        shoot(page, photo)
        press(page)
        press(page)
        expect(page.locator(".hero .eyebrow")).to_contain_text("2/2")
        all_sent(page)
    visit = visit_of(tuesday)
    assert (visit.state, visit.arrival_distance) == (VisitState.COMPLETED, 0)
    with tuesday.town.system.transaction(read_only=True) as session:
        proofs = session.scalars(select(Proof).order_by(Proof.id)).all()
        assert [proof.shot_code for proof in proofs] == ["before", "after"]
        assert proofs[0].lng == pytest.approx(LNG)


def test_what_was_written_down_is_sent_after_the_page_was_killed(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    phone.set_offline(True)
    set_out(page)
    expect(page.locator(".connection")).to_contain_text("存 2 项")
    page.close()
    phone.set_offline(False)
    again = opened(phone, address)
    expect(again.locator(".connection.good")).to_be_visible()
    assert visit_of(tuesday).state == VisitState.EN_ROUTE


def test_what_waits_is_kept_through_a_lost_login_and_sent_after_the_next(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    with tuesday.town.system.transaction() as session:
        phone_login.revoke_all(session, tuesday.town.technicians["T1"], tuesday.clock())
    set_out(page)
    page.fill("#code", "T1")
    page.fill("#pin", PIN)
    page.click("form .go")
    expect(page.locator(".thumb .go")).to_contain_text(WORDS["zh"]["there"])
    all_sent(page)
    assert visit_of(tuesday).state == VisitState.EN_ROUTE


def test_a_wrong_pin_and_no_signal_are_told_in_words(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    page = opened(phone, address)
    page.fill("#code", "T1")
    page.fill("#pin", "000000")
    page.click("form .go")
    wrong = page.locator(".wrong")
    expect(wrong).to_contain_text("PIN")
    phone.set_offline(True)
    page.click("form .go")
    expect(wrong).to_contain_text("没有网络")
    assert page.input_value("#code") == "T1"
    assert_fit_for_gloves_and_sun(page)


def test_a_changed_route_is_announced_until_it_was_seen(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    page = begun(phone, address)
    with tuesday.town.system.transaction() as session:
        route = session.scalars(select(Route)).one()
        assert route.seen_revision == 1
        route.revision = 2
    page.reload()
    expect(page.locator(".notice")).to_contain_text("路线有变动")
    assert_fit_for_gloves_and_sun(page)
    page.locator(".notice button").click()
    expect(page.locator(".notice")).to_have_count(0)
    all_sent(page)
    with tuesday.town.system.transaction(read_only=True) as session:
        assert session.scalars(select(Route)).one().seen_revision == 2


def test_the_page_opens_without_signal(tuesday: Tuesday, address: str, browser: Browser) -> None:
    with small_phone(browser) as context:
        page = log_in(context, address)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        page.wait_for_selector(".hero")
        everything_is_kept(page, by_itself=True)
        context.set_offline(True)
        page.reload()
        expect(page.locator(".hero .time")).to_have_text("09:00–11:00")
        expect(page.locator(".connection.away")).to_be_visible()
        look_at(page, "map")
        expect(page.locator(".map .dot")).to_have_count(2)
        look_at(page, f"visit/{tuesday.first}")
        expect(page.locator("main.visit")).to_contain_text("南京东路100号")


def test_an_answer_without_our_mark_does_not_count(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    """A captive portal says 200 to everything; what it was told must stay on the phone."""
    page = begun(phone, address)
    phone.route("**/mobile/v1/**", lambda route: route.fulfill(status=200, body="<html>Welcome</html>"))
    set_out(page)
    expect(page.locator(".connection.away")).to_contain_text("存 2 项")
    page.click(".connection")
    expect(page.locator(".held li")).to_have_count(2)
    phone.unroute("**/mobile/v1/**")
    in_app(page, "await app.syncNow();")
    all_sent(page)
    with tuesday.town.system.transaction(read_only=True) as session:
        told = session.scalars(select(VisitEvent).where(VisitEvent.visit_id == tuesday.first)).all()
        assert len(told) == 2


def test_without_permission_for_the_position_it_says_so_and_goes_on(
    tuesday: Tuesday, address: str, browser: Browser
) -> None:
    with small_phone(browser, may_locate=False) as context:
        page = log_in(context, address)
        set_out(page)
        press(page, WORDS["zh"]["there"])
        expect(page.locator("#said")).to_contain_text("没有定位权限")
        expect(page.locator(".shot").first).to_be_visible()
        all_sent(page)
    visit = visit_of(tuesday)
    assert (visit.state, visit.arrival_distance) == (VisitState.ON_SITE, None)


def test_what_cannot_be_completed_is_told_with_a_reason(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    page = begun(phone, address)
    page.click(".hero .where")
    page.get_by_text("无法完成").click()
    page.get_by_label("货没到").check()
    page.fill("#note", "仓库没发")
    press(page)
    page.wait_for_url("**/next")
    all_sent(page)
    visit = visit_of(tuesday)
    assert (visit.failure_reason, visit.failure_note) == ("goods-missing", "仓库没发")


def test_both_languages_say_everything(address: str, phone: BrowserContext) -> None:
    page = opened(phone, address)
    keys = page.evaluate(
        """async () => {
          const { WORDS } = await import('/phone/static/app/words.js');
          const flat = (group, path = '') => Object.entries(group).flatMap(([key, value]) =>
            typeof value === 'string' ? [path + key] : flat(value, `${path}${key}.`));
          const at_once = flat(WORDS.zh).length;
          await import('/phone/static/app/more/more.js');
          await import('/phone/static/app/visit/learn.js');
          return [flat(WORDS.zh), flat(WORDS.en), at_once];
        }"""
    )
    assert keys[0] == keys[1]
    assert len(keys[0]) > keys[2] + 300


@pytest.mark.parametrize(("language", "told"), [("zh", "需要 HTTPS"), ("en", "HTTPS is needed")])
def test_over_plain_http_the_page_says_what_it_needs(address: str, browser: Browser, language: str, told: str) -> None:
    with small_phone(browser, language, may_locate=False) as context:
        page = context.new_page()
        house = "http://shifu.example"
        page.route(
            f"{house}/**",
            lambda route: route.fulfill(response=route.fetch(url=route.request.url.replace(house, address))),
        )
        page.goto(f"{house}{PAGE}")
        expect(page.locator("main h1")).to_have_text(told)
        expect(page.locator("main")).to_contain_text("https://shifu.example/phone")
        assert page.locator("form").count() == 0
        page.evaluate("location.hash = '#/visit/1'")
        expect(page.locator("main h1")).to_have_text(told)
        page.click("main button")
        expect(page.locator("main h1")).not_to_have_text(told)
        page.unroute_all(behavior="wait")


def test_the_first_load_is_light(tuesday: Tuesday, address: str, browser: Browser) -> None:
    with small_phone(browser, service_workers="block") as context:
        page = context.new_page()
        answers: list[Response] = []
        page.on("response", lambda answer: answers.append(answer))
        page.goto(f"{address}{PAGE}")
        page.wait_for_selector("form")
        sizes = {answer.url: len(answer.body()) for answer in answers if answer.ok}
        assert sum(sizes.values()) <= FIRST_LOAD, sorted(sizes.items(), key=lambda each: -each[1])


def test_a_photo_taken_upright_leaves_everything_in_its_place(
    tuesday: Tuesday, address: str, phone: BrowserContext, tmp_path: Path
) -> None:
    upright = tmp_path / "upright.jpg"
    upright.write_bytes(jpeg(size=(900, 2000)))
    tuesday.phone.report(tuesday.first, "arrival")
    page = begun(phone, address)
    look_at(page, f"visit/{tuesday.first}")
    shoot(page, upright)
    assert page.evaluate("document.documentElement.scrollWidth") == SMALL["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_through_a_visit_is_fit_for_gloves_and_sun(
    tuesday: Tuesday, address: str, phone: BrowserContext, scheme: Any
) -> None:
    page = begun(phone, address, color_scheme=scheme)
    page.click(".hero .where")
    page.wait_for_selector("main.visit .card")
    assert_fit_for_gloves_and_sun(page)
    press(page)
    page.wait_for_selector(".choices")
    assert_fit_for_gloves_and_sun(page)
    look_at(page, f"visit/{tuesday.first}/cannot")
    page.wait_for_selector("input[value=goods-missing]", state="attached")
    assert_fit_for_gloves_and_sun(page)


def test_a_very_long_address_and_a_doubled_zoom_break_nothing(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    with tuesday.town.system.transaction() as session:
        order = session.get_one(Visit, tuesday.first).work_order
        order.address = "<b>" + "W" * 197
        order.note = "x" * 500
    page = begun(phone, address)
    assert page.locator(".address").inner_text().startswith("<b>W")
    page.set_viewport_size({"width": 180, "height": 370})
    assert page.evaluate("document.documentElement.scrollWidth") <= 180
    expect(page.locator(".thumb .go")).to_be_in_viewport()
