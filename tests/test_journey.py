"""A whole promise in real browsers: booked, planned by a worker, published, kept, proved, and seen by the consumer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

import wsgi
from dispatch import links, phone_login
from dispatch.account import Role
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.queue import Queue
from dispatch.system import System
from technicians.people import Technician
from tests.browser import chromium, serving, sign_in
from tests.clock import Clock
from tests.phone_day import PIN
from tests.phone_walk import at, go, photograph, set_out_and_arrive, with_a_camera
from tests.town import AREA, DOORS, TUESDAY, Town, shanghai
from tests.webapp.console import add_account

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def filming(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with with_a_camera(browser, tmp_path_factory.mktemp("film")) as started:
        yield started


@contextmanager
def workers(system: System) -> Iterator[None]:
    """The relay and a queue worker as they run in production, on this test's database and Valkey."""
    environment = {
        **os.environ,
        "SHIFU_HOME": str(system.settings.home),
        "DATABASE_URL": system.settings.database_url,
        "REDIS_URL": system.settings.redis_url or "",
    }
    program = [sys.executable, "-m", "dispatch.cli", "worker"]
    with (system.settings.home / "worker.log").open("wb") as log:
        running = subprocess.Popen(program, env=environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(30)


def a_page(browser: Browser, language: str, *, phone: bool) -> Page:
    size = PHONE if phone else {"width": 1280, "height": 800}
    context = browser.new_context(viewport=size, locale=language, has_touch=phone, is_mobile=phone)
    context.set_default_timeout(30_000)
    if phone:
        lng, lat = DOORS["310101"]
        context.grant_permissions(["geolocation"])
        context.set_geolocation({"longitude": lng, "latitude": lat, "accuracy": 12})
    return context.new_page()


def book(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("link", name="明天").tap()
    page.get_by_role("button", name="10:00–12:00").tap()
    page.get_by_role("button", name="确认预约").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("已为您约好")


def plan_and_publish(page: Page, address: str) -> None:
    sign_in(page, address, "ann")
    page.goto(f"{address}/?area={AREA}&day={TUESDAY}")
    page.wait_for_selector("#board[data-loaded=true]")
    expect(page.locator(".stop")).to_have_count(1)
    page.click("#plan-button")
    expect(page.locator("#plan-version")).to_contain_text("2", timeout=60_000)
    page.click("#publish-button")
    page.locator("#side").get_by_role("button", name="Publish").click()
    expect(page.locator(".badge", has_text="Published")).to_be_visible()


def work(page: Page, address: str, code: str, visit_id: int) -> None:
    page.goto(f"{address}/phone")
    page.fill("#code", code)
    page.fill("#pin", PIN)
    page.click("button.go")
    page.wait_for_selector("main.day")
    set_out_and_arrive(page, visit_id)
    photograph(page, 2)
    at(page, visit_id, "/finish")
    go(page)
    page.wait_for_url("**#/")
    expect(page.locator(".connection.good")).to_be_visible()


def technician_of(system: System, visit_id: int) -> str:
    with system.transaction() as session:
        for person in session.scalars(select(Technician)):
            phone_login.set_pin(session, person, PIN, at=system.now(), by="test")
        published = (
            select(Technician.code)
            .join(Route, Route.technician_id == Technician.id)
            .join(Stop, Stop.route_id == Route.id)
            .join(DayPlan, DayPlan.id == Route.day_plan_id)
            .where(Stop.visit_id == visit_id, DayPlan.state == DayPlanState.PUBLISHED)
        )
        return session.scalars(published).one()


def test_a_promise_is_made_planned_kept_and_proved(
    town: Town, clock: Clock, redis_url: str, browser: Browser, filming: Browser
) -> None:
    settings = replace(town.system.settings, redis_url=redis_url)
    system = replace(town.system, settings=settings, queue=Queue(redis_url))
    with system.transaction() as session:
        order = town.order(session, "A1")
        visit_id, token = order.visits[0].id, links.create(session, order.id, system.now())
    add_account(system, "ann", Role.DISPATCHER)
    with workers(system), serving(wsgi.mount(system)) as address:
        consumer = a_page(browser, "zh-CN", phone=True)
        book(consumer, f"{address}/c/{token}")
        plan_and_publish(a_page(browser, "en-US", phone=False), address)
        clock.set(shanghai(10.25))
        work(a_page(filming, "zh-CN", phone=True), address, technician_of(system, visit_id), visit_id)
        consumer.reload()
        expect(consumer.get_by_role("heading", level=1)).to_contain_text("完成")
        expect(consumer.locator("main img")).to_have_count(2)
