from __future__ import annotations

from typing import Any

import pytest

from dispatch.storable import DEEPEST, storable
from tests.phone_pocket import Pocket
from tests.town import Town


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"a": ["b", 1, 2.5, True, None]}, {"a": ["b", 1, 2.5, True, None]}),
        ({"zero\x00": "47\x0011"}, {"zero\ufffd": "47\ufffd11"}),
        (["\ud83d", "\U0001f600"], ["\ufffd", "\U0001f600"]),
        ([float("nan"), float("inf")], [None, None]),
    ],
)
def test_only_what_no_database_keeps_is_replaced(sent: object, kept: object) -> None:
    assert storable(sent) == kept


def test_what_lies_too_deep_is_cut_off() -> None:
    assert storable(nested(DEEPEST - 1)) == nested(DEEPEST - 1)
    assert str(storable(nested(500))) == "[" * DEEPEST + "None" + "]" * DEEPEST


@pytest.mark.parametrize("payload", [{"number": "\x00"}, {"\ud800": 1}, {"on": float("nan")}, {"deep": nested(300)}])
def test_an_event_with_anything_in_it_is_kept_and_answered_and_answered_again(
    town: Town, payload: dict[str, Any]
) -> None:
    phone = Pocket(town)
    event = phone.note("serial", 999, **payload)
    assert [phone.send(event)[0].reason for _ in range(2)] == ["not-yours", "not-yours"]
