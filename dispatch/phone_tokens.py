"""A phone's token is replaced while it is in use; the one before stays good for a while, in case the answer is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import phone_login
from dispatch.account import DeviceToken
from dispatch.phone_login import Login

GRACE = timedelta(hours=1)
ROTATED_AFTER = timedelta(days=1)


def is_due(device: DeviceToken, at: datetime) -> bool:
    """Whether a phone should ask for a new token."""
    return at - device.created_at >= ROTATED_AFTER


def rotate(session: Session, device: DeviceToken, *, at: datetime) -> Login:
    """A new token for this phone. All its others end within the grace of one hour; safe to repeat in that time."""
    others = select(DeviceToken).where(
        DeviceToken.technician_id == device.technician_id,
        DeviceToken.device_id == device.device_id,
        DeviceToken.revoked_at.is_(None),
    )
    for other in session.scalars(others.with_for_update()):
        other.expires_at = min(other.expires_at, at + GRACE)
    return phone_login.issue(session, device.technician_id, device.device_id, at)
