"""The mail that asks what came of a case."""

from __future__ import annotations

from cop.notifications.cases.queries import OpenCase
from cop.notifications.emails import unlinked
from cop.platform import ids
from cop.platform.mail import Letter
from cop.platform.words import gettext as _


def ask_outcome(case: OpenCase, base_url: str) -> Letter:
    """Asked twice at most; the second time says that it is the last."""
    last = (
        _("You are not asked again.") if case.asked > 1 else _("If it is too early, leave it: you are asked once more.")
    )
    return Letter(
        to=case.to,
        subject=_("What came of “%(title)s”?", title=case.title),
        text="\n\n".join((
            _("Hello %(name)s,", name=unlinked(case.name)),
            _("You brought “%(title)s” before it was decided, and others have told you what they would do. "
              "What did you do, and what followed? A line is enough.", title=unlinked(case.title)),
            f"{base_url}/t/{ids.spell(case.thread_id)}/outcome",
            _("It is shown last, and only to those who have chosen or read on.") + " " + last,
        )) + "\n",
    )  # fmt: skip
