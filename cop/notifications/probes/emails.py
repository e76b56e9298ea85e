"""The letters about probes."""

from __future__ import annotations

from collections.abc import Sequence

from cop.notifications.emails import Sender, unlinked
from cop.notifications.probes.queries import AnsweredLine, AskedLine, RemovedLine
from cop.platform import ids
from cop.platform.mail import Letter
from cop.platform.words import gettext as _
from cop.platform.words import ngettext

MOST_IN_A_LETTER = 3
_LONGEST = 300


def asked(sender: Sender, *, to: str, name: str, questions: Sequence[AskedLine]) -> Letter:
    """To a teller, or to one of a panel: the questions that most people wonder about, each with its address."""
    parts = [_question(sender, one) for one in questions[:MOST_IN_A_LETTER]]
    more = len(questions) - len(parts)
    if more > 0:
        parts.append(ngettext("One more question stands open there.", "%(num)s more questions stand open there.", more))
    lead, close = _frame(sender, is_panels=all(one.is_panels for one in questions))
    body = "\n\n".join(parts)
    text = f"{_('Hello %(name)s,', name=unlinked(name))}\n\n{lead}\n\n{body}\n\n{close}\n"
    title = questions[0].title
    return Letter(to, _("A question about “%(title)s”", title=title), text)


def answered(sender: Sender, line: AnsweredLine) -> Letter:
    """To whoever asked."""
    text = _(
        "Hello %(name)s,\n\n%(teller)s has answered what you asked about “%(title)s”.\n\n%(link)s\n",
        name=unlinked(line.name),
        teller=unlinked(line.teller),
        title=unlinked(line.title),
        link=sender.address(f"/p/{ids.spell(line.answer_id)}"),
    )
    return Letter(line.to, _("%(teller)s has answered you", teller=line.teller), text)


def removed(sender: Sender, line: RemovedLine) -> Letter:
    """To whoever had asked what a moderator took away: their words, and why."""
    text = _(
        "Hello %(name)s,\n\na moderator has taken away what you asked about “%(title)s” at %(site)s:\n\n"
        "    %(asked)s\n\nThe reason: %(reason)s\n\n"
        "Nobody else reads your question any more. Your words stay with you, on the page where you asked.\n",
        name=unlinked(line.name),
        title=unlinked(line.title),
        site=unlinked(sender.site),
        asked=unlinked(_shorten(line.source)),
        reason=unlinked(line.reason),
    )
    return Letter(line.to, _("A question of yours was taken away"), text)


def _frame(sender: Sender, *, is_panels: bool) -> tuple[str, str]:
    """How the letter begins and ends."""
    if is_panels:
        return (
            _("somebody asks how you and the others who chose picked, at %(site)s.",
              site=unlinked(sender.site)),
            _("Answer if you like, for yourself. Only those who have passed that decision read it."),
        )  # fmt: skip
    return (
        _("somebody asks about what you told at %(site)s.", site=unlinked(sender.site)),
        _("Answer what you like, when you like. What you decline is gone at one press, and nobody is told why."),
    )


def _question(sender: Sender, one: AskedLine) -> str:
    who = one.asker or _("A former member")
    wonder = ngettext("one more person wonders", "%(num)s more people wonder", one.wondered) if one.wondered else ""
    head = _("%(who)s, about “%(title)s”", who=unlinked(who), title=unlinked(one.title))
    words = _shorten(one.source)
    link = sender.address(f"/p/{ids.spell(one.reply_id)}")
    return f"{head}{f' ({wonder})' if wonder else ''}:\n\n    {unlinked(words)}\n\n{link}"


def _shorten(source: str) -> str:
    words = " ".join(source.split())
    return words if len(words) <= _LONGEST else words[:_LONGEST].rsplit(" ", 1)[0] + " …"
