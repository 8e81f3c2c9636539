"""Records beside a photo's proof: what a phone promised to send, and what was measured in what it sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dispatch.evidence import Proof
from technicians.base import Base


class PhotoUpload(Base):
    """A photo that a phone says it has. Its bytes wait in the staging folder until they are all there.

    `at` is when it was taken by our clock, `device_time` by the phone's. It is checked when it has a `proof_id`;
    `refused` says why its bytes cannot be kept.
    """

    __tablename__ = "photo_upload"
    __table_args__ = (
        UniqueConstraint("visit_id", "technician_id", "shot_code", "source_sha256"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("(lng IS NULL) = (lat IS NULL)", name="position"),
        CheckConstraint("refused IS NULL OR proof_id IS NULL", name="one_verdict"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(36), unique=True, insert_sentinel=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    device_id: Mapped[str] = mapped_column(String(64))
    shot_code: Mapped[str] = mapped_column(String(40))
    source_sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    device_time: Mapped[datetime]
    at: Mapped[datetime]
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy: Mapped[float | None]
    promised_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    refused: Mapped[str | None] = mapped_column(String(40))
    proof_id: Mapped[int | None] = mapped_column(ForeignKey("proof.id"))
    proof: Mapped[Proof | None] = relationship()


class PhotoCheck(Base):
    """What was measured in one photo; `photo_checks` says what of it a person should look at.

    `exif_taken_at` is what the camera wrote, `accuracy` the metres of the phone's position where the photo had none
    of its own. `like_proof_id` is an earlier photo that looks the same but for `like_bits` of 128. `looked_by` is who
    looked at what was doubtful in it and found it fine.
    """

    __tablename__ = "photo_check"
    __table_args__ = (
        CheckConstraint("(like_proof_id IS NULL) = (like_bits IS NULL)", name="like"),
        Index("ix_photo_check_technician", "technician_id", "received_at"),
    )

    proof_id: Mapped[int] = mapped_column(ForeignKey("proof.id"), primary_key=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    received_at: Mapped[datetime]
    thumbnail_sha256: Mapped[str] = mapped_column(String(64))
    sharpness: Mapped[float]
    brightness: Mapped[float]
    dhash: Mapped[str | None] = mapped_column(String(32))
    exif_taken_at: Mapped[datetime | None]
    accuracy: Mapped[float | None]
    like_proof_id: Mapped[int | None] = mapped_column(ForeignKey("proof.id"))
    like_bits: Mapped[int | None]
    looked_at: Mapped[datetime | None]
    looked_by: Mapped[str] = mapped_column(String(80), default="")
    proof: Mapped[Proof] = relationship(foreign_keys=[proof_id])


class PhotoBand(Base):
    """A quarter of a photo's hash. Two hashes that differ in at most three of 128 bits share a quarter."""

    __tablename__ = "photo_band"
    __table_args__ = (Index("ix_photo_band_band", "band"),)

    proof_id: Mapped[int] = mapped_column(ForeignKey("photo_check.proof_id"), primary_key=True)
    band: Mapped[str] = mapped_column(String(9), primary_key=True)
