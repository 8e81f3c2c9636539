"""The servers that the other tests stand on are real, and end when they are told to."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import psycopg
import pytest

from tests.servers import answers, start_postgres, start_valkey


def test_valkey_answers_until_it_is_stopped() -> None:
    server = start_valkey()
    assert answers(server.url)
    server.stop()
    assert not answers(server.url)


def test_two_valkeys_run_side_by_side() -> None:
    first, second = start_valkey(), start_valkey()
    assert first.url != second.url
    assert answers(first.url) and answers(second.url)
    first.stop()
    assert answers(second.url)
    second.stop()


def test_postgres_keeps_rows_and_opens_no_folder_above_its_own() -> None:
    above = [Path(embedded) for embedded in (Path(__file__).parent, Path.home())]
    before = [stat.S_IMODE(os.stat(folder).st_mode) for folder in above]
    server = start_postgres()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE parcel (weight int)")
        connection.execute("INSERT INTO parcel VALUES (7)")
        assert connection.execute("SELECT weight FROM parcel").fetchone() == (7,)
    server.stop()
    assert [stat.S_IMODE(os.stat(folder).st_mode) for folder in above] == before
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url)
