"""What the environment decides, read once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dispatch.notify import address as notify_address
from dispatch.notify.address import NotifyAddress
from dispatch.planted import NOTHING, Planted, Point
from dispatch.roads import address
from dispatch.roads.address import RoadSettings
from technicians.errors import InvalidInput

PROFILE = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are kept and how the outside is reached. `redis_url` None means: no Redis, work in the process.

    `live_streams` is how many boards a web process lets wait for news at a time, each with a thread; 0: they ask.
    """

    home: Path
    database_url: str
    redis_url: str | None
    photo_store: str
    secret_key: str
    trusted_hosts: tuple[str, ...] = ()
    proxy_hops: int = 0
    circuity: float = 1.3
    speed_kmh: float = 24.0
    per_stop: int = 150
    plan_seconds: float = 15.0
    plan_processes: int = 1
    improve_seconds: float = 4.0
    solve_seconds: float = 60.0
    tile_url: str | None = None
    roads: RoadSettings = field(default_factory=RoadSettings)
    notify: NotifyAddress = field(default_factory=NotifyAddress)
    public_url: str | None = None
    webhook_private: bool = False
    live_streams: int = 0
    planted: Planted = NOTHING

    @property
    def link_base(self) -> str:
        """What links to consumers begin with: PUBLIC_URL, or this machine while there is none."""
        return self.public_url or "http://127.0.0.1:8000"

    @property
    def boundaries(self) -> Path:
        """Folder of the imported county layers, one file per country."""
        return self.home / "boundaries"


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from environment variables; InvalidInput names a variable that cannot be used, and the remedy."""
    home = _home(environment.get("SHIFU_HOME") or "var")
    given = _Given(environment)
    return Settings(
        home=home,
        database_url=environment.get("DATABASE_URL") or f"sqlite:///{home / 'shifu.db'}",
        redis_url=given.url("REDIS_URL", ("redis", "rediss", "unix"), "redis://host:6379/0"),
        photo_store=given.url("PHOTO_STORE", ("file", "s3"), "file:///var/lib/shifu/photos or s3://bucket/prefix")
        or f"file://{home / 'photos'}",
        secret_key=environment.get("SECRET_KEY") or _kept_secret(home / "secret-key"),
        trusted_hosts=tuple(h for h in environment.get("TRUSTED_HOSTS", "").split(",") if h),
        proxy_hops=given.whole("PROXY_HOPS", 0, least=0, most=20),
        circuity=given.number("CIRCUITY", 1.3, least=1, most=10),
        speed_kmh=given.number("SPEED_KMH", 24.0, least=1, most=300),
        per_stop=given.whole("PER_STOP_SECONDS", 150, least=0, most=86_400),
        plan_seconds=given.number("PLAN_SECONDS", 15.0, least=1, most=3600),
        improve_seconds=given.number("IMPROVE_SECONDS", 4.0, least=1, most=600),
        plan_processes=given.whole("PLAN_PROCESSES", 1, least=1, most=256),
        solve_seconds=given.number("SOLVE_SECONDS", 60.0, least=0.1, most=60),
        tile_url=environment.get("TILE_URL") or None,
        roads=given.roads(),
        notify=given.notify(),
        public_url=given.public_url(),
        webhook_private=given.whole("WEBHOOK_PRIVATE", 0, least=0, most=1) == 1,
        live_streams=given.whole("LIVE_STREAMS", 0, least=0, most=1000),
        planted=given.planted(),
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """What the environment says; an empty variable says nothing."""

    environment: Mapping[str, str]

    def number(self, name: str, usual: float, *, least: float, most: float) -> float:
        text = self.environment.get(name, "").strip()
        try:
            number = float(text or usual)
        except ValueError:
            raise _unusable(name, f"{text!r} is not a number.", f"{name}={usual:g}") from None
        if not least <= number <= most:
            raise _unusable(name, f"{text} is not between {least:g} and {most:g}.", f"{name}={usual:g}")
        return number

    def whole(self, name: str, usual: int, *, least: int, most: int) -> int:
        number = self.number(name, usual, least=least, most=most)
        if not number.is_integer():
            raise _unusable(name, f"{self.environment[name]} is not a whole number.", f"{name}={usual}")
        return int(number)

    def url(self, name: str, schemes: tuple[str, ...], example: str) -> str | None:
        text = self.environment.get(name, "").strip()
        scheme, is_url, rest = text.partition("://")
        if text and (not is_url or not rest or scheme not in schemes):
            raise _unusable(name, f"It begins with none of {', '.join(f'{s}://' for s in schemes)}.", example)
        return text or None

    def notify(self) -> NotifyAddress:
        parts = (self.environment.get(name, "").strip() for name in ("NOTIFY", "NOTIFY_SECRET", "NOTIFY_GATEWAY"))
        way, secret, gateway = parts
        try:
            return notify_address.read(way or "log", secret, gateway)
        except ValueError as error:
            raise _unusable("NOTIFY", str(error), "NOTIFY=log") from None

    def planted(self) -> Planted:
        point = self.environment.get("PLANTED_DEATH", "").strip()
        if point and point not in {known.value for known in Point}:
            raise _unusable("PLANTED_DEATH", f"{point!r} is not a point of a booking.", f"PLANTED_DEATH={Point.LOOKED}")
        return Planted(
            pause=self.number("PLANTED_PAUSE_MS", 0.0, least=0, most=1000) / 1000,
            dies_at=Point(point) if point else None,
            locks=self.whole("PLANTED_NO_LOCK", 0, least=0, most=1) == 0,
        )

    def public_url(self) -> str | None:
        url = self.url("PUBLIC_URL", ("http", "https"), "https://shifu.example")
        if url is not None and any(mark in url for mark in "?#@ "):
            raise _unusable("PUBLIC_URL", "It has more than a host and a path.", "PUBLIC_URL=https://shifu.example")
        return url.rstrip("/") if url else None

    def roads(self) -> RoadSettings:
        try:
            where = address.read(self.environment.get("ROADS", "") or address.Engine.GREAT_CIRCLE)
        except ValueError as error:
            raise _unusable("ROADS", str(error), "ROADS=osrm:http://127.0.0.1:5000") from None
        profile = self.environment.get("ROADS_PROFILE", "").strip()
        if profile and not PROFILE.fullmatch(profile):
            raise _unusable("ROADS_PROFILE", f"{profile!r} is not one word.", "ROADS_PROFILE=driving")
        return RoadSettings(
            address=where,
            profile=profile or None,
            seconds=self.number("ROADS_SECONDS", 3.0, least=0.1, most=120),
            table=self.whole("ROADS_TABLE", 0, least=0, most=10_000) or None,
            snap=self.number("ROADS_SNAP_METRES", 1000.0, least=10, most=35_000),
        )


def _unusable(name: str, message: str, example: str) -> InvalidInput:
    return InvalidInput(message, field=name, remedy=f"Set it like {example}, or leave it out.")


def _home(text: str) -> Path:
    home = Path(text).resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(
            f"The folder {home} cannot be made ({error.strerror}).",
            field="SHIFU_HOME",
            remedy="Name a folder that can be written to.",
        ) from error
    return home


def _kept_secret(path: Path) -> str:
    """A secret made on the first start and kept beside the database, readable by its owner only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()
