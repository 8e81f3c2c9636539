"""Through an SMS gateway's HTTP interface, as a small JSON file describes it: every gateway has its own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dispatch import outgoing
from dispatch.messages import Template
from dispatch.notify.hook import may_change
from dispatch.notify.message import Message, NotSent, Obstacle

SECONDS = 10.0
PLACES = re.compile(r"\{(\w+)\}")
KNOWN = {"phone", "digits", "national", "text", "id", "template", "code", "language"}
FIELDS = {"merchant", "product", "window", "link"}
Value = str | int | float | bool | None


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Verdict(_Part):
    """A field of the gateway's JSON answer, by its path with dots, and the values that mean this."""

    field: str
    values: list[Value] = Field(alias="is")

    def holds(self, answer: Any) -> bool:
        for name in self.field.split("."):
            answer = answer.get(name) if isinstance(answer, dict) else None
        return any(answer == value and isinstance(answer, bool) == isinstance(value, bool) for value in self.values)


class Gateway(_Part):
    """How a gateway wants to be asked and what its answers mean. `{places}` are filled in; see docs/operator.md.

    `templates` gives the gateway's own code for each of our texts as `{code}`; one without a code is not sent.
    """

    method: Literal["POST", "PUT", "GET"] = "POST"
    headers: dict[str, str] = {}
    json_body: Any = Field(None, alias="json")
    form: dict[str, str] | None = None
    query: dict[str, str] = {}
    status: list[Annotated[int, Field(ge=100, le=599)]] = [200]
    success: Verdict | None = None
    hopeless: Verdict | None = None
    reference: str = ""
    templates: dict[Template, str] | None = None

    @model_validator(mode="after")
    def _sound(self) -> Gateway:
        if self.json_body is not None and self.form is not None:
            raise ValueError("give json or form, not both")
        unknown = set(PLACES.findall(json.dumps([self.json_body, self.form, self.query, self.headers])))
        if unknown := unknown - KNOWN - FIELDS:
            raise ValueError(f"there is no {{{min(unknown)}}}; there are {', '.join(sorted(KNOWN | FIELDS))}")
        return self


def read(path: Path) -> Gateway:
    """The gateway of a file; ValueError says in one line what is wrong with it."""
    try:
        return Gateway.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read ({(error.strerror or '').lower()}).") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise ValueError(f"{path.name}, {where}: {first['msg']}.") from None


@dataclass(frozen=True, slots=True)
class Sms:
    url: str
    gateway: Gateway
    name: str = "sms"

    def send(self, message: Message, message_id: str) -> str:
        values = self._values(message, message_id)
        body, kind = self._body(values)
        url = self.url + (f"?{urlencode(_filled(self.gateway.query, values))}" if self.gateway.query else "")
        headers = {**kind, "Accept": "application/json", **_filled(self.gateway.headers, values)}
        try:
            answer = outgoing.post(url, body, headers, seconds=SECONDS, method=self.gateway.method)
        except outgoing.NoAnswer as silent:
            raise NotSent(str(silent), obstacle=Obstacle.SILENT) from None
        return self._judged(answer)

    def _values(self, message: Message, message_id: str) -> dict[str, str]:
        templates = self.gateway.templates
        code = (templates or {}).get(Template(message.template), "")
        if templates is not None and not code:
            raise NotSent(f"the gateway has no text for “{message.template}”", again=False)
        return {
            **dict.fromkeys(FIELDS, ""), **message.fields,
            "phone": message.dialled, "digits": message.dialled.lstrip("+"), "national": message.national,
            "text": message.text, "id": message_id, "template": message.template, "code": code,
            "language": message.language,
        }  # fmt: skip

    def _body(self, values: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
        if self.gateway.form is not None:
            form = urlencode(_filled(self.gateway.form, values)).encode()
            return form, {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        if self.gateway.json_body is None:
            return b"", {}
        text = json.dumps(_filled(self.gateway.json_body, values), ensure_ascii=False)
        return text.encode(), {"Content-Type": "application/json; charset=utf-8"}

    def _judged(self, answer: outgoing.Answer) -> str:
        if answer.status not in self.gateway.status:
            raise NotSent(f"the gateway answered with status {answer.status}", again=may_change(answer.status))
        told = _object(answer.body)
        if self.gateway.hopeless is not None and self.gateway.hopeless.holds(told):
            raise NotSent("the gateway says that this cannot be sent", obstacle=Obstacle.NUMBER, again=False)
        if self.gateway.success is not None and not self.gateway.success.holds(told):
            raise NotSent(f"the gateway's {self.gateway.success.field} is not one of success")
        return str(told.get(self.gateway.reference, ""))[:100] if self.gateway.reference else ""


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _filled(part: Any, values: Mapping[str, str]) -> Any:
    """The part with every `{place}` of its texts filled in, however deep; what was filled in is not looked at again."""
    if isinstance(part, str):
        return PLACES.sub(lambda found: values[found[1]], part)
    if isinstance(part, dict):
        return {key: _filled(value, values) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, values) for value in part]
    return part
