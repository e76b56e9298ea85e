"""Every word that people read goes through here, so that it can be translated."""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations

import flask_babel
from babel import Locale
from flask import g, has_request_context


def gettext(words: str, **values: object) -> str:
    """The words in the reader's language; `%(name)s` is filled from `values`."""
    found = _translations().gettext(words)
    return found % values if values else found


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """The words for a number of things; the number itself is `%(num)s`."""
    return _translations().ngettext(one, many, number) % {"num": number, **values}


def lazy_gettext(words: str) -> object:
    """The same for words that are written down before there is a reader: the labels of forms."""
    return flask_babel.lazy_gettext(words)


def _translations() -> NullTranslations:
    """Found once for each request: a page asks for a hundred words, and a request has one language."""
    if not has_request_context():
        return _translations_into(flask_babel.get_locale())
    found: NullTranslations | None = g.get("cop_words")
    if found is None:
        found = g.cop_words = _translations_into(flask_babel.get_locale())
    return found


@cache
def _translations_into(locale: Locale | None) -> NullTranslations:
    """Found once for each language: a page asks for hundreds of words, and finding them anew was an eighth of it."""
    found: NullTranslations = flask_babel.get_domain().get_translations()
    return found
