"""The two letters about probes."""

from __future__ import annotations

from collections.abc import Sequence

from cop.notifications.emails import Sender, unlinked
from cop.notifications.probes.queries import AnsweredLine, AskedLine
from cop.platform import ids
from cop.platform.mail import Letter
from cop.platform.words import gettext as _
from cop.platform.words import ngettext

MOST_IN_A_LETTER = 3
_LONGEST = 300


def asked(sender: Sender, *, to: str, name: str, questions: Sequence[AskedLine]) -> Letter:
    """To a teller: the questions that most people wonder about, each with its address."""
    parts = [_question(sender, one) for one in questions[:MOST_IN_A_LETTER]]
    more = len(questions) - len(parts)
    if more > 0:
        parts.append(ngettext("One more question stands open there.", "%(num)s more questions stand open there.", more))
    text = _(
        "Hello %(name)s,\n\n"
        "somebody asks about what you told at %(site)s.\n\n"
        "%(questions)s\n\n"
        "Answer what you like, when you like. What you decline is gone at one press, and nobody is told why.\n",
        name=unlinked(name),
        site=unlinked(sender.site),
        questions="\n\n".join(parts),
    )
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


def _question(sender: Sender, one: AskedLine) -> str:
    who = one.asker or _("A former member")
    wonder = ngettext("one more person wonders", "%(num)s more people wonder", one.wondered) if one.wondered else ""
    head = _("%(who)s, about “%(title)s”", who=unlinked(who), title=unlinked(one.title))
    words = " ".join(one.source.split())
    words = words if len(words) <= _LONGEST else words[:_LONGEST].rsplit(" ", 1)[0] + " …"
    link = sender.address(f"/p/{ids.spell(one.reply_id)}")
    return f"{head}{f' ({wonder})' if wonder else ''}:\n\n    {unlinked(words)}\n\n{link}"
