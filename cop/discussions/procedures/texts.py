"""What somebody sends who adds a procedure, and how it is checked and rendered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cop.discussions.stories import LONGEST_TITLE, SHORTEST_TITLE, Story
from cop.platform import markup
from cop.platform.characters import says_something
from cop.platform.words import gettext as _

LONGEST_TEXT, LONGEST_LINK, MOST_GROUNDS = 2000, 500, 12


@dataclass(frozen=True, slots=True)
class ProcedureDraft:
    """A procedure as it was typed."""

    title: str
    link: str
    text: str
    reviewed: date | None


@dataclass(frozen=True, slots=True)
class ProcedureText:
    """A procedure that can be stored: checked, and rendered before any transaction opens."""

    story: Story
    link: str
    reviewed_at: datetime


def faults_of(draft: ProcedureDraft, *, grounds: Sequence[object], now: datetime) -> dict[str, str]:
    """What keeps it from being added, as one sentence for each box."""
    faults = {}
    if not says_something(draft.title, SHORTEST_TITLE):
        faults["title"] = _("Give it a title of at least three characters.")
    if len(draft.title) > LONGEST_TITLE:
        faults["title"] = _too_long(draft.title, LONGEST_TITLE)
    if len(draft.text) > LONGEST_TEXT:
        faults["text"] = _too_long(draft.text, LONGEST_TEXT)
    if draft.link and not draft.link.startswith(("https://", "http://")):
        faults["link"] = _("Write the whole address, beginning with https://.")
    if len(draft.link) > LONGEST_LINK:
        faults["link"] = _too_long(draft.link, LONGEST_LINK)
    if not draft.link and not says_something(draft.text):
        faults["link"] = _("Say where the document is, or write its steps below.")
    if draft.reviewed is None or draft.reviewed > now.date():
        faults["reviewed"] = _("Say on which day somebody last looked at it. It cannot lie ahead.")
    if not grounds:
        faults["rests_on"] = _("Choose at least one discussion that it rests on.")
    if len(grounds) > MOST_GROUNDS:
        faults["rests_on"] = _("Choose at most %(most)s.", most=MOST_GROUNDS)
    return faults


def render_procedure(draft: ProcedureDraft, *, now: datetime) -> ProcedureText:
    """Render a draft without faults. Slow: never inside a transaction."""
    reviewed = draft.reviewed or now.date()
    story = Story(
        title=draft.title,
        hook="",
        happened="",
        shelf_life="",
        outcome_unknown=False,
        words=len(draft.text.split()),
        fields={"situation": markup.render(draft.text)} if draft.text else {},
    )
    at = now if reviewed == now.date() else datetime(reviewed.year, reviewed.month, reviewed.day, 12, tzinfo=now.tzinfo)
    return ProcedureText(story, draft.link, at)


def _too_long(text: str, most: int) -> str:
    return _("This is %(length)s characters; %(most)s is the most.", length=len(text), most=most)
