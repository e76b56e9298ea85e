"""The mails people get: one function each. The site's own link comes first, and a name is never a link."""

from __future__ import annotations

from dataclasses import dataclass

from cop.platform.mail import Letter
from cop.platform.words import gettext as _


@dataclass(frozen=True, slots=True)
class Sender:
    """What every letter says of the site that sends it."""

    site: str
    base_url: str

    def address(self, path: str) -> str:
        return self.base_url.rstrip("/") + path


def welcome(sender: Sender, *, to: str, name: str) -> Letter:
    """After an account was made."""
    text = _(
        "%(base_url)s\n\n"
        "Hello %(name)s,\n\n"
        "there is an account here for this address now. Read what others tell, join the communities whose work "
        "you share, and tell what happened to you.\n",
        base_url=sender.base_url,
        name=unlinked(name),
    )
    return Letter(to, _("Your account at %(site)s", site=sender.site), text)


def sign_up(sender: Sender, *, to: str, name: str, token: str) -> Letter:
    """To an address without an account, when somebody wants to make one."""
    text = _(
        "%(link)s\n\n"
        "Hello %(name)s,\n\n"
        "open this link to make your account at %(site)s: it asks for a password, and you are in. It works once, "
        "within a day.\n\n"
        "If it was not you who asked, leave it be: there is no account until the link is used.\n",
        link=_link(sender, token),
        name=unlinked(name),
        site=unlinked(sender.site),
    )
    return Letter(to, _("Make your account at %(site)s", site=sender.site), text)


def known_already(sender: Sender, *, to: str) -> Letter:
    """To an address that has an account, when somebody wants to make one or to use it for theirs."""
    text = _(
        "%(sign_in)s\n\n"
        "Somebody, perhaps you, wanted to make an account at %(site)s with this address. You have one already: sign "
        "in with it. If the password is gone, ask for another here:\n\n"
        "%(reset)s\n\n"
        "If it was not you, nothing has happened. Whoever it was has not been told that you are here.\n",
        sign_in=sender.address("/signin"),
        reset=sender.address("/reset"),
        site=unlinked(sender.site),
    )
    return Letter(to, _("You have an account at %(site)s", site=sender.site), text)


def invitation(sender: Sender, *, to: str, token: str) -> Letter:
    """To somebody an administrator wants to have here."""
    text = _(
        "%(link)s\n\n"
        "You are invited to %(site)s, where people who share a practice tell each other what happened. Open the "
        "link to make your account. It works once, within two weeks.\n",
        link=_link(sender, token),
        site=unlinked(sender.site),
    )
    return Letter(to, _("You are invited to %(site)s", site=sender.site), text)


def verify(sender: Sender, *, to: str, token: str) -> Letter:
    """To confirm the address somebody has."""
    text = _(
        "%(link)s\n\n"
        "Open this link to confirm that this address is yours. It works once, within a day.\n\n"
        "If you have no account at %(site)s, leave it be.\n",
        link=_link(sender, token),
        site=unlinked(sender.site),
    )
    return Letter(to, _("Confirm your address at %(site)s", site=sender.site), text)


def reset(sender: Sender, *, to: str, token: str) -> Letter:
    """To choose another password."""
    text = _(
        "%(link)s\n\n"
        "Open this link to choose another password at %(site)s. It works once, within half an hour. Every device "
        "that is signed in now is signed out.\n\n"
        "If it was not you who asked, leave it be: your password stays as it is.\n",
        link=_link(sender, token),
        site=unlinked(sender.site),
    )
    return Letter(to, _("Another password at %(site)s", site=sender.site), text)


def new_address(sender: Sender, *, to: str, token: str) -> Letter:
    """To the address that is to take the old one's place."""
    text = _(
        "%(link)s\n\n"
        "Open this link to use this address for your account at %(site)s from now on. It works once, within a "
        "day.\n\n"
        "If you have no account there, leave it be.\n",
        link=_link(sender, token),
        site=unlinked(sender.site),
    )
    return Letter(to, _("Confirm your new address at %(site)s", site=sender.site), text)


def address_changed(sender: Sender, *, to: str, token: str) -> Letter:
    """To the old address, after another has taken its place."""
    text = _(
        "%(link)s\n\n"
        "Your account at %(site)s has another address now, and mail goes there. If that was you, there is nothing "
        "to do.\n\n"
        "If it was not you, open the link above within seven days. This address is put back, every device is signed "
        "out, and you choose another password.\n",
        link=_link(sender, token),
        site=unlinked(sender.site),
    )
    return Letter(to, _("Your address at %(site)s was changed", site=sender.site), text)


def password_changed(sender: Sender, *, to: str) -> Letter:
    """To the owner, after the password was changed or reset."""
    text = _(
        "%(reset)s\n\n"
        "The password of your account at %(site)s has been changed, and every other device was signed out. If that "
        "was you, there is nothing to do.\n\n"
        "If it was not you, ask for another password with the link above, at once.\n",
        reset=sender.address("/reset"),
        site=unlinked(sender.site),
    )
    return Letter(to, _("Your password at %(site)s was changed", site=sender.site), text)


def farewell(sender: Sender, *, to: str) -> Letter:
    """To the address of an account that was closed."""
    text = _(
        "%(base_url)s\n\n"
        "Your account at %(site)s is closed, and this address is not kept there any more. What you told stays, under "
        "“a former member”.\n",
        base_url=sender.base_url,
        site=unlinked(sender.site),
    )
    return Letter(to, _("Your account at %(site)s is closed", site=sender.site), text)


def unlinked(name: str) -> str:
    """A name that looks like an address must not become a link in somebody's mail program."""
    apart = name.replace("://", ": //").replace(".", ".\u200b").replace("@", "@\u200b")
    return apart if any(mark in name for mark in ("://", ".", "@")) else name


def _link(sender: Sender, token: str) -> str:
    return sender.address(f"/letters/{token}")
