"""Waking the workers through Redis. The outbox rows are the truth; a lost wake-up costs seconds, never work."""

from __future__ import annotations

import structlog
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

CHANNEL = "shifu:wake"
log = structlog.get_logger()


class Queue:
    """A hint to the relay that there is something to do. Without Redis it does nothing."""

    def __init__(self, url: str | None) -> None:
        self.url = url
        self._redis = (
            Redis.from_url(url, socket_timeout=0.25, socket_connect_timeout=0.25, retry=Retry(NoBackoff(), 0))
            if url
            else None
        )

    def wake(self) -> None:
        """Tell the relay; a dead or frozen Redis costs at most 0.25 s and loses nothing."""
        if self._redis is None:
            return
        try:
            self._redis.publish(CHANNEL, b"1")
        except RedisError as error:
            log.warning("queue.wake-failed", reason=str(error))
