"""What the loader refuses, and what it tells meanwhile."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest
from flask import Flask

from cop.demo.content import Content, read_content
from cop.demo.faults import BadContent
from cop.demo.loader import load_demo


@pytest.fixture
def content() -> Content:
    return read_content()


def test_a_story_that_the_form_would_refuse_is_refused(app: Flask, content: Content, now: datetime) -> None:
    short = dataclasses.replace(content.stories[0].draft, fields={"situation": "Too short."})
    stories = (dataclasses.replace(content.stories[0], draft=short), *content.stories[1:])

    with pytest.raises(BadContent, match="60 are needed"):
        load_demo(dataclasses.replace(content, stories=stories), now=now)


def test_each_step_is_told(app: Flask, content: Content, now: datetime) -> None:
    told: list[tuple[int, int]] = []

    stories = tuple(story for story in content.stories if story.community == "incident-response")[:3]

    load_demo(
        dataclasses.replace(content, stories=stories, asked=(), care=()),
        now=now,
        say=lambda done, steps: told.append((done, steps)),
    )

    assert told == [(number, len(told)) for number in range(1, len(told) + 1)]
