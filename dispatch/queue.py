"""Waking the workers, and the boards, through Redis. The rows are the truth; a lost wake-up costs seconds, no work."""

from __future__ import annotations

import time
from collections.abc import Iterable

import structlog
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.retry import Retry

CHANNEL = "shifu:wake"
LIVE = "shifu:live"
LEFT_ALONE_SECONDS = 5.0
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
        self._told_again_at = 0.0

    def wake(self) -> None:
        """Tell the relay; a dead or frozen Redis costs at most 0.25 s and loses nothing."""
        if self._redis is None:
            return
        try:
            self._redis.publish(CHANNEL, b"1")
        except RedisError as error:
            log.warning("queue.wake-failed", reason=str(error))

    def tell(self, areas: Iterable[str]) -> None:
        """Tell the boards of these planning areas to look. A Redis that does not answer is left alone for 5 s."""
        if self._redis is None or time.monotonic() < self._told_again_at:
            return
        try:
            for area in sorted(areas):
                self._redis.publish(LIVE, area)
        except RedisError as error:
            self._told_again_at = time.monotonic() + LEFT_ALONE_SECONDS
            log.warning("queue.tell-failed", reason=str(error))

    def listen(self) -> PubSub | None:
        """A subscription to what `tell` says, with a connection of its own; None without Redis. Raises RedisError."""
        if self._redis is None:
            return None
        heard: PubSub = self._redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        heard.subscribe(LIVE)
        return heard
