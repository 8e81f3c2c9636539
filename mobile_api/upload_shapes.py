"""What goes over the wire about photos that come in pieces."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from dispatch.darkroom import LARGEST_BODY
from dispatch.uploads import LARGEST_PIECE, UploadState
from mobile_api.shapes import EVENT, EventIn, PhotoOut, Word

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class UploadIn(EventIn):
    """A photo this phone has. `event_id` is the photo's own, `occurred_at` when it was taken, the position where."""

    visit_id: int = Field(ge=1, le=2**31 - 1)
    shot: Word = Field(description="Code of the entry in the visit's shot list.")
    sha256: Digest = Field(description="Of the bytes that will be sent, in lower-case hexadecimal.")
    size: int = Field(ge=1, le=LARGEST_BODY, description="How many bytes there are.")


class UploadOut(BaseModel):
    """How far a photo is. Go on at `offset`; once `offset` is `size`, ask to finish."""

    id: int
    visit_id: int
    shot: str
    sha256: str
    size: int
    offset: int = Field(description="How many bytes are here; the same as the header Upload-Offset.")
    largest_piece: int = Field(description="The most bytes of one piece.")
    state: UploadState = Field(
        description="Nothing, a part, or all of it is here; it was opened and kept; or it cannot be used."
    )
    refused: str | None = Field(description="Why it cannot be used: the code of the refusal.")
    photo_id: int | None = Field(description="The photo it became.")


class FinishedOut(PhotoOut):
    retake: list[Literal["blurred", "dark"]] = Field(description="What the photographer may wish to do better.")


class ManifestOut(BaseModel):
    """Everything known of a visit's photos: those promised by this technician, and shots that have none at all."""

    visit_id: int
    promised: int
    received: int = Field(description="Of the promised, those whose bytes are all here.")
    checked: int = Field(description="Of the promised, those that were opened and kept.")
    uploads: list[UploadOut]
    missing: list[str] = Field(description="Codes of required shots that have no photo that was kept.")


SHA256 = "9f2c1a0d5be84c6f7a3e21d09b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c"
UPLOAD_IN: dict[str, Any] = EVENT | {"visit_id": 7, "shot": "after", "sha256": SHA256, "size": 812_345}
UPLOAD: dict[str, Any] = {
    "id": 12, "visit_id": 7, "shot": "after", "sha256": SHA256, "size": 812_345, "offset": 262_144,
    "largest_piece": LARGEST_PIECE, "state": "arriving", "refused": None, "photo_id": None,
}  # fmt: skip
FINISHED: dict[str, Any] = {
    "id": 31, "shot": "after", "sha256": SHA256, "width": 2048, "height": 1536,
    "taken_at": "2026-05-11T02:05:00Z", "missing": [], "retake": ["blurred"],
}  # fmt: skip
MANIFEST: dict[str, Any] = {
    "visit_id": 7, "promised": 1, "received": 0, "checked": 0, "uploads": [UPLOAD], "missing": ["after"],
}  # fmt: skip
