"""A published Tuesday whose phones have told things: for the pages that show them."""

from __future__ import annotations

import uuid
from typing import Any

from dispatch import phone_events, photos
from dispatch.catalogue import ServiceProduct
from dispatch.evidence import Proof
from dispatch.phone_clock import Reading
from dispatch.phone_reports import Batch, Report
from dispatch.work_order import Visit
from tests.clock import Clock
from tests.phone_day import fact, jpeg, publish
from tests.town import DOORS, Town, shanghai

LNG, LAT = DOORS["310101"]
SURCHARGES = [{"code": "duct", "name_zh": "加长管", "name_en": "Duct", "amount": 3500, "most": 3, "photo": False}]
CHECKLIST = [
    {"code": "level", "name_zh": "已调平", "name_en": "Set level", "required": True},
    {"code": "tested", "name_zh": "已测试", "name_en": "Tested", "required": True},
]


class Facts:
    """T1's lamp at 9; `say` sends one event of protocol 1, `shoot` a photo."""

    def __init__(self, town: Town, clock: Clock) -> None:
        self.town, self.clock, self.seq = town, clock, 0
        with town.system.transaction() as session:
            order = town.order(session, "A-1", "lamp", window=(9, 11))
            publish(session, town, "T1", [order])
            product = session.get_one(ServiceProduct, "lamp")
            product.surcharges, product.checklist = SURCHARGES, CHECKLIST
            order.visits[0].verification_code = "482915"
            self.order_id, self.visit_id = order.id, order.visits[0].id
        clock.set(shanghai(9))

    def say(self, kind: str, visit_id: int | None = None, **payload: Any) -> str:
        self.seq += 1
        self.clock.advance(minutes=1)
        now = Reading(self.clock())
        about = None if kind.endswith("-request") and visit_id is None else visit_id or self.visit_id
        report = Report(
            str(uuid.uuid4()), self.seq, kind, about, now, lng=LNG, lat=LAT, accuracy=8.0, payload=payload
        )  # fmt: skip
        with self.town.system.transaction() as session:
            technician = self.town.technicians["T1"]
            answer = phone_events.take(session, technician, "phone-1", Batch(now, [report]), at=self.clock())
        return answer.answers[0].verdict

    def shoot(self, shot: str, colour: str = "white") -> Proof:
        return photos.receive(
            self.town.system, self.visit_id, self.town.technicians["T1"], fact(self.town, self.clock()),
            shot_code=shot, source=jpeg(colour, (400, 300)),
        )  # fmt: skip

    def finish(self) -> None:
        """The whole visit, with everything that can be told of one."""
        self.say("readiness", goods="whole", consumer="confirmed", parts=[])
        self.say("en-route")
        self.say("check-in")
        for shot, colour in (("before", "white"), ("after", "black")):
            self.shoot(shot, colour)
        self.say("serial", number="SN-42", read="camera", format="ean-13")
        self.say("surcharge", code="duct", count=2, amount=3500, agreed=True)
        self.say("checklist", done=["level"])
        self.say("signature", name="陈女士", strokes=[[100, 300, 140, 220, 180, 320], [200, 210, 300, 250]])
        self.say("acceptance", code="000000")
        self.say("acceptance", code="482915")
        assert self.say("completion", note="all well") == "applied"

    def visit(self) -> Visit:
        with self.town.system.transaction(read_only=True) as session:
            return session.get_one(Visit, self.visit_id)
