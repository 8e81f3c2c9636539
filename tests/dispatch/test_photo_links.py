from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.photo_links import VALID_FOR, Look, opened, sign
from technicians.errors import NotFound
from tests.town import shanghai

SECRET, NOW = "a-secret-for-the-tests-only", shanghai(10)


@pytest.mark.parametrize("look", list(Look))
def test_a_link_shows_its_photo_for_a_quarter_of_an_hour_and_not_for_longer_than_two(look: Look) -> None:
    token = sign(SECRET, 31, look, NOW)
    assert opened(SECRET, token, NOW + VALID_FOR) == (31, look)
    with pytest.raises(NotFound):
        opened(SECRET, token, NOW + 2 * VALID_FOR)


def test_links_of_the_same_minutes_are_the_same_so_that_a_browser_keeps_the_photo() -> None:
    assert sign(SECRET, 31, Look.SMALL, NOW) == sign(SECRET, 31, Look.SMALL, NOW + timedelta(minutes=5))


@given(st.integers(0, 60), st.characters())
def test_a_link_with_one_character_changed_shows_nothing(place: int, other: str) -> None:
    token = sign(SECRET, 31, Look.SMALL, NOW)
    place %= len(token)
    changed = token[:place] + other + token[place + 1 :]
    if changed != token:
        with pytest.raises(NotFound):
            opened(SECRET, changed, NOW)


@pytest.mark.parametrize("token", ["", ".", "1.small", "1.small.9999999999.", "照片", "x" * 1000])
def test_what_is_no_link_shows_nothing(token: str) -> None:
    with pytest.raises(NotFound):
        opened(SECRET, token, NOW)


def test_a_link_signed_with_another_secret_shows_nothing() -> None:
    with pytest.raises(NotFound):
        opened(SECRET, sign("another", 31, Look.WHOLE, NOW), NOW)
