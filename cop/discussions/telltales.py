"""What in a text may point at somebody: names, addresses, numbers, days, and phrases that fit one person alone.

It is a reminder for whoever tells, and finds what it is sure enough of to ask about: a capital letter at the beginning
of a sentence or of a line says nothing, and neither do months, nor abbreviations.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

MOST_SHOWN: Final = 8
MOST_CAPITALS, MANY_CAPITALS = 0.1, 6  # of all words, and in all: where more begin so, it is how nouns are written
SHORTEST_PART: Final = 3  # letters of a first or last name that is looked for alone
MAIL, PHONE, HOST, RECORD, DAY, TITLED, MEMBER, NAMED, PHRASE = (
    "mail", "phone", "host", "record", "day", "titled", "member", "named", "phrase",
)  # fmt: skip

_MONTH = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    "|Nov(?:ember)?|Dec(?:ember)?"
)
_WEEKDAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_CLOCK = r"\d{1,2}(?:[:.]\d{2}|\s?[ap]m\b)"
_NAME = r"[^\W\d_](?:[\w’'-]*\w)?"
_SHAPES: Final = (  # in this order: what one has found, those after it do not look at
    (MAIL, r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    (HOST, r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])"
           r"|(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:internal|local|corp|lan|intra)\b"),
    (DAY, r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}\b"),
    (DAY, rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})\b(?:,? \d{{4}})?"),
    (DAY, rf"\b(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?(?![\d:.]\d|\d)(?:,? \d{{4}})?"),
    (DAY, rf"\b{_WEEKDAY}(?: (?:morning|afternoon|evening|night))?,?(?: at| around| about)? {_CLOCK}"),
    (RECORD, r"(?<![\w.,:/-])(?<!\d )\d{3}([ -])\d{3}\1\d{4}(?![\w:/-]|[.,]\d)(?! \d)"
             r"|(?<![\w.,:/-])\d{3}-\d{2}-\d{4}(?![\w:/-]|[.,]\d)"),
    (PHONE, r"(?<![\w.,:/-])(?<!\d )[2-9]\d{2}-(?:0\d{3}|\d{4}(?<!00)(?<!50))(?![\w:/%°-]|[.,]\d)"
            r"(?! (?:\d|m[lgmsbv]\b))"),  # a range of millilitres is none
    (PHONE, r"(?<![\w.,:])(?<!\d )(?:\+\d|\(?0[1-9])(?:[ ()/-]?\d){7,13}(?![\w.:])"),
    (RECORD, r"\b(?i:bed|room|bay|cubicle|locker)(?: (?i:number|no\.?))? #?\d{1,4}[a-z]?\b"
             r"(?! ?(?:°|%|degrees|minutes|hours))"),
    (RECORD, r"\b(?i:record|file|ticket|badge|licence|license|staff|patient|hospital|serial|mrn|nhs)"
             r"(?: (?i:number|no\.?|id))?:? ?#?[A-Z]{0,4}-?(?:\d{4,}|\d{3}(?:[ -]\d{2,4}){1,4})\b"),
    (PHRASE, r"\b(?i:the only) (?:one|person|nurse|doctor|engineer|man|woman|fitter|colleague)"
             rf"(?: (?:in|on|at|of) (?:the )?{_NAME}(?: {_NAME})?)? who (?:had|has|knew|knows|could|can)\b"),
    (PHRASE, r"\b(?i:since|after|before) the team split\b"),
    (PHRASE, r"\b(?:was|were|been|got) (?:fired|sacked|laid off)\b"),
    (PHRASE, r"\b(?:on|from|off on) (?:sick|maternity|parental|compassionate) leave\b"),
    (TITLED, r"\b(?:Dr|Prof|Professor|Doctor|Mr|Mrs|Ms|Miss|Mx|Sister|Nurse|Matron|Herr|Frau|Sir|Dame)\.? "
             r"(?=[\w’'-]*[^\W\d_A-Z])[A-ZÀ-ÖØ-ÞĀ-Ž][\w’'-]*(?: [A-ZÀ-ÖØ-Þ][\w’'-]*)?"),
)  # fmt: skip
_Found = list[tuple[int, int, str]]  # where it begins and ends, and as what
_LOOKS: Final = tuple((kind, re.compile(shape)) for kind, shape in _SHAPES)
_WORD = re.compile(_NAME)
_LEFT_OUT = re.compile(  # what leads somewhere on purpose, and code
    r"```.*?```|`[^`\n]*`|\[[^\]\[\n]{0,300}\]\([^)\n]{0,500}\)|https?://\S+|(?<![\w@/.&#-])@[\w-]+", re.DOTALL
)
_BEGINNING = re.compile(r"(?:\n|[.!?:;…|—–(\[“\"‘]|[.!?…][”’\"')\]]+|(?<!\w)[-*+>#]|\d[.)])\s*$")
_DOING = re.compile(  # what follows somebody's name
    r"(?:’s|'s)?,? (?:was|is|had|has|said|says|told|asked|came|called|went|did|knew|thought|took|rang|left|saw|noticed"
    r"|wanted|looked|who|from|and I)\b"
)
_PREFIX = re.compile(r"^(?:Mc|Mac|O[’']|D[’'])(?=[^\W\d_])")
_PARTS = re.compile(r"[-’']")
_COMMON: Final = frozenset((  # words that a capital is no name of
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "English", "French",
    "German", "Spanish", "Italian", "Dutch", "Polish", "Christmas", "Easter", "Ramadan", "Diwali", "Eid", "Internet",
    "I", "I’m", "I’d", "I’ll", "I’ve", "I'm", "I'd", "I'll", "I've",
))  # fmt: skip
_ORDINARY: Final = frozenset((  # names that are words, too: alone they are none
    "Will", "May", "Mark", "Rose", "Grace", "Hope", "Faith", "Joy", "Art", "Bill", "Bob", "Pat", "Sue", "Rich", "Frank",
    "Ray", "Dean", "Chase", "Summer", "Autumn", "Dawn", "Iris", "Ivy", "Jack", "Guy", "Rob", "Drew", "Sandy", "Stone",
    "Young", "Long", "Short", "Black", "White", "Brown", "Green", "Gray", "King", "Bishop", "Cook", "Baker", "Hall",
    "Wood", "Field", "Hill", "Day", "Night", "Page", "Case", "Price", "Park", "Rice", "Bell", "Cross", "Frost", "Snow",
    "Winter", "North", "West", "East", "South",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Telltale:
    """A few words of a text that may point at somebody, and as what."""

    words: str
    kind: str


def find_telltales(
    texts: Mapping[str, str], *, titles: Mapping[str, str], names: Collection[str]
) -> tuple[Telltale, ...]:
    """The places to look at again, in the order in which they stand; each only once.

    Args:
        texts: what was written, by box.
        titles: lines in which every word may have a capital: there names are found by their titles and owners alone.
        names: people whom readers know, in full.
    """
    found = [one for text in texts.values() for one in _in_text(text, names, reads_capitals=True)]
    found += [one for text in titles.values() for one in _in_text(text, names, reads_capitals=False)]
    once: dict[str, Telltale] = {}
    for one in found:
        once.setdefault(one.words.casefold(), one)
    return tuple(once.values())[:MOST_SHOWN]


def capitals_in(texts: Mapping[str, str]) -> frozenset[str]:
    """The words that may be somebody's first or last name: what to look for among the people of a place."""
    return (
        frozenset(
            word[0].removesuffix("’s").removesuffix("'s")
            for text in texts.values()
            for word in _WORD.finditer(_LEFT_OUT.sub(_blank, text))
            if _is_capital(word[0]) and not _begins_sentence(text, word.start())
        )
        - _ORDINARY
    )


def _in_text(text: str, names: Collection[str], *, reads_capitals: bool) -> list[Telltale]:
    left = _LEFT_OUT.sub(_blank, text)
    found: _Found = []
    for kind, shape in _LOOKS:
        left = _take(left, shape, kind, found)
    if names:
        left = _take(left, _shape_of(names), MEMBER, found)
        left = _take_parts(left, names, found)
    if reads_capitals and not _has_many_capitals(left):
        found += _runs(left)
    return [Telltale(" ".join(text[start:end].split()), kind) for start, end, kind in sorted(found)]


def _take(text: str, shape: re.Pattern[str], kind: str, found: _Found) -> str:
    """Note what has this shape, and leave a gap in its place."""
    found += [(one.start(), one.end(), kind) for one in shape.finditer(text)]
    return shape.sub(_blank, text)


def _take_parts(text: str, names: Collection[str], found: _Found) -> str:
    """First or last names of people, within a sentence, unless they are words as well."""
    parts = {part for name in names for part in name.split() if len(part) >= SHORTEST_PART} - _ORDINARY - _COMMON
    for word in _WORD.finditer(text):
        if word[0].removesuffix("’s").removesuffix("'s") in parts and not _begins_sentence(text, word.start()):
            found.append((word.start(), word.end(), MEMBER))
            text = text[: word.start()] + _blank(word) + text[word.end() :]
    return text


def _runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Two words or more in a row that begin with a capital: somebody's name, or that of a place or an employer.

    Of a run that opens a sentence the first word is not counted, unless the rest reads as of a person.
    """
    for run in _rows_of_capitals(text):
        opens = _begins_sentence(text, run[0].start())
        if opens and not (len(run) == 2 and _DOING.match(text, run[-1].end())):
            run = run[1:]
        if len(run) > 1:
            yield run[0].start(), run[-1].end(), NAMED


def _rows_of_capitals(text: str) -> Iterator[list[re.Match[str]]]:
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        if run and (text[run[-1].end() : word.start()] != " " or not _is_capital(word[0])):
            yield run
            run = []
        if _is_capital(word[0]):
            run.append(word)
    if run:
        yield run


def _is_capital(word: str) -> bool:
    """Whether it is written like a name: no abbreviation, no word of the calendar, no capitals in its middle."""
    if word in _COMMON or not word[0].isupper():
        return False
    parts = _PARTS.split(_PREFIX.sub("", word))
    return len(word) > 1 and all(
        part.islower() or (part[:1].isupper() and part[1:].islower()) for part in parts if part
    )


def _has_many_capitals(text: str) -> bool:
    words = sum(1 for _ in _WORD.finditer(text))
    alone = [run for run in _rows_of_capitals(text) if len(run) == 1 and not _begins_sentence(text, run[0].start())]
    return len(alone) > max(MANY_CAPITALS, MOST_CAPITALS * words)


def _begins_sentence(text: str, at: int) -> bool:
    return _BEGINNING.search(text[max(0, at - 8) : at] if at > 8 else "\n" + text[:at]) is not None


def _shape_of(names: Collection[str]) -> re.Pattern[str]:
    """Full names, the longest first."""
    listed = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if " " in name)
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)" if listed else r"(?!)")


def _blank(found: re.Match[str]) -> str:
    """As much of nothing as was found, so that everything else keeps its place."""
    return "".join("\n" if c == "\n" else "\0" for c in found[0])
