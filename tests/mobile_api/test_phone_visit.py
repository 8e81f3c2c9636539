"""One visit on the technician's phone, from the readiness gate to the consumer's code."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from sqlalchemy import select

from dispatch.evidence import EventType, Proof
from dispatch.site_records import Surcharge, WastedTrip
from dispatch.work_order import Visit, VisitState
from tests.mobile_api.lamp_visit import CODE, ask_for, in_db, payloads, phone_on_site
from tests.mobile_api.phone_browser import PAGE, all_sent, begun, there
from tests.mobile_api.stored import visit_of
from tests.phone_day import Tuesday
from tests.phone_walk import at, go, keep, sign, snap, tap

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(filming: Browser) -> Browser:
    return filming


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_a_visit_asks_for_is_done_without_signal_and_arrives_whole(
    tuesday: Tuesday, address: str, phone: BrowserContext, language: str
) -> None:
    ask_for(tuesday)
    page = begun(phone, address, language)
    phone.set_offline(True)
    at(page, tuesday.first)
    go(page)
    expect(page.locator(".choices label:first-child")).to_have_count(2)
    for answer in page.locator(".choices label:first-child").all():
        tap(answer)
    tap(page.locator(".ticks label"))
    go(page)
    go(page)
    go(page)
    snap(page)
    expect(page.locator(".doubts")).to_have_count(0)
    keep(page)
    snap(page)
    keep(page)
    there(page, ".shot.taken", 2)
    go(page)
    tap(page.locator("#step-checklist label").first)
    page.fill("[name=serial]", "SN-77/中")
    tap(page.locator("#step-serial [type=submit]"))
    plus = page.locator(".stepper .round:last-child")
    tap(plus.nth(1))
    tap(plus.nth(1))
    tap(page.locator("#step-surcharges .go"))
    expect(page.locator(".turned")).to_contain_text("¥60")
    page.locator(".consumer .go").click()
    expect(page.locator(".said-yes")).to_contain_text("¥60")
    tap(page.locator("#step-signature button"))
    page.fill("[name=signer]", "陈女士")
    sign(page)
    page.locator(".consumer .go").click()
    page.fill("[name=code]", CODE)
    tap(page.locator("#step-code [type=submit]"))
    expect(page.locator("#step-code .note")).to_be_visible()
    go(page)
    page.wait_for_url("**#/")
    assert visit_of(tuesday).state == VisitState.WAITING
    phone.set_offline(False)
    all_sent(page)
    visit = visit_of(tuesday)
    assert (visit.state, visit.accepted_at is not None) == (VisitState.COMPLETED, True)
    assert visit.told["serial"] == {"number": "SN-77/中", "read": "hand", "format": ""}
    assert visit.told["checklist"] == ["power-off"]
    assert visit.told["readiness"]["goods"] == "whole"
    rows = in_db(
        tuesday, lambda session: [(row.code, row.count, row.amount) for row in session.scalars(select(Surcharge))]
    )
    assert rows == [("drill", 2, 3000)]
    [signature] = payloads(tuesday, EventType.SIGNATURE)
    assert signature["name"] == "陈女士"
    assert all(0 <= number <= 1000 for stroke in signature["strokes"] for number in stroke)
    shots = in_db(
        tuesday, lambda session: {proof.shot_code for proof in session.scalars(select(Proof)) if proof.shot_code}
    )
    assert shots == {"before", "after"}


def test_goods_that_are_missing_save_the_trip(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    ask_for(tuesday)
    page = at(begun(phone, address), tuesday.first, "/ready")
    tap(page.locator(".choices label").nth(2))
    go(page)
    expect(page.locator("input[value=goods-missing]")).to_be_checked()
    assert page.url.endswith("/cannot")
    go(page)
    page.wait_for_url("**/next")
    all_sent(page)
    assert visit_of(tuesday).failure_reason == "goods-missing"
    assert payloads(tuesday, EventType.READINESS)[0]["goods"] == "missing"


def test_without_an_answer_to_the_gate_nobody_sets_out(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    ask_for(tuesday)
    page = at(begun(phone, address), tuesday.first, "/ready")
    expect(page.locator(".thumb .go")).to_be_disabled()
    expect(page.locator(".thumb .still")).to_contain_text("货")


def test_a_failed_trip_tells_the_call_the_wait_the_wishes_and_the_parts(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    ask_for(tuesday)
    page = phone_on_site(phone, address, tuesday, "/cannot")
    tap(page.locator(".choices label", has_text="缺配件"))
    tap(page.locator(".choices label", has_text="打通了"))
    for _ in range(2):
        tap(page.locator(".counter .round").last)
    free = page.locator(".wishes button:not([disabled])[aria-pressed=false]")
    for _ in range(3):
        tap(free.last)
    expect(free).to_have_count(0)
    page.fill("[name=part]", "M8 膨胀螺栓")
    page.fill("[name=count]", "4")
    tap(page.locator("form.row button"))
    expect(page.locator(".chosen li")).to_have_count(1)
    page.fill("#note", "墙是空心的")
    go(page)
    page.wait_for_url("**/next")
    all_sent(page)
    visit = visit_of(tuesday)
    assert (visit.failure_reason, visit.failure_note) == ("parts-missing", "墙是空心的")
    trip = in_db(tuesday, lambda session: session.scalars(select(WastedTrip)).one())
    assert (trip.call_outcome, trip.waited, len(trip.wishes)) == ("reached", 600, 3)
    assert {wish["part"] for wish in trip.wishes} == {"evening", "afternoon", "morning"}
    assert payloads(tuesday, EventType.PARTS_NEEDED)[0]["count"] == 4


def test_the_second_visit_is_booked_with_one_tap(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    ask_for(tuesday)
    with tuesday.town.system.transaction() as session:
        tuesday.town.take_risks(session)
    page = phone_on_site(phone, address, tuesday, "/cannot")
    tap(page.locator(".choices label").first)
    go(page)
    offer = page.locator(".windows button").first
    told = offer.locator("strong").inner_text()
    tap(offer)
    expect(page.locator(".booked .when")).to_contain_text(told)
    page.reload()
    expect(page.locator(".booked .when")).to_contain_text(told)
    second = in_db(tuesday, lambda session: session.scalars(select(Visit).where(Visit.cause == "second-visit")).one())
    assert in_db(tuesday, lambda session: session.get_one(Visit, second.id).appointment) is not None


def test_without_signal_the_second_visit_is_asked_for_when_it_is_back(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    ask_for(tuesday)
    page = phone_on_site(phone, address, tuesday, "/cannot")
    tap(page.locator(".choices label").first)
    phone.set_offline(True)
    go(page)
    expect(page.locator(".said-card")).to_contain_text("现在没有信号")
    phone.set_offline(False)
    expect(page.locator("main.visit")).not_to_contain_text("现在没有信号", timeout=30_000)


def test_a_wrong_code_is_told_and_may_be_given_again(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    ask_for(tuesday)
    page = phone_on_site(phone, address, tuesday, "/finish")
    page.fill("[name=code]", "12a34")
    assert page.input_value("[name=code]") == "1234"
    tap(page.locator("#step-code [type=submit]"))
    expect(page.locator("#step-code .wrong")).to_contain_text("6 位")
    page.fill("[name=code]", "111111")
    tap(page.locator("#step-code [type=submit]"))
    expect(page.locator("#step-code .wrong")).to_contain_text("不对")
    page.fill("[name=code]", CODE)
    tap(page.locator("#step-code [type=submit]"))
    expect(page.locator("#step-code .said-yes")).to_be_visible()
    assert visit_of(tuesday).accepted_at is not None


def test_without_the_code_the_reason_goes_with_the_completion(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    ask_for(tuesday, shot_list=[], checklist=[], surcharges=[], proofs={"code": "required"})
    page = phone_on_site(phone, address, tuesday, "/finish")
    expect(page.locator(".thumb .go")).to_contain_text("下一步：验收码")
    tap(page.locator("#step-code .plain"))
    tap(page.locator("#step-code .choices label").first)
    page.fill("#note", "已教会使用")
    go(page)
    page.wait_for_url("**#/")
    all_sent(page)
    [said] = payloads(tuesday, EventType.COMPLETION)
    assert said["note"] == "没有验收码：没收到短信\n已教会使用"


def test_what_was_begun_is_there_again_after_back_and_kill(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    ask_for(tuesday)
    page = phone_on_site(phone, address, tuesday, "/finish")
    page.fill("[name=serial]", "HALF-TYP")
    page.fill("#note", "还没写完")
    tap(page.locator(".stepper .round:last-child").nth(1))
    tap(page.locator("#step-signature button"))
    sign(page)
    drawn = page.locator(".pad path").get_attribute("d")
    page.go_back()
    expect(page.locator(".screen")).to_have_count(0)
    page.close()
    page = phone.new_page()
    page.goto(f"{address}{PAGE}#/visit/{tuesday.first}/finish")
    expect(page.locator("#note")).to_have_value("还没写完")
    expect(page.locator("[name=serial]")).to_have_value("HALF-TYP")
    expect(page.locator(".stepper output").nth(1)).to_have_text("1")
    tap(page.locator("#step-signature button"))
    expect(page.locator(".pad path")).to_have_attribute("d", drawn or "")
    assert drawn
