"""For load balancers and Prometheus: is the process alive, is the installation ready, the figures."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from dispatch import health, metrics
from webapp.access import allow_anyone
from webapp.system import system

bp = APIBlueprint("health", __name__, enable_openapi=False)


@bp.get("/healthz")
@allow_anyone
def alive() -> Response:
    """This process answers."""
    return Response("ok\n", content_type="text/plain")


@bp.get("/readyz")
@allow_anyone
def ready() -> Response:
    """The database is there and up to date; NotReady otherwise."""
    health.require_ready(system())
    return Response("ready\n", content_type="text/plain")


@bp.get("/metrics")
@allow_anyone
def figures() -> Response:
    """Counts without names, addresses or ids. Keep it from the outside with the reverse proxy."""
    return Response(metrics.exposition(system()), content_type="text/plain; version=0.0.4; charset=utf-8")
