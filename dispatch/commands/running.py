"""`dispatch serve` and `dispatch worker`: the programs that stay."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import click

from dispatch import embedded_valkey, health
from dispatch.commands.preparing import prepare
from dispatch.logs import speak_json
from dispatch.supervisor import Program, Supervisor, supervised
from dispatch.system import System
from technicians.errors import Conflict

ROOT = Path(__file__).resolve().parents[2]


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads in each.")
@click.option("--planners", default=1, show_default=True, type=click.IntRange(0, 64), help="Queue workers; 0: none.")
@click.pass_obj
def serve(system: System, host: str, port: int, workers: int, threads: int, planners: int) -> None:
    """Serve the console, the consumer pages and the mobile API; start what else is missing.

    With --planners 0 and without REDIS_URL no Valkey is started: the relay does the work alone.
    """
    health.require_ready(system)
    _refuse_taken(host, port)
    prepare()
    speak_json()
    with ExitStack() as opened:
        environment = {**os.environ}
        needs_valkey = planners > 0 and not system.settings.redis_url
        folder = opened.enter_context(embedded_valkey.private_folder()) if needs_valkey else None
        supervisor, stop = opened.enter_context(supervised())
        if folder is not None:
            supervisor.start(embedded_valkey.program(folder, environment))
            embedded_valkey.wait_until_it_answers(folder)
            environment["REDIS_URL"] = embedded_valkey.url(folder)
        _start_workers(supervisor, environment, planners)
        environment.setdefault("LIVE_STREAMS", str(threads // 2))
        supervisor.start(Program("web", _gunicorn(host, port, workers, threads), environment, essential=True))
        click.echo(f"Shifu Dispatch on http://{host}:{port}/   (Ctrl-C ends it)")
        code = supervisor.watch(stop)
    sys.exit(code)


@click.command("worker")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64), help="Queue workers.")
@click.pass_obj
def worker(system: System, processes: int) -> None:
    """Relay the outbox and do its work; without REDIS_URL alone, by looking every two seconds."""
    health.require_ready(system)
    prepare()
    speak_json()
    with supervised() as (supervisor, stop):
        _start_workers(supervisor, os.environ, processes if system.settings.redis_url else 0)
        code = supervisor.watch(stop)
    sys.exit(code)


def _start_workers(supervisor: Supervisor, environment: Mapping[str, str], processes: int) -> None:
    supervisor.start(Program("relay", [sys.executable, "-m", "dispatch.relay"], environment))
    for _ in range(processes):
        supervisor.start(Program("queue worker", [sys.executable, "-m", "dispatch.queue_worker"], environment))


def _gunicorn(host: str, port: int, workers: int, threads: int) -> list[str]:
    options = {
        "bind": f"{host}:{port}",
        "workers": str(workers),
        "threads": str(threads),
        "worker-class": "gthread",
        "timeout": "60",
        "graceful-timeout": "10",
        "log-level": "warning",
        "pythonpath": str(ROOT),
        "worker-tmp-dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else "",
    }
    given = [part for name, value in options.items() if value for part in (f"--{name}", value)]
    return [sys.executable, "-m", "gunicorn", *given, "--no-control-socket", "wsgi:application"]


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise Conflict(
                f"{host}:{port} cannot be listened on ({taken.strerror}).",
                field="port",
                remedy="End what listens there, or choose another one: dispatch serve --port 8001.",
            ) from taken
