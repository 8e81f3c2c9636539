"""What goes over the wire: the models of every request and answer, with examples for the OpenAPI page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from dispatch.work_order import FailureReason, VisitCause, VisitState

Instant = Annotated[AwareDatetime, Field(ge=datetime(2020, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=500)]
Word = Annotated[str, StringConstraints(pattern=r"^[^\x00]+$", max_length=64)]
Degrees = Annotated[float, Field(allow_inf_nan=False)]
Wanted = Literal["none", "optional", "required"]


class Asked(BaseModel):
    """A request: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class LoginIn(Asked):
    code: Word = Field(description="The technician's code, as the dispatcher gave it.")
    pin: Annotated[str, StringConstraints(pattern=r"^[0-9]{6,12}$")] = Field(description="6 to 12 digits.")
    device_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")] = Field(
        description="Made once by this phone and kept."
    )


class TechnicianOut(BaseModel):
    code: str
    name: str
    language: str


class LoginOut(BaseModel):
    token: str = Field(description="Send it as `Authorization: Bearer …`. It is shown only here.")
    expires_at: datetime
    technician: TechnicianOut


class DayQuery(Asked):
    on: date | None = Field(None, description="The local date; today in the technician's area when left out.")


class SeenIn(Asked):
    on: date
    revision: int = Field(ge=1, le=2**31 - 1)


class EventIn(Asked):
    """Something that happened. Repeat it with the same `event_id` until it is answered; it counts once."""

    event_id: UUID = Field(description="Made by the phone, new for every event.")
    occurred_at: Instant = Field(description="When it happened, by the phone's clock.")
    sent_at: Instant | None = Field(
        None, description="When this request was sent, by the same clock: a wrong clock then cancels out."
    )
    lng: Annotated[Degrees, Field(ge=-180, le=180)] | None = Field(None, description="WGS-84.")
    lat: Annotated[Degrees, Field(ge=-90, le=90)] | None = Field(None, description="WGS-84.")
    accuracy: Annotated[Degrees, Field(ge=0, le=1_000_000)] | None = Field(None, description="Metres.")

    @model_validator(mode="after")
    def _whole_place(self) -> EventIn:
        if (self.lng is None) != (self.lat is None):
            raise ValueError("send lng and lat together, or neither")
        return self


class PhotoQuery(EventIn):
    shot: Word = Field(description="Code of the entry in the visit's shot list.")


class CompletionIn(EventIn):
    note: Text = ""


class CouldNotCompleteIn(EventIn):
    reason: FailureReason
    note: Text = ""


class WindowOut(BaseModel):
    starts_at: datetime
    ends_at: datetime


class PlaceOut(BaseModel):
    lng: float
    lat: float
    approximate: bool = Field(description="True when the coordinates are only near the address.")


class ShotOut(BaseModel):
    code: str
    name: str
    required: bool
    outline: str = Field(description="How the picture is to look: a drawing to lay over the camera; empty for none.")
    hint: str = Field(description="What must be seen in it, in one sentence; may be empty.")
    photo_ids: list[int] = Field(description="Photos of this entry that have arrived, oldest first.")


class PartOut(BaseModel):
    """Something that must be in the van."""

    code: str
    name: str
    count: int


class CheckOut(BaseModel):
    """Something to be ticked on site."""

    code: str
    name: str
    required: bool


class ProofsOut(BaseModel):
    """What is asked for at the end: each `none`, `optional` or `required`."""

    serial: Wanted
    signature: Wanted
    code: Wanted


class SurchargeOut(BaseModel):
    """A line of the price list; nothing else may be charged."""

    code: str
    name: str
    amount: int = Field(description="For one piece, in minor units of the visit's `currency`.")
    most: int = Field(description="Pieces at most.")
    photo: bool = Field(description="Whether a photo with the shot `surcharge:<code>` goes with it.")


class PriceLineOut(BaseModel):
    name: str
    amount: int


class PriceOut(BaseModel):
    """The binding price, in minor units: what the consumer has been told."""

    total: int
    currency: str
    lines: list[PriceLineOut]


class GoodsOut(BaseModel):
    arrived: bool
    arrived_at: datetime | None


class ReadinessOut(BaseModel):
    goods: str
    consumer: str
    parts: list[str]


class SerialOut(BaseModel):
    number: str
    read: str
    format: str = ""


class NeededOut(BaseModel):
    text: str
    count: int


class ToldOut(BaseModel):
    """What has been said so far, the last of each."""

    readiness: ReadinessOut | None = Field(None, description="Yours: what is in another's van is nothing to you.")
    checklist: list[str] = Field([], description="Codes of what is ticked.")
    serial: SerialOut | None = None
    signed: bool = False
    parts_needed: NeededOut | None = None


class AgreedOut(BaseModel):
    code: str
    count: int
    amount: int = Field(description="For one piece, as it was agreed.")


class BeforeOut(BaseModel):
    """The visit before this one, which failed."""

    reason: FailureReason
    note: str
    left_at: datetime | None


class VisitOut(BaseModel):
    """One visit as its technician needs it. Times are UTC; show them in the day's time zone."""

    id: int
    state: VisitState
    cause: VisitCause
    revision: int
    order_number: str
    merchant: str
    product: str
    icon: str
    service: int = Field(description="Planned work, seconds, set-up included.")
    window: WindowOut | None = Field(description="The promised arrival window.")
    consumer_name: str
    consumer_phone: str
    district: str
    address: str
    note: str
    place: PlaceOut | None
    navigation: dict[str, str] = Field(description="Links by app: amap, baidu, apple, google.")
    shots: list[ShotOut]
    missing: list[str] = Field(description="Codes of required shots without a photo.")
    parts: list[PartOut]
    checklist: list[CheckOut]
    proofs: ProofsOut
    surcharges: list[SurchargeOut]
    currency: str
    price: PriceOut
    goods: GoodsOut
    confirmed: bool = Field(description="Whether the appointment is confirmed.")
    told: ToldOut
    accepted_at: datetime | None = Field(description="When the consumer's code was given.")
    agreed: list[AgreedOut] = Field(description="Surcharges that the consumer agreed to.")
    before: BeforeOut | None
    en_route_at: datetime | None
    arrived_at: datetime | None
    left_at: datetime | None
    arrival_distance: int | None = Field(description="Metres from the address at check-in.")
    failure_reason: FailureReason | None


class StopOut(BaseModel):
    kind: Literal["visit", "break"]
    scheduled_arrival: datetime
    scheduled_start: datetime
    scheduled_leave: datetime
    travel: int = Field(description="Seconds on the road to this stop.")
    distance: int = Field(description="Metres on the road to this stop.")
    colleague: str | None = Field(description="Who makes the visit with you, when it takes two.")
    visit: VisitOut | None


class DayOut(BaseModel):
    on: date
    today: date
    time_zone: str
    area: str
    technician: TechnicianOut
    published: bool
    revision: int | None = Field(description="Of the route; say that it was seen with `day/seen`.")
    seen_revision: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    travel: int
    distance: int
    start: PlaceOut
    stops: list[StopOut]


class PhotoOut(BaseModel):
    """A photo that has arrived and was checked. `sha256` names the clean JPEG that is kept."""

    id: int
    shot: str
    sha256: str
    width: int
    height: int
    taken_at: datetime | None
    missing: list[str] = Field(description="Codes of required shots that still have no photo.")


EVENT: dict[str, Any] = {
    "event_id": "0196be3c-6d6e-7a30-9c6e-2f6f1f0a7b11",
    "occurred_at": "2026-05-11T01:12:05Z",
    "sent_at": "2026-05-11T01:12:06Z",
    "lng": 121.4737,
    "lat": 31.2304,
    "accuracy": 12.5,
}
LOGIN = {"code": "SH-0007", "pin": "482915", "device_id": "phone-5f1c9a20"}
LOGGED_IN = {
    "token": "mD1yP3r9…",
    "expires_at": "2026-06-10T01:00:00Z",
    "technician": {"code": "SH-0007", "name": "王建国", "language": "zh"},
}
VISIT = {
    "id": 7, "state": "on-site", "cause": "first", "revision": 3, "order_number": "TM-20260510-0042",
    "merchant": "Lumen", "product": "Pendant lamp", "icon": "lamp", "service": 3600,
    "window": {"starts_at": "2026-05-11T01:00:00Z", "ends_at": "2026-05-11T03:00:00Z"},
    "consumer_name": "李女士", "consumer_phone": "+86 139 0000 0000", "district": "黄浦区",
    "address": "上海市黄浦区人民大道 100 号", "note": "4th floor, no lift",
    "place": {"lng": 121.4737, "lat": 31.2304, "approximate": False},
    "navigation": {"amap": "https://uri.amap.com/navigation?to=121.478260,31.228488,…"},
    "shots": [
        {
            "code": "after", "name": "Finished work", "required": True, "outline": "after",
            "hint": "The whole lamp, switched on.", "photo_ids": [],
        }
    ],
    "missing": ["after"],
    "parts": [{"code": "hook", "name": "Ceiling hook", "count": 1}],
    "checklist": [{"code": "power-off", "name": "Power is off", "required": True}],
    "proofs": {"serial": "none", "signature": "none", "code": "optional"},
    "surcharges": [{"code": "high-ceiling", "name": "Ceiling over 3.5 m", "amount": 8000, "most": 1, "photo": True}],
    "currency": "CNY",
    "price": {"total": 12000, "currency": "CNY", "lines": [{"name": "Pendant lamp", "amount": 12000}]},
    "goods": {"arrived": True, "arrived_at": "2026-05-10T06:00:00Z"}, "confirmed": True,
    "told": {
        "readiness": {"goods": "whole", "consumer": "confirmed", "parts": ["hook"]}, "checklist": ["power-off"],
        "serial": None, "signed": False, "parts_needed": None,
    },
    "accepted_at": None, "agreed": [{"code": "high-ceiling", "count": 1, "amount": 8000}],
    "before": {"reason": "nobody-home", "note": "Rang twice.", "left_at": "2026-05-09T03:20:00Z"},
    "en_route_at": "2026-05-11T00:40:00Z", "arrived_at": "2026-05-11T01:12:05Z",
    "left_at": None, "arrival_distance": 38, "failure_reason": None,
}  # fmt: skip
DAY = {
    "on": "2026-05-11", "today": "2026-05-11", "time_zone": "Asia/Shanghai", "area": "Shanghai",
    "technician": LOGGED_IN["technician"], "published": True, "revision": 4, "seen_revision": 3,
    "starts_at": "2026-05-11T00:30:00Z", "ends_at": "2026-05-11T09:10:00Z", "travel": 5400, "distance": 41200,
    "start": {"lng": 121.48, "lat": 31.22, "approximate": False},
    "stops": [
        {
            "kind": "visit", "scheduled_arrival": "2026-05-11T01:10:00Z",
            "scheduled_start": "2026-05-11T01:10:00Z", "scheduled_leave": "2026-05-11T02:10:00Z",
            "travel": 1500, "distance": 9800, "colleague": None, "visit": VISIT,
        }
    ],
}  # fmt: skip
PHOTO = {
    "id": 31, "shot": "after", "sha256": "9f2c…", "width": 2048, "height": 1536,
    "taken_at": "2026-05-11T02:05:00Z", "missing": [],
}  # fmt: skip
