"""The demonstration's files are as their README says."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from cop.demo.cases import read_cases
from cop.demo.content import FOLDER, Content, StoryCard, hash_content, read_content
from cop.demo.faults import BadContent
from cop.ranking.standing import LEAST_MODERATORS, LEAST_PRACTITIONERS

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
    content, cases = read_content(), read_cases()
    kinds = Counter(story.kind for story in content.stories)
    lengths = {story.file: _count_words(story.draft.fields) for story in content.stories}
    lengths |= {case.file: _count_words({**case.draft.fields, "outcome": case.draft.outcome}) for case in cases}

    assert len(lengths) >= 40
    assert len(content.people) >= 30
    assert all(person.practice and person.setting for person in content.people)
    assert kinds["question"] >= 6
    assert kinds["procedure"] >= 6
    assert len(cases) >= 3
    assert {file: words for file, words in lengths.items() if not 180 <= words <= 600} == {}


def test_no_sentence_stands_twice() -> None:
    """In whatever anybody says: boxes, talk, forks and choices, questions to tellers, vouches."""
    sentences = Counter(
        sentence
        for text in _everything_said()
        for line in text.splitlines()
        if not line.startswith(">")
        for sentence in re.split(r"(?<=[.?!]) ", line)
        if len(sentence) > 30
    )

    assert [sentence for sentence, times in sentences.items() if times > 1] == []


def test_three_communities_of_practice_are_open_to_everybody_and_one_to_its_members() -> None:
    content = read_content()
    open_ones = {card.slug for card in content.communities if card.visibility == "public"}
    places = {person.key: {place.community for place in person.memberships} for person in content.people}

    assert open_ones == {"bedside-icu", "cold-stores", "incident-response"}
    assert Counter(card.visibility for card in content.communities)["members"] == 1
    assert all(card.practice and card.welcome and len(card.topics) >= 4 for card in content.communities)
    assert any(len(where) > 1 for where in places.values()), "somebody is in two"
    for slug in open_ones:
        there = [story for story in content.stories if story.community == slug]
        assert sum(story.kind == "story" for story in there) >= 6, slug
        assert {"question", "procedure"} <= {story.kind for story in there}, slug
        assert any(case.community == slug for case in read_cases()), slug
        assert set(slugs_of(content, slug)) >= {topic for story in there for topic in story.topics}, slug


def slugs_of(content: Content, community: str) -> list[str]:
    (card,) = [one for one in content.communities if one.slug == community]
    return [topic.lower().replace("’", "").replace(" ", "-") for topic in card.topics]


def test_every_verdict_and_every_state_that_a_thread_can_be_in_is_found() -> None:
    content, cases = read_content(), read_cases()
    entries = Counter(entry.kind for story in content.stories for entry in story.talk)
    drafts = [story.draft for story in content.stories if story.kind == "story"]
    points = [story.points for story in content.stories if story.points]

    assert set(entries) >= {"seen", "held", "adapted", "failed", "otherwise", "reply", "answer"}, "each verdict"
    assert set(entries) >= {"edit", "revise", "withdraw", "reviewed"}, "each change"
    assert min(entries[kind] for kind in ("seen", "held", "adapted", "failed", "otherwise")) >= 3
    assert any(draft.outcome_unknown and "outcome" not in draft.fields for draft in drafts), "an end not yet known"
    assert {draft.shelf_life for draft in drafts} >= {"weeks", "months", "years", "never"}
    assert any(entry.kind == "revise" and entry.box for story in content.stories for entry in story.talk)
    assert any(point.reviewed_days_ago > 365 for point in points), "a procedure overdue for a review"
    assert any(point.reviewed_days_ago < 365 for point in points)
    assert {case.draft.is_live for case in cases} == {True, False}
    assert any(choice.second_thought for case in cases for choice in case.choices)
    assert any(len(case.draft.forks) > 1 for case in cases)


def test_eighteen_months_have_beginnings_silences_and_revivals() -> None:
    content = read_content()
    told = [story.told_days_ago for story in content.stories]
    days = {story.file: [story.told_days_ago, *(entry.days_ago for entry in story.talk)] for story in content.stories}
    silences = {
        file: max((a - b for a, b in pairwise(sorted(one, reverse=True))), default=0) for file, one in days.items()
    }
    quarters = {int(each // 91.3) for one in days.values() for each in one}

    assert max(told) > 530
    assert min(told) < 7
    assert any(story.kind == "story" and story.told_days_ago < 2 for story in content.stories), "a teller sits back"
    assert quarters >= set(range(6)), "something is said in each quarter"
    assert sum(silence > 300 for silence in silences.values()) >= 2, "somebody comes back to it a year later"
    assert any(story.kind == "story" and not story.talk and story.told_days_ago > 90 for story in content.stories)
    assert any(
        [entry.kind for entry in story.talk[:3]] == ["otherwise", "answer", "reply"] for story in content.stories
    ), "two quarrel"


def test_trust_can_be_measured_where_the_pager_is_carried() -> None:
    """Three moderators, ten who are vouched for, and words that are not all one person's (domain.md B0, S3)."""
    content = read_content()
    places = [place for person in content.people for place in person.memberships]
    here = [place for place in places if place.community == "incident-response" and place.role != "newcomer"]
    vouchers = {word for place in here for word in (place.vouched_by, *(each.by for each in place.also)) if word}

    assert sum(place.role == "moderator" for place in here) >= LEAST_MODERATORS
    assert len(here) >= LEAST_PRACTITIONERS
    assert len(vouchers) >= 5
    assert Counter(place.community for place in places if place.has_founded) == dict.fromkeys(
        (card.slug for card in content.communities), 1
    )


def _count_words(boxes: Mapping[str, str]) -> int:
    return sum(len(text.split()) for text in boxes.values())


def _everything_said() -> Iterator[str]:
    content = read_content()
    for story in content.stories:
        yield from (*story.draft.fields.values(), *_said(story))
    for asked in content.asked:
        for probe in asked.probes:
            yield from (
                probe.text,
                *(one.text for one in (probe.answer, probe.removed, *probe.wondered, *probe.cases) if one),
            )
    for case in read_cases():
        yield from (*case.draft.fields.values(), case.draft.outcome)
        yield from (fork.part for fork in case.draft.forks)
        yield from (note for fork in case.draft.forks for _text, note in fork.options)
        yield from (text for choice in case.choices for text in (choice.why, choice.second_thought))
        yield from (saying.text for saying in case.talk)
        yield from (text for one in case.asked for text in (one.text, *(answer.text for answer in one.answers)))
    for person in content.people:
        for place in person.memberships:
            yield from (place.vouch, place.asks, *(each.line for each in place.also))


def _said(story: StoryCard) -> list[str]:
    """What is new in the talk: what was edited or revised says most of what it said before."""
    return [entry.text for entry in story.talk if entry.kind not in ("edit", "revise")]
