"""The pages behind a consumer's link, without cookies and without scripts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from sqlalchemy import func, select

from dispatch.evidence import Proof, ProofKind
from dispatch.work_order import Appointment, AppointmentState, Visit, VisitState, WorkOrder, WorkOrderState
from tests.clock import Clock
from tests.town import Town, shanghai
from tests.webapp.consumer_link import ConsumerLink

TEN = shanghai(10).isoformat()
TWO = shanghai(14).isoformat()
STATIC = Path(__file__).parents[2] / "webapp" / "static"


@pytest.fixture
def consumer(sqlite_town: Town) -> ConsumerLink:
    return ConsumerLink(sqlite_town)


def test_windows_are_shown_booked_and_confirmed_by_plain_forms(consumer: ConsumerLink) -> None:
    assert TEN in consumer.windows()
    answer = consumer.post("/appointment", starts_at=TEN)
    assert answer.status_code == 303
    page = consumer.page("?said=booked")
    assert "已为您约好" in page and "预约成功" in page
    assert "10:00" in page and "12:00" in page and "5月12日周二" in page


def test_nothing_is_kept_indexed_or_told_to_others(consumer: ConsumerLink) -> None:
    headers = consumer.get().headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in headers["X-Robots-Tag"]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", ["", "/move", "/cancel", "/appointment.ics", "/photos/1"])
def test_a_guessed_link_is_a_kind_page_that_says_what_to_do(consumer: ConsumerLink, path: str) -> None:
    consumer.token = "x" * 32
    answer = consumer.get(path, **{"Accept-Language": "zh-CN"})
    assert answer.status_code == 404
    assert "链接无效或已过期" in answer.get_data(as_text=True)
    assert "请向购买的商家索取新链接" in answer.get_data(as_text=True)


def test_an_expired_link_can_neither_look_nor_act(consumer: ConsumerLink, clock: Clock) -> None:
    clock.advance(days=60)
    assert consumer.get().status_code == 404
    assert consumer.post("/appointment", starts_at=TEN).status_code == 404
    assert consumer.post("/cancel").status_code == 404


def test_sending_the_form_twice_makes_one_appointment(consumer: ConsumerLink) -> None:
    for _ in range(2):
        assert consumer.post("/appointment", starts_at=TEN).status_code == 303
    with consumer.town.system.transaction(read_only=True) as session:
        assert session.scalar(select(func.count(Appointment.id))) == 1


def test_a_window_taken_meanwhile_shows_the_fresh_ones_with_a_sentence(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        sqlite_town.take_risks(session)
    three = [ConsumerLink(sqlite_town, f"A{n}", "water-heater", "310115") for n in range(3)]
    assert TEN in three[2].windows()
    for quick in three[:2]:
        assert quick.post("/appointment", starts_at=TEN).status_code == 303
    answer = three[2].post("/appointment", starts_at=TEN)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "刚刚被别人约走了" in page
    assert f'value="{TEN}"' not in page and f'value="{TWO}"' in page


@pytest.mark.parametrize(
    "starts_at",
    ["2020-01-01T00:00:00+00:00", "2026-05-12T02:30:00+00:00", "soon", "2026-05-12", "", "0001-01-01T00:00:00+08:00"],
)
def test_a_window_that_is_past_or_none_is_refused_with_fresh_ones(consumer: ConsumerLink, starts_at: str) -> None:
    answer = consumer.post("/appointment", starts_at=starts_at)
    assert answer.status_code == 422
    assert "已不能预约" in answer.get_data(as_text=True)
    assert f'value="{TEN}"' in answer.get_data(as_text=True)


def test_moving_keeps_the_old_time_until_the_new_one_is_confirmed(consumer: ConsumerLink) -> None:
    consumer.post("/appointment", starts_at=TEN)
    assert "当前预约" in consumer.page("/move")
    assert TWO in consumer.windows("/move")
    assert "10:00" in consumer.page()
    assert consumer.post("/appointment", starts_at=TWO).location.endswith("said=moved")
    assert "原来的时段已释放" in consumer.page("?said=moved")


def test_cancelling_asks_first_and_then_offers_new_times(consumer: ConsumerLink) -> None:
    consumer.post("/appointment", starts_at=TEN)
    assert "确认取消" in consumer.page("/cancel")
    with consumer.town.system.transaction(read_only=True) as session:
        assert session.get_one(WorkOrder, consumer.order_id).state == WorkOrderState.BOOKED
    for _ in range(2):
        assert consumer.post("/cancel").status_code == 303
    assert "预约已取消" in consumer.page("?said=cancelled")
    assert TEN in consumer.windows()


@pytest.mark.parametrize("path", ["/appointment", "/cancel"])
def test_once_the_technician_has_set_out_nothing_can_be_changed(consumer: ConsumerLink, path: str) -> None:
    consumer.post("/appointment", starts_at=TEN)
    consumer.sets_out()
    answer = consumer.post(path, starts_at=TWO)
    assert answer.status_code == 409
    assert "师傅已经出发" in answer.get_data(as_text=True)
    assert "改时间</a>" not in answer.get_data(as_text=True)
    with consumer.town.system.transaction(read_only=True) as session:
        assert list(session.scalars(select(Appointment.state))) == [AppointmentState.CONFIRMED]


def test_a_sentence_of_success_is_not_shown_when_it_is_not_true(consumer: ConsumerLink) -> None:
    assert "预约成功" not in consumer.page("?said=booked")
    consumer.post("/appointment", starts_at=TEN)
    assert "预约已取消" not in consumer.page("?said=cancelled")


def test_an_order_nobody_can_serve_gets_a_reason_and_what_happens_next(sqlite_town: Town) -> None:
    page = ConsumerLink(sqlite_town, product="chandelier", county="310115").page()
    assert "目前没有可约的时间" in page and "还没有能做这项安装的师傅" in page
    assert 'value="call"' in page and 'value="any"' not in page


@pytest.mark.parametrize(
    ("state", "said"),
    [(WorkOrderState.AWAITING_GOODS, "正在为您备货"), (WorkOrderState.CANCELLED, "订单已取消")],
)
def test_an_order_that_cannot_be_booked_says_how_it_stands(sqlite_town: Town, state: WorkOrderState, said: str) -> None:
    consumer = ConsumerLink(sqlite_town, state=state)
    assert said in consumer.page()
    assert consumer.post("/appointment", starts_at=TEN).status_code == 409
    assert consumer.get("/appointment.ics").status_code == 303


def test_the_calendar_entry_is_the_window_and_a_move_replaces_it(consumer: ConsumerLink) -> None:
    entries = []
    for starts_at in (TEN, TWO):
        consumer.post("/appointment", starts_at=starts_at)
        answer = consumer.get("/appointment.ics")
        assert answer.mimetype == "text/calendar"
        (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
        entries.append(event)
    first, second = entries
    assert first["UID"] == second["UID"] and second["SEQUENCE"] > first["SEQUENCE"]
    assert second.decoded("DTSTART") == shanghai(14)
    assert second.decoded("DTEND") - second.decoded("DTSTART") == timedelta(hours=2)
    assert consumer.token not in str(second) and "南京东路" not in str(second)


def test_photos_of_the_finished_work_are_served_and_no_other(consumer: ConsumerLink) -> None:
    consumer.post("/appointment", starts_at=TEN)
    system = consumer.town.system
    sha256 = system.photos.put(b"jpeg bytes")
    with system.transaction() as session:
        visit = session.get_one(Visit, consumer.visit_id)
        session.add(
            Proof(
                visit_id=visit.id, technician_id=consumer.town.technicians["T1"], kind=ProofKind.PHOTO, size=10,
                shot_code="after", source_sha256=sha256, sha256=sha256, width=8, height=6, received_at=system.now(),
            )
        )  # fmt: skip
        visit.move_to(VisitState.ON_SITE)
    assert consumer.get("/photos/1").status_code == 404
    with system.transaction() as session:
        visit = session.get_one(Visit, consumer.visit_id)
        visit.move_to(VisitState.COMPLETED)
        visit.work_order.move_to(WorkOrderState.COMPLETED)
    assert "安装完成" in consumer.page() and "安装后" in consumer.page()
    link = consumer.get("/photos/1").location
    answer = consumer.app.test_client(use_cookies=False).get(link)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/jpeg", b"jpeg bytes")
    assert "private" in answer.headers["Cache-Control"]
    assert consumer.get("/photos/2").status_code == 404


def test_the_orders_language_comes_first_and_the_switch_is_kept(sqlite_town: Town) -> None:
    consumer = ConsumerLink(sqlite_town, language="en")
    assert "When shall we come?" in consumer.get(**{"Accept-Language": "zh-CN"}).get_data(as_text=True)
    chinese = consumer.page("?lang=zh")
    assert "什么时候上门安装？" in chinese and 'lang="zh-CN"' in chinese
    assert f"/c/{consumer.token}/hold?lang=zh" in chinese
    assert "lang=zh" in consumer.post("/appointment?lang=zh", starts_at=TEN).location
    assert "When shall we come?" not in consumer.page("?lang=xx")


def test_what_people_wrote_is_text_and_never_markup(sqlite_town: Town) -> None:
    consumer = ConsumerLink(sqlite_town, address="<script>alert(1)</script>南京路")
    assert "<script>alert" not in consumer.page()


def test_the_page_with_all_it_loads_is_light(consumer: ConsumerLink) -> None:
    loaded = ("tokens.css", "consumer.css", "consumer.js", "icons.svg", "mark.svg")
    page = consumer.page()
    assert all(name in page for name in loaded)
    assert len(page.encode()) + sum((STATIC / name).stat().st_size for name in loaded) <= 60_000


def test_a_longer_window_of_the_merchants_is_not_taken_for_one_on_offer(sqlite_town: Town) -> None:
    consumer = ConsumerLink(sqlite_town)
    consumer.post("/appointment", starts_at=TEN)
    assert "当前预约" in consumer.page("/move")
    with sqlite_town.system.transaction() as session:
        promise = session.get_one(Visit, consumer.visit_id).appointment
        assert promise is not None
        promise.window_ends_at = shanghai(18)
    assert "当前预约" not in consumer.page("/move")
