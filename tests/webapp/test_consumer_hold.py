"""From the questions to a confirmed window: a tap keeps it, a button confirms it, nothing is lost on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from dispatch import appointments, questionnaire, questionnaire_text
from dispatch.catalogue import ServiceProduct
from dispatch.consumer_records import Issue, OfferLook, WaitlistEntry, WaitState, Wish
from dispatch.work_order import Appointment, AppointmentState, Visit, WorkOrder
from tests.clock import Clock
from tests.town import Town, shanghai
from tests.webapp.consumer_link import ConsumerLink

TEN = shanghai(10).isoformat()
TWO = shanghai(14).isoformat()
ASKED = "floor:楼层:Floor:number:1-60=1:+10/3>2;old:拆旧灯:Old lamp taken away:yes-no:no:+50/20"


@pytest.fixture
def consumer(sqlite_town: Town) -> ConsumerLink:
    return ConsumerLink(sqlite_town)


@pytest.fixture
def asked(sqlite_town: Town) -> ConsumerLink:
    with sqlite_town.system.transaction() as session:
        lamp = session.get_one(ServiceProduct, "lamp")
        lamp.price = 8_800
        lamp.questions = [questionnaire.as_json(each) for each in questionnaire_text.questions(ASKED, "CNY")]
    return ConsumerLink(sqlite_town)


def states(consumer: ConsumerLink) -> list[AppointmentState]:
    with consumer.town.system.transaction(read_only=True) as session:
        mine = select(Appointment.state).where(Appointment.visit_id == consumer.visit_id)
        return list(session.scalars(mine.order_by(Appointment.id)))


def test_a_tap_keeps_the_window_and_a_button_confirms_it(consumer: ConsumerLink) -> None:
    assert consumer.post("/hold", starts_at=TEN).status_code == 303
    page = consumer.page()
    assert "确认这个时间上门吗？" in page and "10:00" in page and "已为您保留至 09:10" in page
    assert states(consumer) == [AppointmentState.HELD]
    assert consumer.post("/appointment", starts_at=TEN).status_code == 303
    assert states(consumer) == [AppointmentState.CONFIRMED]
    assert "已为您约好" in consumer.page()


def test_choosing_another_gives_the_window_back(consumer: ConsumerLink) -> None:
    consumer.post("/hold", starts_at=TEN)
    assert consumer.post("/release").status_code == 303
    assert states(consumer) == [AppointmentState.RELEASED]
    assert TEN in consumer.windows()
    assert "没有及时确认" not in consumer.page()


def test_a_second_tab_keeps_its_own_window_and_each_tab_confirms_what_it_shows(consumer: ConsumerLink) -> None:
    consumer.post("/hold", starts_at=TEN)
    consumer.post("/hold", starts_at=TWO)
    assert states(consumer) == [AppointmentState.RELEASED, AppointmentState.HELD]
    assert consumer.post("/appointment", starts_at=TEN).status_code == 303
    page = consumer.page()
    assert "10:00" in page and "14:00" not in page
    assert states(consumer).count(AppointmentState.CONFIRMED) == 1
    assert AppointmentState.HELD not in states(consumer)


def test_sending_each_form_twice_is_one_hold_and_one_appointment(consumer: ConsumerLink) -> None:
    for path in ("/hold", "/hold", "/appointment", "/appointment"):
        assert consumer.post(path, starts_at=TEN).status_code == 303
    assert states(consumer) == [AppointmentState.CONFIRMED]


def test_a_hold_that_has_run_out_says_so_and_offers_fresh_windows(consumer: ConsumerLink, clock: Clock) -> None:
    consumer.post("/hold", starts_at=TEN)
    clock.advance(minutes=11)
    page = consumer.page()
    assert "没有及时确认，已不再保留" in page and TEN in consumer.windows()


def test_what_has_run_out_but_is_still_free_is_confirmed_all_the_same(consumer: ConsumerLink, clock: Clock) -> None:
    consumer.post("/hold", starts_at=TEN)
    clock.advance(minutes=11)
    with consumer.town.system.transaction() as session:
        held = session.scalars(select(Appointment)).one()
        assert appointments.expire(session, consumer.town.system.travel_times, held.id, at=clock())
    assert consumer.post("/appointment", starts_at=TEN).status_code == 303
    assert states(consumer) == [AppointmentState.EXPIRED, AppointmentState.CONFIRMED]


def test_a_window_in_the_past_cannot_be_kept(consumer: ConsumerLink) -> None:
    answer = consumer.post("/hold", starts_at=shanghai(10, shanghai(0).date() - timedelta(days=2)).isoformat())
    assert answer.status_code == 422
    assert f'value="{TEN}"' in answer.get_data(as_text=True)


def test_an_appointment_is_moved_in_one_step_after_a_page_that_keeps_nothing(consumer: ConsumerLink) -> None:
    consumer.post("/appointment", starts_at=TEN)
    page = consumer.get("/move/confirm?starts_at=" + TWO.replace("+", "%2B")).get_data(as_text=True)
    assert "改到这个时间吗？" in page and "14:00" in page
    assert states(consumer) == [AppointmentState.CONFIRMED]
    assert consumer.post("/appointment", starts_at=TWO).location.endswith("said=moved")
    assert states(consumer) == [AppointmentState.MOVED, AppointmentState.CONFIRMED]


def test_a_window_that_is_gone_before_a_move_is_confirmed_shows_those_that_are_free(consumer: ConsumerLink) -> None:
    consumer.post("/appointment", starts_at=TEN)
    answer = consumer.get("/move/confirm?starts_at=2026-05-12T02:30:00%2B00:00")
    assert answer.status_code == 422
    assert f'value="{TWO}"' in answer.get_data(as_text=True)


def test_questions_come_first_with_the_usual_answers_chosen(asked: ConsumerLink) -> None:
    assert asked.get().location.endswith("/questions")
    page = asked.page("/questions")
    assert 'value="no" required checked' in page and 'value="1"' in page and "+¥50" in page


def test_the_price_is_final_before_a_window_is_chosen(asked: ConsumerLink) -> None:
    assert asked.post("/questions", **{"q-floor": "5", "q-old": "yes"}).status_code == 303
    assert "¥168" in asked.page() and "楼层：5" in asked.page()
    with asked.town.system.transaction() as session:
        session.get_one(ServiceProduct, "lamp").price = 99_900
    asked.post("/hold", starts_at=TEN)
    assert "¥168" in asked.page()
    asked.post("/appointment", starts_at=TEN)
    assert "¥168" in asked.page()
    with asked.town.system.transaction(read_only=True) as session:
        assert session.get_one(Visit, asked.visit_id).service == 1800 + 60 * (3 * 3 + 20)


def test_a_wrong_answer_is_named_at_its_question_and_the_others_are_kept(asked: ConsumerLink) -> None:
    answer = asked.post("/questions", **{"q-floor": "900", "q-old": "yes"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "请填写 1 到 60 之间的整数" in page and 'value="900"' in page and 'value="yes" required checked' in page


def test_answers_may_change_while_deciding_and_give_the_kept_window_back(asked: ConsumerLink) -> None:
    asked.post("/questions")
    asked.post("/hold", starts_at=TEN)
    assert "修改安装信息" in asked.page()
    assert asked.post("/questions", **{"q-old": "yes"}).status_code == 303
    assert states(asked) == [AppointmentState.RELEASED]
    assert "¥138" in asked.page()


def test_answers_cannot_change_under_an_appointment(asked: ConsumerLink) -> None:
    asked.post("/questions")
    asked.post("/appointment", starts_at=TEN)
    assert asked.get("/questions").status_code == 303
    answer = asked.post("/questions", **{"q-old": "yes"})
    assert answer.status_code == 409
    assert "已保留的时段是按目前的安装信息安排的" in answer.get_data(as_text=True)


def test_who_finds_nothing_that_suits_waits_for_it_and_can_stop_waiting(consumer: ConsumerLink) -> None:
    assert "这些时间都不合适" in consumer.page()
    for _ in range(2):
        assert consumer.post("/waitlist", wish="any").status_code == 303
    assert "一有空出的时段" in consumer.page()
    consumer.post("/waitlist", wish="none")
    assert "一有空出的时段" not in consumer.page()
    with consumer.town.system.transaction(read_only=True) as session:
        entry = session.scalars(select(WaitlistEntry)).one()
        assert (entry.wish, entry.state) == (Wish.ANY, WaitState.CLOSED)


def test_who_is_booked_may_wait_for_something_earlier(consumer: ConsumerLink) -> None:
    consumer.post("/appointment", starts_at=TWO)
    assert "有更早的时段空出时通知我" in consumer.page()
    consumer.post("/waitlist", wish="earlier")
    assert "现有预约不变" in consumer.page()
    assert states(consumer) == [AppointmentState.CONFIRMED]


def test_a_wish_that_is_none_changes_nothing(consumer: ConsumerLink) -> None:
    assert consumer.post("/waitlist", wish="everything").status_code == 303
    with consumer.town.system.transaction(read_only=True) as session:
        assert session.scalar(select(func.count(WaitlistEntry.id))) == 0


def test_what_a_consumer_found_is_noted_once(consumer: ConsumerLink) -> None:
    consumer.page()
    consumer.page()
    with consumer.town.system.transaction(read_only=True) as session:
        look = session.scalars(select(OfferLook)).one()
        assert (look.work_order_id, look.outcomes, look.ever_offered) == (consumer.order_id, 1, True)


def test_something_is_wrong_is_said_once_and_shows_by_when_there_is_an_answer(consumer: ConsumerLink) -> None:
    consumer.post("/appointment", starts_at=TEN)
    assert "遇到了什么问题？" in consumer.page("/issue")
    for _ in range(2):
        assert consumer.post("/issue", kind="damaged", text="<b>灯罩</b>裂了").status_code == 303
    page = consumer.page("?said=told")
    assert "有东西损坏了" in page and "&lt;b&gt;灯罩" in page and "我们会在 10:00 前答复您" in page
    with consumer.town.system.transaction(read_only=True) as session:
        assert session.scalar(select(func.count(Issue.id))) == 1


@pytest.mark.parametrize("form", [{}, {"kind": "boring"}, {"kind": "other"}, {"kind": "late", "text": "长" * 1001}])
def test_what_cannot_be_understood_is_asked_again_and_nothing_typed_is_lost(
    consumer: ConsumerLink, form: dict[str, str]
) -> None:
    answer = consumer.post("/issue", **form)
    assert answer.status_code == 422
    assert form.get("text", "") in answer.get_data(as_text=True)


def test_an_order_cancelled_meanwhile_says_so_to_every_form(consumer: ConsumerLink) -> None:
    consumer.post("/hold", starts_at=TEN)
    with consumer.town.system.transaction() as session:
        order = session.get_one(WorkOrder, consumer.order_id)
        appointments.release(session, consumer.town.system.travel_times, order, by="ada", at=consumer.town.system.now())
        order.move_to(type(order.state)("cancelled"))
    for path in ("/hold", "/appointment"):
        answer = consumer.post(path, starts_at=TEN)
        assert answer.status_code == 409
        assert "订单已取消" in answer.get_data(as_text=True)
