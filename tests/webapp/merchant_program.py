"""A merchant's program that speaks to the API."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from dispatch import merchants
from dispatch.system import System
from tests.town import Town
from webapp.app import create_app

ORDER = {
    "number": "X1",
    "product_code": "lamp",
    "consumer_name": "陈女士",
    "consumer_phone": "13900000001",
    "address": "上海市黄浦区南京东路100号",
    "goods_arrived_at": "2026-05-11T01:00:00Z",
}


class Program:
    """Speaks English, and sends the headers it was given with every request."""

    def __init__(self, system: System, key: str) -> None:
        self.client = create_app(system).test_client(use_cookies=False)
        self.headers = {"Accept-Language": "en"} | ({"Authorization": f"Bearer {key}"} if key else {})

    @classmethod
    def of(cls, town: Town, system: System | None = None, merchant: str = "lights") -> Program:
        """The program of the town's merchant, or of another one that is made."""
        with town.system.transaction() as session:
            if merchant != "lights":
                merchants.create(session, merchant, merchant.title(), by="ada", at=town.system.now())
            key = merchants.new_key(session, merchant, by="ada", at=town.system.now())
        return cls(system or town.system, key)

    def send(self, method: str, path: str, body: Any = None, key: str = "") -> TestResponse:
        once = {"Idempotency-Key": key} if key else {}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=self.headers | once)

    def get(self, path: str) -> TestResponse:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None, key: str = "") -> TestResponse:
        return self.send("POST", path, body, key)

    def put(self, path: str, body: Any = None, key: str = "") -> TestResponse:
        return self.send("PUT", path, body, key)

    def delete(self, path: str, key: str = "") -> TestResponse:
        return self.send("DELETE", path, key=key)
