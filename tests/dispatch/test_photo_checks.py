from __future__ import annotations

import io
import random
from datetime import timedelta

from PIL import ExifTags, Image, ImageDraw, ImageEnhance, ImageFilter

from dispatch import photo_checks, photos
from dispatch.evidence import Proof
from dispatch.photo_checks import Doubt, PhotoFlag
from dispatch.photo_records import PhotoCheck
from dispatch.work_order import PositionQuality, Visit
from tests.phone_day import fact, publish
from tests.town import DOORS, Town, shanghai

DOOR = DOORS["310101"]


def booked(town: Town, *numbers: str, who: str = "T1") -> list[int]:
    with town.system.transaction() as session:
        orders = [town.order(session, number, "lamp", window=(9, 11)) for number in numbers]
        publish(session, town, who, orders)
        return [order.visits[0].id for order in orders]


def scene(seed: int, *, brightness: float = 1.0, blur: float = 0.0, size: tuple[int, int] = (800, 600)) -> bytes:
    """Coloured boxes, the same for the same seed, as a JPEG."""
    chosen = random.Random(seed)
    image = Image.new("RGB", (800, 600), "grey")
    pen = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = chosen.randrange(700), chosen.randrange(500)
        corner = (x + chosen.randrange(20, 200), y + chosen.randrange(20, 200))
        pen.rectangle(((x, y), corner), fill=tuple(chosen.randrange(256) for _ in range(3)))
    image = image.filter(ImageFilter.GaussianBlur(blur)).resize(size)
    out = io.BytesIO()
    ImageEnhance.Brightness(image).enhance(brightness).save(out, "JPEG", quality=80)
    return out.getvalue()


def dated(seed: int, text: str) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = text
    out = io.BytesIO()
    Image.open(io.BytesIO(scene(seed))).save(out, "JPEG", exif=exif)
    return out.getvalue()


def shoot(
    town: Town,
    visit_id: int,
    source: bytes,
    *,
    shot: str = "after",
    who: str = "T1",
    at: float = 10,
    place: tuple[float, float] = DOOR,
    accuracy: float = 10.0,
) -> Proof:
    event = fact(town, shanghai(at), lng=place[0], lat=place[1], accuracy=accuracy)
    return photos.receive(town.system, visit_id, town.technicians[who], event, shot_code=shot, source=source)


def doubts(town: Town, proof: Proof) -> list[Doubt]:
    with town.system.transaction(read_only=True) as session:
        return photo_checks.of_visit(session, proof.visit_id)[proof.id]


def flags(town: Town, proof: Proof) -> list[PhotoFlag]:
    return [doubt.flag for doubt in doubts(town, proof)]


def told(town: Town, visit_id: int, arrived: float, left: float | None = None) -> None:
    """What the phone tells of the visit, perhaps long after its photos."""
    with town.system.transaction() as session:
        visit = session.get_one(Visit, visit_id)
        visit.arrived_at = shanghai(arrived)
        visit.left_at = shanghai(left) if left else None


def test_a_good_photo_raises_no_doubt(town: Town) -> None:
    (visit_id,) = booked(town, "A-1")
    proof = shoot(town, visit_id, scene(1))
    told(town, visit_id, 9.5, 11)
    assert doubts(town, proof) == []


def test_a_picture_used_for_another_visit_is_found_although_it_was_made_smaller_and_darker(town: Town) -> None:
    first, second = booked(town, "A-1", "A-2")
    original = shoot(town, first, scene(1))
    shoot(town, first, scene(2))
    (doubt,) = doubts(town, shoot(town, second, scene(1, brightness=0.8, size=(500, 375))))
    assert (doubt.flag, doubt.like) == (PhotoFlag.REUSED, original.id)
    assert doubt.measured <= doubt.limit


def test_another_technicians_picture_is_found_too(sqlite_town: Town) -> None:
    town = sqlite_town
    (theirs,) = booked(town, "A-1", who="T2")
    original = shoot(town, theirs, scene(1), who="T2")
    with town.system.transaction() as session:
        order = town.order(session, "A-2", "lamp", window=(9, 11))
        order.visits[0].technician_id = town.technicians["T1"]
        mine = order.visits[0].id
    (doubt,) = doubts(town, shoot(town, mine, scene(1)))
    assert (doubt.flag, doubt.measured, doubt.like) == (PhotoFlag.REUSED, 0, original.id)


def test_one_picture_for_two_shots_is_found_and_a_retake_is_none(sqlite_town: Town) -> None:
    (visit_id,) = booked(sqlite_town, "A-1")
    shoot(sqlite_town, visit_id, scene(1), shot="before")
    retake = shoot(sqlite_town, visit_id, scene(1, brightness=0.95), shot="before")
    after = shoot(sqlite_town, visit_id, scene(1, brightness=0.9), shot="after")
    assert flags(sqlite_town, retake) == []
    assert flags(sqlite_town, after) == [PhotoFlag.REUSED]


def test_pictures_of_other_scenes_are_not_alike(sqlite_town: Town) -> None:
    visits = booked(sqlite_town, "A-1", "A-2", "A-3")
    assert [flags(sqlite_town, shoot(sqlite_town, visit, scene(n))) for n, visit in enumerate(visits)] == [[]] * 3


def test_blur_and_darkness_are_told_with_what_was_measured(sqlite_town: Town) -> None:
    (visit_id,) = booked(sqlite_town, "A-1")
    (blurred,) = doubts(sqlite_town, shoot(sqlite_town, visit_id, scene(1, blur=14)))
    assert blurred.flag == PhotoFlag.BLURRED
    assert blurred.measured < blurred.limit
    assert PhotoFlag.DARK in flags(sqlite_town, shoot(sqlite_town, visit_id, scene(2, brightness=0.1)))


def test_far_from_a_certain_address_is_told_in_metres(sqlite_town: Town) -> None:
    (visit_id,) = booked(sqlite_town, "A-1")
    lng, lat = DOOR
    (doubt,) = doubts(sqlite_town, shoot(sqlite_town, visit_id, scene(1), place=(lng + 0.02, lat)))
    assert doubt.flag == PhotoFlag.WRONG_PLACE
    assert 1800 < doubt.measured < 2000
    unsure = shoot(sqlite_town, visit_id, scene(2), place=(lng + 0.02, lat), accuracy=3000.0)
    assert flags(sqlite_town, unsure) == []


def test_an_address_that_is_only_guessed_proves_nothing(sqlite_town: Town) -> None:
    (visit_id,) = booked(sqlite_town, "A-1")
    proof = shoot(sqlite_town, visit_id, scene(1), place=(121.9, 31.0))
    with sqlite_town.system.transaction() as session:
        session.get_one(Visit, visit_id).work_order.position_quality = PositionQuality.COUNTY_CENTRE
    assert flags(sqlite_town, proof) == []


def test_long_before_the_arrival_is_told_once_the_arrival_is_known(sqlite_town: Town) -> None:
    (visit_id,) = booked(sqlite_town, "A-1")
    proof = shoot(sqlite_town, visit_id, scene(1), at=9)
    assert flags(sqlite_town, proof) == []
    told(sqlite_town, visit_id, arrived=10)
    assert doubts(sqlite_town, proof) == [Doubt(PhotoFlag.WRONG_TIME, -3600, -600)]


def test_what_the_camera_wrote_counts_before_what_the_phone_says(sqlite_town: Town) -> None:
    (visit_id,) = booked(sqlite_town, "A-1")
    proof = shoot(sqlite_town, visit_id, dated(1, "2026:05:12 15:00:00"))
    told(sqlite_town, visit_id, arrived=9.5, left=11)
    assert doubts(sqlite_town, proof) == [Doubt(PhotoFlag.WRONG_TIME, 4 * 3600, 7200)]
    with sqlite_town.system.transaction(read_only=True) as session:
        assert session.get_one(PhotoCheck, proof.id).exif_taken_at == shanghai(15)


def test_a_photo_of_half_a_year_ago_by_the_same_hand_is_found_by_its_quarters_only(sqlite_town: Town) -> None:
    first, second = booked(sqlite_town, "A-1", "A-2")
    original = shoot(sqlite_town, first, scene(1))
    with sqlite_town.system.transaction() as session:
        check = session.get_one(PhotoCheck, original.id)
        check.received_at -= timedelta(days=400)
    assert flags(sqlite_town, shoot(sqlite_town, second, scene(1))) == [PhotoFlag.REUSED]
