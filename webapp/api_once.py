"""How a merchant's request is answered: in one transaction, once for each Idempotency-Key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, make_response, request
from pydantic import BaseModel

from dispatch import idempotency, merchants
from dispatch.catalogue import Merchant
from dispatch.integration_records import IdempotencyKey
from dispatch.system import Session
from webapp.system import system

REPLAYED = "Idempotent-Replayed"
NO_CONTENT = 204


class Replayed(Exception):
    """The request was answered before: this is that answer, and nothing is done."""

    def __init__(self, status: int, answer: dict[str, Any]) -> None:
        super().__init__(status)
        self.status, self.answer = status, answer


@dataclass(frozen=True, slots=True)
class Asking:
    """A request that may change something. Answer it inside the transaction, by `told` or `told_nothing`."""

    session: Session
    merchant: Merchant
    row: IdempotencyKey | None

    @property
    def by(self) -> str:
        return by(self.merchant)

    def told(self, out: BaseModel, status: int = 200) -> Response:
        answer = out.model_dump(mode="json")
        self._keep(status, answer)
        return _response(status, answer)

    def told_unkept(self, out: BaseModel, status: int = 200) -> Response:
        """For an answer that must not lie in the database: asked again, the work is done again, to the same end."""
        return _response(status, out.model_dump(mode="json"))

    def told_nothing(self) -> Response:
        self._keep(NO_CONTENT, {})
        return _response(NO_CONTENT, {})

    def _keep(self, status: int, answer: dict[str, Any]) -> None:
        if self.row is not None:
            idempotency.keep(self.row, status, answer)


def key() -> str:
    """The API key of this request, empty when there is none."""
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def by(merchant: Merchant) -> str:
    """How the audit names a merchant's program."""
    return f"merchant:{merchant.code}"


@contextmanager
def asking(*, needs_key: bool = False) -> Iterator[Asking]:
    """The one transaction of a request. Raises Replayed when its Idempotency-Key was used for the same before."""
    given = request.headers.get(idempotency.HEADER)
    with merchants.acting(system(), key()) as (session, merchant):
        chosen = idempotency.require(given) if needs_key else given
        row = None
        if chosen:
            row, is_done = idempotency.claim(session, by(merchant), chosen, _digest(), system().now())
            if is_done:
                raise Replayed(row.status, row.answer)
        yield Asking(session, merchant, row)


def replay(replayed: Replayed) -> Response:
    """The answer that was kept, marked as such."""
    response = _response(replayed.status, replayed.answer)
    response.headers[REPLAYED] = "true"
    return response


def _response(status: int, answer: dict[str, Any]) -> Response:
    return make_response("" if status == NO_CONTENT else jsonify(answer), status)


def _digest() -> str:
    """What is asked, however its JSON is spaced or ordered."""
    body = request.get_json(silent=True) if request.is_json else request.get_data(as_text=True)
    asked = [request.method, request.path, sorted(request.args.items(multi=True)), body or None]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
