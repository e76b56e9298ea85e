"""The operators of the search field: what each may be given, and the sentence that explains it.

An operator is a name, a colon and a value that makes sense; anything else of that shape is words. Each may stand more
than once: kinds, communities, topics, people and states add up, dates narrow further.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cop.platform.clock import seconds
from cop.platform.slugs import is_slug
from cop.platform.words import gettext as _
from cop.ranking.filters import STATES
from cop.search.port import KINDS, PARTS, Kind, Part

_ELSEWHERE: Final = frozenset(["author", "from", "in", "is", "tag", "type", "user"])  # names other forums have
_SHAPE: Final = re.compile(r"([a-z]+):([\w-]+)", re.IGNORECASE)
_SLUG: Final = re.compile(r"[a-z0-9-]{2,40}")
_TOPIC: Final = re.compile(r"[a-z0-9-]{1,60}")
_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_KINDS: Final[Mapping[str, Kind]] = {
    **{kind: kind for kind in KINDS},
    "stories": "story",
    "cases": "case",
    "questions": "question",
    "procedures": "procedure",
}
_PARTS: Final[Mapping[str, frozenset[Part]]] = {
    **{name: frozenset(PARTS[1:]) for name in ("reply", "replies")},  # whatever was said below a thread
    **{name: frozenset([part]) for part in PARTS[2:] for name in (part, f"{part}s")},
}


@dataclass(frozen=True, slots=True)
class Operator:
    """What stands in the text: one of `NAMES`, and its value as it is understood."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What a query asks for beside words.

    Args:
        kinds, parts: of threads and of texts, either of which will do; empty means all.
        communities, topics, by: the slugs and handles asked for, whether or not there are such; empty means all.
        states: in any of which a thread must be; empty means all.
        since, until: seconds; from the first on and before the second.
    """

    kinds: frozenset[Kind] = frozenset()
    parts: frozenset[Part] = frozenset()
    communities: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One line of "how to search"."""

    typed: str
    means: str


def read_operator(chunk: str) -> Operator | None:
    """The operator that a piece of text without spaces is; None when it is words."""
    match = _SHAPE.fullmatch(chunk)
    if match is None or (makes_sense := _VALUES.get(match[1].lower())) is None:
        return None
    value = match[2].lower()
    return Operator(match[1].lower(), value) if makes_sense(value) else None


def is_meant(chunk: str) -> bool:
    """Whether a piece of text that is no operator was meant as one: the name is, or is one elsewhere."""
    name, colon, value = chunk.partition(":")
    return bool(colon and value) and name.lower() in _ELSEWHERE.union(NAMES)


def gather(operators: Iterable[Operator]) -> Filters:
    """Everything that operators ask for, as one."""
    values: dict[str, list[str]] = {name: [] for name in NAMES}
    for operator in operators:
        values[operator.name].append(operator.value)
    parts = (_PARTS[value] for value in values["kind"] if value in _PARTS)
    return Filters(
        kinds=frozenset(_KINDS[value] for value in values["kind"] if value in _KINDS),
        parts=frozenset[Part]().union(*parts),
        communities=tuple(dict.fromkeys(values["community"])),
        topics=tuple(dict.fromkeys(values["topic"])),
        by=tuple(dict.fromkeys(values["by"])),
        states=frozenset(values["state"]),
        since=max(map(_begin, values["after"]), default=None),
        until=min(map(_begin, values["before"]), default=None),
    )


def is_date(value: str) -> bool:
    """Whether a year, a month or a day is meant, and there is such a one."""
    match = _DATE.fullmatch(value)
    try:
        return bool(match and datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1), tzinfo=UTC))
    except ValueError:
        return False


def is_topic(value: str) -> bool:
    """Whether the value may name a topic, as in its address."""
    return _TOPIC.fullmatch(value) is not None


def explain() -> tuple[Explanation, ...]:
    """How to search, line by line."""
    return (
        Explanation("cold knees", _("discussions with both words; where there are none, with either")),
        Explanation('"cold knees"', _("the words side by side")),
        Explanation("-sedation", _("none in which this word stands")),
        Explanation(
            "kind:story", _("stories only; also case, question, procedure, reply, probe, answer, report and dissent")
        ),
        Explanation("community:bedside-icu", _("in this community only; its name is as in its address")),
        Explanation("topic:handover", _("that speak of this topic; its name is as in its address")),
        Explanation("by:aoife-brennan", _("told or said by this person under their name; it is as in their address")),
        Explanation("state:living", _("living ones only; also resting, due, contested, superseded and retired")),
        Explanation("after:2026-05-01", _("told or said from then on; a year or a month will do")),
        Explanation("before:2026-05", _("told or said before then")),
    )


def _begin(value: str) -> int:
    """The first second of a year, a month or a day."""
    year, month, day = (int(part) for part in f"{value}-1-1".split("-")[:3])
    return seconds(datetime(year, month, day, tzinfo=UTC))


_VALUES: Final[Mapping[str, Callable[[str], bool]]] = {
    "kind": lambda value: value in _KINDS or value in _PARTS,
    "community": lambda value: _SLUG.fullmatch(value) is not None,
    "topic": is_topic,
    "by": is_slug,
    "state": STATES.__contains__,
    "after": is_date,
    "before": is_date,
}
NAMES: Final = tuple(_VALUES)
