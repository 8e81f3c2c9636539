from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from dispatch import photos
from dispatch.darkroom import PhotoRefused
from dispatch.evidence import Proof, VisitEvent
from dispatch.photo_records import PhotoCheck
from technicians.errors import InvalidInput, NotFound
from tests.phone_day import fact, jpeg, publish
from tests.town import Town, shanghai


def booked(town: Town) -> int:
    with town.system.transaction() as session:
        order = town.order(session, "A-1", "lamp", window=(9, 11))
        publish(session, town, "T1", [order])
        return order.visits[0].id


def receive(town: Town, visit_id: int, source: bytes, shot: str = "after", who: str = "T1") -> Proof:
    event = fact(town, shanghai(10), lng=121.5, lat=31.2)
    return photos.receive(town.system, visit_id, town.technicians[who], event, shot_code=shot, source=source)


def counts(town: Town) -> tuple[int | None, int | None]:
    with town.system.transaction(read_only=True) as session:
        return session.scalar(select(func.count(Proof.id))), session.scalar(select(func.count(VisitEvent.id)))


def test_a_photo_is_kept_by_the_hash_of_its_clean_bytes(town: Town) -> None:
    proof = receive(town, booked(town), jpeg())
    kept = photos.content(town.system, proof)
    assert hashlib.sha256(kept).hexdigest() == proof.sha256
    assert Image.open(io.BytesIO(kept)).format == "JPEG"
    assert (proof.size, proof.width, proof.height) == (len(kept), 64, 48)
    assert (proof.taken_at, proof.lng, proof.lat) == (shanghai(10), 121.5, 31.2)


def test_the_same_photo_again_is_one_proof_and_two_events(town: Town) -> None:
    visit_id = booked(town)
    first, second = (receive(town, visit_id, jpeg()) for _ in range(2))
    assert first.id == second.id
    assert counts(town) == (1, 2)


def test_the_same_event_again_is_one_of_each(town: Town) -> None:
    visit_id, event = booked(town), fact(town, shanghai(10))
    for _ in range(2):
        photos.receive(town.system, visit_id, town.technicians["T1"], event, shot_code="after", source=jpeg())
    assert counts(town) == (1, 1)


def test_another_photo_under_a_used_event_id_is_refused(sqlite_town: Town) -> None:
    town, visit_id, event = sqlite_town, booked(sqlite_town), fact(sqlite_town, shanghai(10))
    mine = town.technicians["T1"]
    photos.receive(town.system, visit_id, mine, event, shot_code="after", source=jpeg("red"))
    with pytest.raises(InvalidInput, match="event_id"):
        photos.receive(town.system, visit_id, mine, event, shot_code="after", source=jpeg("blue"))


def test_a_retake_stands_beside_the_first(sqlite_town: Town) -> None:
    visit_id = booked(sqlite_town)
    assert receive(sqlite_town, visit_id, jpeg("red")).id != receive(sqlite_town, visit_id, jpeg("blue")).id


def test_a_shot_that_nobody_asked_for_is_refused_with_those_that_are(sqlite_town: Town) -> None:
    with pytest.raises(InvalidInput, match="before, after, label"):
        receive(sqlite_town, booked(sqlite_town), jpeg(), shot="selfie")


def test_a_bad_photo_leaves_nothing_behind(sqlite_town: Town, tmp_path: Path) -> None:
    with pytest.raises(PhotoRefused):
        receive(sqlite_town, booked(sqlite_town), b"\xff\xd8\xff not a photo")
    assert counts(sqlite_town) == (0, 0)
    assert not list((tmp_path / "photos").rglob("*.jpg"))


def test_there_is_an_end_to_the_photos_of_one_visit(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_PER_VISIT", 1)
    visit_id = booked(sqlite_town)
    receive(sqlite_town, visit_id, jpeg("red"))
    with pytest.raises(InvalidInput, match="already has 1"):
        receive(sqlite_town, visit_id, jpeg("blue"))


def test_a_photo_for_or_of_somebody_elses_visit_is_not_found(sqlite_town: Town) -> None:
    visit_id = booked(sqlite_town)
    proof = receive(sqlite_town, visit_id, jpeg())
    with pytest.raises(NotFound):
        receive(sqlite_town, visit_id, jpeg("red"), who="T2")
    with sqlite_town.system.transaction(read_only=True) as session:
        assert photos.of_mine(session, proof.id, sqlite_town.technicians["T1"]).id == proof.id
        with pytest.raises(NotFound):
            photos.of_mine(session, proof.id, sqlite_town.technicians["T2"])


def test_a_photo_is_kept_small_as_well(sqlite_town: Town) -> None:
    proof = receive(sqlite_town, booked(sqlite_town), jpeg(size=(640, 480)))
    assert Image.open(io.BytesIO(photos.small(sqlite_town.system, proof))).size == (320, 240)


def test_a_photo_from_before_there_were_small_ones_is_shown_whole(sqlite_town: Town) -> None:
    proof = receive(sqlite_town, booked(sqlite_town), jpeg(size=(640, 480)))
    with sqlite_town.system.transaction() as session:
        session.delete(session.get_one(PhotoCheck, proof.id))
    assert photos.small(sqlite_town.system, proof) == photos.content(sqlite_town.system, proof)


def test_a_photo_whose_bytes_are_gone_says_so(sqlite_town: Town, tmp_path: Path) -> None:
    proof = receive(sqlite_town, booked(sqlite_town), jpeg())
    for file in (tmp_path / "photos").rglob("*.jpg"):
        file.unlink()
    with pytest.raises(NotFound, match="no longer kept"):
        photos.content(sqlite_town.system, proof)
    with pytest.raises(NotFound, match="no longer kept"):
        photos.small(sqlite_town.system, proof)
