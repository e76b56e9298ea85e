"""One line of JSON is one story. Names of common exports are understood; every fault is a sentence.

A story from elsewhere was written for other readers: it may be short, and so may its title. What cannot be stored, or
would mislead, is refused: no title or text, no date or one that lies ahead, more than 64 kB, an address that is not
of the web.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import urlsplit

from cop.communities.models import SHELF_LIVES
from cop.discussions.cues import LONGEST_HOOK
from cop.discussions.models import FIELDS
from cop.discussions.stories import StoryDraft, read_happened, tidy_line, tidy_text
from cop.platform import markup
from cop.transfer.lines import Line

NAMES = {  # our name: what it may be called in the file, the first that is there
    "external_id": ("external_id", "id"),
    "title": ("title",),
    "date": ("date", "told_at"),
    "attribution": ("attribution", "org"),
    "source_url": ("source_url", "source"),
    "hook": ("hook",),
    "happened": ("happened",),
    "shelf_life": ("shelf_life",),
    **{field: (field,) for field in FIELDS},
    "situation": ("situation", "body_markdown"),
}
_LONGEST = {"external_id": 200, "title": 200, "attribution": 200, "source_url": 500, "hook": LONGEST_HOOK}  # columns
_NOON = time(12, tzinfo=UTC)
_EARLIEST_YEAR = 1970  # acts are counted in seconds since then


@dataclass(frozen=True, slots=True)
class ForeignStory:
    """A story that can be taken in, not yet rendered."""

    number: int
    external_id: str
    draft: StoryDraft
    told_at: datetime
    attribution: str
    source_url: str


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be taken in, and why."""

    number: int
    reason: str


class _Faulty(Exception):
    """The reason, as it is told."""


def read_stories(lines: Iterable[Line], *, now: datetime) -> Iterator[ForeignStory | BadLine]:
    """The stories of a file, and its bad lines, in order. An id that was there before in the file makes a line bad."""
    lines_by_id: dict[str, int] = {}
    for line in lines:
        try:
            story = _read_story(line, now=now)
            first = lines_by_id.setdefault(story.external_id, line.number)
            if first != line.number:
                raise _Faulty(f"its id “{_short(story.external_id)}” is that of line {first}")
            yield story
        except _Faulty as fault:
            yield BadLine(line.number, str(fault))


def _read_story(line: Line, *, now: datetime) -> ForeignStory:
    given = _read_fields(line)
    fields = {name: given[name] for name in FIELDS if given[name]}
    if fault := _fault_of(given, now=now) or _fault_of_fields(fields):
        raise _Faulty(fault)
    return ForeignStory(
        number=line.number,
        external_id=given["external_id"],
        draft=StoryDraft(
            given["title"], fields, hook=given["hook"], happened=given["happened"], shelf_life=given["shelf_life"]
        ),
        told_at=_read_date(given["date"], now=now),
        attribution=given["attribution"],
        source_url=_read_address(given["source_url"]),
    )


def _fault_of(given: Mapping[str, str], *, now: datetime) -> str:
    """What of the short boxes cannot be stored, or nothing."""
    for name, what in (("external_id", "id"), ("title", "title"), ("date", "date")):
        if not _is_seen(given[name]):
            return f"it has no {what}"
    for name, longest in _LONGEST.items():
        if len(given[name]) > longest:
            return f"its {name} is {len(given[name])} characters; {longest} is the most"
    if given["happened"] and not read_happened(given["happened"], now=now):
        return "its happened is not a month and a year, or lies ahead"
    if given["shelf_life"] and given["shelf_life"] not in SHELF_LIVES:
        return f"its shelf_life is none of {', '.join(SHELF_LIVES)}"
    return ""


def _fault_of_fields(fields: Mapping[str, str]) -> str:
    if not _is_seen(fields.get("situation", "")):
        return "it has no text"
    return "its text is longer than 64 kB" if markup.is_too_long(*fields.values()) else ""


def _read_fields(line: Line) -> dict[str, str]:
    """What the line says under our names, tidied as the composer does; "" where it says nothing."""
    if line.fault:
        raise _Faulty(line.fault)
    try:
        read = json.loads(line.content.decode())
    except UnicodeDecodeError:
        raise _Faulty("it is not UTF-8") from None
    except (ValueError, RecursionError):
        raise _Faulty("it is not JSON") from None
    if not isinstance(read, dict):
        raise _Faulty("it is not a JSON object")
    tidy = dict.fromkeys(FIELDS, tidy_text)
    return {name: tidy.get(name, tidy_line)(_text_of(read, names)) for name, names in NAMES.items()}


def _text_of(read: Mapping[str, Any], names: Iterable[str]) -> str:
    for name in names:
        value = read.get(name)
        if value is None:
            continue
        if isinstance(value, int) and not isinstance(value, bool) and name in NAMES["external_id"]:
            return str(value)
        if not isinstance(value, str):
            raise _Faulty(f"its {name} is not text")
        return value
    return ""


def _read_date(text: str, *, now: datetime) -> datetime:
    """A moment in UTC: noon when only the day is given, though never later than now; UTC when no zone is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        told_at = _read_moment(text)
    else:
        told_at = datetime.combine(day, _NOON)
        told_at = min(told_at, now) if day == now.date() else told_at
    if told_at > now:
        raise _Faulty(f"its date, {text}, lies ahead")
    if told_at.year < _EARLIEST_YEAR:
        raise _Faulty(f"its date, {text}, lies before {_EARLIEST_YEAR}")
    return told_at.replace(microsecond=0)


def _read_moment(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise _Faulty(f"its date, “{_short(text)}”, is not one, such as 2024-05-31") from None


def _read_address(text: str) -> str:
    if not text:
        return ""
    try:
        address = urlsplit(text)
        is_of_the_web = address.scheme in ("http", "https") and bool(address.hostname)
    except ValueError:
        is_of_the_web = False
    if not is_of_the_web or " " in text:
        raise _Faulty(f"its source, “{_short(text)}”, is not an address that begins with http:// or https://")
    return text


def _is_seen(text: str) -> bool:
    """Whether there is anything but spaces and characters that only join others."""
    return any(not c.isspace() and unicodedata.category(c) != "Cf" for c in text)


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
