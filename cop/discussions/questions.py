"""What somebody sends who asks: the same boxes as a story's, three of them, and far fewer rules."""

from __future__ import annotations

from cop.discussions.stories import LONGEST_TITLE, SHORTEST_TITLE, StoryDraft
from cop.platform import markup
from cop.platform.characters import says_something
from cop.platform.words import gettext as _

BOXES = ("situation", "noticed", "did_why")  # going on, noticed, tried: product.md, section 3


def faults_of(draft: StoryDraft) -> dict[str, str]:
    """What keeps the question from being asked, as one sentence for each box; a short one will do."""
    faults = {}
    if not says_something(draft.title, SHORTEST_TITLE):
        faults["title"] = _("Give it a title of at least three characters.")
    if len(draft.title) > LONGEST_TITLE:
        faults["title"] = _(
            "This is %(length)s characters; %(most)s is the most.", length=len(draft.title), most=LONGEST_TITLE
        )
    if not says_something(draft.fields.get("situation", "")):
        faults["situation"] = _("Say what is going on. A line is enough to begin.")
    if markup.is_too_long(*draft.fields.values()):
        faults["situation"] = _("It is longer than 64 kB, which is about ten thousand words. Ask the half of it first.")
    return faults
