from __future__ import annotations

import hashlib
import os
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dispatch import photo_manifest, photo_staging, photos, system, uploads
from dispatch.darkroom import PhotoRefused
from dispatch.day_plan import DayPlan, DayPlanState
from dispatch.evidence import Proof, VisitEvent
from dispatch.facts import Fact
from dispatch.uploads import Promise, Standing, UploadState, WrongDigest, WrongOffset
from technicians.errors import InvalidInput, NotFound
from tests.clock import Clock
from tests.phone_day import fact, jpeg, publish
from tests.town import Town, shanghai


def booked(town: Town) -> int:
    with town.system.transaction() as session:
        order = town.order(session, "A-1", "lamp", window=(9, 11))
        publish(session, town, "T1", [order])
        return order.visits[0].id


def named(source: bytes, shot: str = "after") -> Promise:
    return Promise(shot, hashlib.sha256(source).hexdigest(), len(source))


def promise(town: Town, visit_id: int, promised: Promise, who: str = "T1", event: Fact | None = None) -> Standing:
    event = event or fact(town, shanghai(10), lng=121.5, lat=31.2)
    return uploads.promise(town.system, visit_id, town.technicians[who], event, promised)


def send(town: Town, upload_id: int, source: bytes, piece: int) -> None:
    """Every piece in turn, as long as some are missing."""
    mine = town.technicians["T1"]
    here = uploads.look(town.system, upload_id, mine).offset
    while here < len(source):
        here = uploads.append(town.system, upload_id, mine, here, source[here : here + piece]).offset


def finish(town: Town, upload_id: int) -> Proof:
    return uploads.finish(town.system, upload_id, town.technicians["T1"])


def staged(folder: Path) -> list[Path]:
    return [path for path in (folder / "photos" / "staging").rglob("*") if path.is_file()]


def counts(town: Town) -> tuple[int | None, int | None]:
    with town.system.transaction(read_only=True) as session:
        return session.scalar(select(func.count(Proof.id))), session.scalar(select(func.count(VisitEvent.id)))


def test_a_photo_in_pieces_becomes_the_proof_that_one_in_a_whole_becomes(town: Town, tmp_path: Path) -> None:
    visit_id, source = booked(town), jpeg(size=(400, 300))
    upload_id = promise(town, visit_id, named(source)).upload.id
    send(town, upload_id, source, 700)
    assert len(staged(tmp_path)) == -(-len(source) // 700)
    proof = finish(town, upload_id)
    assert (proof.visit_id, proof.shot_code, proof.source_sha256) == (visit_id, "after", named(source).sha256)
    assert (proof.taken_at, proof.lng) == (shanghai(10), 121.5)
    whole = photos.receive(
        town.system, visit_id, town.technicians["T1"], fact(town, shanghai(11)), shot_code="after", source=source
    )
    assert whole.id == proof.id
    assert staged(tmp_path) == []


def test_everything_may_be_repeated(sqlite_town: Town) -> None:
    town, visit_id, source = sqlite_town, booked(sqlite_town), jpeg()
    first, again = (promise(town, visit_id, named(source)).upload.id for _ in range(2))
    assert first == again
    send(town, first, source, 200)
    proofs = {finish(town, first).id for _ in range(3)}
    done = promise(town, visit_id, named(source))
    assert (len(proofs), done.state, done.offset) == (1, UploadState.CHECKED, len(source))
    assert counts(town) == (1, 1)


def test_a_piece_anywhere_else_is_refused_with_the_right_place(sqlite_town: Town) -> None:
    town, source = sqlite_town, jpeg()
    upload_id, mine = promise(town, booked(town), named(source)).upload.id, town.technicians["T1"]
    uploads.append(town.system, upload_id, mine, 0, source[:100])
    for wrong in (0, 50, 101, len(source)):
        with pytest.raises(WrongOffset, match="byte 100") as told:
            uploads.append(town.system, upload_id, mine, wrong, b"x")
        assert told.value.offset == 100


@pytest.mark.parametrize("piece", [b"", bytes(uploads.LARGEST_PIECE + 1)], ids=["empty", "too large"])
def test_a_piece_that_is_none_is_refused(sqlite_town: Town, piece: bytes) -> None:
    town, large = sqlite_town, Promise("after", "0" * 64, 1_000_000)
    upload_id = promise(town, booked(town), large).upload.id
    with pytest.raises(InvalidInput, match="262144"):
        uploads.append(town.system, upload_id, town.technicians["T1"], 0, piece)


def test_more_than_was_promised_is_refused(sqlite_town: Town) -> None:
    town, source = sqlite_town, jpeg()
    upload_id = promise(town, booked(town), named(source)).upload.id
    with pytest.raises(InvalidInput, match="does not go beyond"):
        uploads.append(town.system, upload_id, town.technicians["T1"], 0, source + b"x")


def test_finishing_too_early_says_where_to_go_on(sqlite_town: Town) -> None:
    town, source = sqlite_town, jpeg()
    upload_id = promise(town, booked(town), named(source)).upload.id
    uploads.append(town.system, upload_id, town.technicians["T1"], 0, source[:100])
    with pytest.raises(WrongOffset) as told:
        finish(town, upload_id)
    assert told.value.offset == 100
    assert counts(town) == (0, 0)


def test_other_bytes_than_promised_are_forgotten_and_may_be_sent_again(sqlite_town: Town, tmp_path: Path) -> None:
    town, source = sqlite_town, jpeg()
    upload_id = promise(town, booked(town), named(source)).upload.id
    send(town, upload_id, source[:-1] + b"x", 200)
    with pytest.raises(WrongDigest):
        finish(town, upload_id)
    assert staged(tmp_path) == []
    send(town, upload_id, source, 200)
    assert finish(town, upload_id).source_sha256 == named(source).sha256


def test_a_size_that_was_said_wrongly_may_be_corrected(sqlite_town: Town) -> None:
    town, source, visit_id = sqlite_town, jpeg(), booked(sqlite_town)
    promise(town, visit_id, Promise("after", named(source).sha256, 7))
    upload_id = promise(town, visit_id, named(source)).upload.id
    send(town, upload_id, source, 200)
    assert finish(town, upload_id).source_sha256 == named(source).sha256


def test_a_file_that_is_no_photo_is_refused_each_time_and_says_so_in_the_manifest(sqlite_town: Town) -> None:
    town, visit_id, source = sqlite_town, booked(sqlite_town), b"%PDF-1.7 no photo"
    upload_id = promise(town, visit_id, named(source)).upload.id
    send(town, upload_id, source, 5)
    for _ in range(2):
        with pytest.raises(PhotoRefused) as refusal:
            finish(town, upload_id)
        assert refusal.value.code == "photo-not-a-photo"
    manifest = photo_manifest.of_visit(town.system, visit_id, town.technicians["T1"])
    assert [(each.state, each.upload.refused) for each in manifest.uploads] == [("refused", "photo-not-a-photo")]
    assert counts(town) == (0, 0)


def test_the_manifest_says_what_is_promised_here_and_checked(sqlite_town: Town) -> None:
    town, visit_id = sqlite_town, booked(sqlite_town)
    red, blue, green = (jpeg(colour) for colour in ("red", "blue", "green"))
    ids = [promise(town, visit_id, named(photo)).upload.id for photo in (red, blue, green)]
    send(town, ids[0], red, 200)
    finish(town, ids[0])
    send(town, ids[1], blue, 200)
    manifest = photo_manifest.of_visit(town.system, visit_id, town.technicians["T1"])
    assert [each.state for each in manifest.uploads] == ["checked", "received", "promised"]
    assert (manifest.received, manifest.checked, len(manifest.photos)) == (2, 1, 1)


def test_somebody_elses_visit_and_upload_are_not_found(sqlite_town: Town) -> None:
    town, visit_id, other = sqlite_town, booked(sqlite_town), sqlite_town.technicians["T2"]
    upload_id = promise(town, visit_id, named(jpeg())).upload.id
    with pytest.raises(NotFound):
        promise(town, visit_id, named(jpeg()), who="T2")
    for verb in (uploads.look, uploads.finish, photo_manifest.of_visit):
        with pytest.raises(NotFound):
            verb(town.system, upload_id if verb is not photo_manifest.of_visit else visit_id, other)
    with pytest.raises(NotFound):
        uploads.append(town.system, upload_id, other, 0, b"x")


def test_a_visit_that_was_taken_away_while_there_was_no_signal_still_gets_its_photo(sqlite_town: Town) -> None:
    town, visit_id, source = sqlite_town, booked(sqlite_town), jpeg()
    with town.system.transaction() as session:
        session.scalars(select(DayPlan)).one().state = DayPlanState.SUPERSEDED
    upload_id = promise(town, visit_id, named(source)).upload.id
    send(town, upload_id, source, 300)
    assert finish(town, upload_id).visit_id == visit_id


@pytest.mark.parametrize(("shot", "size", "field"), [("selfie", 10, "shot"), ("after", 0, "size")])
def test_a_promise_that_cannot_be_kept_names_the_field(sqlite_town: Town, shot: str, size: int, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        promise(sqlite_town, booked(sqlite_town), Promise(shot, "0" * 64, size))
    assert refusal.value.field == field


def test_an_event_id_belongs_to_one_photo(sqlite_town: Town) -> None:
    town, visit_id, event = sqlite_town, booked(sqlite_town), fact(sqlite_town, shanghai(10))
    promise(town, visit_id, named(jpeg("red")), event=event)
    with pytest.raises(InvalidInput, match="event_id"):
        promise(town, visit_id, named(jpeg("blue")), event=event)


def test_there_is_an_end_to_the_promises_of_one_visit(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_PER_VISIT", 1)
    visit_id = booked(sqlite_town)
    promise(sqlite_town, visit_id, named(jpeg("red")))
    with pytest.raises(InvalidInput, match="already has 1"):
        promise(sqlite_town, visit_id, named(jpeg("blue")))


def test_another_process_goes_on_where_the_first_was_killed(sqlite_town: Town) -> None:
    town, source = sqlite_town, jpeg()
    upload_id = promise(town, booked(town), named(source)).upload.id
    uploads.append(town.system, upload_id, town.technicians["T1"], 0, source[:300])
    other = Town(system.assemble(town.system.settings), town.merchant_id, town.technicians)
    assert uploads.look(other.system, upload_id, town.technicians["T1"]).offset == 300
    other.system.engine.dispose()


def test_many_who_send_the_same_photo_at_once_in_different_pieces_make_one(town: Town) -> None:
    source = jpeg(size=(600, 400))
    upload_id = promise(town, booked(town), named(source)).upload.id

    def struggle(seed: int) -> int:
        chosen = random.Random(seed)
        while True:
            try:
                send(town, upload_id, source, chosen.randrange(100, 900))
                return finish(town, upload_id).id
            except WrongOffset:
                continue

    with ThreadPoolExecutor(4) as many:
        assert len(set(many.map(struggle, range(4)))) == 1
    assert counts(town) == (1, 1)


def test_pieces_that_nobody_goes_on_with_are_forgotten_after_a_week(
    sqlite_town: Town, clock: Clock, tmp_path: Path
) -> None:
    town, visit_id, source = sqlite_town, booked(sqlite_town), jpeg()
    upload_id = promise(town, visit_id, named(source)).upload.id
    uploads.append(town.system, upload_id, town.technicians["T1"], 0, source[:100])
    other_id = promise(town, visit_id, named(jpeg("red"))).upload.id
    uploads.append(town.system, other_id, town.technicians["T1"], 0, b"fresh")
    for piece in staged(tmp_path):
        age = timedelta(days=7, minutes=1) if piece.parent.name == str(upload_id) else timedelta(days=6)
        os.utime(piece, ((clock() - age).timestamp(),) * 2)
    assert uploads.sweep(town.system) == 1
    assert [path.parent.name for path in staged(tmp_path)] == [str(other_id)]
    send(town, upload_id, source, 100)
    assert finish(town, upload_id).source_sha256 == named(source).sha256


def test_pieces_behind_a_gap_do_not_count(sqlite_town: Town) -> None:
    store = sqlite_town.system.photos
    photo_staging.append(store, 1, 5, b"later")
    assert photo_staging.offset(store, 1) == 0
    assert photo_staging.append(store, 1, 0, b"first") == 5
    assert photo_staging.content(store, 1) == b"firstlater"
    photo_staging.discard(store, 1)
    assert photo_staging.content(store, 1) == b""


def test_a_piece_that_a_power_failure_left_empty_is_written_again(sqlite_town: Town, tmp_path: Path) -> None:
    store = sqlite_town.system.photos
    photo_staging.append(store, 1, 0, b"first")
    (piece,) = staged(tmp_path)
    piece.write_bytes(b"")
    assert photo_staging.offset(store, 1) == 0
    assert photo_staging.append(store, 1, 0, b"first") == 5
    assert photo_staging.content(store, 1) == b"first"
