from __future__ import annotations

import pytest

from dispatch.system import System
from mobile_api.app import create_app


@pytest.mark.parametrize("path", ["/phone", "/phone/static/main.js", "/mobile/v1/day", "/phone/nothing"])
def test_every_answer_forbids_foreign_scripts_and_framing(sqlite_system: System, path: str) -> None:
    with create_app(sqlite_system).test_client().get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_holds_no_script_or_style_of_its_own(sqlite_system: System) -> None:
    page = create_app(sqlite_system).test_client().get("/phone").text
    assert page.count("<script") == 1
    assert "style=" not in page
    assert "onclick" not in page


def test_what_the_api_says_is_not_kept_in_caches(sqlite_system: System) -> None:
    answer = create_app(sqlite_system).test_client().get("/mobile/v1/day")
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_the_barcode_decoder_may_compile_web_assembly(sqlite_system: System) -> None:
    client = create_app(sqlite_system).test_client()
    with client.get("/phone/static/app/visit/decoder.js") as decoder, client.get("/phone/static/app/main.js") as page:
        assert "script-src 'self' 'wasm-unsafe-eval';" in decoder.headers["Content-Security-Policy"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]
