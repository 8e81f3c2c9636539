"""Connections set up as measured: SQLite in WAL with BEGIN IMMEDIATE, PostgreSQL with short time-outs."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError

from technicians.errors import InvalidInput

WAITING, NOT_WAITING = "busy_timeout=5000", "busy_timeout=0"
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    WAITING,
    "secure_delete=ON",
)
ASK_EVERY = 0.002
TIMES = 2500
POSTGRES_OPTIONS = (
    "-c lock_timeout=3s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s -c timezone=UTC"
)


def connect(url: str, *, locks: bool = True) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://…`; a read-only transaction begins with a plain BEGIN.

    Without `locks` (see `dispatch.planted`) SQLite begins a transaction only where something is written.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise _unusable("It is not the address of a database.") from None
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(url, locks)
        case "postgresql":
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                pool_size=10,
                max_overflow=10,
                pool_pre_ping=True,
                hide_parameters=True,
                connect_args={"options": POSTGRES_OPTIONS},
            )
        case other:
            raise _unusable(f"{other} is not a database this runs on.")


def _unusable(message: str) -> InvalidInput:
    """The address itself is not told: it may hold a password."""
    remedy = "Use sqlite:////path/to/file.db or postgresql://user:password@host/name."
    return InvalidInput(message, field="DATABASE_URL", remedy=remedy)


def _sqlite(url: str, locks: bool) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None if locks else "DEFERRED"
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("read_only", False)
        if locks and read_only:
            connection.exec_driver_sql("BEGIN")
        elif locks:
            _begin_writing(connection)

    return engine


def _begin_writing(connection: Connection) -> None:
    """SQLite's own waiting sleeps up to a tenth of a second while others step in; whoever asks often waits least."""
    database: Any = connection.connection.driver_connection
    database.execute(f"PRAGMA {NOT_WAITING}")
    try:
        for _ in range(TIMES):
            try:
                database.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as refused:
                if refused.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
            time.sleep(ASK_EVERY)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        database.execute(f"PRAGMA {WAITING}")
