"""Do photos arrive whole over a line that breaks?  python -m benchmarks.uploads [--uploads N] [--seed S]

Every upload goes through the real application, in pieces, over a line that is cut at a random byte of a request or
exactly at its edge: before it was heard, in the middle of a piece, or after it was answered. Two applications on one
store take turns, and now and then one of them is started anew. Compared are all bytes that are kept with those that
were meant, and counted is what was sent twice. The control is such a line in front of a server that appends all it
hears. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import phone_login, photo_staging, photos, schema
from dispatch import system as systems
from dispatch.system import System
from mobile_api.app import create_app
from technicians.people import Technician
from tests.conftest import load_shanghai
from tests.phone_day import PIN, Phone, jpeg, publish
from tests.town import Town

PIECE = 16 * 1024
LARGEST = 5 * PIECE
CUTS = ("before", "within", "edge", "after", None)
LIKELY = (10, 15, 10, 15, 50)
TERMINATED = {"wsgi.input_terminated": True}
PHOTO_EVERY = 100
RESTART_EVERY = 50


@dataclass
class Line:
    """A phone's way to two servers, on which requests are cut; counts what was sent and lost.

    `ends_bodies`: as gunicorn, the servers take the end of a connection for the end of a body; half of the time they
    say instead that it broke off.
    """

    servers: list[FlaskClient]
    chosen: random.Random
    ends_bodies: bool = True
    sent: int = 0
    cuts: Counter[str] = field(default_factory=Counter)

    def patch(self, phone: Phone, upload_id: int, offset: int, piece: bytes) -> int | None:
        """Send a piece; the offset that is answered, None when the line broke before an answer was heard."""
        cut = self.chosen.choices(CUTS, LIKELY)[0]
        self.cuts[cut or "none"] += 1
        self.ends_bodies = not self.ends_bodies
        heard = {"before": 0, "within": self.chosen.randrange(len(piece)), "edge": len(piece) - 1}.get(cut or "")
        self.sent += len(piece) if heard is None else heard
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
    """All uploads: how many, those with a wrong byte, the bytes sent again, and the most for each cut of an upload."""

    uploads: int = 0
    wrong: int = 0
    unfinished: int = 0
    again: int = 0
    most_again: float = 0.0
    control_wrong: int = 0


def upload(
    line: Line, system: System, phone: Phone, visit_id: int, source: bytes, is_photo: bool, judged: Judged
) -> None:
    """One photo, until the server has all of it, then compared byte by byte and finished."""
    body = {"visit_id": visit_id, "shot": "after", "sha256": hashlib.sha256(source).hexdigest(), "size": len(source)}
    found = phone.post("/mobile/v1/uploads", **phone.event(**body)).json
    assert found is not None
    sent, broken = line.sent, line.broken
    here: int | None = found["offset"]
    while here is None or here < len(source):
        if here is None:
            here = phone.read(f"/mobile/v1/uploads/{found['id']}")["offset"]
            continue
        here = line.patch(phone, found["id"], here, source[here : here + PIECE])
    again, cuts = line.sent - sent - len(source), line.broken - broken
    judged.uploads += 1
    judged.again += again
    judged.most_again = max(judged.most_again, again / cuts if cuts else 0.0)
    judged.wrong += photo_staging.content(system.photos, found["id"]) != source
    done = phone.post(f"/mobile/v1/uploads/{found['id']}/finish")
    assert done.json is not None
    judged.unfinished += done.json.get("code", "kept") != ("kept" if is_photo else "photo-not-a-photo")


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


def sources(chosen: random.Random, many: int) -> Iterator[tuple[bytes, bool]]:
    """Random bytes, every hundredth a real photo; sizes at random, and exactly at the edges of pieces."""
    for number in range(many):
        if number % PHOTO_EVERY == 0:
            yield jpeg(f"#{chosen.randrange(1 << 24):06x}", (600 + number % 400, 400)), True
        elif number % 3 == 0:
            yield chosen.randbytes(chosen.randrange(1, 5) * PIECE + chosen.choice((-1, 0, 1))), False
        else:
            yield chosen.randbytes(chosen.randrange(1, LARGEST)), False


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
    for number, (source, is_photo) in enumerate(sources(chosen, many)):
        phone = Phone(line.servers[0], answer.json["token"], system.now)
        upload(line, system, phone, visit_ids[number // photos.MOST_PER_VISIT], source, is_photo, judged)
        judged.control_wrong += appended(random.Random(seed + number), source) != source
        if number % RESTART_EVERY == 0:
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
    print(f"sent again: {each:.0f} bytes a cut, at most {judged.most_again / PIECE:.2f} pieces")
    print(f"control, a server that appends what it hears: {judged.control_wrong} with a wrong byte")


if __name__ == "__main__":
    main()
