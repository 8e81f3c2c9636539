"""The core of the phone's app in a real browser: what it keeps, sends, repeats and never loses."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import select

from dispatch import phone_login
from dispatch.account import DeviceToken
from dispatch.day_plan import Stop
from dispatch.evidence import Proof, VisitEvent
from dispatch.phone_records import PhoneEvent
from dispatch.work_order import Visit, VisitState
from tests.fault_proxy import BROKEN, GARBLED, HALF, LOST_ANSWER, PORTAL, FaultProxy, in_turn, nothing
from tests.mobile_api.in_app import in_app
from tests.mobile_api.phone_browser import PAGE, begun, opened, small_phone
from tests.mobile_api.phone_work import WHOLE_VISIT, WORKED
from tests.mobile_api.stored import stored, visit_of
from tests.phone_day import PIN, Tuesday

pytestmark = pytest.mark.browser


def test_a_visit_is_worked_through_by_the_protocol(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    page = begun(phone, address)
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
    page = begun(phone, address)
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


def test_on_a_bad_line_everything_arrives_and_nothing_twice(
    tuesday: Tuesday, line: FaultProxy, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    line.choose = in_turn(3)
    in_app(page, WHOLE_VISIT + "await settled()", tuesday.first)
    line.choose = nothing
    assert visit_of(tuesday).state == VisitState.COMPLETED
    assert Counter(proof.shot_code for proof in stored(tuesday, Proof)) == {"before": 1, "after": 1}
    told = Counter(event.type for event in stored(tuesday, PhoneEvent))
    assert told == {"route-seen": 1, "en-route": 1, "check-in": 1, "completion": 1}
    assert {fault for *_, fault, _ in line.asked if fault} >= {PORTAL, HALF, BROKEN, LOST_ANSWER}


@pytest.mark.parametrize("fault", [PORTAL, HALF, BROKEN, LOST_ANSWER])
def test_an_answer_that_is_not_whole_and_ours_settles_nothing(
    tuesday: Tuesday, line: FaultProxy, address: str, phone: BrowserContext, fault: str
) -> None:
    page = begun(phone, address)
    in_app(page, "await settled()")
    line.choose = lambda method, path: fault if path.startswith("/mobile/v1/events") else None
    in_app(page, "await app.setOut(given); await app.syncNow()", tuesday.first)
    status = in_app(page, "return app.status")
    assert (status["connected"], status["facts"]) == (False, 1)
    line.choose = nothing
    in_app(page, "await settled()")
    assert [event.type for event in stored(tuesday, VisitEvent)] == ["en-route"]


def test_a_photo_goes_on_where_it_was_cut(
    tuesday: Tuesday, line: FaultProxy, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    line.choose = lambda method, path: LOST_ANSWER if method == "PATCH" and line.count("PATCH", "/") % 2 == 1 else None
    size = in_app(
        page,
        """const { size } = await app.addPicture(given, "after", await photo("teal", 1800));
        await settled();
        return size""",
        tuesday.first,
    )
    pieces = [length for method, _, _, length in line.asked if method == "PATCH"]
    assert size > 256 * 1024
    assert sum(pieces) == size
    assert len(stored(tuesday, Proof)) == 1
    assert in_app(page, "return app.visit(given).visit.pictures.after[0].state", tuesday.first) == "checked"
    assert in_app(page, "return app.visit(given).visit.pictures.after[0].url()", tuesday.first).startswith("blob:")


def test_a_photo_whose_bytes_were_changed_on_the_way_is_sent_again(
    tuesday: Tuesday, line: FaultProxy, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    line.choose = lambda method, path: GARBLED if method == "PATCH" and not line.count("PATCH", "/") else None
    in_app(page, "await app.addPicture(given, 'after', await photo('teal')); await settled()", tuesday.first)
    assert line.count("PATCH", "/") > 1
    assert len(stored(tuesday, Proof)) == 1


def test_a_photo_that_cannot_be_used_is_shown_and_stays_until_it_is_put_away(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    in_app(page, "await app.addPicture(given, 'after', new Blob(['no picture'])); await settled()", tuesday.first)
    held = in_app(page, "return app.held()")
    assert [(each["kind"], each["state"]) for each in held] == [("picture", "refused")]
    assert held[0]["words"]
    assert in_app(page, "return app.visit(given).visit.missing", tuesday.first) == ["before", "after"]
    assert in_app(page, "await app.dismiss(given); return app.held()", held[0]["id"]) == []


def test_facts_go_before_photos(tuesday: Tuesday, line: FaultProxy, address: str, phone: BrowserContext) -> None:
    page = begun(phone, address)
    phone.set_offline(True)
    in_app(page, WHOLE_VISIT, tuesday.first)
    line.asked.clear()
    phone.set_offline(False)
    in_app(page, "await settled()")
    paths = [path for _, path, *_ in line.asked]
    assert paths.index("/mobile/v1/events") < paths.index("/mobile/v1/uploads")
    assert line.count("POST", "/mobile/v1/events") == 1


def test_logging_out_is_refused_while_work_is_unsent(tuesday: Tuesday, address: str, phone: BrowserContext) -> None:
    page = begun(phone, address)
    phone.set_offline(True)
    in_app(page, "await app.setOut(given)", tuesday.first)
    assert in_app(page, "return app.logOut()") is False
    assert in_app(page, "return app.me.technician.code") == "T1"


def test_a_phone_that_is_handed_over_sends_what_was_left_in_the_name_of_who_did_it(
    tuesday: Tuesday, line: FaultProxy, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    line.choose = lambda method, path: PORTAL if path in {"/mobile/v1/events", "/mobile/v1/uploads"} else None
    in_app(page, WHOLE_VISIT + "return app.logOut({ handOver: true })", tuesday.first)
    in_app(page, "await app.logIn(...given)", ["T2", PIN])
    assert in_app(page, "return [app.held(), app.today().stops, app.status.others > 0]") == [[], [], True]
    line.choose = nothing
    in_app(page, "while (app.status.others) await app.syncNow()")
    assert visit_of(tuesday).state == VisitState.COMPLETED
    assert {event.technician_id for event in stored(tuesday, VisitEvent)} == {tuesday.town.technicians["T1"]}
    tokens = {token.technician_id: token.revoked_at for token in stored(tuesday, DeviceToken) if "-" in token.device_id}
    assert tokens[tuesday.town.technicians["T2"]] is None
    last = [token for token in stored(tuesday, DeviceToken) if token.technician_id == tuesday.town.technicians["T1"]]
    assert last[-1].revoked_at is not None


def test_what_waits_is_kept_through_a_lost_login_and_sent_after_the_next(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    with tuesday.town.system.transaction() as session:
        phone_login.revoke_all(session, tuesday.town.technicians["T1"], tuesday.clock())
    in_app(page, "await app.setOut(given); await app.syncNow()", tuesday.first)
    assert in_app(page, "return app.me") is None
    in_app(page, "await app.logIn(...given); await settled()", ["T1", PIN])
    assert visit_of(tuesday).state == VisitState.EN_ROUTE


@pytest.mark.parametrize(("slept", "set_ahead"), [(0, 48), (3, 0), (3, -48)])
def test_neither_a_clock_that_was_set_nor_sleep_moves_what_happened(
    tuesday: Tuesday, address: str, phone: BrowserContext, slept: int, set_ahead: int
) -> None:
    """The counter of a browser stands still while the phone sleeps; the wall clock goes on, and may be set."""
    began = time.monotonic()
    page = begun(phone, address)
    phone.set_offline(True)
    happened = tuesday.clock()
    in_app(page, "await app.setOut(given)", tuesday.first)
    tuesday.clock.advance(hours=slept)
    in_app(
        page,
        """const { compare } = await import("/phone/static/app/clock.js");
        for (const hours of given) {
          const before = Date.now;
          Date.now = () => before() + hours * 3600e3;
          compare();
        }""",
        [slept, set_ahead],
    )
    tuesday.clock.advance(seconds=time.monotonic() - began)
    phone.set_offline(False)
    in_app(page, "await settled()")
    [told] = [event for event in stored(tuesday, PhoneEvent) if event.type == "en-route"]
    assert abs((told.at - happened).total_seconds()) < 300


def test_two_windows_are_one_phone(tuesday: Tuesday, line: FaultProxy, address: str, phone: BrowserContext) -> None:
    one = begun(phone, address)
    other = opened(phone, address)
    in_app(other, "await settled()")
    phone.set_offline(True)
    in_app(one, "await app.setOut(given)", tuesday.first)
    in_app(other, "await app.record('check-in', { visit_id: given })", tuesday.first)
    in_app(one, "while (app.status.facts !== 2) await new Promise(requestAnimationFrame)")
    line.asked.clear()
    phone.set_offline(False)
    in_app(one, "await settled()")
    in_app(other, "await settled()")
    assert visit_of(tuesday).state == VisitState.ON_SITE
    assert [event.seq for event in stored(tuesday, PhoneEvent)] == [1, 2, 3]


def test_when_the_phone_is_full_it_says_so_and_half_of_nothing_is_kept(
    tuesday: Tuesday, line: FaultProxy, address: str, browser: Browser
) -> None:
    with small_phone(browser) as phone:
        page = phone.new_page()
        devtools = phone.new_cdp_session(page)
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": address, "quotaSize": 2_000_000})
        page.goto(f"{address}{PAGE}")
        in_app(page, "await app.logIn(...given); await settled()", ["T1", PIN])
        line.choose = lambda method, path: PORTAL if path.startswith("/mobile/") else None
        taken = in_app(page, UNTIL_FULL, tuesday.first)
        assert taken["error"] == "QuotaFull"
        assert taken["full"] is True
        held = in_app(page, "return app.held().filter((each) => each.kind === 'picture').map((each) => each.size)")
        assert held == taken["sizes"]
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": address})
        smaller = in_app(
            page, "return (await app.addPicture(given, 'after', await photo('teal', 2000))).size", tuesday.first
        )
        assert smaller < min(held) / 1.3
        line.choose = nothing
        in_app(page, WHOLE_VISIT + "await settled()", tuesday.first)
        assert visit_of(tuesday).state == VisitState.COMPLETED
        assert in_app(page, "return app.status.storage.full") is False


UNTIL_FULL = """
  const sizes = [];
  for (let n = 0; n < 40; n += 1) {
    try {
      sizes.push((await app.addPicture(given, "after", await photo(`rgb(${n * 6} 90 90)`, 2000))).size);
    } catch (error) {
      return { sizes, error: error.name, full: app.status.storage.full };
    }
  }
"""


def test_what_the_office_took_away_meanwhile_stays_until_it_was_told_and_read(
    tuesday: Tuesday, line: FaultProxy, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    in_app(page, "await settled()")
    line.choose = lambda method, path: PORTAL if path == "/mobile/v1/events" else None
    in_app(page, "await app.setOut(given); await app.arrive(given)", tuesday.first)
    with tuesday.town.system.transaction() as session:
        session.delete(session.scalars(select(Stop).where(Stop.visit_id == tuesday.first)).one())
        session.get_one(Visit, tuesday.first).move_to(VisitState.CANCELLED)
    line.choose = lambda method, path: LOST_ANSWER if path == "/mobile/v1/events" else None
    in_app(page, "await app.syncNow()")
    line.choose = nothing
    in_app(page, "await settled()")
    held = in_app(page, "return app.held().map(({ what, state, reason }) => [what, state, reason])")
    assert held == [["en-route", "conflict", "cancelled"], ["check-in", "conflict", "cancelled"]]
    in_app(page, "for (const each of app.held()) await app.dismiss(each.id)")
    assert in_app(page, "return [app.held(), app.visit(given) ?? null]", tuesday.first) == [[], None]


def test_what_is_kept_of_a_visit_that_is_gone(address: str, phone: BrowserContext) -> None:
    page = opened(phone, address)
    found = page.evaluate(
        """async () => {
          const { merged } = await import("/phone/static/app/sync.js");
          const before = { cursor: "1", visits: { 7: { visit: { id: 7 } }, 8: { visit: { id: 8 } } } };
          const gone = { cursor: "2", full: false, visits: [], gone: [7, 8], routes: [] };
          const kept = merged(before, gone, { isWhole: false, busy: new Set([7]) });
          const later = merged(kept, { ...gone, gone: [] }, { isWhole: false, busy: new Set() });
          return [Object.values(kept.visits), Object.values(later.visits)];
        }"""
    )
    assert found == [[{"visit": {"id": 7}, "is_gone": True}], []]


def test_a_batch_that_the_server_cannot_take_is_halved_until_the_event_at_fault_is_alone(
    tuesday: Tuesday, line: FaultProxy, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    in_app(page, "await settled()")
    phone.set_offline(True)
    in_app(page, POISONED, tuesday.first)
    phone.set_offline(False)
    in_app(page, "await app.syncNow()")
    assert in_app(page, "return app.held().map((each) => each.what)") == ["readiness"]
    told = [event.type for event in stored(tuesday, PhoneEvent)]
    assert sorted(told) == ["en-route", "parts-needed", "route-seen"]


POISONED = """
  await app.setOut(given);
  await app.record("readiness", { visit_id: given, payload: { far: "x".repeat(70000) } });
  await app.record("parts-needed", { visit_id: given, payload: { text: "M8", count: 2 } });
"""
