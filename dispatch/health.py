"""Is this installation sound? What is not, and what to do about it."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from obstore.exceptions import BaseError
from redis import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from dispatch import relay, schema, trial
from dispatch.errors import NotReady, SolverFailed
from dispatch.integration_records import WebhookEndpoint
from dispatch.planted import NOTHING
from dispatch.roads.probe import probe
from dispatch.roads.road_times import RoadTimes
from dispatch.system import System
from technicians.people import Technician
from technicians.place import County

ROOT = Path(__file__).resolve().parents[1]
SHORTEST_SECRET = 32
MOST_STARTS = 10
COMPILING_SECONDS = 10.0
PROBE = b"shifu dispatch: the photo store can be written to\n"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. Without an `essential` thing nothing works, without another something."""

    what: str
    is_sound: bool
    detail: str
    remedy: str = ""
    essential: bool = False


def database(system: System) -> Finding:
    """The database answers, and its schema is the newest."""
    try:
        with system.engine.connect() as connection:
            found = schema.version(connection)
    except SQLAlchemyError as error:
        told = str(error.__cause__ or error).strip().splitlines()[0]
        return Finding("database", False, told, "Start it, or correct DATABASE_URL.", essential=True)
    newest = schema.newest()
    if found != newest:
        detail = f"its schema is at version {found or 'none'}, this program needs {newest}"
        return Finding("database", False, detail, "Run: dispatch init", essential=True)
    return Finding("database", True, f"{system.engine.dialect.name}, schema {found}", essential=True)


def counties(system: System) -> Finding:
    """The registry has been loaded."""
    try:
        with system.transaction(read_only=True) as session:
            count = session.scalar(select(func.count(County.code))) or 0
    except SQLAlchemyError:
        count = 0
    return Finding("counties", count > 0, f"{count} loaded", "" if count else "Run: dispatch init", essential=True)


def boundaries(system: System) -> Finding:
    """There is a layer; without one a point is told by the nearest centre."""
    layers = sorted(path.name for path in system.settings.boundaries.glob("*.*"))
    remedy = "Run: dispatch regions import --package geotool-cn --datum wgs84 (or import a file of your own)."
    return Finding("boundaries", bool(layers), ", ".join(layers) or "none: counties of points are guessed", remedy)


def redis(system: System) -> Finding:
    """The queue answers; without one the relay does the work itself."""
    url = system.settings.redis_url
    if url is None:
        return Finding("redis", True, "not set: dispatch serve brings its own")
    try:
        relay.connect(url, patience=1.0).ping()
    except RedisError as error:
        return Finding("redis", False, f"does not answer: {error}", "Start it, or correct REDIS_URL.")
    return Finding("redis", True, "answers")


def roads(system: System) -> Finding:
    """The road engine answers, and roads lead to where the technicians start."""
    travel = system.travel_times
    chosen = system.settings.roads.address
    if not isinstance(travel, RoadTimes):
        return Finding("roads", True, f"{chosen}, no road engine")
    told = probe(travel, _starts(system))
    remedy = (
        "" if told.is_sound else "Start it with a map of the area, or correct ROADS; until then travel is estimated."
    )
    return Finding("roads", told.is_sound, f"{chosen} {told.detail}", remedy)


def _starts(system: System) -> list[tuple[float, float]]:
    """Where some technicians start, or a county's centre while there are none."""
    starts = select(Technician.start_lng, Technician.start_lat).order_by(Technician.id).limit(MOST_STARTS)
    centre = select(County.lng, County.lat).order_by(County.code).limit(1)
    try:
        with system.transaction(read_only=True) as session:
            rows = session.execute(starts).all() or session.execute(centre).all()
    except SQLAlchemyError:
        return []
    return [(row[0], row[1]) for row in rows]


def photo_store(system: System) -> Finding:
    """Bytes can be kept and read again (a line of text is left in the store)."""
    try:
        is_kept = system.photos.get(system.photos.put(PROBE)) == PROBE
    except (OSError, ValueError, BaseError) as error:
        told = str(error).partition("\n")[0]
        return Finding("photo store", False, told, "Make PHOTO_STORE a place that can be written to.")
    return Finding("photo store", is_kept, system.settings.photo_store.partition(":")[0], "Check PHOTO_STORE.")


def browser_files(_system: System) -> Finding:
    """The pinned browser libraries have been copied."""
    kept = ROOT / "webapp" / "static" / "vendor"
    count = sum(1 for path in kept.rglob("*") if path.is_file()) if kept.is_dir() else 0
    remedy = "Run: npm ci && python -m webapp.vendor"
    return Finding("browser files", count > 0, f"{count} in webapp/static/vendor", remedy)


def planner(_system: System) -> Finding:
    """It plans, and what it compiled is kept: a second start that takes as long as the first one compiles again."""
    try:
        first = trial.plan_something()
        took = trial.plan_something() if first > COMPILING_SECONDS else first
    except SolverFailed as failed:
        return Finding("planner", False, str(failed), "Install the locked packages again: make setup")
    if took > max(COMPILING_SECONDS, first / 2):
        remedy = "Let its folder be written to once, or set NUMBA_CACHE_DIR to one that can be."
        return Finding("planner", False, f"its kernels are compiled at every start, which takes {took:.0f} s", remedy)
    compiled = "are compiled" if took == first else f"were compiled now, in {first:.0f} s"
    return Finding("planner", True, f"plans; its kernels {compiled}")


def secret_key(system: System) -> Finding:
    """Sessions are signed with something long that only its owner can read."""
    kept = system.settings.home / "secret-key"
    if len(system.settings.secret_key) < SHORTEST_SECRET:
        return Finding("secret key", False, "too short", f"Set SECRET_KEY to {SHORTEST_SECRET} characters or more.")
    if kept.exists() and stat.S_IMODE(kept.stat().st_mode) & 0o077:
        return Finding("secret key", False, f"others may read {kept}", f"Run: chmod 600 {kept}")
    return Finding("secret key", True, "set")


def notifier(system: System) -> Finding:
    """Consumers are reached, by links that lead here from their telephones."""
    if system.notifier.name == "log":
        return Finding("notifier", True, "log: no message leaves this machine")
    if system.settings.public_url is None:
        detail = f"{system.notifier.name}, but links in messages would begin with {system.settings.link_base}"
        return Finding("notifier", False, detail, "Set PUBLIC_URL to the address consumers reach this installation at.")
    return Finding("notifier", True, f"{system.notifier.name}, links to {system.settings.public_url}")


def webhooks(system: System) -> Finding:
    """Merchants' programs take what they are sent, and cannot be misused to reach into this network."""
    if system.settings.webhook_private:
        remedy = "Leave WEBHOOK_PRIVATE out wherever merchants are not all your own."
        return Finding("webhooks", False, "may be sent to private addresses", remedy)
    try:
        with system.transaction(read_only=True) as session:
            off = session.scalar(select(func.count(WebhookEndpoint.id)).where(WebhookEndpoint.disabled_at.is_not(None)))
    except SQLAlchemyError:
        off = 0
    return Finding("webhooks", True, f"{off} switched off because nobody answered" if off else "none is off")


def faults(system: System) -> Finding:
    """Nothing is broken on purpose, as it is in tests of what survives that."""
    if system.settings.planted != NOTHING:
        return Finding(
            "faults", False, "pauses, kills or missing locks are planted", "Leave out all PLANTED_… settings."
        )
    return Finding("faults", True, "none is planted")


ESSENTIAL: tuple[Callable[[System], Finding], ...] = (database, counties)
ALL = (
    *ESSENTIAL, planner, boundaries, redis, roads, photo_store, notifier, webhooks, browser_files, secret_key,
    faults,
)  # fmt: skip


def findings(system: System, checks: Iterable[Callable[[System], Finding]] = ALL) -> list[Finding]:
    return [check(system) for check in checks]


def require_ready(system: System) -> None:
    """NotReady with the first essential thing that is missing."""
    for found in findings(system, ESSENTIAL):
        if not found.is_sound:
            raise NotReady(f"{found.what}: {found.detail}.", remedy=found.remedy)
