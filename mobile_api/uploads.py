"""Photos in pieces over a bad line. Everything may be repeated; every answer carries a header that is ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from apiflask import APIBlueprint
from flask import g, request
from werkzeug.wrappers import Response

from dispatch import photo_checks, photo_manifest, photos, uploads
from dispatch.account import DeviceToken
from dispatch.photo_checks import PhotoFlag
from dispatch.photo_manifest import Manifest
from dispatch.technician_day import photos_of
from dispatch.uploads import LARGEST_PIECE, Promise, Standing, WrongOffset
from dispatch.visits import missing_shots
from mobile_api import access, show
from mobile_api.events import fact
from mobile_api.upload_shapes import (
    FINISHED,
    MANIFEST,
    UPLOAD,
    UPLOAD_IN,
    FinishedOut,
    ManifestOut,
    UploadIn,
    UploadOut,
)
from mobile_api.visits import ONE, REFUSALS
from technicians.errors import InvalidInput

bp = APIBlueprint("uploads", __name__, tag="Photos in pieces")
UPLOAD_ONE = "/mobile/v1/uploads/<int(max=2147483647):upload_id>"
MARKER, OFFSET = "Shifu-Protocol", "Upload-Offset"
PROTOCOL = "1"
TO_BE_RETAKEN = (PhotoFlag.BLURRED, PhotoFlag.DARK)


@bp.after_request
def ours(response: Response) -> Response:
    """A captive portal answers 200 too, but does not know this header."""
    response.headers[MARKER] = PROTOCOL
    if "upload_offset" in g:
        response.headers[OFFSET] = str(g.upload_offset)
    return response


@bp.post("/mobile/v1/uploads")
@access.technician_without_transaction
@bp.input(UploadIn, example=UPLOAD_IN)
@bp.output(UploadOut, example=UPLOAD | {"offset": 0, "state": "promised"})
@bp.doc(summary="Promise a photo, or ask where to go on", security="bearer", responses=REFUSALS)
def promise(device: DeviceToken, json_data: UploadIn) -> UploadOut:
    """The same visit, shot and digest again give the same upload. Promise all photos before sending the first byte."""
    promised = Promise(json_data.shot, json_data.sha256, json_data.size)
    reported = fact(device, json_data)
    return _shown(uploads.promise(access.system(), json_data.visit_id, device.technician_id, reported, promised))


@bp.get(UPLOAD_ONE)
@access.technician_without_transaction
@bp.output(UploadOut, example=UPLOAD)
@bp.doc(summary="Where to go on", security="bearer", responses=[401, 404])
def one(device: DeviceToken, upload_id: int) -> UploadOut:
    """HEAD answers with the header `Upload-Offset` alone. Anybody else's upload is not found."""
    return _shown(uploads.look(access.system(), upload_id, device.technician_id))


@bp.patch(UPLOAD_ONE)
@access.technician_without_transaction
@bp.output(UploadOut, example=UPLOAD)
@bp.doc(summary="The next piece", security="bearer", responses=[*REFUSALS, 413])
def append(device: DeviceToken, upload_id: int) -> UploadOut:
    """The body is the piece, at most 256 kB, that begins at `Upload-Offset`.

    A wrong offset is answered with 409 and the right one in the same header. What arrived of a body that broke off is
    kept or not; ask where to go on.
    """
    request.max_content_length = LARGEST_PIECE
    piece = request.get_data(cache=False)
    with _offset_told():
        return _shown(uploads.append(access.system(), upload_id, device.technician_id, _offset(), piece))


@bp.post(UPLOAD_ONE + "/finish")
@access.technician_without_transaction
@bp.output(FinishedOut, example=FINISHED)
@bp.doc(summary="All of it is there", security="bearer", responses=REFUSALS)
def finish(device: DeviceToken, upload_id: int) -> FinishedOut:
    """Checks the digest and opens the photo.

    409 while bytes are missing; 422 `wrong-digest`: begin again from 0; any other 422 `photo-…`: this photo cannot
    be used, take another.
    """
    with _offset_told():
        proof = uploads.finish(access.system(), upload_id, device.technician_id)
    with access.system().transaction(read_only=True) as session:
        visit = photos.theirs(session, proof.visit_id, device.technician_id)
        shown = show.photo(proof, visit, photos_of(session, [visit.id]).get(visit.id, []))
        doubts = photo_checks.of_visit(session, visit.id).get(proof.id, [])
    retake = [doubt.flag.value for doubt in doubts if doubt.flag in TO_BE_RETAKEN]
    return FinishedOut.model_validate(shown.model_dump() | {"retake": retake})


@bp.get(ONE + "/manifest")
@access.technician_without_transaction
@bp.output(ManifestOut, example=MANIFEST)
@bp.doc(summary="Which photos of a visit are promised, here, checked, missing", security="bearer", responses=[401, 404])
def manifest(device: DeviceToken, visit_id: int) -> ManifestOut:
    """The phone's receipt: what is counted as checked here may be forgotten there."""
    return _listed(photo_manifest.of_visit(access.system(), visit_id, device.technician_id))


@contextmanager
def _offset_told() -> Iterator[None]:
    try:
        yield
    except WrongOffset as wrong:
        g.upload_offset = wrong.offset
        raise


def _offset() -> int:
    text = request.headers.get(OFFSET, "")
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        raise InvalidInput(
            "The header Upload-Offset does not say where the piece begins.",
            field=OFFSET,
            remedy="Send the number of bytes before it.",
        )
    return int(text)


def _shown(standing: Standing) -> UploadOut:
    g.upload_offset = standing.offset
    return _upload(standing)


def _upload(standing: Standing) -> UploadOut:
    upload = standing.upload
    return UploadOut(
        id=upload.id,
        visit_id=upload.visit_id,
        shot=upload.shot_code,
        sha256=upload.source_sha256,
        size=upload.size,
        offset=standing.offset,
        largest_piece=LARGEST_PIECE,
        state=standing.state,
        refused=upload.refused,
        photo_id=upload.proof_id,
    )


def _listed(found: Manifest) -> ManifestOut:
    return ManifestOut(
        visit_id=found.visit.id,
        promised=len(found.uploads),
        received=found.received,
        checked=found.checked,
        uploads=[_upload(each) for each in found.uploads],
        missing=[entry["code"] for entry in missing_shots(found.visit, found.photos)],
    )
