"""The database's schema: created and upgraded by Alembic's migrations, one transaction for all of them."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from dispatch.database import connect
from dispatch.records import METADATA

MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database to a version, the newest unless told otherwise; does nothing when it is there."""
    with engine.connect() as connection, _tables_may_be_replaced(connection), connection.begin():
        command.upgrade(_config(connection), to)
        _require_references(connection)


def _require_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    if wrong := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        raise RuntimeError(f"After the upgrade rows would refer to nothing: {wrong[:5]}")


@contextmanager
def _tables_may_be_replaced(connection: Connection) -> Iterator[None]:
    """SQLite changes a column by replacing its table, which others refer to meanwhile.

    The setting is ignored inside a transaction, hence by the driver, before one begins.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def version(connection: Connection) -> str | None:
    """The version the database is at, None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def drift(connection: Connection) -> list[object]:
    """Where the database differs from the records; empty when they agree."""
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA))


def draft_migration(engine: Engine, message: str, rev_id: str) -> None:
    """Write the next migration's first draft from what the records have and the (newest) database lacks."""
    with engine.begin() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=rev_id)


if __name__ == "__main__":
    built = connect(f"sqlite:///{Path(tempfile.mkdtemp()) / 'drafting.db'}")
    upgrade(built)
    draft_migration(built, sys.argv[1], f"{int(newest() or 0) + 1:04}")
