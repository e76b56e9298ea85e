"""The languages the site can be read in: English, and each folder of `translations` that holds a catalogue."""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError

from cop.platform import site

ENGLISH = "en"


@cache
def list_languages() -> dict[str, str]:
    """By code, the name that the language has in itself."""
    folder = site.folder("translations")
    found = [path.parent.parent.name for path in sorted(folder.glob("*/LC_MESSAGES/*.mo"))] if folder.is_dir() else []
    return {code: _name_of(code) for code in (ENGLISH, *found)}


def _name_of(code: str) -> str:
    try:
        return str(Locale.parse(code).get_display_name() or code).capitalize()
    except (ValueError, UnknownLocaleError):
        return code
