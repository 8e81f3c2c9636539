from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from technicians.people import Position
from tests.phone_day import Tuesday, log_in
from tests.town import shanghai

HERE = {"lng": 121.47, "lat": 31.23, "accuracy": 11.5}


def sighting(at: datetime, **more: Any) -> dict[str, Any]:
    return {"occurred_at": at.isoformat(), **HERE, **more}


def tell(tuesday: Tuesday, *seen: dict[str, Any], sent_at: datetime | None = None) -> TestResponse:
    sent = (sent_at or tuesday.clock()).isoformat()
    return tuesday.phone.post("/mobile/v1/positions", sent_at=sent, positions=list(seen))


def last(tuesday: Tuesday) -> Position | None:
    with tuesday.town.system.transaction(read_only=True) as session:
        return session.get(Position, tuesday.town.technicians["T1"])


def test_a_batch_is_answered_with_what_is_kept_and_when_to_come_again(tuesday_on_both: Tuesday) -> None:
    tuesday = tuesday_on_both
    answer = tell(tuesday, sighting(shanghai(8.5)), sighting(shanghai(8.9)))
    assert answer.status_code == 200
    assert answer.json == {"kept_at": "2026-05-12T00:54:00Z", "next_in": 15}
    kept = last(tuesday)
    assert kept is not None and (kept.lng, kept.accuracy) == (121.47, 11.5)


def test_a_wrong_clock_cancels_out_and_no_place_is_of_the_future(tuesday: Tuesday) -> None:
    wrong = tuesday.clock() + timedelta(days=3)
    tell(tuesday, sighting(wrong - timedelta(minutes=6)), sent_at=wrong)
    kept = last(tuesday)
    assert kept is not None and kept.at == shanghai(8.9)
    tell(tuesday, sighting(wrong + timedelta(hours=5), lng=121.5), sent_at=wrong)
    kept = last(tuesday)
    assert kept is not None and (kept.at, kept.lng) == (shanghai(9), 121.5)


def test_who_is_not_at_work_is_told_to_come_later_and_nothing_is_kept(tuesday: Tuesday) -> None:
    tuesday.clock.set(shanghai(22))
    answer = tell(tuesday, sighting(shanghai(22)))
    assert (answer.status_code, answer.json) == (200, {"kept_at": None, "next_in": 300})
    assert last(tuesday) is None


def test_another_technicians_phone_moves_nobody_but_its_own(tuesday: Tuesday) -> None:
    other = log_in(tuesday.phone.client, tuesday.clock, "T2")
    answer = other.post("/mobile/v1/positions", sent_at=shanghai(9).isoformat(), positions=[sighting(shanghai(9))])
    assert answer.json is not None and answer.json["kept_at"] is None
    assert last(tuesday) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"lng": 181.0},
        {"lat": "NaN"},
        {"accuracy": -1},
        {"accuracy": None},
        {"occurred_at": "yesterday"},
        {"speed": 3},
    ],
)
def test_a_place_that_is_none_is_refused_with_the_field(tuesday: Tuesday, wrong: dict[str, Any]) -> None:
    answer = tell(tuesday, sighting(shanghai(9), **wrong))
    assert answer.status_code == 422
    assert answer.json is not None and next(iter(wrong)) in answer.json["errors"][0]["field"]


@pytest.mark.parametrize("number", [0, 101])
def test_an_empty_and_an_endless_batch_are_refused(tuesday: Tuesday, number: int) -> None:
    assert tell(tuesday, *[sighting(shanghai(9))] * number).status_code == 422
