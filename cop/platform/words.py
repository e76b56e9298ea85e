"""Every word that people read goes through here, so that it can be translated."""

from __future__ import annotations

import flask_babel


def gettext(words: str, **values: object) -> str:
    """The words in the reader's language; `%(name)s` is filled from `values`."""
    return str(flask_babel.gettext(words, **values))


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """The words for a number of things; the number itself is `%(num)s`."""
    return str(flask_babel.ngettext(one, many, number, **values))


def lazy_gettext(words: str) -> object:
    """The same for words that are written down before there is a reader: the labels of forms."""
    return flask_babel.lazy_gettext(words)
