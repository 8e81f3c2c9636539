"""What the office, the merchant and the consumer see of what phones send."""

from __future__ import annotations

import re
from html import unescape

import pytest

from dispatch import links
from dispatch.account import Role
from dispatch.catalogue import Merchant, ServiceProduct
from tests.clock import Clock
from tests.town import Town
from tests.webapp.console import Console
from tests.webapp.phone_facts import Facts


@pytest.fixture
def facts(sqlite_town: Town, clock: Clock) -> Facts:
    return Facts(sqlite_town, clock)


@pytest.fixture
def office(facts: Facts) -> Console:
    return Console.of(facts.town.system)


def text(console: Console, path: str) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", console.page(path))).split())


def panel(facts: Facts) -> str:
    return f"/board/panels/visits/{facts.visit_id}"


def test_a_visit_of_which_no_phone_has_told_anything_has_no_part_for_it(facts: Facts, office: Console) -> None:
    assert "From the phone" not in text(office, panel(facts))


def test_the_panel_tells_every_fact_of_a_finished_visit(facts: Facts, office: Console) -> None:
    facts.finish()
    shown = text(office, panel(facts))
    for told in (
        "Accepted by the consumer’s code", "A wrong code was given once.", "Duct × 2 ¥70", "SN-42 · read by the camera",
        "Ticked: Set level", "Not ticked: Tested", "0 m from the address", "Goods are whole", "“all well”",
        "Signature · 陈女士",
    ):  # fmt: skip
        assert told in shown
    page = office.page(panel(facts))
    assert "482915" not in page
    assert re.search(r'<polyline points="100,300 140,220 180,320"/>', page)


def test_a_completion_says_what_it_came_without(facts: Facts, office: Console) -> None:
    with facts.town.system.transaction() as session:
        session.get_one(ServiceProduct, "lamp").proofs = {"serial": "required", "code": "required"}
    facts.say("check-in")
    for shot in ("before", "after"):
        facts.shoot(shot)
    facts.say("completion", note="")
    shown = text(office, panel(facts))
    assert "Without: serial number, consumer’s code, Set level, Tested" in shown
    assert "Finished without the consumer’s code." in shown


def test_what_is_asked_for_and_not_here_is_listed_while_the_work_goes_on(facts: Facts, office: Console) -> None:
    facts.say("check-in")
    facts.shoot("before")
    shown = text(office, panel(facts))
    assert "After: asked for, not taken yet" in shown
    assert "Before: asked for" not in shown


def test_a_doubtful_photo_is_put_right_by_a_look_once(facts: Facts, office: Console) -> None:
    facts.say("check-in")
    number = facts.shoot("after", "black").id
    assert "Perhaps too dark" in text(office, panel(facts))
    assert office.post_json(f"/board/photos/{number}/fine", {}).status_code == 204
    shown = text(office, panel(facts))
    assert "Perhaps too dark" not in shown and "dispatcher found it fine" in shown
    assert office.post_json(f"/board/photos/{number}/fine", {}).status_code == 409
    assert office.post_json("/board/photos/4711/fine", {}).status_code == 404
    assert "A photo was looked at and found fine" in text(office, f"/orders/{facts.order_id}")


def test_the_history_tells_it_all_with_the_photos_in_both_languages(facts: Facts, office: Console) -> None:
    facts.finish()
    english = text(office, f"/orders/{facts.order_id}")
    for told in (
        "Duct × 2, ¥35 each, agreed to",
        "Accepted with the consumer’s code",
        "Signed by the consumer",
        "SN-42",
    ):
        assert told in english
    chinese = text(Console.of(facts.town.system, Role.OPERATOR, language="zh"), f"/orders/{facts.order_id}")
    for told in ("加长管 × 2，单价 ¥35，用户已同意", "用户凭验收码验收", "用户已签字", "已勾选：已调平", "货物完好"):
        assert told in chinese
    assert office.page(f"/orders/{facts.order_id}").count('class="in-line"') == 2


def test_a_wasted_trip_is_told_with_whose_doing_it_was_and_what_was_tried(facts: Facts, office: Console) -> None:
    facts.say("check-in")
    at = facts.clock().isoformat()
    facts.say(
        "could-not-complete", reason="nobody-home", note="rang twice", waited=900,
        called={"at": at, "outcome": "no-answer"}, wishes=[{"on": "2026-05-14", "part": "morning"}],
    )  # fmt: skip
    shown = text(office, panel(facts))
    for told in ("Wasted trip: the consumer’s doing", "waited 15 min", "called in vain at 09:01", "Nobody home"):
        assert told in shown
    assert "The consumer would like: 14 May Morning" in shown


def test_the_merchant_sees_the_facts_and_neither_doubts_nor_places(facts: Facts) -> None:
    facts.finish()
    seller = Console.of(facts.town.system, Role.MERCHANT, merchant_id=facts.town.merchant_id)
    page = seller.page(f"/orders/{facts.order_id}")
    assert "SN-42" in page and "/photos/" in page
    assert "Perhaps too dark" not in page and "Looks fine" not in page


def test_the_consumers_link_shows_what_was_done_agreed_and_signed(facts: Facts) -> None:
    facts.finish()
    system = facts.town.system
    with system.transaction() as session:
        token = links.create(session, facts.order_id, system.now())
    anybody = Console(system)
    shown = text(anybody, f"/c/{token}?lang=en")
    for told in ("Duct × 2 ¥70", "With the extra work you agreed to ¥70", "SN-42", "Accepted with your code", "陈女士"):
        assert told in shown
    page = anybody.page(f"/c/{token}?lang=en")
    (link, *_others) = re.findall(r'src="(/photos/[^"]+)"', page)
    assert anybody.get(link).content_type == "image/jpeg"
    assert "121.48" not in page and "Perhaps" not in page
    assert "加长管 × 2" in text(anybody, f"/c/{token}?lang=zh")


def test_a_conflict_is_read_resolved_and_kept(facts: Facts, office: Console) -> None:
    assert "Everything fits" in office.page("/conflicts")
    assert facts.say("completion", note="it is done") == "conflict"
    shown = text(office, "/conflicts")
    for told in (
        "王师傅: Work completed",
        "it is done",
        "Kept, does not count",
        "As things stood this could not happen",
    ):
        assert told in shown
    assert 'href="tel:13900000001"' in office.page("/conflicts")
    assert "does not fit" in text(office, panel(facts))
    (number,) = re.findall(r'action="/conflicts/(\d+)/resolve"', office.page("/conflicts"))
    assert office.post(f"/conflicts/{number}/resolve", {"note": "asked him"}).status_code == 302
    assert "Everything fits" in office.page("/conflicts")
    assert "asked him" in office.page("/conflicts?show=resolved")
    again = office.post(f"/conflicts/{number}/resolve")
    assert again.status_code == 409 and "has resolved this already" in again.get_data(as_text=True)
    assert office.post("/conflicts/4711/resolve").status_code == 404


def test_a_conflict_speaks_chinese(facts: Facts) -> None:
    facts.say("completion", note="装好了")
    shown = text(Console.of(facts.town.system, language="zh"), "/conflicts")
    assert "已留存，不作数" in shown and "王师傅的手机上报" in shown


def test_an_absence_is_asked_for_granted_and_kept_in_view(facts: Facts, office: Console) -> None:
    assert "Nobody asks for anything" in office.page("/requests")
    facts.say(
        "absence-request", starts_at="2026-05-12T08:00:00+08:00", ends_at="2026-05-13T00:00:00+08:00",
        reason="ill", note="fever",
    )  # fmt: skip
    shown = text(office, "/requests")
    for told in ("王师傅 wants to be absent", "08:00–24:00", "fever", "1 visit affected", "promised 09:00–11:00"):
        assert told in shown
    assert office.get_json("/calls/counts")["requests"] == 1
    (number,) = set(re.findall(r'"/requests/(\d+)/absence"', office.page("/requests")))
    assert office.post(f"/requests/{number}/refuse").status_code == 422
    answer = office.post(f"/requests/{number}/absence", {"answer": "get well"})
    assert answer.status_code == 302
    shown = text(office, "/requests?show=decided")
    for told in ("Granted", "get well", "Still planned with 王师傅", "These days are not planned anew yet"):
        assert told in shown
    assert office.post(f"/requests/{number}/absence").status_code == 409
    assert office.post("/requests/4711/absence").status_code == 404


def test_a_swap_shows_its_moves_or_says_that_there_is_none(facts: Facts, office: Console) -> None:
    facts.say("swap-request", facts.visit_id, note="too far")
    (number,) = set(re.findall(r'"/requests/(\d+)/swap"', office.page("/requests")))
    assert "fits into nobody’s day" in text(office, f"/requests/{number}/moves")
    assert office.post(f"/requests/{number}/swap", {"answer": "li has it"}).status_code == 302
    assert "li has it" in office.page("/requests?show=decided")


def other_shop(town: Town) -> int:
    with town.system.transaction() as session:
        other = Merchant(code="other", name="Other Shop", created_at=town.system.now())
        session.add(other)
        session.flush()
        return other.id


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/conflicts"), ("post", "/conflicts/1/resolve"), ("get", "/requests"), ("get", "/requests/1/moves"),
        ("post", "/requests/1/absence"), ("post", "/requests/1/shift"), ("post", "/requests/1/swap"),
        ("post", "/requests/1/refuse"), ("post", "/board/photos/1/fine"), ("post", "/orders/1/photos/1/fine"),
    ],
)  # fmt: skip
def test_only_the_office_may_see_and_decide(facts: Facts, method: str, path: str) -> None:
    seller = Console.of(facts.town.system, Role.MERCHANT, merchant_id=facts.town.merchant_id)
    assert getattr(seller, method)(path).status_code == 403
    stranger = Console(facts.town.system)
    answer = getattr(stranger, method)(path)
    assert answer.status_code == 302 and "/login" in answer.location


@pytest.mark.parametrize("path", ["/conflicts/1/resolve", "/requests/1/absence", "/requests/1/refuse"])
def test_a_form_without_the_sessions_secret_decides_nothing(facts: Facts, office: Console, path: str) -> None:
    assert office.client.post(path, headers=office.headers).status_code == 403


def test_another_merchant_finds_neither_order_nor_photo(facts: Facts) -> None:
    facts.say("check-in")
    number = facts.shoot("after").id
    stranger = Console.of(facts.town.system, Role.MERCHANT, merchant_id=other_shop(facts.town))
    for path in (f"/orders/{facts.order_id}", f"/orders/{facts.order_id}/photos/{number}"):
        assert stranger.get(path).status_code == 404
