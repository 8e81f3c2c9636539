"""The clients of `benchmarks.contention`: consumers, merchants' programs and dispatchers, over real HTTP.

They know nothing of the server but its addresses.
"""

from __future__ import annotations

import http.client
import json
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

TIMEOUT = 60.0
SENTENCES = {
    "has just taken this time": "slot-taken",
    "has just been taken": "slot-taken",
    "no longer kept for you": "hold-expired",
    "very same moment": "conflict",
    "already set out": "conflict",
    "same moment": "conflict",
    "busy with the same rows": "conflict",
    "same thing first": "conflict",
    "for other orders already": "too-much-held",
    "for this address already": "too-much-held",
    "tried for this order": "too-much-held",
    "can no longer be chosen": "invalid-input",
    "not on offer": "invalid-input",
    "can no longer be changed": "conflict",
}
TAG = re.compile(r"<[^>]*>")
SECRET = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Order:
    """An order, the API key of its merchant and the token of its consumer's link."""

    id: int
    number: str
    key: str
    token: str


@dataclass(frozen=True, slots=True)
class Goal:
    """Where the server is, and what everybody reaches for."""

    port: int
    area: str
    dates: Sequence[str]
    windows: Sequence[str]
    login: str
    password: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def said(self) -> str:
        """What a page says, without its tags."""
        return " ".join(TAG.sub(" ", self.text.partition("<main")[2] or self.text).split())[:200]

    @property
    def outcome(self) -> str:
        """`done`, the code of a refusal, or the status."""
        if self.status < 400:
            return "done"
        if self.text.startswith("{"):
            return str(self.json.get("code", self.status))
        known = (code for sentence, code in SENTENCES.items() if sentence in self.text)
        return next(known, str(self.status))


@dataclass(slots=True)
class Told:
    """What the clients were told: by way and outcome. `taken`: (order number, beginning of the window)."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    taken: set[tuple[str, float]] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)

    def add(self, other: Told) -> None:
        self.outcomes += other.outcomes
        self.taken |= other.taken
        self.strange += other.strange


@dataclass(slots=True)
class Client:
    """One client process: whoever is on the telephone, at the checkout or at the board at this moment."""

    goal: Goal
    orders: Sequence[Order]
    rng: random.Random
    told: Told = field(default_factory=Told)
    line: http.client.HTTPConnection | None = None
    cookie: str = ""
    secret: str = ""

    def attempt(self) -> None:
        """One attempt by one of the ways."""
        ways = (self.consumer, self.merchant, self.dispatcher, self.board)
        self.rng.choices(ways, weights=(45, 35, 15, 5))[0]()

    def consumer(self) -> None:
        order = self.rng.choice(self.orders)
        page = f"/c/{order.token}"
        do = self.rng.choice(("hold", "hold", "appointment", "appointment", "hold+appointment", "cancel", "release"))
        window = self._window()
        for step in do.split("+"):
            form = {"starts_at": window} if step in {"hold", "appointment"} else {}
            answer = self._send("POST", f"{page}/{step}?lang=en", form=form)
            self._note(f"consumer {step}", answer)
            if answer.outcome != "done":
                break

    def merchant(self) -> None:
        order = self.rng.choice(self.orders)
        method, path = self.rng.choice(
            [("POST", "holds"), ("POST", "hold/confirm"), ("POST", "appointment"), ("DELETE", "appointment"),
             ("DELETE", "hold"), ("POST", "holds"), ("POST", "appointment")]
        )  # fmt: skip
        body = {"starts_at": self._window()} if path in {"holds", "appointment"} and method == "POST" else None
        name = f"merchant {method.lower()} {path}"
        headers = {"Idempotency-Key": f"{self.rng.getrandbits(96):x}"}
        answer = self._api(method, order, path, body, headers)
        self._note(name, answer)
        if answer.status < 500 and self.rng.random() < 0.05:
            again = self._api(method, order, path, body, headers)
            self._note(f"{name} again", again)

    def dispatcher(self) -> None:
        order = self.rng.choice(self.orders)
        give_back = self.rng.random() < 0.25
        form = {"csrf": self._secret(), **({} if give_back else {"starts_at": self._window()})}
        path = f"/orders/{order.id}/window" + ("/give-back" if give_back else "")
        self._note("console " + ("give-back" if give_back else "window"), self._send("POST", path, form=form))

    def board(self) -> None:
        """Give a planned visit to somebody else, if that breaks nothing."""
        self._secret()
        drawn = self._send("GET", f"/board/day?area={self.goal.area}&day={self.rng.choice(self.goal.dates)}").json
        column = drawn["stops"]["columns"].index("visit")
        visits = sorted({row[column] for row in drawn["stops"]["rows"] if row[column] is not None})
        people = [person["id"] for person in drawn["technicians"]]
        if not visits or not people or drawn["plan"] is None:
            return
        wanted = {"plan": drawn["plan"]["id"], "visit": self.rng.choice(visits), "technician": self.rng.choice(people)}
        tried = self._json("POST", "/board/try", wanted)
        if tried.status == 200 and not tried.json["violations"]:
            revisions = {route["technician_id"]: route["revision"] for route in tried.json["routes"]}
            self._note("board move", self._json("POST", "/board/move", {**wanted, "revisions": revisions}))

    def finish(self) -> None:
        """Every order without a window takes one of those on offer, until there are none."""
        for order in self.orders:
            while not self._has_window(order):
                offered = self._api("GET", order, "offers").json.get("offers", [])
                if not offered:
                    break
                window = self.rng.choice(offered)["starts_at"]
                answer = self._api("POST", order, "appointment", {"starts_at": window})
                self._note("last round", answer)
                if answer.outcome == "slot-taken":
                    self.told.taken.add((order.number, datetime.fromisoformat(window).timestamp()))

    def _has_window(self, order: Order) -> bool:
        return bool(self._api("GET", order, "").json["state"] == "booked")

    def _window(self) -> str:
        return self.rng.choice(self.goal.windows)

    def _note(self, way: str, answer: Answer) -> None:
        self.told.outcomes[way, answer.outcome] += 1
        if answer.status >= 500 or answer.outcome.isdigit():
            self.told.strange.append(f"{way}: {answer.status} {answer.said}")

    def _api(
        self, method: str, order: Order, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        where = f"/api/v1/orders/{order.number}" + (f"/{path}" if path else "")
        return self._json(method, where, body, {"Authorization": f"Bearer {order.key}", **(headers or {})})

    def _json(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        more = {"Accept": "application/json", **(headers or {})}
        if path.startswith("/board"):
            more["X-CSRF-Token"] = self._secret()
        if body is None:
            return self._send(method, path, headers=more)
        return self._send(method, path, content=json.dumps(body), headers={"Content-Type": "application/json", **more})

    def _secret(self) -> str:
        """Of a session that is logged in."""
        if not self.secret:
            page = self._send("GET", "/login")
            form = {"login": self.goal.login, "password": self.goal.password, "csrf": _found(page)}
            self._send("POST", "/login", form=form)
            self.secret = _found(self._send("GET", "/orders"))
        return self.secret

    def _send(
        self,
        method: str,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        content: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        sent = {"Accept-Language": "en", "Cookie": self.cookie, "X-Forwarded-For": self._address(), **(headers or {})}
        if form is not None:
            content, sent["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        for is_last in (False, True):
            try:
                return self._once(method, path, content, sent)
            except (http.client.HTTPException, ConnectionError):
                self.line = None
                if is_last:
                    raise
        raise AssertionError

    def _once(self, method: str, path: str, content: str | None, headers: Mapping[str, str]) -> Answer:
        self.line = self.line or http.client.HTTPConnection("127.0.0.1", self.goal.port, timeout=TIMEOUT)
        self.line.request(method, path, content, dict(headers))
        answer = self.line.getresponse()
        text = answer.read().decode(errors="replace")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            if name == "shifu":
                self.cookie = f"{name}={value}"
        return Answer(answer.status, text)

    def _address(self) -> str:
        """Everybody calls from somewhere else, so that no limit per address is met."""
        return f"10.{self.rng.randrange(256)}.{self.rng.randrange(256)}.{self.rng.randrange(256)}"


def _found(page: Answer) -> str:
    secret = SECRET.search(page.text)
    if secret is None:
        raise ValueError(f"There is no form on the page ({page.status}).")
    return secret.group(1)


def churn(goal: Goal, orders: Sequence[Order], attempts: int, seed: int) -> Told:
    """So many attempts by one client."""
    client = Client(goal, orders, random.Random(seed))
    for _ in range(attempts):
        client.attempt()
    return client.told


def settle(goal: Goal, orders: Sequence[Order], seed: int) -> Told:
    """The last round of one client's orders."""
    client = Client(goal, orders, random.Random(seed))
    client.finish()
    return client.told
