"""Photos that an event names are promised with it; the phone finds the promise when it sends them."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import photo_manifest
from dispatch.catalogue import ServiceProduct
from dispatch.photo_records import PhotoUpload
from dispatch.uploads import UploadState
from tests.phone_day import Tuesday, jpeg, log_in

SURCHARGE = {"code": "bracket", "name_zh": "支架", "name_en": "Bracket", "amount": 3000, "most": 2, "photo": True}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def named(content: bytes, shot: str) -> dict[str, Any]:
    return {"sha256": digest(content), "size": len(content), "kind": "photo", "shot": shot}


class Teller:
    """Sends events of T1's phone, numbered from 1."""

    def __init__(self, tuesday: Tuesday) -> None:
        self.tuesday = tuesday
        self.seq = 0

    def tell(self, kind: str, *attachments: dict[str, Any], visit_id: int | None = None, **payload: Any) -> Any:
        self.seq += 1
        now = self.tuesday.clock().isoformat()
        event = {
            "event_id": str(uuid.uuid4()), "seq": self.seq, "type": kind, "device_time": now, "payload": payload,
            "visit_id": self.tuesday.first if visit_id is None else visit_id, "attachments": list(attachments),
        }  # fmt: skip
        return self.send(event)["answers"][0] | {"event": event}

    def send(self, *events: dict[str, Any]) -> Any:
        now = self.tuesday.clock().isoformat()
        batch = {"protocol": 1, "sent_at": now, "oldest_seq": 1, "events": events}
        answer = self.tuesday.phone.post("/mobile/v1/events", **batch)
        assert answer.status_code == 200
        return answer.json


@pytest.fixture
def teller(tuesday: Tuesday) -> Teller:
    return Teller(tuesday)


def promised(tuesday: Tuesday) -> list[PhotoUpload]:
    with tuesday.town.system.transaction(read_only=True) as session:
        return list(session.scalars(select(PhotoUpload).order_by(PhotoUpload.id)))


def test_the_manifest_tells_at_once_what_is_still_on_the_phone(tuesday: Tuesday, teller: Teller) -> None:
    before, after = jpeg("red"), jpeg("blue")
    teller.tell("check-in")
    told = teller.tell("completion", named(before, "before"), named(after, "after"))
    assert told["outcome"] == "applied"
    manifest = tuesday.phone.read(f"/mobile/v1/visits/{tuesday.first}/manifest")
    assert (manifest["promised"], manifest["received"], manifest["checked"]) == (2, 0, 0)
    assert [(each["shot"], each["sha256"]) for each in manifest["uploads"]] == [
        ("before", digest(before)), ("after", digest(after)),
    ]  # fmt: skip
    found = photo_manifest.of_visit(tuesday.town.system, tuesday.first, tuesday.town.technicians["T1"])
    assert {each.state for each in found.uploads} == {UploadState.PROMISED}


def test_the_phone_finds_the_promise_and_says_when_and_where_it_was_taken(tuesday: Tuesday, teller: Teller) -> None:
    content = jpeg("red")
    taken_at = tuesday.clock().isoformat()
    tuesday.clock.advance(minutes=20)
    teller.tell("check-in", named(content, "before"))
    (by_event,) = promised(tuesday)
    body = {"visit_id": tuesday.first, "shot": "before", "sha256": digest(content), "size": len(content)}
    event = tuesday.phone.event(**body) | {"occurred_at": taken_at}
    answers = [tuesday.phone.post("/mobile/v1/uploads", **event).json for _ in range(2)]
    assert [answer["id"] for answer in answers if answer] == [by_event.id] * 2
    (now,) = promised(tuesday)
    assert (now.event_id, now.at.isoformat(), now.lng) == (event["event_id"], taken_at, tuesday.phone.place["lng"])
    sent = tuesday.phone.client.patch(
        f"/mobile/v1/uploads/{now.id}",
        data=content,
        headers={"Authorization": f"Bearer {tuesday.phone.token}", "Upload-Offset": "0"},
    )
    assert sent.status_code == 200
    assert tuesday.phone.post(f"/mobile/v1/uploads/{now.id}/finish").status_code == 200
    assert tuesday.phone.read(f"/mobile/v1/visits/{tuesday.first}/manifest")["checked"] == 1


def test_a_photo_that_was_promised_before_its_event_stays_as_it_was(tuesday: Tuesday, teller: Teller) -> None:
    content = jpeg("red")
    body = {"visit_id": tuesday.first, "shot": "before", "sha256": digest(content), "size": len(content)}
    tuesday.phone.post("/mobile/v1/uploads", **tuesday.phone.event(**body))
    (before,) = promised(tuesday)
    teller.tell("check-in", named(content, "before"))
    (after,) = promised(tuesday)
    assert (after.event_id, after.at) == (before.event_id, before.at)


def test_events_told_again_and_again_promise_each_photo_once(tuesday: Tuesday, teller: Teller) -> None:
    content = jpeg("red")
    told = teller.tell("check-in", named(content, "before"), named(content, "before"), named(content, "after"))
    teller.send(told["event"])
    teller.tell("completion", named(content, "before"), named(content, "after"))
    assert [upload.shot_code for upload in promised(tuesday)] == ["before", "after"]


def priced(session: Session) -> None:
    session.get_one(ServiceProduct, "lamp").surcharges = [SURCHARGE]


def test_photos_of_surcharges_on_the_price_list_and_of_damage_are_wanted(tuesday: Tuesday, teller: Teller) -> None:
    with tuesday.town.system.transaction() as session:
        priced(session)
    wanted = ["surcharge:bracket", "damage"]
    teller.tell("check-in", *(named(jpeg(), shot) for shot in (*wanted, "surcharge:gold", "selfie", "")))
    assert [upload.shot_code for upload in promised(tuesday)] == wanted
    assert tuesday.phone.shoot(tuesday.first, "damage", jpeg("red")).status_code == 200
    assert tuesday.phone.shoot(tuesday.first, "surcharge:bracket", jpeg("green")).status_code == 200
    assert tuesday.phone.shoot(tuesday.first, "surcharge:gold", jpeg("green")).status_code == 422


def test_what_cannot_be_promised_is_no_reason_to_refuse_the_event(tuesday: Tuesday, teller: Teller) -> None:
    huge = named(jpeg(), "before") | {"size": 2**31 - 1}
    assert teller.tell("check-in", huge)["outcome"] == "applied"
    many = [named(str(number).encode(), "after") for number in range(40)]
    assert teller.tell("completion", *many)["outcome"] in {"applied", "conflict"}
    assert teller.tell(
        "serial", *[named(str(n).encode(), "label") for n in range(40)], number="A", read="hand", format=""
    )
    assert len(promised(tuesday)) == 60


def test_what_a_conflict_names_is_on_the_phone_too_but_not_what_others_say_of_a_visit(
    tuesday: Tuesday, teller: Teller
) -> None:
    assert teller.tell("completion", named(jpeg(), "after"))["outcome"] == "conflict"
    assert len(promised(tuesday)) == 1
    tuesday.phone = log_in(tuesday.phone.client, tuesday.clock, "T2")
    assert Teller(tuesday).tell("check-in", named(jpeg("red"), "after"))["reason"] == "not-yours"
    assert len(promised(tuesday)) == 1
