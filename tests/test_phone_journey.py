"""A technician's whole day without signal, in a real browser with a camera: what was done is there when signal is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

import wsgi
from dispatch import links, phone_login
from dispatch.account import Role
from dispatch.catalogue import ServiceProduct
from dispatch.evidence import Proof, ProofKind
from dispatch.phone_records import PhoneConflict
from dispatch.queue import Queue
from dispatch.site_records import Surcharge, WastedTrip
from dispatch.system import System
from dispatch.work_order import Visit, VisitState
from technicians.people import Technician
from tests.browser import chromium, serving, sign_in
from tests.clock import Clock
from tests.mobile_api.in_app import in_app
from tests.mobile_api.phone_browser import PAGE, everything_is_kept, log_in, small_phone
from tests.phone_day import PIN, publish
from tests.phone_pocket import CODE, ask_for_everything, give_to
from tests.phone_walk import finish, give_up, photograph, set_out_and_arrive, with_a_camera
from tests.town import AREA, TUESDAY, Town, shanghai
from tests.webapp.console import add_account

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def plain() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def browser(plain: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with with_a_camera(plain, tmp_path_factory.mktemp("film")) as started:
        yield started


@dataclass
class Planned:
    """T1's published Tuesday: a lamp with everything asked for, a boiler, another lamp."""

    system: System
    visits: list[int]
    token: str


@pytest.fixture
def planned(sqlite_town: Town, clock: Clock, redis_url: str) -> Planned:
    town = sqlite_town
    settings = replace(town.system.settings, redis_url=redis_url)
    system = replace(town.system, settings=settings, queue=Queue(redis_url))
    ask_for_everything(town)
    with system.transaction() as session:
        session.get_one(ServiceProduct, "water-heater").shot_list = []
        orders = [
            town.order(session, "A-1", "lamp", "310101", window=(9, 11)),
            town.order(session, "A-2", "water-heater", "310101", window=(12, 14)),
            town.order(session, "A-3", "lamp", "310101", window=(15, 17)),
        ]
        publish(session, town, "T1", orders)
        for technician in session.scalars(select(Technician)):
            phone_login.set_pin(session, technician, PIN, at=system.now(), by="operator")
        visits = [order.visits[0].id for order in orders]
        orders[0].visits[0].verification_code = CODE
        token = links.create(session, orders[0].id, system.now())
    add_account(system, "ann", Role.DISPATCHER)
    clock.set(shanghai(8.5))
    return Planned(system, visits, token)


def restarted(context: BrowserContext, page: Page, address: str) -> Page:
    """The app was killed, and opened anew without signal."""
    page.close()
    page = context.new_page()
    page.goto(f"{address}{PAGE}")
    page.wait_for_selector("main.day")
    return page


def board(plain: Browser, address: str) -> Page:
    page = plain.new_context(viewport={"width": 1280, "height": 800}, locale="en-US").new_page()
    sign_in(page, address, "ann")
    page.goto(f"{address}/?area={AREA}&day={TUESDAY}")
    page.wait_for_selector("#board[data-loaded=true]")
    expect(page.locator(".stop")).to_have_count(3)
    return page


def test_a_day_without_signal_is_all_there_when_signal_is(
    sqlite_town: Town, planned: Planned, plain: Browser, browser: Browser
) -> None:
    lamp, boiler, given_away = planned.visits
    with serving(wsgi.mount(planned.system)) as address, small_phone(browser) as context:
        page = log_in(context, address)
        everything_is_kept(page)
        office = board(plain, address)
        context.set_offline(True)

        set_out_and_arrive(page, lamp)
        photograph(page, 2)
        page = restarted(context, page, address)
        finish(page, lamp, "SN-2026-0001", CODE)
        set_out_and_arrive(page, boiler)
        give_up(page, boiler)
        give_to(sqlite_town, "T2", given_away)
        page = restarted(context, page, address)
        set_out_and_arrive(page, given_away)
        photograph(page, 2)
        finish(page, given_away, "SN-2026-0002", "000000")

        assert [state(planned, each) for each in planned.visits] == [VisitState.WAITING] * 3, "nobody knows yet"
        page.evaluate("location.hash = '#/queue'")
        expect(page.locator(".held .waiting").first).to_be_visible()
        context.set_offline(False)
        expect(page.locator(".receipt")).to_be_visible(timeout=60_000)
        assert in_app(page, "return app.receipt();") | {"at": ""} == {"at": "", "empty": True, **SENT}

        expect(office.locator(".stop.completed, .stop.is-done")).to_have_count(2)
        the_office_sees_everything(office, address)
        the_consumer_sees_it(plain, f"{address}/c/{planned.token}")
    it_is_in_the_records(planned)


SENT = {"facts": 23, "pictures": 4}


def state(planned: Planned, visit_id: int) -> VisitState:
    with planned.system.transaction(read_only=True) as session:
        return session.get_one(Visit, visit_id).state


def the_office_sees_everything(office: Page, address: str) -> None:
    office.locator(".stop").first.click()
    report = office.locator("#side .report")
    expect(report.locator(".prints img")).to_have_count(2)
    expect(report.locator(".signature")).to_be_visible()
    office.goto(f"{address}/conflicts")
    expect(office.locator("main")).to_contain_text("A-3")


def the_consumer_sees_it(plain: Browser, link: str) -> None:
    page = plain.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN").new_page()
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_contain_text("完成")
    expect(page.locator("main img")).to_have_count(2)
    expect(page.locator("main")).to_contain_text("SN-2026-0001")


def it_is_in_the_records(planned: Planned) -> None:
    lamp, boiler, given_away = planned.visits
    with planned.system.transaction(read_only=True) as session:
        visits = [session.get_one(Visit, each) for each in planned.visits]
        photos = session.scalars(select(Proof.visit_id).where(Proof.kind == ProofKind.PHOTO)).all()
        serials = session.scalars(select(Proof.text).where(Proof.kind == ProofKind.SERIAL_NUMBER)).all()
        trip = session.scalars(select(WastedTrip)).one()
        charged = session.scalars(select(Surcharge).order_by(Surcharge.visit_id)).all()
        conflicts = session.scalars(select(PhoneConflict)).all()
    assert [visit.state for visit in visits] == [
        VisitState.COMPLETED, VisitState.COULD_NOT_COMPLETE, VisitState.COMPLETED,
    ]  # fmt: skip
    assert visits[0].accepted_at is not None and visits[2].accepted_at is None
    assert sorted(photos) == [lamp, lamp, given_away, given_away]
    assert sorted(serials) == ["SN-2026-0001", "SN-2026-0002"]
    assert (trip.visit_id, trip.call_outcome, len(trip.wishes)) == (boiler, "no-answer", 1)
    assert [(each.visit_id, each.count, each.amount) for each in charged] == [(lamp, 1, 3000), (given_away, 1, 3000)]
    assert {conflict.visit_id for conflict in conflicts} == {given_away}
