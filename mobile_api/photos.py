"""Photos of the shot list, in and out."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, request

from dispatch import photos, visits
from dispatch.account import DeviceToken
from dispatch.darkroom import LARGEST_BODY
from dispatch.technician_day import photos_of
from mobile_api import access, show
from mobile_api.events import fact, receipt
from mobile_api.shapes import PHOTO, PhotoOut, PhotoQuery
from mobile_api.visits import ONE, REFUSALS

bp = APIBlueprint("photos", __name__, tag="Photos")


@bp.post(ONE + "/photos")
@access.technician_without_transaction
@bp.input(PhotoQuery, location="query")
@bp.output(PhotoOut, example=PHOTO)
@bp.doc(
    summary="A photo of the shot list",
    security="bearer",
    responses=[*REFUSALS, 413],
)
def receive(device: DeviceToken, visit_id: int, query_data: PhotoQuery) -> PhotoOut:
    """The body is the photo itself, JPEG or PNG, at most 12 MB and 50 megapixels; the rest is in the query.

    It is rebuilt from its pixels; time and place are taken from its EXIF first, else from the event.
    """
    request.max_content_length = LARGEST_BODY
    receipt(query_data)
    proof = photos.receive(
        access.system(),
        visit_id,
        device.technician_id,
        fact(device, query_data),
        shot_code=query_data.shot,
        source=request.get_data(cache=False),
    )
    with access.system().transaction(read_only=True) as session:
        visit = visits.mine(session, visit_id, device.technician_id)
        return show.photo(proof, visit, photos_of(session, [visit_id]).get(visit_id, []))


@bp.get("/mobile/v1/photos/<int(max=2147483647):photo_id>")
@access.technician_without_transaction
@bp.doc(summary="A photo of one of my visits, as JPEG", security="bearer", responses=[401, 404])
def content(device: DeviceToken, photo_id: int) -> Response:
    """Anybody else's photo is not found."""
    with access.system().transaction(read_only=True) as session:
        proof = photos.of_mine(session, photo_id, device.technician_id)
    return _jpeg(photos.content(access.system(), proof))


@bp.get("/mobile/v1/photos/<int(max=2147483647):photo_id>/small")
@access.technician_without_transaction
@bp.doc(summary="The same with at most 320 pixels a side", security="bearer", responses=[401, 404])
def small(device: DeviceToken, photo_id: int) -> Response:
    """Anybody else's photo is not found."""
    with access.system().transaction(read_only=True) as session:
        proof = photos.of_mine(session, photo_id, device.technician_id)
    return _jpeg(photos.small(access.system(), proof))


def _jpeg(content: bytes) -> Response:
    return Response(content, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400, immutable"})
