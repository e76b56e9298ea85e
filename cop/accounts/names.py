"""Display names, the handles made from them, and the bones by which look-alikes are known."""

import re
import unicodedata

from cop.platform.characters import visible
from cop.platform.slugs import slug_of
from cop.platform.words import gettext as _

SHORTEST, LONGEST = 2, 80
LONGEST_SKELETON = 200
_HANDLE_STEM = 30  # leaves room for a number behind it
_RESERVED = frozenset(("anonymous", "everyone", "nobody", "former member", "a former member"))
# Words of an office: in no name, alone or with others, and the long ones not even inside a word.
_OFFICES = frozenset(("admin", "admins", "sysadmin", "siteadmin", "webmaster", "postmaster"))
_PARTS_OF_OFFICES = ("administra", "moderator")
# Words that make one when there is nothing else in the name: “CoP Support”, “The Site Team”.
_OFFICIAL = frozenset(
    ("cop", "site", "team", "support", "staff", "helpdesk", "service", "security", "system", "official", "root", "mod",
     "mods", "forum", "community")
)  # fmt: skip
_ARTICLES = frozenset(("the", "of", "a"))
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
_CYRILLIC = ("аеорсухіјѕԁԛԝһкмтвнгп", "aeopcyxljsdqwhkmtbhrn")
_GREEK = ("αβγεηικνορτυχωμζ", "abyenlkvoptuxwuz")
_ARMENIAN = ("օոսհցքզ", "onuhgpq")
_LATIN = ("0135i|ıɑɡøłđħ", "oleslllagoldh")
_SMALL_CAPITALS = ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghljklmnopqrstuvwyz")
# Three scripts in which whole names can be written that look Latin; capitals, as the lower case of Cherokee folds.
_LISU = ("ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpddtgkjczfmnlsrvhwxyaelou")
_CHEROKEE = ("ᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏳᏴ", "drtlyajewmhyghzbrwsvslcpkdgb")
_CANADIAN = ("ᐯᑌᑭᑯᑲᒍᒪᕁᕼᕽᖇᖯᖴᗅᗞᗪᗰᗷ", "vupdbjlxhxrbfaddmb")
_LOOK_LATIN = {"LISU": _LISU[0], "CHEROKEE": _CHEROKEE[0], "CANADIAN": _CANADIAN[0]}
# Scripts in which nobody is called anything today; most of their letters stand in for Latin ones.
_NO_LONGER_WRITTEN = frozenset(
    ("RUNIC", "OGHAM", "COPTIC", "GOTHIC", "DESERET", "SHAVIAN", "LYCIAN", "LYDIAN", "CARIAN", "OLD", "ELBASAN",
     "PHOENICIAN", "UGARITIC", "LINEAR", "GLAGOLITIC", "EGYPTIAN", "CUNEIFORM")
)  # fmt: skip
_ALIKE = {
    ord(one): other
    for ones, others in (_CYRILLIC, _GREEK, _ARMENIAN, _LATIN, _SMALL_CAPITALS, _LISU, _CHEROKEE, _CANADIAN)
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
    if _means_an_office(name):
        return _("That name means somebody else here. Choose another.")
    if _LIKE_A_LINK.search(name):
        return _("It reads like an address on the web. Put a space behind the dot, or leave it out.")
    if not _is_of_one_script(name):
        return _("The letters are of more than one alphabet, and some look alike. Write it in one.")
    if _only_looks_latin(name):
        return _("These letters only look like others. Write the name as you would by hand.")
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
    return slug if len(slug) >= 2 and slug != "thread" and not _means_an_office(slug) else "person"


def _means_an_office(name: str) -> bool:
    """Whether it is a name for whoever looks after the site, for nobody, or for everybody, however it is spelled."""
    bones, words = skeleton(name), {skeleton(word.rstrip(_DIGITS) or word) for word in _WORDS.findall(name)}
    telling = words - _ARTICLES
    return (
        bones in _BONES_OF_RESERVED | _BONES_OF_OFFICES
        or any(part in bones for part in _BONES_OF_PARTS)
        or not words.isdisjoint(_BONES_OF_OFFICES)
        or (bool(telling) and telling <= _BONES_OF_OFFICIAL)
    )


def _only_looks_latin(name: str) -> bool:
    """Small capitals, dead scripts, and names made of nothing but the letters of another script that look Latin."""
    letters = [c for c in unicodedata.normalize("NFKC", name) if c.isalpha()]
    scripts = {_script_of(c) for c in letters}
    if scripts & _NO_LONGER_WRITTEN or any("SMALL CAPITAL" in unicodedata.name(c, "") for c in letters):
        return True
    return any(
        scripts == {script} and all(c in alike for c in "".join(letters).upper())
        for script, alike in _LOOK_LATIN.items()
    )


def _is_of_one_script(name: str) -> bool:
    scripts = {_script_of(c) for c in unicodedata.normalize("NFKC", name) if c.isalpha()}
    return len(scripts) <= 1 or any(scripts <= together for together in _TOGETHER)


def _script_of(letter: str) -> str:
    """The first word of a letter's Unicode name, which for letters is their script."""
    first = unicodedata.name(letter, "UNKNOWN").split()[0]
    return _EAST_ASIAN_MARKS.get(first, first)


_WORDS = re.compile(r"[\w|]+")
_DIGITS = "0123456789"  # “Admin2” is another admin
_BONES_OF_RESERVED, _BONES_OF_OFFICES, _BONES_OF_OFFICIAL = (
    frozenset(skeleton(word) for word in words) for words in (_RESERVED, _OFFICES, _OFFICIAL)
)
_BONES_OF_PARTS = tuple(skeleton(part) for part in _PARTS_OF_OFFICES)
