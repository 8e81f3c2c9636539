from __future__ import annotations

import pytest

from benchmarks import hostile_files
from benchmarks.hostile_photos import is_clean, judge
from tests.phone_day import jpeg

FILES = {
    name: content
    for group in (
        hostile_files.wrong_types,
        hostile_files.polyglots,
        hostile_files.odd_colours,
        hostile_files.animated,
    )
    for name, content in group()
}
BECOMES_A_PHOTO = {name for name in FILES if "JPEG and" in name or "PNG and" in name or "animated" in name} | {
    name for name, _ in hostile_files.odd_colours()
}


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_hostile_file_becomes_a_clean_photo_or_is_refused(name: str) -> None:
    outcome = judge(FILES[name])
    assert outcome.is_sound
    assert (outcome.answer == "clean") == (name in BECOMES_A_PHOTO)


def test_a_photo_with_something_behind_it_would_be_noticed() -> None:
    assert is_clean(jpeg())
    assert not is_clean(jpeg() + b"PK")


def test_a_photo_with_a_comment_would_be_noticed() -> None:
    assert not is_clean(hostile_files.photo(comment=b"planted"))
