"""Every way to a consumer's telephone: what goes out, what counts as sent, and what is worth another try."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from email import message_from_string
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from dispatch.messages import Template
from dispatch.notify import address, choice, sms
from dispatch.notify.hook import Hook
from dispatch.notify.message import Message, NotSent
from dispatch.notify.sms import Gateway, Sms
from dispatch.notify.smtp import Smtp
from tests.listeners import listening, mail_server
from tests.servers import free_port

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LINK = "https://shifu.example/c/abc"
MESSAGE = Message(
    "+86 139-0000 0001", "zh", f"【明亮】您的“灯”已到货：{LINK}", Template.BOOK,
    {"merchant": "明亮", "product": "“灯”", "window": "", "link": LINK},
)  # fmt: skip


def at() -> datetime:
    return datetime(2026, 5, 11, 1, 0, tzinfo=UTC)


def gateway(**parts: Any) -> Gateway:
    return Gateway.model_validate_json(json.dumps(parts))


def test_a_number_is_told_in_the_three_forms_gateways_want() -> None:
    assert (MESSAGE.dialled, MESSAGE.national) == ("+8613900000001", "13900000001")
    abroad = Message("+1 (202) 555-0123", "en", "")
    assert (abroad.dialled, abroad.national) == ("+12025550123", "+12025550123")


def test_the_log_says_that_there_was_a_message_and_nothing_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    choice.notifier(address.read("log"), at).send(MESSAGE, "m1")
    said = capsys.readouterr().out
    assert "message.sent" in said and "m1" in said
    assert not [private for private in ("139", "0001", "明亮", "/c/") if private in said]


def test_a_webhook_gets_signed_json() -> None:
    with listening() as listener:
        Hook(listener.url, SECRET, at).send(MESSAGE, "m1")
    (heard,) = listener.heard
    assert heard.json["data"] == {
        "phone": "+8613900000001", "language": "zh", "text": MESSAGE.text, "template": "book",
        "fields": MESSAGE.fields,
    }  # fmt: skip
    signed = f"m1.{int(at().timestamp())}.".encode() + heard.body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    seal = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert heard.headers["webhook-signature"] == f"v1,{seal}"
    assert heard.headers["webhook-id"] == "m1"


@pytest.mark.parametrize(
    ("status", "again"), [(500, True), (503, True), (429, True), (403, True), (302, True), (422, False)]
)
def test_a_refusal_is_tried_again_unless_it_says_that_it_never_will(status: int, again: bool) -> None:
    with listening(status) as listener, pytest.raises(NotSent) as refused:
        Hook(listener.url, SECRET, at).send(MESSAGE, "m1")
    assert refused.value.again is again
    assert str(status) in str(refused.value)


def test_a_provider_that_is_not_there_is_worth_another_try_and_its_address_is_not_told() -> None:
    with pytest.raises(NotSent) as silent:
        Hook(f"http://127.0.0.1:{free_port()}/secret-path", SECRET, at).send(MESSAGE, "m1")
    assert silent.value.again
    assert "secret-path" not in str(silent.value)


def test_a_gateway_is_asked_in_its_own_json_whatever_a_name_contains() -> None:
    asked = gateway(
        headers={"Authorization": "Bearer k"}, query={"id": "{id}"},
        json={"to": ["{national}"], "sms": {"text": "{text}", "parts": 2}},
    )  # fmt: skip
    nasty = Message("13900000001", "zh", 'a"}, {text} {phone}\\', Template.BOOK)
    with listening() as listener:
        Sms(f"{listener.url}/send", asked).send(nasty, "m1")
    (heard,) = listener.heard
    assert heard.path == "/send?id=m1"
    assert heard.headers["authorization"] == "Bearer k"
    assert heard.json == {"to": ["13900000001"], "sms": {"text": nasty.text, "parts": 2}}


def test_a_gateway_is_asked_by_a_form_with_its_own_code_of_the_text() -> None:
    asked = gateway(
        form={"mobile": "{digits}", "tpl": "{code}", "vars": "{product}|{link}"}, templates={"book": "SMS_1001"}
    )
    with listening() as listener:
        Sms(listener.url, asked).send(MESSAGE, "m1")
    assert parse_qs(listener.heard[0].body.decode()) == {
        "mobile": ["8613900000001"], "tpl": ["SMS_1001"], "vars": [f"“灯”|{LINK}"],
    }  # fmt: skip
    with pytest.raises(NotSent) as unknown:
        Sms(listener.url, asked).send(Message("1", "zh", "", Template.AGAIN), "m1")
    assert not unknown.value.again


ANSWERS = [
    ({"code": "0", "id": "9"}, None),
    ({"code": 0, "id": "9"}, None),
    ({"code": "isp.busy"}, True),
    ({"code": "bad-number"}, False),
    ({"code": False}, True),
    ({}, True),
    ([], True),
]


@pytest.mark.parametrize(("answer", "again"), ANSWERS)
def test_a_gateways_answer_is_judged_by_its_field_not_by_its_status_alone(answer: Any, again: bool | None) -> None:
    asked = gateway(
        success={"field": "code", "is": ["0", 0]}, hopeless={"field": "code", "is": ["bad-number"]}, reference="id"
    )
    with listening(200, json.dumps(answer).encode()) as listener:
        if again is None:
            assert Sms(listener.url, asked).send(MESSAGE, "m1") == "9"
        else:
            with pytest.raises(NotSent) as refused:
                Sms(listener.url, asked).send(MESSAGE, "m1")
            assert refused.value.again is again


UNUSABLE = [
    ("{", "Invalid JSON"),
    ('{"json": {}, "form": {}}', "not both"),
    ('{"json": {"to": "{fone}"}}', "there is no {fone}"),
    ('{"verb": "POST"}', "verb"),
    ('{"templates": {"bok": "1"}}', "templates"),
    ('{"status": [99]}', "status.0"),
]


@pytest.mark.parametrize(("text", "told"), UNUSABLE)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "gateway.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"gateway\.json") as refused:
        sms.read(file)
    assert told in str(refused.value) and "\n" not in str(refused.value)


def test_a_mail_goes_to_the_gateways_address_of_the_number() -> None:
    with mail_server() as server:
        Smtp("127.0.0.1", server.port, "Shifu <no-reply@shifu.example>", "{digits}@sms.example").send(MESSAGE, "m1")
    mail = message_from_string(server.mails[0], policy=default)
    assert (mail["To"], mail["Message-ID"]) == ("8613900000001@sms.example", "<m1@shifu.example>")
    assert mail.get_content().strip() == MESSAGE.text


@pytest.mark.parametrize(("refusal", "again"), [("450 later", True), ("550 no such number", False)])
def test_a_receiver_that_is_refused_for_good_is_not_tried_again(refusal: str, again: bool) -> None:
    with mail_server() as server, pytest.raises(NotSent) as refused:
        server.refuses = refusal
        Smtp("127.0.0.1", server.port, "a@shifu.example", "{phone}@sms.example").send(MESSAGE, "m1")
    assert refused.value.again is again
    assert "139" not in str(refused.value)


def test_a_mail_server_that_is_not_there_is_worth_another_try() -> None:
    with pytest.raises(NotSent) as silent:
        Smtp("127.0.0.1", free_port(), "a@shifu.example", "{phone}@sms.example").send(MESSAGE, "m1")
    assert silent.value.again


def test_every_way_is_chosen_by_one_setting(tmp_path: Path) -> None:
    file = tmp_path / "gateway.json"
    file.write_text('{"json": {"to": "{phone}"}}')
    told = [
        ("log", "", "log"),
        ("smtps://ada:pa%40ss@mail.example?from=a@b.example&to={phone}@c.example", "", "smtp"),
        ("webhook:https://hooks.example/x", SECRET, "webhook"),
        ("sms:https://sms.example/send", "", "sms"),
    ]
    for text, secret, name in told:
        assert choice.notifier(address.read(text, secret, str(file)), at).name == name
    mail = address.read(told[1][0]).mail
    assert mail is not None
    assert (mail.host, mail.port, mail.user, mail.password, mail.is_tls) == ("mail.example", 465, "ada", "pa@ss", True)


WRONG = [
    "pigeon",
    "log:x",
    "smtp://mail.example",
    "smtp://?from=a@b&to={phone}",
    "smtp://mail.example?from=a@b.example&to=me@c.example",
    "smtp://mail.example?from=nobody&to={phone}@c.example",
    "smtp://mail.example:port?from=a@b.example&to={phone}@c.example",
    "webhook:https://hooks.example",
    "sms:https://sms.example",
    "sms:ftp://sms.example",
]


@pytest.mark.parametrize("text", WRONG)
def test_a_way_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        address.read(text)


def test_no_secret_is_shown_when_settings_are_printed(tmp_path: Path) -> None:
    shown = repr(address.read("webhook:https://hooks.example", SECRET)) + repr(
        address.read("smtp://ada:hushhush@mail.example?from=a@b.example&to={phone}@c.example")
    )
    assert SECRET not in shown and "hushhush" not in shown
