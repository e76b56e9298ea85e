"""What a line of JSON may say, and what is refused."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from cop.transfer.lines import read_lines
from cop.transfer.stories import BadLine, ForeignStory, read_stories

PLAIN = {
    "id": "a1",
    "title": "The pump stopped",
    "date": "2024-05-31",
    "body_markdown": "It hummed, and then it did not.",
}

pytestmark = pytest.mark.usefixtures("database")  # the words of the domain need an application around them


def read(*lines: bytes | dict[str, Any], now: datetime) -> list[ForeignStory | BadLine]:
    content = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    return list(read_stories(read_lines(io.BytesIO(content)), now=now))


def read_one(now: datetime, **changes: Any) -> ForeignStory:
    (story,) = read(PLAIN | changes, now=now)
    assert isinstance(story, ForeignStory), story
    return story


def reason_of(now: datetime, line: bytes | dict[str, Any]) -> str:
    (bad,) = read(line, now=now)
    assert isinstance(bad, BadLine), bad
    return bad.reason


def test_the_names_of_an_export_are_understood(now: datetime) -> None:
    story = read_one(now, org="The Waterworks", source="https://example.org/1?a=b#c", license="MIT", words=9)

    assert story.external_id == "a1"
    assert story.draft.title == "The pump stopped"
    assert dict(story.draft.fields) == {"situation": "It hummed, and then it did not."}
    assert (story.attribution, story.source_url) == ("The Waterworks", "https://example.org/1?a=b#c")


def test_our_own_names_go_before_those_of_an_export(now: datetime) -> None:
    story = read_one(
        now,
        situation="Ours.",
        noticed="A hum.",
        not_when="By day.",
        attribution="Us",
        org="Them",
        hook="It hummed.",
        happened="May 2023",
        shelf_life="years",
    )

    assert dict(story.draft.fields) == {"situation": "Ours.", "noticed": "A hum.", "not_when": "By day."}
    assert (story.attribution, story.draft.hook, story.draft.happened) == ("Us", "It hummed.", "May 2023")
    assert story.draft.shelf_life == "years"


def test_a_story_from_elsewhere_may_be_short(now: datetime) -> None:
    story = read_one(now, title="OK", body_markdown="No.")

    assert story.draft.title == "OK"


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2024-05-31", datetime(2024, 5, 31, 12, tzinfo=UTC)),
        ("2024-05-31T23:30:00Z", datetime(2024, 5, 31, 23, 30, tzinfo=UTC)),
        ("2024-05-31T23:30:00.75+02:00", datetime(2024, 5, 31, 21, 30, tzinfo=UTC)),
        ("2024-05-31 23:30", datetime(2024, 5, 31, 23, 30, tzinfo=UTC)),
        ("2026-06-14", datetime(2026, 6, 14, 12, tzinfo=UTC)),  # today, in the evening
    ],
)
def test_a_date_becomes_a_moment(now: datetime, date: str, expected: datetime) -> None:
    assert read_one(now, date=date).told_at == expected


def test_today_before_noon_does_not_lie_ahead() -> None:
    morning = datetime(2026, 6, 14, 7, 30, tzinfo=UTC)

    assert read_one(morning, date="2026-06-14").told_at == morning


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"{", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b'{"id": "\xff"}', "it is not UTF-8"),
        (b"[1, 2]", "it is not a JSON object"),
        (b"null", "it is not a JSON object"),
        (PLAIN | {"id": None}, "it has no id"),
        (PLAIN | {"id": " "}, "it has no id"),
        (PLAIN | {"id": True}, "its id is not text"),
        (PLAIN | {"title": "\u200b\u202e \n"}, "it has no title"),
        (PLAIN | {"title": ["The", "pump"]}, "its title is not text"),
        (PLAIN | {"title": "x" * 201}, "its title is 201 characters; 200 is the most"),
        (PLAIN | {"body_markdown": " \n\n"}, "it has no text"),
        (PLAIN | {"body_markdown": None, "noticed": "A hum."}, "it has no text"),
        (PLAIN | {"body_markdown": "å" * 33_000}, "its text is longer than 64 kB"),
        (PLAIN | {"date": ""}, "it has no date"),
        (PLAIN | {"date": "yesterday"}, "its date, “yesterday”, is not one, such as 2024-05-31"),
        (PLAIN | {"date": "2024-02-30"}, "its date, “2024-02-30”, is not one, such as 2024-05-31"),
        (PLAIN | {"date": "9999-12-31T23:00:00-12:00"}, "is not one, such as 2024-05-31"),
        (PLAIN | {"date": "2026-06-15"}, "its date, 2026-06-15, lies ahead"),
        (PLAIN | {"date": "2026-06-14T21:09:00Z"}, "lies ahead"),
        (PLAIN | {"date": "1969-12-31"}, "its date, 1969-12-31, lies before 1970"),
        (PLAIN | {"source": "javascript:alert(1)"}, "is not an address that begins with http:// or https://"),
        (PLAIN | {"source": "ftp://example.org/1"}, "is not an address"),
        (PLAIN | {"source": "https://"}, "is not an address"),
        (PLAIN | {"source": "https://[::1"}, "is not an address"),
        (PLAIN | {"source": "https://example.org/a b"}, "is not an address"),
        (PLAIN | {"source": "https://example.org/" + "a" * 500}, "its source_url is 520 characters; 500 is the most"),
        (PLAIN | {"org": "W" * 201}, "its attribution is 201 characters; 200 is the most"),
        (PLAIN | {"hook": "h" * 63}, "its hook is 63 characters; 62 is the most"),
        (PLAIN | {"happened": "2027"}, "its happened is not a month and a year, or lies ahead"),
        (PLAIN | {"shelf_life": "ages"}, "its shelf_life is none of weeks, months, years, never"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_its_reason(
    now: datetime, line: bytes | dict[str, Any], expected: str
) -> None:
    assert expected in reason_of(now, line)


def test_an_id_that_comes_twice_names_the_line_of_the_first(now: datetime) -> None:
    first, second = read(PLAIN, PLAIN | {"title": "Another"}, now=now)

    assert isinstance(first, ForeignStory)
    assert second == BadLine(2, "its id “a1” is that of line 1")


def test_an_id_of_a_bad_line_may_still_be_used(now: datetime) -> None:
    _bad, good = read(PLAIN | {"title": ""}, PLAIN, now=now)

    assert isinstance(good, ForeignStory)


def test_a_number_may_be_an_id(now: datetime) -> None:
    assert read_one(now, id=17).external_id == "17"


def test_what_nobody_can_see_is_left_out(now: datetime) -> None:
    story = read_one(now, title="The\u202e pump\x00 \ud800stopped", body_markdown="It\r\nhummed\x07.")

    assert story.draft.title == "The pump stopped"
    assert story.draft.fields["situation"] == "It\nhummed."


def test_every_line_is_either_a_story_or_named(now: datetime, database: Flask) -> None:
    found = read(PLAIN, b"", b"x", PLAIN | {"id": "a2"}, b"   ", b"{}", now=now)

    assert [one.number for one in found] == [1, 3, 4, 6]
