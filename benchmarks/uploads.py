"""Do photos arrive whole over a line that breaks?  python -m benchmarks.uploads [--uploads N] [--seed S]

Every upload goes through the real application, in pieces, over a line that is cut: before a request was heard, within a
piece, one byte before its edge, or after it was answered. Most are cut at random; every twentieth is cut in all these
ways at every edge between its pieces. Every hundredth is a photo, every five-hundredth one as a camera takes it, in the
largest pieces. Two applications on one store take turns, and now and then one of them is started anew. Compared are all
bytes that are kept with those that were meant, and counted is what was sent twice. The control is such a line in front
of a server that appends all it hears. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import phone_login, photo_staging, photos, schema
from dispatch import system as systems
from dispatch.system import System
from dispatch.uploads import LARGEST_PIECE
from mobile_api.app import create_app
from technicians.people import Technician
from tests.conftest import load_shanghai
from tests.phone_day import PIN, Phone, jpeg, publish
from tests.town import Town

PIECE = 16 * 1024
LARGEST = 5 * PIECE
CUTS = ("before", "within", "edge", "after", None)
LIKELY = (10, 15, 10, 15, 50)
EVERY_WAY = ("before", "within", "edge", "after", None)
TERMINATED = {"wsgi.input_terminated": True}
EDGES_EVERY, PHOTO_EVERY, LARGE_EVERY, RESTART_EVERY = 20, 100, 500, 200
CAMERA = (2048, 1536)
Cutter = Callable[[int], str | None]


@dataclass(frozen=True, slots=True)
class Source:
    """What a phone has: bytes, whether they are a photo, in which pieces they go, and how the line is cut."""

    content: bytes
    is_photo: bool
    piece: int
    cutter: Cutter


def at_random(chosen: random.Random) -> Cutter:
    return lambda _offset: chosen.choices(CUTS, LIKELY)[0]


def at_every_edge() -> Cutter:
    """At each place where a piece begins all cuts in turn, then none."""
    turns: defaultdict[int, Iterator[str | None]] = defaultdict(lambda: iter(EVERY_WAY))
    return lambda offset: next(turns[offset], None)


@dataclass
class Line:
    """A phone's way to two servers, on which requests are cut; counts what was sent and lost.

    `ends_bodies`: as gunicorn, the servers take the end of a connection for the end of a body; half of the time they
    say instead that it broke off.
    """

    servers: list[FlaskClient]
    chosen: random.Random
    ends_bodies: bool = True
    heard: int = 0
    cuts: Counter[str] = field(default_factory=Counter)

    def patch(self, phone: Phone, upload_id: int, offset: int, piece: bytes, cut: str | None) -> int | None:
        """Send a piece; the offset that is answered, None when the line broke before an answer was heard.

        `heard` is then how many of its bytes the server got to hear.
        """
        self.cuts[cut or "none"] += 1
        self.ends_bodies = not self.ends_bodies
        heard = {"before": 0, "within": self.chosen.randrange(len(piece)), "edge": len(piece) - 1}.get(cut or "")
        self.heard = len(piece) if heard is None else heard
        if cut == "before":
            return None
        told = self.chosen.choice(self.servers).patch(
            f"/mobile/v1/uploads/{upload_id}",
            data=piece if heard is None else piece[:heard],
            headers={"Authorization": f"Bearer {phone.token}", "Upload-Offset": str(offset)},
            environ_overrides={"CONTENT_LENGTH": str(len(piece))} | (TERMINATED if self.ends_bodies else {}),
        )
        return None if cut else int(told.headers["Upload-Offset"])

    @property
    def broken(self) -> int:
        return self.cuts.total() - self.cuts["none"]


@dataclass
class Judged:
    """All uploads: how many, those with a wrong byte, the bytes that had to be sent again, and the most of one cut in
    pieces of its upload.
    """

    uploads: int = 0
    wrong: int = 0
    unfinished: int = 0
    again: int = 0
    most_again: float = 0.0
    control_wrong: int = 0


def upload(line: Line, system: System, phone: Phone, visit_id: int, source: Source, judged: Judged) -> None:
    """One photo, until the server has all of it, then compared byte by byte and finished."""
    content, digest = source.content, hashlib.sha256(source.content).hexdigest()
    body = {"visit_id": visit_id, "shot": "after", "sha256": digest, "size": len(content)}
    found = phone.post("/mobile/v1/uploads", **phone.event(**body)).json
    assert found is not None
    here = found["offset"]
    while here < len(content):
        piece = content[here : here + source.piece]
        answered = line.patch(phone, found["id"], here, piece, source.cutter(here))
        if answered is None:
            answered = phone.read(f"/mobile/v1/uploads/{found['id']}")["offset"]
            lost = max(0, here + line.heard - answered)
            judged.again += lost
            judged.most_again = max(judged.most_again, lost / source.piece)
        here = answered
    judged.uploads += 1
    judged.wrong += photo_staging.content(system.photos, found["id"]) != content
    done = phone.post(f"/mobile/v1/uploads/{found['id']}/finish")
    assert done.json is not None
    judged.unfinished += done.json.get("code", "kept") != ("kept" if source.is_photo else "photo-not-a-photo")


def appended(chosen: random.Random, source: bytes) -> bytes:
    """The control: what a server has that appends all it hears, from a phone that repeats what was not answered."""
    kept, here = b"", 0
    while here < len(source):
        piece = source[here : here + PIECE]
        cut = chosen.choices(CUTS, LIKELY)[0]
        heard = {"before": 0, "within": chosen.randrange(len(piece)), "edge": len(piece) - 1}.get(cut or "", len(piece))
        kept += piece[:heard]
        here += 0 if cut else len(piece)
    return kept


def sources(chosen: random.Random, many: int) -> Iterator[Source]:
    """Random bytes with photos among them; sizes at random, and exactly at the edges of pieces."""
    for number in range(many):
        cutter = at_every_edge() if number % EDGES_EVERY == 1 else at_random(chosen)
        if number % LARGE_EVERY == 0:
            yield Source(_camera(chosen), True, LARGEST_PIECE, at_every_edge())
        elif number % PHOTO_EVERY == 0:
            content = jpeg(f"#{chosen.randrange(1 << 24):06x}", (600 + number % 400, 400))
            yield Source(content, True, PIECE, cutter)
        elif number % 3 == 0:
            size = chosen.randrange(1, 5) * PIECE + chosen.choice((-1, 0, 1))
            yield Source(chosen.randbytes(size), False, PIECE, cutter)
        else:
            yield Source(chosen.randbytes(chosen.randrange(1, LARGEST)), False, PIECE, cutter)


def _camera(chosen: random.Random) -> bytes:
    """A photo with the noise of a real one, some megabytes of it."""
    noise = Image.frombytes("RGB", CAMERA, chosen.randbytes(3 * CAMERA[0] * CAMERA[1]))
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=75)
    return out.getvalue()


def town_of(home: Path, visits: int) -> tuple[System, list[int]]:
    """One technician with so many visits on a published day."""
    system = systems.build({"SHIFU_HOME": str(home)})
    schema.upgrade(system.engine)
    load_shanghai(system.engine)
    town = Town.build(system)
    with system.transaction() as session:
        orders = [town.order(session, f"A-{n}", "lamp", window=(9, 11)) for n in range(visits)]
        publish(session, town, "T1", orders)
        _let_in(session, system)
        return system, [order.visits[0].id for order in orders]


def _let_in(session: Session, system: System) -> None:
    technician = session.scalars(select(Technician).where(Technician.code == "T1")).one()
    phone_login.set_pin(session, technician, PIN, at=system.now(), by="operator")


def run(home: Path, many: int, seed: int) -> tuple[Judged, Line]:
    system, visit_ids = town_of(home, -(-many // photos.MOST_PER_VISIT))
    chosen, judged = random.Random(seed), Judged()
    line = Line([create_app(system).test_client() for _ in range(2)], chosen)
    answer = line.servers[0].post("/mobile/v1/login", json={"code": "T1", "pin": PIN, "device_id": "phone-of-T1"})
    assert answer.json is not None
    for number, source in enumerate(sources(chosen, many)):
        phone = Phone(line.servers[0], answer.json["token"], system.now)
        upload(line, system, phone, visit_ids[number // photos.MOST_PER_VISIT], source, judged)
        judged.control_wrong += appended(random.Random(seed + number), source.content) != source.content
        if number % RESTART_EVERY == RESTART_EVERY - 1:
            again = systems.build({"SHIFU_HOME": str(home)})
            line.servers[number // RESTART_EVERY % 2] = create_app(again).test_client()
    return judged, line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        began = time.perf_counter()
        judged, line = run(Path(home), chosen.uploads, chosen.seed)
        seconds = time.perf_counter() - began
    print(f"{judged.uploads} uploads in pieces of {PIECE // 1024} kB, {line.cuts.total()} requests, {seconds:.0f} s")
    print("cut: " + ", ".join(f"{line.cuts[cut]} {cut}" for cut in CUTS if cut))
    print(f"with a wrong byte: {judged.wrong}; not finished as they should: {judged.unfinished}")
    each = judged.again / max(line.broken, 1)
    print(f"to be sent again: {each:.0f} bytes a cut, at most {judged.most_again:.4f} of a piece")
    print(f"control, a server that appends what it hears: {judged.control_wrong} with a wrong byte")


if __name__ == "__main__":
    main()
