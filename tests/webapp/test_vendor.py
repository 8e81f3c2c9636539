"""Pinned browser libraries: copied, and missed aloud."""

from __future__ import annotations

import json
from pathlib import Path

from webapp import vendor


def test_every_file_is_copied_under_its_short_name(tmp_path: Path) -> None:
    for name in vendor.FILES:
        (tmp_path / "modules" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "modules" / name).write_text(name)
    assert vendor.copy(tmp_path / "modules", tmp_path / "static") == []
    assert (tmp_path / "static" / "maplibre-gl.mjs").read_text() == "maplibre-gl/dist/maplibre-gl.mjs"


def test_what_is_not_installed_is_named(tmp_path: Path) -> None:
    assert "maplibre-gl/dist/maplibre-gl.css" in vendor.copy(tmp_path, tmp_path / "static")


def test_versions_are_pinned_and_the_lock_holds_no_addresses() -> None:
    wanted = json.loads((vendor.ROOT / "package.json").read_text())["dependencies"]
    assert all(version[0].isdigit() for version in wanted.values())
    locked = json.loads((vendor.ROOT / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert not any("resolved" in package for package in locked.values())
