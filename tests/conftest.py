"""Real parts for every test: SQLite and PostgreSQL, Valkey, a clock that stands still, a small town."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Engine, MetaData, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from dispatch import database, schema, system
from dispatch.records import METADATA
from dispatch.settings import Settings
from dispatch.system import System
from seed_regions.registry import Registry
from technicians.place import County, PlanningArea
from tests.clock import Clock
from tests.servers import start_postgres, start_valkey
from tests.town import Town

SHANGHAI = "310100"


@pytest.fixture(autouse=True)
def ordinary_logs() -> Iterator[None]:
    """What a command line told structlog to leave unsaid is said again in the next test."""
    yield
    structlog.reset_defaults()


def load_shanghai(engine: Engine) -> None:
    """The sixteen districts of Shanghai, as one planning area."""
    registry = Registry.load(("CN",))
    with Session(engine) as session:
        session.add(
            PlanningArea(code=SHANGHAI, country="CN", name="上海市", name_en="Shanghai", time_zone="Asia/Shanghai")
        )
        for county in registry:
            if county.province_code == "310000" and county.valid_to is None:
                session.add(
                    County(
                        code=county.code, country="CN", name=county.name, name_en=county.name_en,
                        prefecture=county.prefecture, province=county.province, area_code=SHANGHAI,
                        lng=county.lng, lat=county.lat, population=county.population,
                        valid_from=county.valid_from, valid_to=county.valid_to,
                    )
                )  # fmt: skip
        session.commit()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "shifu.db"
    engine = database.connect(f"sqlite:///{path}")
    schema.upgrade(engine)
    load_shanghai(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """One PostgreSQL server per test process; databases are cloned from a migrated template."""
    server = start_postgres()
    admin = _admin(server.url)
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE template_shifu"))
    engine = database.connect(_database(server.url, "template_shifu"))
    schema.upgrade(engine)
    load_shanghai(engine)
    engine.dispose()
    admin.dispose()
    yield server.url
    server.stop()


def _admin(url: str) -> Engine:
    return create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")


def _database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    server = start_valkey()
    yield server.url
    server.stop()


@pytest.fixture
def clock() -> Clock:
    """09:00 in Shanghai on Monday 11 May 2026."""
    return Clock()


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[[str], Settings]:
    def settings(database_url: str) -> Settings:
        return Settings(
            home=tmp_path,
            database_url=database_url,
            redis_url=None,
            photo_store=f"file://{tmp_path / 'photos'}",
            secret_key="a-secret-for-the-tests-only",
            plan_seconds=1.0,
        )

    return settings


@pytest.fixture
def sqlite_system(
    sqlite_template: Path, tmp_path: Path, settings_for: Callable[[str], Settings], clock: Clock
) -> Iterator[System]:
    path = tmp_path / "shifu.db"
    shutil.copyfile(sqlite_template, path)
    built = replace(system.assemble(settings_for(f"sqlite:///{path}")), now=clock)
    yield built
    built.engine.dispose()


@pytest.fixture
def postgres_system(
    postgres_url: str, tmp_path: Path, settings_for: Callable[[str], Settings], clock: Clock
) -> Iterator[System]:
    name = "t" + str(abs(hash(str(tmp_path))))
    admin = _admin(postgres_url)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template_shifu"))
    built = replace(system.assemble(settings_for(_database(postgres_url, name))), now=clock)
    yield built
    built.engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def system_on_both(request: pytest.FixtureRequest) -> System:
    chosen = "sqlite_system" if request.param == "sqlite" else "postgres_system"
    built: System = request.getfixturevalue(chosen)
    return built


@pytest.fixture(name="system")
def _system(system_on_both: System) -> System:
    """The system on SQLite, then on PostgreSQL."""
    return system_on_both


@pytest.fixture
def town(system: System) -> Town:
    """A merchant, four products and three technicians in Shanghai, on both databases."""
    return Town.build(system)


@pytest.fixture
def sqlite_town(sqlite_system: System) -> Town:
    """The same town on SQLite only, for what has nothing to do with the database."""
    return Town.build(sqlite_system)


@pytest.fixture
def metadata() -> MetaData:
    return METADATA
