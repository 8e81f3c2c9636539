"""The one application: which front end answers which path."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from dispatch import schema
from dispatch.system import System
from wsgi import mount


@pytest.fixture
def client(sqlite_system: System) -> Client:
    return Client(mount(sqlite_system))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 302),
        ("/login", 200),
        ("/phone", 200),
        ("/mobile/v1/day", 401),
        ("/mobile/openapi.json", 200),
        ("/openapi.json", 200),
        ("/healthz", 200),
        ("/readyz", 200),
        ("/metrics", 200),
        ("/phonebook", 404),
    ],
)
def test_each_path_is_answered_by_its_front_end(client: Client, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_the_figures_are_in_prometheus_form(client: Client) -> None:
    answer = client.get("/metrics")
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    assert "shifu_outbox_lag_seconds 0.0" in answer.text


def test_an_installation_that_is_not_ready_says_so_and_what_to_do(sqlite_system: System) -> None:
    with sqlite_system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'old'")
    client = Client(mount(sqlite_system))
    answer = client.get("/readyz", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json is not None
    assert (answer.json["code"], answer.json["remedy"]) == ("not-ready", "Run: dispatch init")
    assert str(schema.newest()) in answer.json["detail"]
    assert client.get("/healthz").status_code == 200
