"""Display names and the handles made from them."""

import unicodedata

from cop.platform.characters import visible
from cop.platform.slugs import slug_of
from cop.platform.words import gettext as _

SHORTEST, LONGEST = 2, 80
_HANDLE_STEM = 30  # leaves room for a number behind it
_RESERVED = frozenset(("admin", "administrator", "moderator", "system", "anonymous", "cop", "everyone", "nobody"))


def tidy(name: str) -> str:
    """The name in NFC with single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def fault_of(name: str) -> str:
    """The sentence that says why a tidied name will not do, or nothing."""
    if len(name) < SHORTEST:
        return _("Say what people here should call you.")
    if len(name) > LONGEST:
        return _("This is %(length)s characters; %(longest)s is the most.", length=len(name), longest=LONGEST)
    if visible(name) != name:
        return _("The name has characters that nobody can see. Type it afresh.")
    if not any(c.isalpha() for c in name):
        return _("A name needs letters.")
    if name.casefold() in _RESERVED:
        return _("That name means somebody else here. Choose another.")
    return ""


def handle_stem(name: str) -> str:
    """Where a handle begins; the first free one of stem, stem-2, stem-3 … is taken."""
    slug = slug_of(name)[:_HANDLE_STEM].strip("-")
    return slug if len(slug) >= 2 and slug not in _RESERVED and slug != "thread" else "person"
