"""The mails people get: one function each."""

from __future__ import annotations

from cop.platform.mail import Letter
from cop.platform.words import gettext as _


def welcome(*, to: str, name: str, site: str, base_url: str) -> Letter:
    """After signing up."""
    return Letter(
        to=to,
        subject=_("Your account at %(site)s", site=site),
        text=_(
            "%(base_url)s\n\n"
            "Hello %(name)s,\n\n"
            "there is an account here for this address now. Read what others tell, join the communities whose work "
            "you share, and tell what happened to you.\n\n"
            "If it was not you who made it, leave it be: nobody can use it without the password.\n",
            base_url=base_url,
            name=unlinked(name),
        ),
    )


def unlinked(name: str) -> str:
    """A name that looks like an address must not become a link in somebody's mail program."""
    return name.replace("://", ": //").replace(".", ".\u200b") if "://" in name or "www." in name.lower() else name
