"""What a server answers to events about the work on site and to requests. It moves no visit.

One request to the office is made and taken back.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from tests.phone_conformance.client import Client

NOBODYS = 2**31 - 2
TOLD_OF_A_VISIT: dict[str, dict[str, Any]] = {
    "readiness": {"goods": "whole", "consumer": "confirmed", "parts": []},
    "checklist": {"done": []},
    "serial": {"number": "SN 4711", "read": "hand", "format": ""},
    "signature": {"name": "", "strokes": [[0, 0, 1000, 1000]]},
    "surcharge": {"code": "pipe", "count": 1, "amount": 100, "agreed": True},
    "acceptance": {"code": "123456"},
    "parts-needed": {"text": "Hook", "count": 1},
    "swap-request": {"note": ""},
    "could-not-complete": {"reason": "nobody-home", "note": "", "waited": 600},
    "completion": {"note": ""},
}
HOURS: dict[str, Any] = {
    "starts_at": "2030-05-13T08:00:00+08:00",
    "ends_at": "2030-05-13T18:00:00+08:00",
    "note": "conformance",
}


def reason(phone: Client, kind: str, visit_id: int | None = None, **payload: Any) -> str:
    answer = phone.send(phone.event(kind, visit_id, payload=payload)).body["answers"][0]
    return str(answer["reason"] or answer["outcome"])


def every_kind_of_event_about_a_visit_is_known_and_nobodys_is_refused(phone: Client) -> None:
    answers = {kind: reason(phone, kind, NOBODYS, **payload) for kind, payload in TOLD_OF_A_VISIT.items()}
    assert set(answers.values()) == {"not-yours"}, answers


def an_event_about_a_visit_names_one(phone: Client) -> None:
    answers = {kind: reason(phone, kind, **payload) for kind, payload in TOLD_OF_A_VISIT.items()}
    assert set(answers.values()) == {"no-visit"}, answers


def a_request_is_taken_and_may_be_taken_back_while_nobody_has_decided(phone: Client) -> None:
    asked = phone.event("shift-request", payload=HOURS)
    assert phone.outcomes(asked) == ["applied"]
    assert phone.outcomes(asked) == ["duplicate"]
    assert reason(phone, "request-withdrawn", event_id=asked["event_id"]) == "applied"
    everything = phone.ask("GET", "/mobile/v1/changes").body
    states = {each["event_id"]: each["state"] for each in everything["requests"]}
    assert states[asked["event_id"]] == "withdrawn"


def a_request_that_cannot_be_read_is_rejected_for_its_payload(phone: Client) -> None:
    backwards = {"starts_at": HOURS["ends_at"], "ends_at": HOURS["starts_at"]}
    assert reason(phone, "absence-request", **HOURS, reason="ill" * 40) == "unreadable-payload"
    assert reason(phone, "absence-request", **backwards, reason="ill") == "unreadable-payload"
    assert reason(phone, "shift-request", starts_at="tomorrow") == "unreadable-payload"


def only_a_request_that_was_made_can_be_taken_back(phone: Client) -> None:
    assert reason(phone, "request-withdrawn", event_id=str(uuid.uuid4())) == "no-request"
    assert reason(phone, "request-withdrawn") == "unreadable-payload"


CHECKS: tuple[Callable[[Client], None], ...] = (
    every_kind_of_event_about_a_visit_is_known_and_nobodys_is_refused,
    an_event_about_a_visit_names_one,
    a_request_is_taken_and_may_be_taken_back_while_nobody_has_decided,
    a_request_that_cannot_be_read_is_rejected_for_its_payload,
    only_a_request_that_was_made_can_be_taken_back,
)
