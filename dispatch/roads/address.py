"""Which travel engine is used and where it answers, as one setting says it: `osrm:http://127.0.0.1:5000`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit


class Engine(StrEnum):
    GREAT_CIRCLE = "great-circle"
    TOWN_AND_COUNTRY = "town-and-country"
    OSRM = "osrm"
    VALHALLA = "valhalla"


WITHOUT_SERVER = (Engine.GREAT_CIRCLE, Engine.TOWN_AND_COUNTRY)


@dataclass(frozen=True, slots=True)
class RoadAddress:
    """The engine, and for those that run elsewhere the URL below which they answer."""

    engine: Engine = Engine.GREAT_CIRCLE
    url: str = ""

    def __str__(self) -> str:
        return f"{self.engine}:{self.url}" if self.url else self.engine


@dataclass(frozen=True, slots=True)
class RoadSettings:
    """The engine and how it is asked; None means what is usual for the engine.

    `seconds` are for one answer, `table` is the side of the largest table, `snap` (m) how far a road may be from a
    door.
    """

    address: RoadAddress = RoadAddress()
    profile: str | None = None
    seconds: float = 3.0
    table: int | None = None
    snap: float = 1000.0


def read(text: str) -> RoadAddress:
    """The address a text means; ValueError says what is wrong with it."""
    name, _, url = text.strip().partition(":")
    if name not in list(Engine):
        raise ValueError(f"It begins with none of {', '.join(Engine)}.")
    engine = Engine(name)
    if engine in WITHOUT_SERVER:
        if url:
            raise ValueError(f"{engine} takes no address.")
        return RoadAddress(engine)
    return RoadAddress(engine, _checked(url))


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address:
        raise ValueError("No http:// or https:// address follows the engine's name.")
    if parts.username or parts.query or parts.fragment:
        raise ValueError("The address may have no user, password, query or fragment.")
    return url.rstrip("/")
