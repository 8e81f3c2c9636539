"""What the environment decides, read once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from technicians.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are kept and how the outside is reached. `redis_url` None means: no Redis, work in the process."""

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
    tile_url: str | None = None

    @property
    def boundaries(self) -> Path:
        """Folder of the imported county layers, one file per country."""
        return self.home / "boundaries"


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from environment variables; InvalidInput names a variable that cannot be used."""
    home = Path(environment.get("SHIFU_HOME", "var")).resolve()
    home.mkdir(parents=True, exist_ok=True)
    return Settings(
        home=home,
        database_url=environment.get("DATABASE_URL") or f"sqlite:///{home / 'shifu.db'}",
        redis_url=environment.get("REDIS_URL") or None,
        photo_store=environment.get("PHOTO_STORE") or f"file://{home / 'photos'}",
        secret_key=environment.get("SECRET_KEY") or _kept_secret(home / "secret-key"),
        trusted_hosts=tuple(h for h in environment.get("TRUSTED_HOSTS", "").split(",") if h),
        proxy_hops=int(_number(environment, "PROXY_HOPS", "0")),
        circuity=_number(environment, "CIRCUITY", "1.3"),
        speed_kmh=_number(environment, "SPEED_KMH", "24"),
        per_stop=int(_number(environment, "PER_STOP_SECONDS", "150")),
        plan_seconds=_number(environment, "PLAN_SECONDS", "15"),
        plan_processes=int(_number(environment, "PLAN_PROCESSES", "1")),
        tile_url=environment.get("TILE_URL") or None,
    )


def _number(environment: Mapping[str, str], name: str, default: str) -> float:
    text = environment.get(name) or default
    try:
        number = float(text)
    except ValueError:
        raise InvalidInput(f"{text!r} is not a number.", field=name, remedy=f"Set it like {name}={default}.") from None
    if not 0 <= number < 1e9:
        raise InvalidInput(f"{text} is out of range.", field=name, remedy=f"Set it like {name}={default}.")
    return number


def _kept_secret(path: Path) -> str:
    """A secret made on the first start and kept beside the database, readable by its owner only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()
