"""What makes a story tellable, and what is kept of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.discussions.stories import (
    StoryDraft,
    faults_of,
    read_happened,
    render_fields,
    render_story,
    tidy_line,
    tidy_text,
    words_in,
)

NOW = datetime(2026, 6, 14, tzinfo=UTC)
SIXTY = "word " * 60


def _draft(**changes: object) -> StoryDraft:
    given = {"title": "Cold knees", "fields": {"situation": SIXTY}} | changes
    return StoryDraft(**given)  # type: ignore[arg-type]  # a keyword table


def test_a_title_something_in_the_first_box_and_sixty_words_are_enough() -> None:
    assert faults_of(_draft(), now=NOW) == {}


@pytest.mark.parametrize(
    ("changes", "box", "sentence"),
    [
        ({"title": "ab"}, "title", "at least three characters"),
        ({"title": "\u200b\u200d\u2060\u00ad"}, "title", "at least three characters"),
        ({"title": "x" * 141}, "title", "This is 141 characters; 140 is the most."),
        ({"hook": "x" * 63}, "hook", "This is 63 characters; 62 is the most."),
        ({"fields": {"noticed": SIXTY}}, "situation", "Say what was going on. A line is enough to begin."),
        ({"fields": {"situation": "word " * 59}}, "words", "It has 59 words; 60 are needed."),
        ({"fields": {"situation": "word"}}, "words", "It has one word; 60 are needed."),
        ({"fields": {"situation": SIXTY, "outcome": "é" * 33000}}, "words", "longer than 64 kB"),
        ({"happened": "last week"}, "happened", "a month and a year"),
        ({"happened": "July 2026"}, "happened", "cannot lie ahead"),
        ({"shelf_life": "decades"}, "shelf_life", "one of the four"),
    ],
)
def test_each_fault_is_said_beside_its_box(changes: dict[str, object], box: str, sentence: str) -> None:
    faults = faults_of(_draft(**changes), now=NOW)

    assert list(faults) == [box]
    assert sentence in faults[box]


def test_words_are_counted_over_all_boxes() -> None:
    spread = {"situation": "word " * 20, "noticed": "word " * 20, "outcome": "word " * 20}

    assert words_in(spread) == 60
    assert faults_of(_draft(fields=spread), now=NOW) == {}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2023", "2023"),
        ("May 2023", "2023-05"),
        ("may 2023", "2023-05"),
        ("Sept. 2023", "2023-09"),
        ("5/2023", "2023-05"),
        ("2023-05", "2023-05"),
        ("June 2026", "2026-06"),
        ("July 2026", None),
        ("2027", None),
        ("13/2023", None),
        ("00/2023", None),
        ("2023-00", None),
        ("4 May 2023", None),
        ("Mayday 1823", None),
        ("٢٠٢٣", None),
        ("", None),
    ],
)
def test_a_month_or_a_year_is_read_and_a_day_is_refused(typed: str, stored: str | None) -> None:
    assert read_happened(typed, now=NOW) == stored


def test_options_written_one_on_a_line_become_a_list() -> None:
    html = render_fields({"options": "A slow database.\n\nA bad deploy."})["options"].html

    assert html.count("<li>") == 2


def test_a_list_the_teller_made_stays_as_it_is() -> None:
    html = render_fields({"options": "1. First\n2. Second"})["options"].html

    assert "<ol>" in html
    assert html.count("<li>") == 2


def test_source_is_kept_as_it_was_typed() -> None:
    fields = render_fields({"situation": "So *it* was.", "options": "One\nTwo"})

    assert fields["situation"].source == "So *it* was."
    assert fields["options"].source == "One\nTwo"


def test_an_unknown_outcome_gives_way_to_one_that_was_told() -> None:
    story = render_story(_draft(fields={"situation": SIXTY, "outcome": "It passed."}, outcome_unknown=True), now=NOW)

    assert not story.outcome_unknown


def test_a_title_is_one_line_without_what_nobody_can_see() -> None:
    assert tidy_line("  Cold\u202e knees,\n good \x00numbers ") == "Cold knees, good numbers"


@given(st.text(max_size=200))
def test_text_keeps_its_lines_and_its_words(text: str) -> None:
    tidied = tidy_text(text)

    assert tidy_text(tidied) == tidied
    assert "\r" not in tidied
    assert "\x00" not in tidied
