"""Where photos are kept, by the SHA-256 of their content: a local folder or S3."""

from __future__ import annotations

import hashlib

from obstore.exceptions import BaseError
from obstore.store import from_url

from technicians.errors import InvalidInput


class PhotoStore:
    """Content-addressed: the name of a photo is the SHA-256 of its bytes, so a second write changes nothing."""

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self.objects = from_url(url, mkdir=True) if url.startswith("file:") else from_url(url)
        except (BaseError, ValueError) as error:
            raise InvalidInput(
                str(error).partition("\n")[0],
                field="PHOTO_STORE",
                remedy="Name a folder as file:///var/lib/shifu/photos, or a bucket as s3://bucket/prefix.",
            ) from error

    @staticmethod
    def _path(sha256: str) -> str:
        return f"{sha256[:2]}/{sha256}.jpg"

    def put(self, content: bytes) -> str:
        """Keep the bytes and return their SHA-256 in hexadecimal."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.objects.put(self._path(sha256), content)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes; FileNotFoundError when they were never kept or have been deleted."""
        return bytes(self.objects.get(self._path(sha256)).bytes())
