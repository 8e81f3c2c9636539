"""Waiting until somebody tells of a change. Without Redis, or when it does not answer, simply waiting."""

from __future__ import annotations

import time
from typing import Self

import structlog
from redis import RedisError
from redis.client import PubSub

from dispatch.queue import Queue

log = structlog.get_logger()


class Ears:
    """Hears what `Queue.tell` says, as long as the context lasts. None hears nothing."""

    def __init__(self, queue: Queue | None) -> None:
        self._queue = queue
        self._heard: PubSub | None = None

    def __enter__(self) -> Self:
        if self._queue is not None:
            try:
                self._heard = self._queue.listen()
            except RedisError as silent:
                log.warning("ears.deaf", reason=str(silent))
        return self

    def __exit__(self, *_: object) -> None:
        if self._heard is not None:
            self._heard.close()

    def wait(self, area_code: str, seconds: float) -> bool:
        """Until somebody tells of this planning area, or for so many seconds; whether somebody did."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._hears(area_code, left):
                return True
        return False

    def _hears(self, area_code: str, seconds: float) -> bool:
        """One message, or one that does not come in time."""
        if self._heard is None:
            time.sleep(seconds)
            return False
        try:
            message = self._heard.get_message(timeout=seconds)
        except RedisError as silent:
            log.warning("ears.deaf", reason=str(silent))
            self._heard.close()
            self._heard = None
            return False
        return message is not None and message["data"] == area_code.encode()
