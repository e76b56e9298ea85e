"""What somebody asks: its type, its words, what they point at, and how that is checked and rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cop.discussions.models import FIELDS
from cop.discussions.probes.models import LONGEST_QUOTE, TYPES
from cop.discussions.probes.spans import stands_in
from cop.discussions.probes.wordings import wording_of
from cop.discussions.replies import ReplyDraft, ReplyText, faults_of, render_reply
from cop.platform.words import gettext as _

_SHORTEST_QUOTE = 3


@dataclass(frozen=True, slots=True)
class ProbeDraft:
    """A probe as it was typed. Nothing of it is trusted; `find_faults` says what is missing."""

    type: str
    body: str
    quote: str = ""
    box: str = ""  # which empty box it asks for; of a quote it is found out


@dataclass(frozen=True, slots=True)
class ProbeText:
    """A probe that can be asked: checked, and rendered before any transaction opens."""

    type: str
    text: ReplyText
    quote: str = ""
    box: str = ""


def settle_span(draft: ProbeDraft, boxes: Mapping[str, str]) -> ProbeDraft:
    """The draft with the box in which its quote stands, or, without a quote, the empty box that it asks for.

    Args:
        boxes: the HTML of the boxes that hold text, by name.
    """
    if not draft.quote:
        return replace(draft, box=draft.box if draft.box in FIELDS and draft.box not in boxes else "")
    first = [draft.box] if draft.box in boxes else []
    found = next((name for name in (*first, *boxes) if stands_in(boxes[name], draft.quote)), "")
    return replace(draft, box=found)


def find_faults(draft: ProbeDraft) -> dict[str, str]:
    """What keeps a draft from being asked after `settle_span`, as one sentence for each box."""
    faults = faults_of(ReplyDraft(draft.body), kind="probe")
    if draft.type not in TYPES:
        faults["type"] = _("Choose what kind of question it is.")
    elif draft.type == "whatif" and draft.body.strip() == wording_of("whatif"):
        faults["body"] = _("Say what would have been different, in the place of [this].")
    if len(draft.quote) > LONGEST_QUOTE:
        faults["quote"] = _(
            "This is %(length)s characters; %(most)s is the most. One sentence is enough to find the place.",
            length=len(draft.quote), most=LONGEST_QUOTE,
        )  # fmt: skip
    elif draft.quote and len(draft.quote) < _SHORTEST_QUOTE:
        faults["quote"] = _("Quote a few words more, so that the place can be found.")
    elif draft.quote and not draft.box:
        faults["quote"] = _("These words do not stand there. Copy them as they are, or leave this empty.")
    return faults


def render_probe(draft: ProbeDraft) -> ProbeText:
    """Render a draft without faults. Slow: never inside a transaction."""
    return ProbeText(draft.type, render_reply(ReplyDraft(draft.body)), draft.quote, draft.box)
