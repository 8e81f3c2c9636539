"""Records of who may come in: console accounts, and the phones technicians are logged in on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from technicians.base import Base, choice
from technicians.people import Technician


class Role(StrEnum):
    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    MERCHANT = "merchant"


class Account(Base):
    """Somebody who works in the console. A merchant's account sees that merchant's orders only."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("(role = 'merchant') = (merchant_id IS NOT NULL)", name="merchant"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(choice(Role))
    merchant_id: Mapped[int | None] = mapped_column(ForeignKey("merchant.id"))
    area_code: Mapped[str | None] = mapped_column(ForeignKey("planning_area.code"))
    language: Mapped[str] = mapped_column(String(8), default="zh")
    active: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class TechnicianLogin(Base):
    """How a technician logs in on a phone: the technician's code and a PIN (argon2)."""

    __tablename__ = "technician_login"

    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"), primary_key=True)
    pin_hash: Mapped[str] = mapped_column(String(200))
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    technician: Mapped[Technician] = relationship()


class DeviceToken(Base):
    """A phone's opaque bearer token; only its SHA-256 is kept."""

    __tablename__ = "device_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"), index=True)
    device_id: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    technician: Mapped[Technician] = relationship()
