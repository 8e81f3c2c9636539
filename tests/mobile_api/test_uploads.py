from __future__ import annotations

import hashlib
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.phone_day import Phone, Tuesday, jpeg, log_in


def promised(phone: Phone, visit_id: int, source: bytes, shot: str = "after") -> TestResponse:
    digest = hashlib.sha256(source).hexdigest()
    return phone.post(
        "/mobile/v1/uploads", **phone.event(visit_id=visit_id, shot=shot, sha256=digest, size=len(source))
    )


def asked(phone: Phone, method: str, path: str, **more: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {phone.token}", "Accept-Language": phone.language} | more.pop("headers", {})
    return phone.client.open(path, method=method, headers=headers, **more)


def piece(phone: Phone, upload_id: int, offset: object, content: bytes, **more: Any) -> TestResponse:
    path = f"/mobile/v1/uploads/{upload_id}"
    return asked(phone, "PATCH", path, data=content, headers={"Upload-Offset": str(offset)}, **more)


def started(tuesday: Tuesday, source: bytes) -> int:
    answer = promised(tuesday.phone, tuesday.first, source)
    assert answer.json is not None
    found: int = answer.json["id"]
    return found


def test_a_photo_comes_in_pieces_and_is_finished(tuesday: Tuesday) -> None:
    phone, source = tuesday.phone, jpeg(size=(300, 200))
    upload_id = started(tuesday, source)
    for begin in range(0, len(source), 500):
        answer = piece(phone, upload_id, begin, source[begin : begin + 500])
        assert answer.headers["Upload-Offset"] == str(min(begin + 500, len(source)))
    done = asked(phone, "POST", f"/mobile/v1/uploads/{upload_id}/finish")
    assert done.json is not None
    assert (done.status_code, done.json["shot"], done.json["missing"]) == (200, "after", ["before"])
    assert done.json["retake"] == ["blurred"]
    photo = phone.get(f"/mobile/v1/photos/{done.json['id']}")
    assert photo.content_type == "image/jpeg"
    manifest = phone.read(f"/mobile/v1/visits/{tuesday.first}/manifest")
    assert (manifest["promised"], manifest["received"], manifest["checked"]) == (1, 1, 1)
    assert (manifest["uploads"][0]["photo_id"], manifest["missing"]) == (done.json["id"], ["before"])


def test_a_head_request_says_where_to_go_on(tuesday: Tuesday) -> None:
    source = jpeg()
    upload_id = started(tuesday, source)
    piece(tuesday.phone, upload_id, 0, source[:123])
    answer = asked(tuesday.phone, "HEAD", f"/mobile/v1/uploads/{upload_id}")
    assert (answer.status_code, answer.data, answer.headers["Upload-Offset"]) == (200, b"", "123")


def test_a_wrong_offset_is_answered_with_the_right_one_in_both_languages(tuesday: Tuesday) -> None:
    source = jpeg()
    upload_id = started(tuesday, source)
    piece(tuesday.phone, upload_id, 0, source[:123])
    english = piece(tuesday.phone, upload_id, 0, source[:123])
    tuesday.phone.language = "zh-CN"
    chinese = piece(tuesday.phone, upload_id, 5, source[:123])
    early = asked(tuesday.phone, "POST", f"/mobile/v1/uploads/{upload_id}/finish")
    for answer in (english, chinese, early):
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "123")
        assert answer.json is not None
        assert answer.json["code"] == "wrong-offset"
        assert "123" in answer.json["detail"]
    assert "字节" in chinese.get_data(as_text=True)


@pytest.mark.parametrize(("terminated", "kept"), [(True, 100), (False, 0)], ids=["as gunicorn", "as others"])
def test_of_a_body_that_breaks_off_only_right_bytes_are_kept(tuesday: Tuesday, terminated: bool, kept: int) -> None:
    """Gunicorn ends a body where its connection ends; other servers say that it broke off."""
    source = jpeg()
    upload_id = started(tuesday, source)
    environ = {"CONTENT_LENGTH": "200"} | ({"wsgi.input_terminated": True} if terminated else {})
    piece(tuesday.phone, upload_id, 0, source[:100], environ_overrides=environ)
    assert tuesday.phone.read(f"/mobile/v1/uploads/{upload_id}")["offset"] == kept
    piece(tuesday.phone, upload_id, kept, source[kept:])
    done = asked(tuesday.phone, "POST", f"/mobile/v1/uploads/{upload_id}/finish")
    assert done.status_code == 200


@pytest.mark.parametrize("offset", ["", "-1", "x", "²", "1" * 11])
def test_an_offset_that_is_no_number_is_named(tuesday: Tuesday, offset: str) -> None:
    answer = piece(tuesday.phone, started(tuesday, jpeg()), offset.encode().decode("latin-1"), b"x")
    assert answer.json is not None
    assert (answer.status_code, answer.json["field"]) == (422, "Upload-Offset")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sha256": "A" * 64}, "sha256"),
        ({"sha256": "a" * 63}, "sha256"),
        ({"size": 0}, "size"),
        ({"size": 13 * 1024 * 1024}, "size"),
        ({"visit_id": 0}, "visit_id"),
        ({"shot": ""}, "shot"),
    ],
)
def test_a_wrong_promise_is_refused_by_field(tuesday: Tuesday, wrong: dict[str, object], field: str) -> None:
    body = {"visit_id": tuesday.first, "shot": "after", "sha256": "a" * 64, "size": 10} | wrong
    answer = tuesday.phone.post("/mobile/v1/uploads", **tuesday.phone.event(**body))
    assert answer.json is not None
    assert (answer.status_code, [each["field"] for each in answer.json["errors"]]) == (422, [field])


def test_a_piece_has_its_limit(tuesday: Tuesday) -> None:
    upload_id = started(tuesday, jpeg())
    assert piece(tuesday.phone, upload_id, 0, bytes(256 * 1024 + 1)).status_code == 413


def test_wrong_bytes_are_told_and_forgotten(tuesday: Tuesday) -> None:
    source = jpeg()
    upload_id = started(tuesday, source)
    piece(tuesday.phone, upload_id, 0, bytes(len(source)))
    answer = asked(tuesday.phone, "POST", f"/mobile/v1/uploads/{upload_id}/finish")
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (422, "wrong-digest")
    assert tuesday.phone.read(f"/mobile/v1/uploads/{upload_id}")["state"] == "promised"


def test_somebody_elses_upload_is_not_found(tuesday: Tuesday) -> None:
    upload_id = started(tuesday, jpeg())
    other = log_in(tuesday.phone.client, tuesday.clock, "T2")
    answers = [
        promised(other, tuesday.first, jpeg()),
        piece(other, upload_id, 0, b"x"),
        other.get(f"/mobile/v1/uploads/{upload_id}"),
        asked(other, "POST", f"/mobile/v1/uploads/{upload_id}/finish"),
        other.get(f"/mobile/v1/visits/{tuesday.first}/manifest"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5


def test_every_answer_has_our_header_also_those_that_refuse(tuesday: Tuesday) -> None:
    upload_id = started(tuesday, jpeg())
    answers = [
        promised(tuesday.phone, tuesday.first, jpeg()),
        promised(tuesday.phone, tuesday.first + 77, jpeg()),
        piece(tuesday.phone, upload_id, 9, b"x"),
        tuesday.phone.client.get(f"/mobile/v1/uploads/{upload_id}"),
        tuesday.phone.post("/mobile/v1/uploads"),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 409, 401, 422]
    assert {answer.headers["Shifu-Protocol"] for answer in answers} == {"1"}
