"""Every word that people read goes through here, so that it can be translated."""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations

import flask_babel
from babel import Locale
from flask import has_request_context

from cop.platform.contexts import g_itself


class _Language:
    """The words of one language, each looked up once: a catalogue takes longer, and longest for what it lacks.

    Only what stands in our own code and templates is ever asked for, so this stays small.
    """

    def __init__(self, translations: NullTranslations) -> None:
        self._translations = translations
        self._found: dict[str, str] = {}
        self.ngettext = translations.ngettext

    def gettext(self, words: str) -> str:
        found = self._found.get(words)
        if found is None:
            found = self._found[words] = self._translations.gettext(words)
        return found


def gettext(words: str, **values: object) -> str:
    """The words in the reader's language; `%(name)s` is filled from `values`."""
    found = _language().gettext(words)
    return found % values if values else found


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """The words for a number of things; the number itself is `%(num)s`."""
    return _language().ngettext(one, many, number) % {"num": number, **values}


def lazy_gettext(words: str) -> object:
    """The same for words that are written down before there is a reader: the labels of forms."""
    return flask_babel.lazy_gettext(words)


def _language() -> _Language:
    """Found once for each request: a page asks for a hundred words, and a request has one language."""
    try:
        found: _Language = g_itself().cop_language
    except (AttributeError, RuntimeError):  # the first word, or there is no request
        found = _language_of(flask_babel.get_locale())
        if has_request_context():
            g_itself().cop_language = found
    return found


@cache
def _language_of(_locale: Locale | None) -> _Language:
    return _Language(flask_babel.get_domain().get_translations())
