"""The demonstration's files are as their README says."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from cop.demo.content import FOLDER, BadContent, StoryCard, hash_content, read_content

STORY = """+++
teller = "ada"
title = "The pump stopped"
told_days_ago = 3.5
+++

## situation

It hummed.

And then it did not.

## noticed

A hum.

## talk

+++
kind = "seen"
by = "ben"
days_ago = 2.0
+++

+++
kind = "reply"
by = "ben"
days_ago = 1.0
+++

The same here.

With us it was a *valve*.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the content with one story more."""
    copy = tmp_path / "content"
    shutil.copytree(FOLDER, copy)
    (copy / "bedside-icu" / "99-the-pump.md").write_text(STORY)
    return copy


def test_a_story_is_read_as_its_teller_would_type_it(folder: Path) -> None:
    (story,) = [one for one in read_content(folder).stories if one.file == "bedside-icu/99-the-pump.md"]

    assert (story.community, story.teller, story.draft.title) == ("bedside-icu", "ada", "The pump stopped")
    assert dict(story.draft.fields) == {"situation": "It hummed.\n\nAnd then it did not.", "noticed": "A hum."}
    assert [(said.kind, said.days_ago, said.text) for said in story.talk] == [
        ("seen", 2.0, ""),
        ("reply", 1.0, "The same here.\n\nWith us it was a *valve*."),
    ]


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        ('teller = "ada"\n', ""),
        ('teller = "ada"', 'teller = "ada"\ntellr = "ada"'),
        ("told_days_ago = 3.5", "told_days_ago = three"),
        ("+++\n\n## situation", "## situation"),
        ("## talk\n", "## talk\n\nWords that nobody says.\n"),
        ("days_ago = 2.0\n", ""),
    ],
)
def test_a_file_out_of_order_is_named(folder: Path, what: str, instead: str) -> None:
    (folder / "bedside-icu" / "99-the-pump.md").write_text(STORY.replace(what, instead, 1))

    with pytest.raises(BadContent, match=r"bedside-icu/99-the-pump\.md"):
        read_content(folder)


def test_a_file_that_has_changed_makes_other_content(folder: Path) -> None:
    before = hash_content(folder)
    path = folder / "bedside-icu" / "99-the-pump.md"

    path.write_text(STORY.replace("hummed", "sang"))

    assert hash_content(folder) != before
    path.write_text(STORY)
    assert hash_content(folder) == before


def test_everybody_who_speaks_is_there_and_in_the_community() -> None:
    content = read_content()
    places = {(person.key, member.community) for person in content.people for member in person.memberships}

    strangers = [
        (story.file, key)
        for story in content.stories
        for key in (story.teller, *(said.by for said in story.talk))
        if (key, story.community) not in places
    ]

    assert strangers == []
    assert len(content.stories) >= 10


def test_there_is_every_kind_and_the_texts_are_of_the_length_that_people_write() -> None:
    """And no sentence stands twice."""
    content = read_content()
    kinds = Counter(story.kind for story in content.stories)
    said = [text for story in content.stories for text in (*story.draft.fields.values(), *_said(story))]
    sentences = Counter(
        sentence
        for text in said
        for line in text.splitlines()
        if not line.startswith(">")
        for sentence in re.split(r"(?<=[.?!]) ", line)
        if len(sentence) > 30
    )
    lengths = {
        story.file: sum(len(text.split()) for text in story.draft.fields.values())
        for story in content.stories
        if story.kind == "story"
    }

    assert kinds["question"] >= 4
    assert kinds["procedure"] >= 4
    assert {card.visibility for card in content.communities} == {"public", "members"}
    assert any(story.points and story.points.reviewed_days_ago > 365 for story in content.stories), (
        "one is overdue for a review"
    )
    assert [sentence for sentence, times in sentences.items() if times > 1] == []
    assert {file for file, words in lengths.items() if not 150 <= words <= 650} == set()


def _said(story: StoryCard) -> list[str]:
    """What is new in the talk: what was edited or revised says most of what it said before."""
    return [entry.text for entry in story.talk if entry.kind not in ("edit", "revise")]
