"""What somebody sends as a reply, and how it is checked and rendered."""

from __future__ import annotations

from dataclasses import dataclass

from cop.platform import markup
from cop.platform.characters import length_of_words, says_something, shows_something
from cop.platform.markup import Rendered
from cop.platform.words import gettext as _

LONGEST_SETTING, LONGEST_DIFFERED = 200, 1000
_BRIEF = ("reply", "answer")  # where “?” says enough among people
LEAST_REASON = 40  # characters of a dissent that say something: domain.md B1


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """A reply as it was typed; `setting` and `differed` belong to field reports and dissents."""

    body: str
    setting: str = ""
    differed: str = ""


@dataclass(frozen=True, slots=True)
class ReplyText:
    """A reply that can be stored: checked, and rendered before any transaction opens."""

    body: Rendered
    setting: str = ""
    differed: str = ""


def faults_of(draft: ReplyDraft, *, kind: str) -> dict[str, str]:
    """What keeps the reply from being said, as one sentence for each box."""
    faults = {}
    if not (shows_something if kind in _BRIEF else says_something)(draft.body):
        faults["body"] = _EMPTY[kind]()
    elif kind == "dissent" and length_of_words(draft.body) < LEAST_REASON:
        faults["body"] = _(
            "Say why in at least %(least)s characters: the reason is what others can use.", least=LEAST_REASON
        )
    if markup.is_too_long(draft.body):
        faults["body"] = _("It is longer than 64 kB, which is about ten thousand words. Say it in two replies.")
    if kind == "report" and not says_something(draft.setting):
        faults["setting"] = _("Say in a line where you used it.")
    for box, longest in (("setting", LONGEST_SETTING), ("differed", LONGEST_DIFFERED)):
        length = len(getattr(draft, box))
        if length > longest:
            faults[box] = _("This is %(length)s characters; %(most)s is the most.", length=length, most=longest)
    return faults


def render_reply(draft: ReplyDraft) -> ReplyText:
    """Render a draft without faults. Slow: never inside a transaction."""
    return ReplyText(markup.render(draft.body), draft.setting, draft.differed)


_EMPTY = {
    "reply": lambda: _("Say something. A line is enough."),
    "answer": lambda: _("Say something. A line is enough."),
    "probe": lambda: _("Say what you want to know. A line is enough."),
    "report": lambda: _("Say what happened. A line is enough to begin."),
    "dissent": lambda: _("Say what you would do, and what in the situation tells you so."),
}
