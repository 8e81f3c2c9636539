"""Protocol 1 between phone and server as it goes over the wire, with examples for the OpenAPI page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from dispatch.request_records import RequestKind, RequestState
from mobile_api.shapes import VISIT, Degrees, Instant, TechnicianOut, VisitOut, Word
from technicians.people import AbsenceReason

NEWEST_PROTOCOL = 1
PROTOCOLS = [1]
EVENTS_A_BATCH = 100
BODY_BYTES = 64 * 1024
Count = Annotated[int, Field(ge=1, le=2**31 - 1)]
Milliseconds = Annotated[int, Field(ge=0, le=2**53)]
Boot = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Lenient(BaseModel):
    """A part of a batch: fields that a newer app may add are passed over."""

    model_config = ConfigDict(extra="ignore")


class AttachmentIn(Lenient):
    """A file that comes on its own way, before the event or after it."""

    sha256: Sha256
    size: Annotated[int, Field(ge=1, le=2**31 - 1)]
    kind: Word
    shot: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=64)] = Field(
        "", description="Code of the entry in the shot list: the photo is promised for it."
    )


class SyncEventIn(Lenient):
    """One event. `type` and `payload` may be newer than this server: then it is kept, and rejected as unknown."""

    event_id: UUID = Field(description="A UUIDv7 made by the phone, new for every event, the same in every repeat.")
    seq: Count = Field(description="1, 2, 3 … for every technician on every device.")
    type: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
    visit_id: Count | None = None
    device_time: Instant = Field(description="When it happened, by the phone's clock.")
    monotonic_ms: Milliseconds | None = Field(None, description="Milliseconds since the app was started as `boot`.")
    boot: Boot | None = Field(None, description="Made anew at every start of the app.")
    lng: Annotated[Degrees, Field(ge=-180, le=180)] | None = Field(None, description="WGS-84.")
    lat: Annotated[Degrees, Field(ge=-90, le=90)] | None = Field(None, description="WGS-84.")
    accuracy: Annotated[Degrees, Field(ge=0, le=1_000_000)] | None = Field(None, description="Metres.")
    payload: dict[str, Any] = Field(default_factory=dict, max_length=20)
    attachments: Annotated[list[AttachmentIn], Field(max_length=40)] = []

    @model_validator(mode="after")
    def _whole_place(self) -> SyncEventIn:
        if (self.lng is None) != (self.lat is None):
            raise ValueError("send lng and lat together, or neither")
        return self


class UnreadableEvent(BaseModel):
    """An object that is no event: it is rejected by itself and does not spoil the rest of the batch."""

    model_config = ConfigDict(extra="allow")


class BatchIn(Lenient):
    protocol: Literal[1]
    sent_at: Instant = Field(description="When this request is sent, by the phone's clock.")
    monotonic_ms: Milliseconds | None = None
    boot: Boot | None = None
    oldest_seq: Count = Field(
        1, description="The lowest number still on this phone, or the next one: below it nothing will come again."
    )
    events: Annotated[
        list[Annotated[SyncEventIn | UnreadableEvent, Field(union_mode="left_to_right")]],
        Field(max_length=EVENTS_A_BATCH),
    ]


class AnswerOut(BaseModel):
    event_id: str = Field(description="As it was sent; empty when it could not be read.")
    seq: int | None
    outcome: Literal["applied", "duplicate", "held", "conflict", "rejected"]
    reason: str = Field(description="A stable word; empty when there is nothing to say.")
    counts: bool = Field(description="Whether it moved the visit. A conflict may count, too.")
    flags: list[str] = Field(description="`clock-skew`, `seq-reused`.")


class BatchOut(BaseModel):
    """One answer for each event, in the order in which they were sent."""

    received_at: datetime
    skew: float = Field(description="Seconds by which the phone's clock is ahead of the server's.")
    next_seq: int = Field(description="The number that the server waits for.")
    answers: list[AnswerOut]


class HelloOut(BaseModel):
    server_time: datetime
    protocols: list[int] = Field(description="Versions that are served.")
    technician: TechnicianOut
    next_seq: int = Field(description="The number that the server waits for from this phone.")
    rotate_token: bool = Field(description="Whether to ask for a new token now.")
    limits: LimitsOut


class LimitsOut(BaseModel):
    events: int = Field(description="In one batch.")
    body_bytes: int
    photo_bytes: int
    clock_skew: int = Field(description="Seconds from which a clock is flagged.")


class ChangesQuery(Lenient):
    cursor: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        None, description="The last one that was stored, none for everything."
    )


class ShownOut(BaseModel):
    on: date | None = Field(description="The date of its route; none when it is on no route by now.")
    position: int | None
    scheduled_arrival: datetime | None
    scheduled_start: datetime | None
    scheduled_leave: datetime | None
    travel: int | None = Field(description="Seconds on the road to it.")
    distance: int | None = Field(description="Metres on the road to it.")
    colleague: str | None = Field(description="Who makes the visit with you, when it takes two.")
    visit: VisitOut


class PointOut(BaseModel):
    lng: float
    lat: float


class RestOut(BaseModel):
    starts_at: datetime
    ends_at: datetime


class RouteOut(BaseModel):
    on: date
    revision: int
    seen_revision: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    travel: int = Field(description="Seconds on the road, the way home included.")
    distance: int = Field(description="Metres on the road, the way home included.")
    time_zone: str
    area: str
    start: PointOut = Field(description="Where the day begins, WGS-84.")
    breaks: list[RestOut]


class RequestOut(BaseModel):
    """What I have asked of the office."""

    id: int
    event_id: str
    kind: RequestKind
    visit_id: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    reason: AbsenceReason | None
    note: str
    state: RequestState
    answer: str = Field(description="What the office said; may be empty.")
    asked_at: datetime


class ChangesOut(BaseModel):
    today: date = Field(description="The date it is in the technician's area.")
    time_zone: str
    cursor: str = Field(description="Store it together with what came with it, in one transaction.")
    full: bool = Field(description="This is everything: forget every visit that is not in it.")
    visits: list[ShownOut] = Field(description="New or changed, whole.")
    gone: list[int] = Field(description="Ids of visits that are yours no more.")
    routes: list[RouteOut] = Field(description="All that are published, from yesterday to the day after tomorrow.")
    requests: list[RequestOut] = Field(description="All that are open, and those decided within 14 days.")


class TokenOut(BaseModel):
    token: str = Field(description="Use it from now on. The one before ends within an hour.")
    expires_at: datetime


HELLO = {
    "server_time": "2026-05-11T00:30:00Z", "protocols": PROTOCOLS, "next_seq": 18, "rotate_token": False,
    "technician": {"code": "SH-0007", "name": "王建国", "language": "zh"},
    "limits": {"events": EVENTS_A_BATCH, "body_bytes": BODY_BYTES, "photo_bytes": 12582912, "clock_skew": 120},
}  # fmt: skip
SYNC_EVENT: dict[str, Any] = {
    "event_id": "0196be3c-6d6e-7a30-9c6e-2f6f1f0a7b11", "seq": 17, "type": "check-in", "visit_id": 7,
    "device_time": "2026-05-11T01:12:05Z", "monotonic_ms": 2525000, "boot": "b-41f2",
    "lng": 121.4737, "lat": 31.2304, "accuracy": 12.5, "payload": {}, "attachments": [],
}  # fmt: skip
BATCH = {
    "protocol": 1, "sent_at": "2026-05-11T01:40:00Z", "monotonic_ms": 4200000, "boot": "b-41f2",
    "oldest_seq": 17, "events": [SYNC_EVENT],
}  # fmt: skip
RECEIVED = {
    "received_at": "2026-05-11T01:40:01Z", "skew": -1.0, "next_seq": 18,
    "answers": [
        {
            "event_id": SYNC_EVENT["event_id"], "seq": 17, "outcome": "applied", "reason": "", "counts": True,
            "flags": [],
        }
    ],
}  # fmt: skip
CHANGES = {
    "today": "2026-05-11", "time_zone": "Asia/Shanghai", "cursor": "5f1c9a20b3d4e6f7.12", "full": False, "gone": [9],
    "visits": [
        {
            "on": "2026-05-11", "position": 0, "scheduled_arrival": "2026-05-11T01:10:00Z",
            "scheduled_start": "2026-05-11T01:10:00Z", "scheduled_leave": "2026-05-11T02:10:00Z",
            "travel": 1500, "distance": 9800, "colleague": None, "visit": VISIT,
        }
    ],
    "routes": [
        {
            "on": "2026-05-11", "revision": 4, "seen_revision": 3, "starts_at": "2026-05-11T00:30:00Z",
            "ends_at": "2026-05-11T09:10:00Z", "travel": 5400, "distance": 41200, "time_zone": "Asia/Shanghai",
            "area": "Shanghai", "start": {"lng": 121.48, "lat": 31.22},
            "breaks": [{"starts_at": "2026-05-11T04:00:00Z", "ends_at": "2026-05-11T04:30:00Z"}],
        }
    ],
    "requests": [
        {
            "id": 4, "event_id": "0196be3c-9a11-7c52-8a20-0c1d2e3f4a5b", "kind": "absence", "visit_id": None,
            "starts_at": "2026-05-18T00:00:00Z", "ends_at": "2026-05-19T00:00:00Z", "reason": "leave",
            "note": "My sister's wedding", "state": "granted", "answer": "", "asked_at": "2026-05-10T01:00:00Z",
        }
    ],
}  # fmt: skip
TOKEN = {"token": "vT9kQ2aa…", "expires_at": "2026-06-10T01:00:00Z"}
