"""Beginnings of windows as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from dispatch.window_times import parse, write
from technicians.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("08:00 10:00", (480, 600)),
        ("10:00, 8:00", (480, 600)),
        ("08：00；10：30、23:59", (480, 630, 1439)),
        ("  00:00\n", (0,)),
    ],
)
def test_times_are_read_with_any_separator_and_put_in_order(text: str, starts: tuple[int, ...]) -> None:
    assert parse(text) == starts


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "There is no time in it."),
        (" , ", "There is no time in it."),
        ("8", "“8” is not a time of day."),
        ("08:00 24:00", "“24:00” is not a time of day."),
        ("08:61", "“08:61” is not a time of day."),
        ("08:00 noon", "“noon” is not a time of day."),
        ("08:00 10:00 8:00", "08:00 is named twice."),
    ],
)
def test_what_is_no_time_is_named(text: str, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(text)
    assert (caught.value.field, caught.value.message) == ("starts", told)


@given(some.sets(some.integers(0, 1439), min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_read_again(starts: set[int]) -> None:
    assert parse(write(sorted(starts))) == tuple(sorted(starts))
