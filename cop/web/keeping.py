"""What somebody sent after their session had ended: kept in the page they get, through signing in, and sent on.

Nothing of it is stored, here or in the browser: a ward's computer is shared.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from cop.platform.characters import is_storable
from cop.web.errors import NEVER_SHOWN, key_sent
from cop.web.paths import own_path, takes_forms

Fields = tuple[tuple[str, str], ...]
_MOST_FIELDS = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as it was sent: where to, its fields, and its key, so that sending it again does its work once."""

    path: str
    fields: Fields
    key: str = ""

    @property
    def text(self) -> str:
        """As the page carries it. Letters stay letters, so that a long text stays as long as it was."""
        return json.dumps([self.path, self.key, self.fields], ensure_ascii=False)


def keep(path: str, sent: Fields) -> Kept:
    """The form in hand, which nobody could be asked about because nobody was signed in."""
    return Kept(path, sent, key_sent())


def read_kept(text: str | None) -> Kept | None:
    """What a page carried, or None when somebody has changed it into something we would not have kept."""
    try:
        path, key, pairs = json.loads(text or "null")
        fields = tuple((name, value) for name, value in pairs)
    except (TypeError, ValueError, RecursionError):
        return None
    words = [path, key, *(word for pair in fields for word in pair)]
    if not all(isinstance(word, str) and is_storable(word) for word in words) or len(fields) > _MOST_FIELDS:
        return None
    if not own_path(path, "") or not takes_forms(path) or any(name in NEVER_SHOWN for name, _value in fields):
        return None
    return Kept(path, fields, key[:40] if key.isprintable() else "")
