"""Bodies that no phone of ours sends: the server says what is wrong with them and stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.mobile_api.test_sync import Outbox
from tests.phone_day import Tuesday


def post(tuesday: Tuesday, body: str) -> Any:
    headers = {"Authorization": f"Bearer {tuesday.phone.token}", "Content-Type": "application/json"}
    return tuesday.phone.client.post("/mobile/v1/events", data=body, headers=headers)


@pytest.mark.parametrize("depth", [100, 5_000, 30_000])
def test_a_payload_of_any_depth_is_no_accident(tuesday: Tuesday, depth: int) -> None:
    event = Outbox(tuesday.phone).note("checklist", tuesday.first, payload={"done": "HERE"})
    body = {"protocol": 1, "sent_at": event["device_time"], "events": [event]}
    nested = json.dumps(body).replace('"HERE"', "[" * depth + "]" * depth)
    assert post(tuesday, nested).status_code in {200, 400, 413, 422}


@pytest.mark.parametrize("value", ['"\\u0000"', '"\\ud800"', "NaN", "1e999", "1" * 4000])
def test_a_value_that_no_database_keeps_is_answered(tuesday: Tuesday, value: str) -> None:
    event = Outbox(tuesday.phone).note("checklist", tuesday.first, payload={"done": "HERE"})
    body = {"protocol": 1, "sent_at": event["device_time"], "events": [event]}
    answer = post(tuesday, json.dumps(body).replace('"HERE"', value))
    assert answer.status_code in {200, 400, 422}
    if answer.status_code == 200:
        assert answer.json["answers"][0]["outcome"] == "rejected"
