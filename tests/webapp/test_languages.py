"""Chinese and English are both complete."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from webapp.extraction import missing, used
from webapp.languages import FOLDER, translations

PARTS = sorted((FOLDER / "zh" / "LC_MESSAGES").glob("*.po"))


def test_every_message_of_the_pages_has_chinese_words() -> None:
    assert missing("zh") == {}


def test_the_pages_are_read_for_messages_at_all() -> None:
    files = set(used().values())
    assert {"templates/base.html", "rail.py", "words.py"} <= files


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.stem)
def test_placeholders_are_the_same_in_both_languages(part: Path) -> None:
    with part.open("rb") as source:
        wrong = [message.id for message in read_po(source) if message.id and message.check()]
    assert wrong == []


def test_the_parts_agree_where_they_say_the_same() -> None:
    said: dict[object, tuple[str, object]] = {}
    for part in PARTS:
        with part.open("rb") as source:
            for message in read_po(source):
                if message.id:
                    first, words = said.setdefault(message.id, (part.stem, message.string))
                    assert words == message.string, f"{message.id!r} differs between {first} and {part.stem}"


def test_english_is_the_source_and_needs_no_catalogue() -> None:
    assert translations("en").gettext("Board") == "Board"
    assert translations("zh").gettext("Board") == "调度台"
