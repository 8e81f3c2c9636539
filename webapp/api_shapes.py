"""The JSON of the merchants' API, with the examples that /openapi.json shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from dispatch.merchant_orders import MOST_PER_PAGE
from dispatch.work_order import (
    AppointmentState,
    BookedBy,
    FailureReason,
    PositionQuality,
    VisitCause,
    VisitState,
    WorkOrderState,
)
from seed_regions.datum import Datum

LAST_ID = 2**31 - 1
Instant = Annotated[AwareDatetime, Field(ge=datetime(2020, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=1000)]


class Asked(BaseModel):
    """A request: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Told(BaseModel):
    """An answer; instants are UTC."""

    model_config = ConfigDict(from_attributes=True)


class OrderIn(Asked):
    """An order as handed in. Sent again unchanged it is the same order; sent again with changes it is refused."""

    number: Annotated[Line, Field(max_length=80)] = Field(
        description="Yours, unique among your orders; without slashes, line breaks and tabs.",
        json_schema_extra={"pattern": r"^[^\x00-\x1f\x7f/]+$"},
    )
    product_code: Annotated[Line, Field(max_length=40, description="Code of the service product.")]
    consumer_name: Annotated[Line, Field(max_length=120)]
    consumer_phone: Annotated[Line, Field(max_length=40)]
    address: Annotated[Line, Field(max_length=500, description="As the consumer wrote it.")]
    county_code: Annotated[Line, Field(max_length=6)] | None = Field(
        None, description="Six digits (China) or five (USA); found from the address or position when left out."
    )
    lng: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False, description="Degrees of `datum`.")
    lat: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)
    datum: Datum = Field(Datum.WGS84, description="gcj02 for AMap and Tencent, bd09 for Baidu.")
    priority: int = Field(0, ge=0, le=100)
    goods_arrived_at: Instant | None = Field(None, description="Leave out until the goods are in the warehouse.")
    window_starts_at: Instant | None = Field(None, description="Only for a window you have promised already.")
    window_ends_at: Instant | None = None
    note: Line = Field("", max_length=1000, description="For the technician.")
    language: Annotated[str, StringConstraints(pattern="^(zh|en)$")] = Field("zh", description="Of the consumer.")
    service: int | None = Field(None, ge=60, le=86_400, description="Seconds on site; the product's when left out.")


class GoodsArrivedIn(Asked):
    arrived_at: Instant | None = Field(None, description="Now when left out.")


class PageQuery(Asked):
    cursor: int = Field(0, ge=0, le=LAST_ID, description="The `next` of the page before.")
    limit: int = Field(50, ge=1, le=MOST_PER_PAGE)


class AppointmentOut(Told):
    state: AppointmentState
    window_starts_at: datetime
    window_ends_at: datetime
    booked_by: BookedBy


class HoldOut(Told):
    window_starts_at: datetime
    window_ends_at: datetime
    held_until: datetime | None = Field(description="Until then nobody else gets it.")


class VisitOut(Told):
    sequence: int
    cause: VisitCause
    state: VisitState
    en_route_at: datetime | None
    arrived_at: datetime | None
    left_at: datetime | None
    failure_reason: FailureReason | None
    appointment: AppointmentOut | None = Field(description="The promise in force.")
    hold: HoldOut | None = Field(description="The window kept while the consumer decides.")


class OrderOut(Told):
    number: str
    state: WorkOrderState
    parked_because: str | None = Field(description="Why it cannot be booked yet, and what would help.")
    product_code: str
    county_code: str | None
    position_quality: PositionQuality | None
    goods_arrived_at: datetime | None
    created_at: datetime
    visits: list[VisitOut]


class PageOut(Told):
    orders: list[OrderOut]
    next: int | None = Field(description="Cursor of the next page, null on the last one.")


class LinkOut(Told):
    path: str = Field(description="To be put behind the address of this installation.")
    url: str = Field(description="The same with the address that PUBLIC_URL gives.")


ORDER_IN = {
    "number": "TM20260511001",
    "product_code": "water-heater",
    "consumer_name": "陈女士",
    "consumer_phone": "+86 139 0000 0001",
    "address": "上海市黄浦区南京东路100号",
    "lng": 121.4846,
    "lat": 31.2316,
    "datum": "gcj02",
    "goods_arrived_at": "2026-05-11T01:00:00Z",
}
VISIT = {
    "sequence": 1,
    "cause": "first",
    "state": "waiting",
    "en_route_at": None,
    "arrived_at": None,
    "left_at": None,
    "failure_reason": None,
    "appointment": None,
    "hold": None,
}
BOOKABLE = {
    "number": "TM20260511001",
    "state": "bookable",
    "parked_because": None,
    "product_code": "water-heater",
    "county_code": "310101",
    "position_quality": "exact",
    "goods_arrived_at": "2026-05-11T01:00:00Z",
    "created_at": "2026-05-11T01:00:00Z",
    "visits": [VISIT],
}
APPOINTMENT = {
    "state": "confirmed",
    "window_starts_at": "2026-05-12T02:00:00Z",
    "window_ends_at": "2026-05-12T04:00:00Z",
    "booked_by": "merchant",
}
BOOKED = BOOKABLE | {"state": "booked", "visits": [VISIT | {"appointment": APPOINTMENT}]}
CANCELLED = BOOKABLE | {"state": "cancelled", "visits": [VISIT | {"state": "cancelled"}]}
HOLD = {
    "window_starts_at": "2026-05-12T02:00:00Z",
    "window_ends_at": "2026-05-12T04:00:00Z",
    "held_until": "2026-05-11T01:10:00Z",
}
HELD = BOOKABLE | {"visits": [VISIT | {"hold": HOLD}]}
LINK = {
    "path": "/c/hVYxR0Jm5c0vV1kY3t8m2QkqGfZp",
    "url": "https://shifu.example/c/hVYxR0Jm5c0vV1kY3t8m2QkqGfZp",
}
