"""What the people of the demonstration write, as the forms would take it: checked, rendered, mentions as links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from cop.demo.content import Content, StoryCard, Utterance
from cop.demo.faults import BadContent
from cop.discussions import questions, replies, stories
from cop.discussions.mentions import link_mentions
from cop.discussions.procedures import texts
from cop.discussions.procedures.texts import ProcedureDraft, ProcedureText
from cop.discussions.replies import ReplyDraft, ReplyText, render_reply
from cop.discussions.stories import Story, StoryDraft, render_story

_FORMS = {"held": "report", "adapted": "report", "failed": "report", "otherwise": "dissent"}  # whose rules hold
_WORDLESS = ("seen", "withdraw", "revise", "reviewed")


class Writing:
    """Renders everything before any transaction opens.

    Args:
        now: the moment from which the content's days are counted back.
    """

    def __init__(self, content: Content, now: datetime) -> None:
        self._now = now
        self._drafts: dict[str, StoryDraft] = {}  # as they stand, by file
        self._handles: dict[str, set[str]] = {}
        for person in content.people:
            for place in person.memberships:
                self._handles.setdefault(place.community, set()).add(person.handle)

    def render_thread(self, story: StoryCard, at: datetime) -> Story:
        """What is told, asked, or agreed.

        Raises:
            BadContent: its form would refuse it.
        """
        self._drafts[story.file] = story.draft
        if story.kind == "story":
            _refuse_faults(story, stories.faults_of(story.draft, now=at))
        elif story.kind == "question":
            _refuse_faults(story, questions.faults_of(story.draft))
        return self._linked(story, render_story(story.draft, now=at))

    def render_procedure(self, story: StoryCard, rendered: Story, at: datetime) -> ProcedureText:
        """The same with what a procedure has beside its words."""
        if story.points is None:
            raise BadContent(f"The demonstration's file {story.file} points to nothing.")
        reviewed = (self._now - timedelta(days=story.points.reviewed_days_ago)).date()
        draft = ProcedureDraft(story.draft.title, story.points.link, story.draft.fields.get("situation", ""), reviewed)
        _refuse_faults(story, texts.faults_of(draft, grounds=story.points.rests_on, now=at))
        return replace(texts.render_procedure(draft, now=at), story=replace(rendered, hook=""))

    def render_revised(self, story: StoryCard, entry: Utterance, at: datetime) -> Story:
        """The story with one of its boxes written anew."""
        draft = self._drafts[story.file]
        draft = replace(draft, fields={**draft.fields, entry.box: entry.text})
        _refuse_faults(story, stories.faults_of(draft, now=at))
        self._drafts[story.file] = draft
        return self._linked(story, render_story(draft, now=at))

    def render_said(self, story: StoryCard, entry: Utterance) -> ReplyText | None:
        """What is said under it; None for what comes without a text.

        Raises:
            BadContent: its form would refuse it.
        """
        if entry.kind in _WORDLESS:
            return None
        said = story.talk[entry.of] if entry.of is not None else entry
        draft = ReplyDraft(entry.text, entry.setting or said.setting, entry.differed or said.differed)
        _refuse_faults(story, replies.faults_of(draft, kind=_FORMS.get(said.kind, said.kind)))
        text = render_reply(draft)
        return replace(text, body=link_mentions(text.body, self._handles[story.community]))

    def _linked(self, story: StoryCard, rendered: Story) -> Story:
        known = self._handles[story.community]
        linked = {name: link_mentions(field, known) for name, field in rendered.fields.items()}
        return replace(rendered, fields=linked)


def _refuse_faults(story: StoryCard, faults: Mapping[str, str]) -> None:
    if faults:
        raise BadContent(f"The demonstration's file {story.file} would be refused: {' '.join(faults.values())}")
