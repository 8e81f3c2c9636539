"""Small road engines on 127.0.0.1 that speak OSRM's and Valhalla's JSON: roads run east-west and north-south."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Point = tuple[float, float]
Answer = tuple[int, Any]


def metres(a: Point, b: Point) -> float:
    """Along the streets; a little longer westward, so that a table turned round is noticed."""
    return 100_000 * (abs(a[0] - b[0]) + abs(a[1] - b[1])) + (7 if a[0] > b[0] else 0)


def seconds(a: Point, b: Point) -> float:
    return metres(a, b) / 10


@dataclass
class RoadServer:
    """What was asked, and how it is answered: change `answer` to make it fail."""

    answer: Callable[[Any], Answer]
    url: str = ""
    asked: list[Any] = field(default_factory=list)


@contextmanager
def serving(answer: Callable[[Any], Answer]) -> Iterator[RoadServer]:
    """A server whose answers are `answer(question)`: a status with JSON, bytes as they are, or bytes without end.

    Whoever asked may have left before the answer is there.
    """
    server = RoadServer(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(self.path)

        def do_POST(self) -> None:
            self.reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def reply(self, question: Any) -> None:
            server.asked.append(question)
            status, content = server.answer(question)
            self.send_response(status)
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.writelines(pieces(content))

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        httpd.daemon_threads, httpd.block_on_close = True, False
        server.url = f"http://127.0.0.1:{httpd.server_port}"
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            httpd.shutdown()
            thread.join()


def pieces(content: Any) -> Iterable[bytes]:
    if isinstance(content, Iterator):
        return content
    return [content if isinstance(content, bytes) else json.dumps(content).encode()]


def osrm_points(path: str) -> tuple[list[Point], list[Point]]:
    """The sources and destinations of a request."""
    parts = urlsplit(path)
    points = [tuple(map(float, pair.split(","))) for pair in parts.path.rsplit("/", 1)[1].split(";")]
    query = parse_qs(parts.query, separator="&")
    chosen = [[points[int(i)] for i in query[name][0].split(";")] for name in ("sources", "destinations")]
    return chosen[0], chosen[1]  # type: ignore[return-value]


def osrm(path: str, *, most: int = 100, without_road: Callable[[Point, Point], bool] | None = None) -> Answer:
    """As osrm-routed with --max-table-size `most`; null where there is no road."""
    sources, destinations = osrm_points(path)
    if len(sources) * len(destinations) > most * most:
        return 400, {"code": "TooBig", "message": "Too many table coordinates"}
    lost = without_road or (lambda _a, _b: False)
    return 200, {
        "code": "Ok",
        "durations": [[None if lost(a, b) else round(seconds(a, b), 1) for b in destinations] for a in sources],
        "distances": [[None if lost(a, b) else round(metres(a, b), 1) for b in destinations] for a in sources],
        "sources": [{"location": a, "distance": 0, "name": ""} for a in sources],
        "destinations": [{"location": b, "distance": 0, "name": ""} for b in destinations],
    }


def valhalla(question: Any, *, most: int = 2500, is_off: Callable[[Point], bool] = lambda _: False) -> Answer:
    """As valhalla_service; slower by half at the hours of a date_time, which it disregards as the real one does."""
    sources, targets = ([(p["lon"], p["lat"]) for p in question[name]] for name in ("sources", "targets"))
    if len(sources) * len(targets) > most:
        return 400, {"error_code": 150, "error": f"Exceeded max locations:{most}"}
    if any(map(is_off, [*sources, *targets])):
        return 400, {"error_code": 171, "error": "No suitable edges near location"}
    slow = 1.5 if "date_time" in question and len(sources) <= len(targets) else 1.0
    times = [[round(seconds(a, b) * slow) for b in targets] for a in sources]
    far = [[round(metres(a, b) / 1000, 3) for b in targets] for a in sources]
    if question.get("verbose", True):
        rows = [
            [{"time": t, "distance": d} for t, d in zip(*pair, strict=True)] for pair in zip(times, far, strict=True)
        ]
        return 200, {"sources_to_targets": rows, "units": "kilometers"}
    return 200, {"sources_to_targets": {"durations": times, "distances": far}, "units": "kilometers"}
