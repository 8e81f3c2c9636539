"""The technician's day around the visits, in a real browser: list, map, outbox, reasons, account, requests."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import delete, select

from dispatch.day_plan import Route, Stop
from dispatch.request_records import RequestState, TechnicianRequest
from dispatch.work_order import Visit
from tests.mobile_api.in_app import in_app
from tests.mobile_api.phone_browser import (
    LARGE,
    SMALL,
    all_sent,
    assert_fit_for_gloves_and_sun,
    begin,
    begun,
    look_at,
    opened,
)
from tests.phone_day import Tuesday
from tests.town import DOORS, shanghai

pytestmark = pytest.mark.browser


REASONS_ARE_KEPT = """
  const { whyOf } = await import("/phone/static/app/lasting.js");
  await import("/phone/static/app/more/why.js");
  while (!whyOf(app, app.today())) await new Promise((resolve) => setTimeout(resolve, 50));
"""


def with_stops(tuesday: Tuesday, count: int) -> None:
    """The route has this many stops instead, half an hour and some streets apart."""
    lng, lat = DOORS["310101"]
    with tuesday.town.system.transaction() as session:
        session.execute(delete(Stop))
        route = session.scalars(select(Route)).one()
        for n in range(count):
            place = (lng + 0.011 * (n % 5), lat + 0.009 * (n // 5))
            order = tuesday.town.order(session, f"B-{n}", window=(8 + n / 2, 10 + n / 2), at=place)
            at = shanghai(8 + n / 2)
            stop = Stop(
                day_plan_id=route.day_plan_id, route_id=route.id, position=n, visit_id=order.visits[0].id,
                travel=600, distance=3100, scheduled_arrival=at, scheduled_start=at,
                scheduled_leave=at + timedelta(minutes=20),
            )  # fmt: skip
            session.add(stop)


def dots(page: Page) -> int:
    return page.locator(".map .dot").count()


@pytest.mark.parametrize(
    ("language", "scheme", "size"),
    [("zh", "light", SMALL), ("en", "dark", LARGE), ("en", "light", SMALL), ("zh", "dark", LARGE)],
)
def test_every_screen_of_the_day_is_fit_for_gloves_and_sun(
    tuesday: Tuesday, address: str, phone: BrowserContext, language: str, scheme: Any, size: Any
) -> None:
    page = opened(phone, address, color_scheme=scheme)
    page.set_viewport_size(size)
    in_app(page, "await app.speak(given);", language)
    page.wait_for_selector("form")
    assert_fit_for_gloves_and_sun(page)
    begin(page, language)
    expect(page.locator(".thumb .go")).to_be_in_viewport(ratio=1)
    assert_fit_for_gloves_and_sun(page)
    page.click(".thumb .reach button")
    assert_fit_for_gloves_and_sun(page)
    page.click(".sheet .square")
    page.click(".tabs button")
    assert_fit_for_gloves_and_sun(page)
    page.click(".sheet .square")
    for place in ("map", "queue", f"why/{tuesday.first}", "account"):
        look_at(page, place)
        assert_fit_for_gloves_and_sun(page)
    look_at(page, "requests")
    for kind in range(3):
        page.locator(".chip").nth(kind).click()
        assert_fit_for_gloves_and_sun(page)


def test_the_first_screen_holds_the_next_stop_and_its_one_step(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    hero = page.locator(".hero")
    for told in (
        "第 1/2 站",
        "09:00–11:00",
        "预计 09:00",
        "4.2 公里",
        "15 分钟",
        "黄浦区",
        "南京东路100号",
        "13:00–15:00",
    ):
        expect(hero).to_contain_text(told)
    for target in (".thumb .go", ".thumb .reach button", ".thumb .reach a", ".hero .then", ".tabs"):
        expect(page.locator(target)).to_be_in_viewport(ratio=1)
    assert page.locator(".thumb .reach a").get_attribute("href") == "tel:13900000001"


@pytest.mark.parametrize("count", [0, 1, 8, 20])
def test_a_day_of_any_length_is_whole_in_the_list_and_on_the_map(
    tuesday: Tuesday, address: str, phone: BrowserContext, count: int
) -> None:
    with_stops(tuesday, count)
    page = begun(phone, address)
    assert page.locator(".stops > li > a").count() == count
    assert page.locator(".hero").count() == min(count, 1)
    look_at(page, "map")
    page.wait_for_selector(".map" if count else ".empty")
    assert dots(page) == count
    assert page.locator(".leg-row").count() == count
    assert_fit_for_gloves_and_sun(page)


def test_somebody_elses_words_of_any_length_stay_words(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    with tuesday.town.system.transaction() as session:
        order = session.get_one(Visit, tuesday.first).work_order
        order.address = "<b>" + "W" * 197
        order.note = "x" * 500
    page = begun(phone, address)
    assert page.locator(".hero .address").inner_text().startswith("<b>W")
    look_at(page, "map")
    for place in ("map", ""):
        page.evaluate("(place) => { location.hash = `#/${place}`; }", place)
        page.set_viewport_size({"width": 180, "height": 370})
        assert page.evaluate("document.documentElement.scrollWidth") <= 180


def test_the_map_is_drawn_without_signal_and_answers_fingers_and_keys(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    look_at(page, "map")
    phone.set_offline(True)
    page.evaluate("location.hash = '#/'")
    page.wait_for_selector(".hero")
    look_at(page, "map")
    assert dots(page) == 2
    page.locator(".map .dot").nth(1).click()
    expect(page.locator(".map-card")).to_contain_text("13:00–15:00")
    scale = page.locator(".scale").text_content() or ""
    for _ in range(4):
        page.locator(".map-tools button").nth(3).click()
    expect(page.locator(".scale")).not_to_have_text(scale)
    page.locator(".map").press("0")
    expect(page.locator(".scale")).to_have_text(scale)
    page.locator(".map .dot").first.press("Enter")
    expect(page.locator(".map-card")).to_contain_text("09:00–11:00")
    page.locator(".map-tools button").first.click()
    expect(page.locator(".map .me")).to_have_count(1)
    page.locator(".leg-row").nth(1).click()
    expect(page.locator(".map .dot.picked")).to_have_attribute(
        "aria-label", "第 2 站，13:00–15:00，water-heater，徐汇区，待出发"
    )


def test_dragging_the_map_moves_it_and_picks_nothing(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    page = begun(phone, address)
    look_at(page, "map")
    dot = page.locator(".map .dot").nth(1)
    before = dot.bounding_box()
    assert before is not None
    middle = (before["x"] + before["width"] / 2, before["y"] + before["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 40, middle[1] + 25, steps=4)
    page.mouse.up()
    after = dot.bounding_box()
    assert after is not None
    assert (after["x"] - before["x"], after["y"] - before["y"]) == pytest.approx((40, 25), abs=1.5)
    assert dot.get_attribute("aria-pressed") == "false"


def test_the_chosen_map_app_opens_at_one_tap_from_then_on(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    page.click(".thumb .reach button")
    with phone.expect_page() as opened:
        page.locator(".sheet a", has_text="高德地图").click()
    opened.value.close()
    link = page.locator(".thumb .reach a").first
    expect(link).to_have_attribute("href", re.compile("^https://uri.amap.com/navigation"))
    page.click(".tabs button")
    page.get_by_text("换导航软件").click()
    page.locator(".sheet button", has_text="百度地图").click()
    expect(link).to_have_attribute("href", re.compile("^https://api.map.baidu.com/"))


def test_a_changed_route_says_what_is_new_gone_and_moved_until_it_was_seen(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    with tuesday.town.system.transaction() as session:
        route = session.scalars(select(Route)).one()
        session.delete(route.stops[1])
        promise = session.get_one(Visit, tuesday.first).appointment
        assert promise is not None
        promise.window_starts_at += timedelta(hours=1)
        promise.window_ends_at += timedelta(hours=1)
        order = tuesday.town.order(session, "A-3", "lamp", "310115", window=(15, 17))
        session.flush()
        session.add(
            Stop(
                day_plan_id=route.day_plan_id, route_id=route.id, position=7, visit_id=order.visits[0].id,
                travel=900, distance=4200, scheduled_arrival=shanghai(15), scheduled_start=shanghai(15),
                scheduled_leave=shanghai(16),
            )
        )  # fmt: skip
        route.revision = 2
    page.reload()
    notice = page.locator(".notice.changed")
    expect(notice.locator(".new")).to_contain_text("15:00–17:00")
    expect(notice.locator(".gone")).to_contain_text("13:00–15:00")
    expect(notice.locator(".moved")).to_contain_text("10:00–12:00")
    expect(notice.locator(".moved")).to_contain_text("原 09:00–11:00")
    assert_fit_for_gloves_and_sun(page)
    notice.locator("button").click()
    expect(notice).to_have_count(0)
    all_sent(page)
    with tuesday.town.system.transaction(read_only=True) as session:
        assert session.scalars(select(Route)).one().seen_revision == 2


def test_what_is_still_here_is_listed_and_then_there_is_a_receipt(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    look_at(page, "queue")
    phone.set_offline(True)
    needed = "{ visit_id: given, payload: { text: '4 米电线', count: 1 } }"
    in_app(page, f"await app.setOut(given); await app.record('parts-needed', {needed});", tuesday.first)
    expect(page.locator(".connection.away")).to_contain_text("存 2 项")
    expect(page.locator(".held li")).to_have_count(2)
    expect(page.locator(".held li").first).to_contain_text("出发")
    expect(page.locator(".held li").nth(1)).to_contain_text("需要配件")
    assert_fit_for_gloves_and_sun(page)
    phone.set_offline(False)
    expect(page.locator(".receipt")).to_contain_text("这部手机上没有剩下的")
    expect(page.locator(".receipt")).to_contain_text("3 条记录")
    assert_fit_for_gloves_and_sun(page)


def test_who_logs_out_with_something_unsent_waits_or_hands_over(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    look_at(page, "queue")
    phone.set_offline(True)
    in_app(page, "await app.setOut(given);", tuesday.first)
    page.click("main .leave")
    expect(page.locator(".sheet")).to_contain_text("1 条记录还在这部手机上")
    assert_fit_for_gloves_and_sun(page)
    page.locator(".sheet .plain").click()
    expect(page.locator(".held li")).to_have_count(1)
    page.click("main .leave")
    page.get_by_text("移交并退出").click()
    page.wait_for_selector("#pin")
    expect(page.locator(".login .note")).to_contain_text("1 项")
    phone.set_offline(False)
    expect(page.locator(".login .note")).to_have_count(0)
    with tuesday.town.system.transaction(read_only=True) as session:
        assert session.get_one(Visit, tuesday.first).en_route_at is not None


def test_what_could_not_be_used_says_why_and_what_to_do(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    page = begun(phone, address)
    in_app(page, "await app.record('completion', { visit_id: given, payload: {} });", tuesday.first)
    page.click(".connection.wrong")
    expect(page.locator(".held .conflict")).to_contain_text("少了前面的一步")
    assert_fit_for_gloves_and_sun(page)
    page.get_by_text("知道了，收起").click()
    all_sent(page)


def test_why_a_visit_is_mine_is_told_in_sentences_without_signal_too(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    in_app(page, REASONS_ARE_KEPT)
    phone.set_offline(True)
    page.get_by_text("为什么是这条路线？").click()
    expect(page.locator(".verdict h2")).to_be_visible()
    expect(page.locator(".funnel li")).to_have_count(5)
    expect(page.locator(".funnel")).to_contain_text("负责黄浦区")
    page.locator(".chip.short").nth(1).click()
    expect(page.locator(".funnel")).to_contain_text("负责徐汇区")
    assert_fit_for_gloves_and_sun(page)


def test_my_weeks_stand_beside_what_is_usual_here(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    page = begun(phone, address, "en")
    look_at(page, "account")
    expect(page.locator(".week")).to_have_count(4)
    expect(page.locator(".week").first).to_contain_text("0 visits")
    assert_fit_for_gloves_and_sun(page)


def test_time_off_is_asked_for_without_signal_arrives_and_is_withdrawn(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    look_at(page, "requests")
    page.locator(".chip", has_text="请假").click()
    page.wait_for_selector("#from")
    phone.set_offline(True)
    page.fill("#from", "2026-05-20T13:00")
    page.fill("#to", "2026-05-20T08:00")
    page.select_option("#reason", "leave")
    page.fill("#note", "孩子开家长会")
    page.click("form .go")
    expect(page.locator(".wrong")).to_contain_text("结束要晚于开始")
    page.fill("#to", "2026-05-20T18:00")
    page.click("form .go")
    asked = page.locator(".asked li")
    expect(asked).to_contain_text("待上传")
    expect(asked).to_contain_text("13:00")
    assert_fit_for_gloves_and_sun(page)
    phone.set_offline(False)
    expect(asked).to_contain_text("等答复")
    with tuesday.town.system.transaction(read_only=True) as session:
        stored = session.scalars(select(TechnicianRequest)).one()
        assert (stored.starts_at, stored.note) == (shanghai(13).replace(day=20), "孩子开家长会")
    page.get_by_text("撤回").click()
    expect(asked).to_contain_text("已撤回")
    all_sent(page)
    with tuesday.town.system.transaction(read_only=True) as session:
        assert session.scalars(select(TechnicianRequest)).one().state == RequestState.WITHDRAWN


def test_another_day_is_a_chip_away(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    tuesday.clock.advance(days=1)
    page = begun(phone, address)
    expect(page.locator(".empty")).to_contain_text("行程还没发布")
    assert_fit_for_gloves_and_sun(page)
    page.locator(".chip", has_text="昨天").click()
    expect(page.locator(".stops > li > a")).to_have_count(2)
    expect(page.locator(".thumb")).to_have_count(0)
    assert_fit_for_gloves_and_sun(page)


def test_the_pieces_of_the_map_keep_their_word(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    page = opened(phone, address)
    told: Any = page.evaluate("""async () => {
        const map = await import("/phone/static/app/more/geometry.js");
        const flat = map.plane([{ lng: 121.4, lat: 31.2 }, { lng: 121.5, lat: 31.3 }]);
        const [one, other] = [flat({ lng: 121.4, lat: 31.2 }), flat({ lng: 121.5, lat: 31.3 })];
        const size = [340, 400];
        const view = map.fitted([one, other], size, { top: 50, side: 30, bottom: 80 });
        const near = map.zoomed(view, 2, [300, 60], size);
        const there = ([x, y], v) => [(x - 170) / v.k + v.x, (y - 200) / v.k + v.y];
        const crowd = map.apart([[9, 9], [9, 9], [10, 9], [200, 9]], 27);
        return {
          far: Math.hypot(other[0] - one[0], other[1] - one[1]),
          shown: [one, other].map(map.onScreen(view, size)),
          held: [there([300, 60], view), there([300, 60], near)],
          gaps: crowd.flatMap((a, i) => crowd.slice(0, i).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1]))),
          bar: map.scaleBar(0.03, 110),
        };
    }""")
    assert told["far"] == pytest.approx(14_640, rel=0.01)
    assert all(29 <= x <= 311 and 49 <= y <= 321 for x, y in told["shown"])
    assert told["held"][0] == pytest.approx(told["held"][1])
    assert min(told["gaps"]) > 25
    assert told["bar"] == {"metres": 2000, "pixels": pytest.approx(60)}
