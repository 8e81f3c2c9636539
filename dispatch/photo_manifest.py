"""Which photos of a visit were promised, are here, were checked, and which are missing: a phone's receipt."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from dispatch import photos, uploads
from dispatch.evidence import Proof
from dispatch.photo_records import PhotoUpload
from dispatch.system import System
from dispatch.technician_day import photos_of
from dispatch.uploads import Standing, UploadState
from dispatch.work_order import Visit, WorkOrder


@dataclass(frozen=True, slots=True)
class Manifest:
    """The uploads that one technician promised for a visit, oldest first, and the photos that anybody has taken."""

    visit: Visit
    uploads: list[Standing]
    photos: list[Proof]

    @property
    def received(self) -> int:
        """How many uploads have all their bytes here, whatever has been made of them."""
        return sum(each.offset >= each.upload.size for each in self.uploads)

    @property
    def checked(self) -> int:
        return sum(each.state == UploadState.CHECKED for each in self.uploads)


def of_visit(system: System, visit_id: int, technician_id: int) -> Manifest:
    """The manifest of a visit that is or was this technician's; NotFound for anybody else's."""
    promised = (
        select(PhotoUpload)
        .where(PhotoUpload.visit_id == visit_id, PhotoUpload.technician_id == technician_id)
        .order_by(PhotoUpload.id)
    )
    with system.transaction(read_only=True) as session:
        photos.theirs(session, visit_id, technician_id)
        whole = joinedload(Visit.work_order).joinedload(WorkOrder.product)
        visit = session.get_one(Visit, visit_id, options=[whole], populate_existing=True)
        rows = session.scalars(promised).all()
        taken = photos_of(session, [visit_id]).get(visit_id, [])
    return Manifest(visit, [uploads.standing(system, row) for row in rows], taken)
