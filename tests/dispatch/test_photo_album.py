from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import photo_album, photo_links, photos, uploads
from dispatch.catalogue import ServiceProduct
from dispatch.evidence import Proof, ProofKind
from dispatch.photo_checks import PhotoFlag
from dispatch.photo_links import Look
from dispatch.uploads import Promise
from technicians.errors import NotFound
from tests.phone_day import fact, jpeg, publish
from tests.town import Town, shanghai

SECRET = "a-secret-for-the-tests-only"


@pytest.fixture
def visit_id(sqlite_town: Town) -> int:
    return routed(sqlite_town)


def routed(town: Town) -> int:
    with town.system.transaction() as session:
        order = town.order(session, "A-1", "lamp", window=(9, 11))
        publish(session, town, "T1", [order])
        return order.visits[0].id


def shoot(town: Town, visit_id: int, shot: str = "after", colour: str = "teal") -> Proof:
    taken = fact(town, shanghai(9.5))
    return photos.receive(
        town.system, visit_id, town.technicians["T1"], taken, shot_code=shot, source=jpeg(colour, (800, 600))
    )


def opened(town: Town, number: int, look: Look) -> bytes:
    token = photo_links.sign(SECRET, number, look, town.system.now())
    return photo_album.content(town.system, token, town.system.now())


def test_a_link_shows_the_photo_whole_or_small(sqlite_town: Town, visit_id: int) -> None:
    proof = shoot(sqlite_town, visit_id)
    whole, small = (opened(sqlite_town, proof.id, look) for look in (Look.WHOLE, Look.SMALL))
    assert whole[:2] == small[:2] == b"\xff\xd8"
    assert len(small) < len(whole)


def test_a_link_to_what_is_no_photo_shows_nothing(sqlite_town: Town, visit_id: int) -> None:
    with sqlite_town.system.transaction() as session:
        proof = Proof(
            visit_id=visit_id, technician_id=sqlite_town.technicians["T1"], kind=ProofKind.SERIAL_NUMBER,
            text="SN-1", received_at=sqlite_town.system.now(),
        )  # fmt: skip
        session.add(proof)
        session.flush()
        number = proof.id
    for wrong in (number, 4711):
        with pytest.raises(NotFound):
            opened(sqlite_town, wrong, Look.WHOLE)


def prints(session: Session, visit_id: int) -> list[photo_album.Print]:
    return photo_album.prints(session, [visit_id])


def test_photos_have_the_names_of_the_shot_list_and_what_is_worth_a_look(sqlite_town: Town, visit_id: int) -> None:
    proof = shoot(sqlite_town, visit_id, colour="black")
    with sqlite_town.system.transaction(read_only=True) as session:
        (shown,) = prints(session, visit_id)
    assert (shown.number, shown.name_zh, shown.name_en, shown.technician) == (proof.id, "安装后", "After", "王师傅")
    assert PhotoFlag.DARK in [doubt.flag for doubt in shown.doubts]


def test_the_photo_of_a_surcharge_is_called_after_the_surcharge(sqlite_town: Town, visit_id: int) -> None:
    with sqlite_town.system.transaction() as session:
        product = session.get_one(ServiceProduct, "lamp")
        product.surcharges = [{"code": "duct", "name_zh": "加长管", "name_en": "Longer duct"}]
        assert photo_album.name_of(product, "surcharge:duct") == ("加长管", "Longer duct")
        assert photo_album.name_of(product, "nothing") == ("nothing", "nothing")


def test_what_a_phone_promised_is_listed_until_it_is_here(sqlite_town: Town, visit_id: int) -> None:
    system = sqlite_town.system
    taken, content = fact(sqlite_town, shanghai(9.5)), jpeg("red", (400, 300))
    sha256 = hashlib.sha256(content).hexdigest()
    promise = Promise("after", sha256, len(content))
    standing = uploads.promise(system, visit_id, sqlite_town.technicians["T1"], taken, promise)
    uploads.append(system, standing.upload.id, sqlite_town.technicians["T1"], 0, content[:100])
    with system.transaction(read_only=True) as session:
        (waiting,) = photo_album.promised(session, system.photos, visit_id)
    assert (waiting.name_en, waiting.received, waiting.size) == ("After", 100, len(content))
    uploads.append(system, standing.upload.id, sqlite_town.technicians["T1"], 100, content[100:])
    uploads.finish(system, standing.upload.id, sqlite_town.technicians["T1"])
    with system.transaction(read_only=True) as session:
        assert photo_album.promised(session, system.photos, visit_id) == []
        assert session.scalars(select(Proof.kind)).all() == [ProofKind.PHOTO]
