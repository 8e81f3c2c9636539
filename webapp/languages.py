"""Chinese and English. The catalogues are the .po files themselves; there is nothing to compile."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import request, session
from flask_babel import Babel, Domain, get_locale
from flask_login import current_user

LANGUAGES = {"zh": "中文", "en": "English"}
FOLDER = Path(__file__).parent / "translations"


class Catalogues(Domain):  # type: ignore[misc]
    """Every `translations/<language>/LC_MESSAGES/*.po`, taken together. English is the source."""

    def get_translations(self) -> NullTranslations:
        locale = get_locale()
        return translations(locale.language) if locale is not None else NullTranslations()


@cache
def translations(language: str) -> NullTranslations:
    """The messages of one language; English needs none."""
    files = sorted((FOLDER / language / "LC_MESSAGES").glob("*.po"))
    if not files:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, joined(files))
    compiled.seek(0)
    return Translations(compiled)


def joined(files: list[Path]) -> Catalog:
    """One catalogue out of several; the same message may stand in more than one of them."""
    whole = Catalog(locale=files[0].parts[-3])
    for file in files:
        with file.open("rb") as source:
            for message in read_po(source):
                if message.id:
                    whole[message.id] = message
    return whole


def choose() -> str:
    """The reader's language: what was chosen here, else the account's, else what the browser prefers."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    if current_user.is_authenticated and current_user.person.language in LANGUAGES:
        return str(current_user.person.language)
    return request.accept_languages.best_match([*LANGUAGES, "zh-CN"], "zh")[:2]


class Languages(Babel):  # type: ignore[misc]
    """Flask-Babel with these catalogues."""

    @property
    def domain_instance(self) -> Catalogues:
        return _CATALOGUES


_CATALOGUES = Catalogues()
babel = Languages()
