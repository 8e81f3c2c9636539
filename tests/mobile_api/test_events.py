from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from threading import Barrier

import pytest
from PIL import Image
from sqlalchemy import func, select

from dispatch.evidence import VisitEvent
from dispatch.work_order import Visit
from tests.phone_day import Tuesday, jpeg, log_in
from tests.town import shanghai


def events(tuesday: Tuesday) -> int:
    with tuesday.town.system.transaction(read_only=True) as session:
        return session.scalar(select(func.count(VisitEvent.id))) or 0


def test_a_repeated_event_gets_the_same_answer_and_a_receipt(tuesday: Tuesday) -> None:
    phone = tuesday.phone
    event = phone.event()
    path = f"/mobile/v1/visits/{tuesday.first}/arrival"
    first, second = phone.post(path, **event), phone.post(path, **event)
    assert first.json == second.json
    assert first.headers["Shifu-Accepted"] == second.headers["Shifu-Accepted"] == event["event_id"]
    assert events(tuesday) == 1


def test_a_refused_event_gets_no_receipt(tuesday: Tuesday) -> None:
    answer = tuesday.phone.report(tuesday.first, "completion")
    assert answer.status_code == 409
    assert "Shifu-Accepted" not in answer.headers
    assert events(tuesday) == 0


def test_what_waited_for_signal_keeps_the_time_it_happened(tuesday: Tuesday) -> None:
    wrong_clock = tuesday.clock() + timedelta(days=2)
    occurred, sent = wrong_clock - timedelta(minutes=50), wrong_clock
    answer = tuesday.phone.report(tuesday.first, "arrival", occurred_at=occurred.isoformat(), sent_at=sent.isoformat())
    assert answer.status_code == 200
    with tuesday.town.system.transaction(read_only=True) as session:
        visit = session.get_one(Visit, tuesday.first)
        assert visit.arrived_at == tuesday.clock() - timedelta(minutes=50)
        assert session.scalars(select(VisitEvent)).one().device_time == occurred


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"event_id": "7"}, "event_id"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"occurred_at": "2026-05-12T09:00:00"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at"),
        ({"lng": 181}, "lng"),
        ({"lat": "NaN"}, "lat"),
        ({"accuracy": -1}, "accuracy"),
        ({"speed": 3}, "speed"),
    ],
)
def test_a_wrong_field_is_named(tuesday: Tuesday, wrong: dict[str, object], field: str) -> None:
    answer = tuesday.phone.report(tuesday.first, "arrival", **wrong)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["type"] == "urn:shifu:invalid-input"
    assert [each["field"] for each in answer.json["errors"]] == [field]
    assert events(tuesday) == 0


def test_half_a_place_is_refused(tuesday: Tuesday) -> None:
    tuesday.phone.place = {"lng": 121.5}
    assert tuesday.phone.report(tuesday.first, "arrival").status_code == 422


@pytest.mark.parametrize("note", ["a\x00b", "x" * 501])
def test_a_note_that_a_database_could_not_keep_is_refused(tuesday: Tuesday, note: str) -> None:
    answer = tuesday.phone.report(tuesday.first, "could-not-complete", reason="other", note=note)
    assert answer.status_code == 422


def test_an_unknown_reason_is_refused_with_those_that_are_known(tuesday: Tuesday) -> None:
    answer = tuesday.phone.report(tuesday.first, "could-not-complete", reason="raining")
    assert answer.status_code == 422
    assert "nobody-home" in answer.text


def test_missing_shots_are_named_in_the_technicians_language(tuesday: Tuesday) -> None:
    phone = tuesday.phone
    phone.report(tuesday.first, "arrival")
    phone.shoot(tuesday.first, "before", jpeg())
    english = phone.report(tuesday.first, "completion")
    phone.language = "zh-CN"
    chinese = phone.report(tuesday.first, "completion")
    assert english.json is not None
    assert chinese.json is not None
    assert (english.status_code, english.json["code"]) == (422, "missing-shots")
    assert "After" in english.json["detail"]
    assert chinese.json["title"] == "还缺照片"
    assert "安装后" in chinese.json["detail"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"not a photo", 422, "photo-not-a-photo"),
        (b"", 422, "photo-empty"),
        (jpeg(size=(400, 300))[:800], 422, "photo-truncated"),
        (bytes(12 * 1024 * 1024 + 1), 413, "http-413"),
    ],
)
def test_a_bad_photo_is_refused_with_a_reason(tuesday: Tuesday, content: bytes, status: int, code: str) -> None:
    answer = tuesday.phone.shoot(tuesday.first, "after", content)
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_a_photo_comes_back_clean_to_whoever_took_it(tuesday: Tuesday) -> None:
    sent = tuesday.phone.shoot(tuesday.first, "after", jpeg())
    assert sent.json is not None
    got = tuesday.phone.get(f"/mobile/v1/photos/{sent.json['id']}")
    assert (got.status_code, got.content_type) == (200, "image/jpeg")
    assert got.data.startswith(b"\xff\xd8\xff")


def test_a_photo_comes_back_small_too(tuesday: Tuesday) -> None:
    sent = tuesday.phone.shoot(tuesday.first, "after", jpeg(size=(800, 600)))
    assert sent.json is not None
    got = tuesday.phone.get(f"/mobile/v1/photos/{sent.json['id']}/small")
    assert (got.status_code, got.content_type) == (200, "image/jpeg")
    assert Image.open(BytesIO(got.data)).size == (320, 240)
    other = log_in(tuesday.phone.client, tuesday.clock, "T2")
    assert other.get(f"/mobile/v1/photos/{sent.json['id']}/small").status_code == 404


def test_a_json_body_has_its_limit(tuesday: Tuesday) -> None:
    answer = tuesday.phone.report(tuesday.first, "completion", note="x" * 70_000)
    assert answer.status_code == 413


def test_what_is_not_json_is_told_so(tuesday: Tuesday) -> None:
    answer = tuesday.phone.client.post("/mobile/v1/login", data="{", content_type="application/json")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_a_day_can_be_seen_and_its_change_acknowledged(tuesday: Tuesday) -> None:
    phone = tuesday.phone
    day = phone.read("/mobile/v1/day?on=2026-05-12")
    assert (day["published"], day["revision"], day["seen_revision"]) == (True, 1, None)
    assert phone.post("/mobile/v1/day/seen", on="2026-05-12", revision=1).status_code == 204
    assert phone.read("/mobile/v1/day")["seen_revision"] == 1
    assert phone.post("/mobile/v1/day/seen", on="2026-05-13", revision=1).status_code == 404


def test_today_is_the_technicians_today(tuesday: Tuesday) -> None:
    """At 07:30 in Shanghai it is still Monday in Greenwich."""
    tuesday.clock.set(shanghai(7.5))
    assert tuesday.phone.read("/mobile/v1/day")["on"] == "2026-05-12"


def test_the_same_event_from_two_connections_at_once_counts_once(tuesday_on_both: Tuesday) -> None:
    phone = tuesday_on_both.phone
    event = phone.event()
    path = f"/mobile/v1/visits/{tuesday_on_both.first}/arrival"
    together = Barrier(6)

    def send() -> int:
        client = phone.client.application.test_client()
        together.wait()
        return replace(phone, client=client).post(path, **event).status_code

    with ThreadPoolExecutor(6) as threads:
        answers = [each.result() for each in [threads.submit(send) for _ in range(6)]]
    assert answers == [200] * 6
    assert events(tuesday_on_both) == 1


def test_a_day_without_a_plan_is_empty_and_not_an_error(tuesday: Tuesday) -> None:
    day = tuesday.phone.read("/mobile/v1/day?on=2026-05-13")
    assert (day["published"], day["stops"]) == (False, [])


def test_a_day_shows_what_the_stop_needs(tuesday: Tuesday) -> None:
    tuesday.phone.language = "zh"
    day = tuesday.phone.read("/mobile/v1/day")
    visit = day["stops"][0]["visit"]
    assert visit["window"]["starts_at"] == shanghai(9).isoformat().replace("+00:00", "Z")
    assert (visit["district"], visit["product"]) == ("黄浦区", "lamp")
    assert [shot["name"] for shot in visit["shots"]] == ["安装前", "安装后", "铭牌"]
    assert list(visit["navigation"]) == ["amap", "baidu", "apple", "google"]
    assert day["time_zone"] == "Asia/Shanghai"


def test_login_is_locked_with_the_minutes_to_wait(tuesday: Tuesday) -> None:
    body = {"code": "T2", "pin": "000000", "device_id": str(uuid.uuid4())}
    client = tuesday.phone.client
    answers = [client.post("/mobile/v1/login", json=body) for _ in range(9)]
    assert [answer.status_code for answer in answers] == [401] * 8 + [429]
    assert answers[-1].headers["Retry-After"] == "900"
