"""What the demonstration's products ask for, as a file of products would say it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from dispatch import catalogue_import, demo
from dispatch.catalogue import ServiceProduct
from dispatch.catalogue_file import PRODUCTS
from dispatch.catalogue_lists import OUTLINES
from dispatch.site_facts import OF_SURCHARGE
from dispatch.system import System
from seed_regions.demo import region
from technicians.place import PlanningArea

APPLIANCES = {"water-heater", "range-hood", "washing-machine", "air-conditioner", "tv", "smart-lock"}


@pytest.fixture
def sold(sqlite_system: System) -> list[ServiceProduct]:
    with sqlite_system.transaction() as session:
        assert session.get(PlanningArea, "310100")
        demo.people(session, region("310100", date(2026, 11, 23), technicians=3, visits=0), sqlite_system.now())
    with sqlite_system.transaction(read_only=True) as session:
        return list(session.scalars(select(ServiceProduct)))


def test_a_file_of_them_brings_them_back_without_a_change(sqlite_system: System, sold: list[ServiceProduct]) -> None:
    with sqlite_system.transaction() as session:
        file = catalogue_import.export(session, PRODUCTS).encode()
        preview = catalogue_import.load(session, PRODUCTS, file, by="ada", at=sqlite_system.now())
    assert (preview.changed, len(preview.unchanged)) == ({}, len(sold))


def test_every_photo_has_an_outline_and_says_what_must_be_seen(sold: list[ServiceProduct]) -> None:
    shots = [shot for product in sold for shot in product.shot_list]
    assert all(shot["outline"] in OUTLINES and shot["hint_zh"] and shot["hint_en"] for shot in shots)


def test_every_product_has_parts_a_checklist_and_a_price_list_in_both_languages(sold: list[ServiceProduct]) -> None:
    for product in sold:
        lists = (product.parts, product.checklist, product.surcharges)
        assert all(lists)
        assert all(_is_named(entry) for entries in lists for entry in entries)
        assert all(entry["amount"] > 0 for entry in product.surcharges)
        assert all(len(OF_SURCHARGE + entry["code"]) <= 40 for entry in product.surcharges)


def test_appliances_need_their_serial_number(sold: list[ServiceProduct]) -> None:
    assert {product.code for product in sold if product.proofs.get("serial") == "required"} == APPLIANCES


def _is_named(entry: Mapping[str, Any]) -> bool:
    return entry["name_zh"] != entry["name_en"] and entry["name_zh"].isascii() is False and entry["name_en"].isascii()
