"""The letters: one function each."""

from __future__ import annotations

from cop.notifications.care.queries import AboutThread
from cop.notifications.emails import unlinked
from cop.platform import ids
from cop.platform.mail import Letter
from cop.platform.words import gettext as _


def still_holds(about: AboutThread, base_url: str) -> Letter:
    """Asked once in a check-in."""
    why = _("You told it.") if about.is_tellers else _("You have used it, or look after it.")
    return Letter(
        to=about.to,
        subject=_("Does “%(title)s” still hold?", title=about.title),
        text="\n\n".join((
            _("Hello %(name)s,", name=unlinked(about.name)),
            _("does “%(title)s” still hold where you are?", title=unlinked(about.title)) + " " + why + " "
            + _("Others rely on it, and nobody has said lately. Still, it depends, or no longer: one word is enough."),
            f"{base_url}/t/{ids.spell(about.thread_id)}/check-in",
            _("You are asked once. If you do not know, leave it."),
        )) + "\n",
    )  # fmt: skip


def how_did_it_go(about: AboutThread, base_url: str) -> Letter:
    """Two weeks after somebody said that they were going to try it."""
    return Letter(
        to=about.to,
        subject=_("How did “%(title)s” go?", title=about.title),
        text="\n\n".join((
            _("Hello %(name)s,", name=unlinked(about.name)),
            _("two weeks ago you were going to try “%(title)s”. How did it go? Whether it held or not, "
              "a few lines help whoever comes next.", title=unlinked(about.title)),
            f"{base_url}/t/{ids.spell(about.thread_id)}/verdict?verdict=used",
            _("Nobody else knows that you meant to, and you are not asked again."),
        )) + "\n",
    )  # fmt: skip


def keep_it(about: AboutThread, base_url: str) -> Letter:
    """To a practitioner whom a moderator asks to look after a thread."""
    return Letter(
        to=about.to,
        subject=_("Will you look after “%(title)s”?", title=about.title),
        text="\n\n".join((
            _("Hello %(name)s,", name=unlinked(about.name)),
            _("whoever told “%(title)s” has gone, and a moderator asks whether you will look after it. Nothing of it "
              "is yours to change: you are asked from time to time whether it still holds.",
              title=unlinked(about.title)),
            f"{base_url}/t/{ids.spell(about.thread_id)}",
        )) + "\n",
    )  # fmt: skip
