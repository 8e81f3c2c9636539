"""A worker of the queue: takes jobs from Redis and does each in a forked process of its own."""

from __future__ import annotations

import logging
import os

from rq import Queue, Worker
from rq.serializers import JSONSerializer

from dispatch.logs import speak_json
from dispatch.relay import LATER, QUEUE, connect
from dispatch.tied import tie
from technicians.errors import InvalidInput


def main() -> None:
    """`python -m dispatch.queue_worker`: work until a signal says stop; the job at hand is finished first."""
    tie()
    speak_json()
    logging.getLogger("rq").setLevel(logging.WARNING)
    url = os.environ.get("REDIS_URL")
    if not url:
        raise InvalidInput(
            "There is no queue to work for.", field="REDIS_URL", remedy="Set it, or run the relay alone."
        )
    redis = connect(url, patience=None)
    queues = [Queue(name, connection=redis, serializer=JSONSerializer) for name in (QUEUE, LATER)]
    Worker(queues, connection=redis, serializer=JSONSerializer).work(logging_level="WARNING")


if __name__ == "__main__":
    main()
