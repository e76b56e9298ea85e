"""What a teller sends: the boxes of a story, what makes it tellable, and how it is rendered."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cop.communities.models import SHELF_LIVES
from cop.discussions.cues import LONGEST_HOOK, default_hook, render_noticed
from cop.discussions.models import FIELDS
from cop.platform import markup
from cop.platform.characters import says_something
from cop.platform.markup import Rendered
from cop.platform.words import gettext as _
from cop.platform.words import ngettext

SHORTEST_TITLE, LONGEST_TITLE = 3, 140
LEAST_WORDS = 60
_EARLIEST_YEAR = 1900
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LISTED = re.compile(r" {0,3}(?:[-*+]\s|\d+[.)]\s|>|\||#|```|~~~)|\s{4,}")


@dataclass(frozen=True, slots=True)
class StoryDraft:
    """A story as it was typed. Nothing of it is trusted; `faults_of` says what is missing."""

    title: str
    fields: Mapping[str, str]  # by the names of discussions.models.FIELDS, empty ones left out
    hook: str = ""
    happened: str = ""
    shelf_life: str = ""
    outcome_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """A story that can be stored: checked, and rendered before any transaction opens."""

    title: str
    hook: str
    happened: str  # "", "2023" or "2023-05"
    shelf_life: str  # "" means the community's default
    outcome_unknown: bool
    words: int
    fields: Mapping[str, Rendered]


def tidy_line(text: str) -> str:
    """One line in NFC with single spaces, and without controls."""
    kept = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", text) if c.isspace() or _is_seen(c))
    return " ".join(kept.split())


def tidy_text(text: str) -> str:
    """Text in NFC with plain line ends and no control characters; otherwise as it was written."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in plain if c in "\n\t" or _is_seen(c)).strip("\n ").rstrip()


def faults_of(draft: StoryDraft, *, now: datetime) -> dict[str, str]:
    """What keeps the story from being told, as one sentence for each box."""
    faults = {}
    if not says_something(draft.title, SHORTEST_TITLE):
        faults["title"] = _("Give it a title of at least three characters.")
    if len(draft.title) > LONGEST_TITLE:
        faults["title"] = _(
            "This is %(length)s characters; %(most)s is the most.", length=len(draft.title), most=LONGEST_TITLE
        )
    if len(draft.hook) > LONGEST_HOOK:
        faults["hook"] = _(
            "This is %(length)s characters; %(most)s is the most.", length=len(draft.hook), most=LONGEST_HOOK
        )
    if not says_something(draft.fields.get("situation", "")):
        faults["situation"] = _("Say what was going on. A line is enough to begin.")
    elif (words := words_in(draft.fields)) < LEAST_WORDS:
        faults["words"] = ngettext(
            "It has one word; %(least)s are needed.",
            "It has %(num)s words; %(least)s are needed.",
            words,
            least=LEAST_WORDS,
        )
    if markup.is_too_long(*draft.fields.values()):
        faults["words"] = _("It is longer than 64 kB, which is about ten thousand words. Tell it in two stories.")
    if draft.happened and not read_happened(draft.happened, now=now):
        faults["happened"] = _("Write a month and a year, such as May 2023, or only the year. It cannot lie ahead.")
    if draft.shelf_life and draft.shelf_life not in SHELF_LIVES:
        faults["shelf_life"] = _("Choose one of the four.")
    return faults


def render_story(draft: StoryDraft, *, now: datetime) -> Story:
    """Render a draft without faults. Slow: it goes through the renderer's child, so never inside a transaction."""
    return Story(
        title=draft.title,
        hook=draft.hook or default_hook(draft.fields.get("noticed", "")),
        happened=read_happened(draft.happened, now=now) or "",
        shelf_life=draft.shelf_life,
        outcome_unknown=draft.outcome_unknown and not draft.fields.get("outcome"),
        words=words_in(draft.fields),
        fields=render_fields(draft.fields),
    )


def render_fields(fields: Mapping[str, str]) -> dict[str, Rendered]:
    """Each box rendered as its kind asks: cues for what was noticed, a list for what was considered."""
    plain = [name for name in FIELDS if fields.get(name) and name != "noticed"]
    rendered = markup.render_many([_listed(fields[name]) if name == "options" else fields[name] for name in plain])
    by_name = {name: Rendered(fields[name], one.html, one.renderer) for name, one in zip(plain, rendered, strict=True)}
    if fields.get("noticed"):
        by_name["noticed"] = render_noticed(fields["noticed"])
    return by_name


def words_in(fields: Mapping[str, str]) -> int:
    """How many words the boxes hold together."""
    return sum(len(text.split()) for text in fields.values())


def read_happened(text: str, *, now: datetime) -> str | None:
    """“May 2023”, “05/2023”, “2023-05” or “2023” as it is stored, or None when it is none of these or lies ahead."""
    found = re.fullmatch(
        r"(?:(?P<word>[A-Za-z]{3,9})\.? |(?P<number>\d{1,2})[/. ])?(?P<year>\d{4})|(?P<iso>\d{4}-\d{2})", text
    )
    if not found or not text.isascii():
        return None
    if found["iso"]:
        year, month = int(text[:4]), int(text[5:])
    else:
        year = int(found["year"])
        month = _month(found["word"]) if found["word"] else int(found["number"] or 0)
        if (found["word"] or found["number"]) and not month:
            return None
    if not year >= _EARLIEST_YEAR or month > 12 or (year, month) > (now.year, now.month):
        return None
    if found["iso"] and not month:
        return None
    return f"{year}-{month:02}" if month else f"{year}"


def _month(word: str) -> int:
    return _MONTHS.index(word[:3].lower()) + 1 if word[:3].lower() in _MONTHS else 0


def _listed(options: str) -> str:
    """Options are written one on a line; as Markdown each becomes an item, unless the teller made a list already."""
    lines = [line for line in options.split("\n") if line.strip()]
    if any(_LISTED.match(line) for line in lines):
        return options
    return "\n".join(f"- {line.strip()}" for line in lines)


def _is_seen(c: str) -> bool:
    """Whether a character may stay: no controls, no bidi overrides, no surrogates; joiners of emoji stay."""
    return (
        unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn")
        and c not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028\u2029"
    )
