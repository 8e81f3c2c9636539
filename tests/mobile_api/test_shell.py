"""The list of files that a phone keeps."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from dispatch.system import System
from mobile_api import shell
from mobile_api.app import create_app


def told(system: System) -> dict[str, Any]:
    """What the worker is told of its files."""
    script = create_app(system).test_client().get("/phone/worker.js").text
    found: dict[str, Any] = json.loads(script.split(";\n", 1)[0].removeprefix("const SHELL = "))
    return found


def test_everything_the_page_names_and_imports_comes_at_once(sqlite_system: System) -> None:
    page = create_app(sqlite_system).test_client().get("/phone").text
    first = shell.shell().files
    assert [address for address in first if address.endswith(".js") and f'href="{address}"' not in page] == []
    assert {"/static/vendor/lit-html.js", "/static/tokens.css", "/phone/static/app/phone.css"} <= set(first)
    assert not set(first) & set(shell.shell().later)


def test_another_file_or_another_page_is_another_version(
    sqlite_system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(sqlite_system)
    assert told(sqlite_system) == before
    shutil.copytree(shell.OWN, tmp_path / "static")
    monkeypatch.setattr(shell, "OWN", tmp_path / "static")
    (tmp_path / "static" / "app" / "more" / "map.js").write_text("export const mapView = 1;")
    after = told(sqlite_system)
    changed = [name for name, digest in after["later"].items() if digest != before["later"][name]]
    assert (changed, after["version"] == before["version"]) == (["more/map.js"], False)
    monkeypatch.setattr("mobile_api.phone._page", lambda: "<!doctype html>")
    assert told(sqlite_system)["version"] != after["version"]


def test_text_goes_out_compressed_to_whoever_understands_it(sqlite_system: System) -> None:
    client = create_app(sqlite_system).test_client()
    with (
        client.get("/phone/static/app/main.js") as plain,
        client.get("/phone/static/app/main.js", headers={"Accept-Encoding": "gzip"}) as small,
    ):
        assert small.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert len(small.data) < len(plain.data) / 2
