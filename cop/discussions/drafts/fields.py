"""The fields of a draft: pairs of name and value, as a form sends them and as the table holds them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from cop.discussions.models import FIELDS
from cop.platform.characters import is_storable

Fields = tuple[tuple[str, str], ...]

MOST_BYTES = 64 * 1024
_FIRST_WORDS = (
    "title", "situation", "body", "what_happened", *FIELDS, "text", "link", "rests_on", "rationale", "second_thought",
    "condition", "reason",
)  # fmt: skip
_WRITTEN = frozenset((*_FIRST_WORDS, "hook", "happened", "what_differed", "differed", "ground", "address"))
_WRITTEN_IN_CASES = ("prompt_", "part_", "cues_", "option_", "note_")  # the boxes of a decision, by its number
_LONGEST_NAME = 60


def tidy_fields(sent: Iterable[tuple[str, str]]) -> Fields:
    """What was sent with plain line ends, without empty fields and without what no database takes."""
    pairs = ((_storable(name), _storable(value.replace("\r\n", "\n").replace("\r", "\n"))) for name, value in sent)
    return tuple((name, value) for name, value in pairs if name and value.strip())


def write_fields(fields: Fields) -> str:
    """As the table holds them. Letters stay letters, so that a long text stays as long as it was."""
    return json.dumps(fields, ensure_ascii=False)


def read_fields(stored: str) -> Fields:
    return tuple((name, value) for name, value in json.loads(stored))


def is_written(fields: Fields) -> bool:
    """Whether somebody has typed something: the default of a choice alone is no draft."""
    return any(name in _WRITTEN or name.startswith(_WRITTEN_IN_CASES) for name, _value in fields)


def is_said_in(fields: Fields, sent: Fields) -> bool:
    """Whether all that was typed stands in what was sent too."""
    said = dict(tidy_fields(sent))
    return all(value in said.get(name, "") for name, value in fields if name in _WRITTEN)


def size_of(fields: Fields) -> int:
    """Bytes of UTF-8, joined."""
    return sum(len(value.encode()) for _name, value in fields)


def first_words(fields: Fields) -> str:
    """What a list calls the draft: its title, or how it begins."""
    held = dict(fields)
    text = next((held[name] for name in _FIRST_WORDS if held.get(name, "").strip()), "")
    text = text or next((value for _name, value in fields if " " in value.strip()), "")  # of a form of its own
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_NAME else line[:_LONGEST_NAME].rsplit(" ", 1)[0] + " …"


def _storable(text: str) -> str:
    return text if is_storable(text) else "".join(c for c in text if is_storable(c))
