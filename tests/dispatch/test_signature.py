"""Signatures that every library for Standard Webhooks can check."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dispatch import signature


def test_a_signature_is_the_one_the_standard_gives_as_an_example() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    told = signature.headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}'
    )
    assert told == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_new_secrets_can_be_signed_with_and_differ() -> None:
    made = {signature.new_secret() for _ in range(10)}
    assert len(made) == 10
    assert all(signature.is_secret(secret) for secret in made)


@pytest.mark.parametrize("text", ["", "secret", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!!", "whsec_" + "YWJj" * 40])
def test_what_is_too_short_too_long_or_no_base64_is_no_secret(text: str) -> None:
    assert not signature.is_secret(text)
