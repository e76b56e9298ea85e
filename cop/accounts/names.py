"""Display names, the handles made from them, and the bones by which look-alikes are known."""

import re
import unicodedata

from cop.platform.characters import visible
from cop.platform.slugs import slug_of
from cop.platform.words import gettext as _

SHORTEST, LONGEST = 2, 80
LONGEST_SKELETON = 200
_HANDLE_STEM = 30  # leaves room for a number behind it
_RESERVED = frozenset(("admin", "administrator", "moderator", "system", "anonymous", "cop", "everyone", "nobody"))
# What a mail program would make a link of: a scheme, www, or a dot with a word right behind it.
_LIKE_A_LINK = re.compile(r"://|\bwww\.|[^\s.]\.[^\W\d_]{2,}|\S@\S", re.IGNORECASE)
# Scripts that are written together; Latin goes with the East Asian ones, as on every name badge there.
_TOGETHER = (
    frozenset(("LATIN", "CJK", "HIRAGANA", "KATAKANA")),
    frozenset(("LATIN", "CJK", "BOPOMOFO")),
    frozenset(("LATIN", "CJK", "HANGUL")),
)
_EAST_ASIAN_MARKS = {"KATAKANA-HIRAGANA": "KATAKANA", "HALFWIDTH": "KATAKANA", "IDEOGRAPHIC": "CJK"}
# The letters of other scripts that stand in for Latin ones, after case and accents are gone (UTS 39, the common part),
# and within Latin the signs that many typefaces draw alike.
_CYRILLIC = ("аеорсухіјѕԁԛԝһкмтвнгп", "aeopcyxljsdqwhkmtbhrn")  # what it is about
_GREEK = ("αβγεηικνορτυχωμζ", "abyenlkvoptuxwuz")  # what it is about
_ARMENIAN = ("օոսհցքզ", "onuhgpq")  # what it is about
_LATIN = ("0135i|ıɑɡøłđħ", "oleslllagoldh")  # what it is about
_ALIKE = {
    ord(one): other
    for ones, others in (_CYRILLIC, _GREEK, _ARMENIAN, _LATIN)
    for one, other in zip(ones, others, strict=True)
}
_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")  # Greek ones whose small letters look different
_PAIRS = (("rn", "m"), ("vv", "w"))


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
    if name.casefold() in _RESERVED or skeleton(name) in _RESERVED_BONES:
        return _("That name means somebody else here. Choose another.")
    if _LIKE_A_LINK.search(name):
        return _("It reads like an address on the web. Put a space behind the dot, or leave it out.")
    if not _is_of_one_script(name):
        return _("The letters are of more than one alphabet, and some look alike. Write it in one.")
    return ""


def skeleton(name: str) -> str:
    """The bones of a name: two names with the same bones can be taken for each other at a glance."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).translate(_CAPITALS).casefold())
    bones = "".join(c for c in plain if c.isalnum() or c == "|").translate(_ALIKE)
    for pair, single in _PAIRS:
        bones = bones.replace(pair, single)
    return bones[:LONGEST_SKELETON]


def handle_stem(name: str) -> str:
    """Where a handle begins; the first free one of stem, stem-2, stem-3 … is taken."""
    slug = slug_of(name)[:_HANDLE_STEM].strip("-")
    return slug if len(slug) >= 2 and slug not in _RESERVED and slug != "thread" else "person"


def _is_of_one_script(name: str) -> bool:
    scripts = {_script_of(c) for c in unicodedata.normalize("NFKC", name) if c.isalpha()}
    return len(scripts) <= 1 or any(scripts <= together for together in _TOGETHER)


def _script_of(letter: str) -> str:
    """The first word of a letter's Unicode name, which for letters is their script."""
    first = unicodedata.name(letter, "UNKNOWN").split()[0]
    return _EAST_ASIAN_MARKS.get(first, first)


_RESERVED_BONES = frozenset(skeleton(word) for word in _RESERVED)
