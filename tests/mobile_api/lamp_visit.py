"""A lamp's visit on the phone that asks for everything there is, and what arrived of it at the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from dispatch.catalogue import ServiceProduct
from dispatch.evidence import EventType, VisitEvent
from dispatch.work_order import Visit
from tests.mobile_api.in_app import in_app
from tests.mobile_api.phone_browser import begun
from tests.phone_day import Tuesday
from tests.phone_pocket import CHECKLIST, PARTS, PROOFS, SURCHARGES
from tests.phone_walk import at

CODE = "246810"
MODULES = "/phone/static/app/visit"
SHOTS = [
    {
        "code": "before", "name_zh": "安装前", "name_en": "Before", "required": True, "outline": "before",
        "hint_zh": "退后两步拍全", "hint_en": "Two steps back",
    },
    {"code": "after", "name_zh": "安装后", "name_en": "After", "required": True, "outline": "after"},
    {"code": "damage", "name_zh": "损坏处", "name_en": "Damage", "required": False, "outline": "damage"},
]  # fmt: skip


def ask_for(tuesday: Tuesday, **settings: Any) -> None:
    """What the first visit's product asks for on site; its consumer has the code 246810."""
    asked = {"shot_list": SHOTS, "parts": PARTS, "checklist": CHECKLIST, "surcharges": SURCHARGES, "proofs": PROOFS}
    with tuesday.town.system.transaction() as session:
        lamp = session.get_one(ServiceProduct, "lamp")
        for name, value in (asked | settings).items():
            setattr(lamp, name, value)
        session.get_one(Visit, tuesday.first).verification_code = CODE


def phone_on_site(
    phone: BrowserContext, address: str, tuesday: Tuesday, step: str = "", waits_for: str = "main.visit .card"
) -> Page:
    """The technician has arrived, and looks at a page of the visit."""
    page = begun(phone, address)
    arrive(page, tuesday)
    return at(page, tuesday.first, step, waits_for=waits_for)


def arrive(page: Page, tuesday: Tuesday) -> None:
    in_app(page, "await app.setOut(given); await app.arrive(given);", tuesday.first)


def in_db(tuesday: Tuesday, read: Callable[[Any], Any]) -> Any:
    with tuesday.town.system.transaction(read_only=True) as session:
        return read(session)


def payloads(tuesday: Tuesday, kind: EventType) -> list[dict[str, Any]]:
    """Of the facts of that kind, oldest first."""
    told = select(VisitEvent).where(VisitEvent.type == kind).order_by(VisitEvent.id)
    with tuesday.town.system.transaction(read_only=True) as session:
        return [event.payload for event in session.scalars(told)]
