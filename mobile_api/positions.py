"""Where the phone is, told in batches while its technician is at work."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from dispatch import positions
from dispatch.account import DeviceToken
from dispatch.facts import happened_at
from dispatch.positions import Sighting
from mobile_api import access
from mobile_api.shapes import Asked, Degrees, Instant

bp = APIBlueprint("positions", __name__, tag="Positions")
AGAIN_SECONDS, LATER_SECONDS = 15, 300


class SightingIn(Asked):
    """One place, as the phone's own receiver gave it."""

    occurred_at: Instant = Field(description="When, by the phone's clock.")
    lng: Annotated[Degrees, Field(ge=-180, le=180)] = Field(description="WGS-84.")
    lat: Annotated[Degrees, Field(ge=-90, le=90)] = Field(description="WGS-84.")
    accuracy: Annotated[Degrees, Field(ge=0, le=1_000_000)] = Field(description="Metres.")


class PositionsIn(Asked):
    sent_at: Instant = Field(description="When this request was sent, by the same clock: a wrong one then cancels out.")
    positions: list[SightingIn] = Field(min_length=1, max_length=100)


class PositionsOut(BaseModel):
    """The phone forgets what it has sent, kept or not: nothing here needs to be sent twice."""

    kept_at: datetime | None = Field(description="Of the one that is kept, by our clock; null when none is.")
    next_in: int = Field(description="Seconds to wait before the next request. Longer when nobody is at work.")


POSITIONS: dict[str, Any] = {
    "sent_at": "2026-05-11T01:12:06Z",
    "positions": [{"occurred_at": "2026-05-11T01:12:05Z", "lng": 121.4737, "lat": 31.2304, "accuracy": 12.5}],
}
KEPT = {"kept_at": "2026-05-11T01:12:05Z", "next_in": AGAIN_SECONDS}


@bp.post("/mobile/v1/positions")
@access.technician_without_transaction
@bp.input(PositionsIn, example=POSITIONS)
@bp.output(PositionsOut, example=KEPT)
@bp.doc(summary="Where I am", security="bearer", responses=[400, 401, 413, 422])
def tell(device: DeviceToken, json_data: PositionsIn) -> PositionsOut:
    """The newest is kept, the others are forgotten; so is all from outside of working time, and what comes too often.

    The last place only is kept, never the way there. It is shown to the office, and to the consumer while on the way.
    """
    now = access.system().now()
    seen = [_sighting(each, json_data.sent_at, now) for each in json_data.positions]
    taken = positions.take(access.system(), device.technician_id, seen)
    kept_at = taken.kept.at if taken.kept else None
    return PositionsOut(kept_at=kept_at, next_in=AGAIN_SECONDS if taken.is_on_duty else LATER_SECONDS)


def _sighting(said: SightingIn, sent_at: datetime, now: datetime) -> Sighting:
    return Sighting(happened_at(now, said.occurred_at, sent_at), said.lng, said.lat, said.accuracy)
