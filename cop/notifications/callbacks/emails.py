"""The letter about what became of what somebody told."""

from __future__ import annotations

from collections.abc import Sequence

from cop.notifications.callbacks.models import CASE, HELPED, PROCEDURE, SECOND_THOUGHT, YEAR
from cop.notifications.callbacks.queries import CallbackLine
from cop.notifications.emails import Sender, unlinked
from cop.platform import ids
from cop.platform.mail import Letter
from cop.platform.words import gettext as _

MOST_IN_A_LETTER = 10


def became(sender: Sender, *, to: str, name: str, lines: Sequence[CallbackLine]) -> Letter:
    """The latest first, each with its address; the rest is one link away."""
    text = _(
        "Hello %(name)s,\n\n"
        "this has become of what you told at %(site)s.\n\n"
        "%(news)s\n\n"
        "All of it is here:\n%(link)s\n",
        name=unlinked(name),
        site=unlinked(sender.site),
        news="\n\n".join(_news(sender, line) for line in lines[:MOST_IN_A_LETTER]),
        link=sender.address("/became"),
    )
    return Letter(to, _("What became of “%(title)s”", title=lines[0].title), text)


def _news(sender: Sender, line: CallbackLine) -> str:
    return f"{_sentence(line)}\n{sender.address(_path(line))}"


def _sentence(line: CallbackLine) -> str:
    title, other = unlinked(line.title), unlinked(line.other)
    if line.kind == YEAR:
        return _("It is a year since you told “%(title)s”. Does it still hold?", title=title)
    if line.kind == SECOND_THOUGHT:
        return _("Somebody has thought again about what they chose in “%(title)s”.", title=title)
    if line.kind == CASE:
        return _("A case was made of “%(title)s”: “%(other)s”.", title=title, other=other)
    if line.kind == PROCEDURE:
        return _("A procedure rests on “%(title)s” now: “%(other)s”.", title=title, other=other)
    if line.kind == HELPED:
        return _(
            "%(who)s says of your answer in “%(title)s”: that helped me see it.", who=unlinked(line.who), title=title
        )
    return _report(line, title, unlinked(line.who) if line.who else _("A former member"))


def _report(line: CallbackLine, title: str, who: str) -> str:
    if line.verdict == "held":
        return _("%(who)s has used “%(title)s”. It held.", who=who, title=title)
    if line.verdict == "adapted":
        return _("%(who)s has used “%(title)s”. It held in part.", who=who, title=title)
    if line.verdict == "failed":
        return _("%(who)s has used “%(title)s”. It did not hold there.", who=who, title=title)
    if line.verdict == "otherwise":
        return _("%(who)s would do otherwise than in “%(title)s”, and says why.", who=who, title=title)
    return _("%(who)s has said whether “%(title)s” still holds.", who=who, title=title)


def _path(line: CallbackLine) -> str:
    if line.kind in (CASE, PROCEDURE):
        return f"/t/{ids.spell(line.ref_id)}"
    if line.kind in (YEAR, SECOND_THOUGHT):
        return f"/t/{ids.spell(line.thread_id)}"
    return f"/p/{ids.spell(line.ref_id)}"
