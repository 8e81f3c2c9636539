"""Where the pieces of a photo wait until all of it is there: beside the photos, in the same store.

Each piece is an object named by where it begins, written whole or not at all and never written again. Where to go on
follows from the pieces themselves, so any number of web processes, on any number of machines, agree about it, and a
restart loses nothing that was answered.
"""

from __future__ import annotations

from datetime import datetime

from obstore.exceptions import AlreadyExistsError

from dispatch.photo_store import PhotoStore

FOLDER = "staging"


def offset(store: PhotoStore, upload_id: int) -> int:
    """How many bytes of an upload are here without a gap."""
    return sum(size for _, size in _pieces(store, upload_id))


def append(store: PhotoStore, upload_id: int, at: int, piece: bytes) -> int:
    """Keep a piece that begins where the others end; the new offset. Of two at the same place the first one stays."""
    path = f"{_folder(upload_id)}/{at:010}"
    try:
        store.objects.put(path, piece, mode="create")
    except AlreadyExistsError:
        here = offset(store, upload_id)
        if here != at:
            return here
        # A power failure may have left it empty.
        store.objects.put(path, piece)
    return at + len(piece)


def content(store: PhotoStore, upload_id: int) -> bytes:
    """All bytes that are here without a gap."""
    return b"".join(bytes(store.objects.get(path).bytes()) for path, _ in _pieces(store, upload_id))


def discard(store: PhotoStore, upload_id: int) -> None:
    """Forget the pieces of an upload; nothing happens when there are none."""
    _delete(store, [entry["path"] for entry in store.objects.list(_folder(upload_id)).collect()])


def discard_older(store: PhotoStore, before: datetime) -> int:
    """Forget the uploads that have got no piece since an instant; how many there were."""
    newest: dict[str, datetime] = {}
    for entry in store.objects.list(FOLDER).collect():
        folder = entry["path"].rpartition("/")[0]
        newest[folder] = max(newest.get(folder, entry["last_modified"]), entry["last_modified"])
    abandoned = [folder for folder, at in newest.items() if at < before]
    for folder in abandoned:
        _delete(store, [entry["path"] for entry in store.objects.list(folder).collect()])
    return len(abandoned)


def _pieces(store: PhotoStore, upload_id: int) -> list[tuple[str, int]]:
    """Path and size of the pieces that follow one another from the beginning."""
    found = {entry["path"]: entry["size"] for entry in store.objects.list(_folder(upload_id)).collect()}
    pieces: list[tuple[str, int]] = []
    here = 0
    while size := found.get(path := f"{_folder(upload_id)}/{here:010}"):
        pieces.append((path, size))
        here += size
    return pieces


def _delete(store: PhotoStore, paths: list[str]) -> None:
    """Another process may have deleted them first."""
    for path in paths:
        try:
            store.objects.delete(path)
        except FileNotFoundError:
            continue


def _folder(upload_id: int) -> str:
    return f"{FOLDER}/{upload_id}"
