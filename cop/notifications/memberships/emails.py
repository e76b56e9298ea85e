"""The mails about communities: what happened, in words, and where to look."""

from __future__ import annotations

from cop.notifications.emails import unlinked
from cop.notifications.memberships.queries import InvitationNews, Recipient, Said
from cop.platform.mail import Letter
from cop.platform.words import gettext as _


def vouched(who: Recipient, said: Said, base_url: str) -> Letter:
    """Somebody has said what they saw; what that makes of the person, in words."""
    if who.role == "newcomer":
        then = _("One more practitioner’s word, or one moderator’s, and your own word weighs there too.")
    else:
        then = _("You are a practitioner there: what you say of a story is counted, beside your name.")
    return _letter(
        who,
        _("%(by)s has vouched for you in %(community)s", by=said.by, community=who.community),
        _("%(by)s says what they have seen you do:", by=unlinked(said.by))
        + f"\n\n    {unlinked(said.line)}\n\n"
        + then,
        base_url,
    )


def withdrawn(who: Recipient, said: Said, base_url: str) -> Letter:
    """A word was taken back, and what the person is now."""
    if who.role == "newcomer":
        then = _("You are a newcomer there from now on. What you have said until now stands and counts as it did.")
    else:
        then = _("You are what you were: the other words for you suffice.")
    return _letter(
        who,
        _("A word for you in %(community)s was taken back", community=who.community),
        _("%(by)s has taken back the word they gave for you.", by=unlinked(said.by)) + " " + then,
        base_url,
    )


def answered(who: Recipient, said: Said, base_url: str) -> Letter:
    if said.outcome == "approved":
        return _letter(
            who,
            _("You are in %(community)s", community=who.community),
            _("A moderator has let you in. Read, ask, and tell when something happens to you."),
            base_url,
        )
    return _letter(
        who,
        _("What you asked of %(community)s", community=who.community),
        _("A moderator has not let you in, and says:") + f"\n\n    {unlinked(said.line)}",
        base_url,
    )


def removed(who: Recipient, said: Said, base_url: str) -> Letter:
    return _letter(
        who,
        _("You are no longer in %(community)s", community=who.community),
        _("A moderator has removed you, and says why:")
        + f"\n\n    {unlinked(said.line)}\n\n"
        + _("What you told there stays, under your name."),
        base_url,
    )


def returned(who: Recipient, base_url: str) -> Letter:
    return _letter(
        who,
        _("You are in %(community)s again", community=who.community),
        _("You are in again, and what you said there counts as it did."),
        base_url,
    )


def appointed(who: Recipient, base_url: str) -> Letter:
    return _letter(
        who,
        _("You moderate %(community)s", community=who.community),
        _("You moderate there from now on: you let people in, vouch for newcomers, and keep what it says of itself."),
        base_url,
    )


def dismissed(who: Recipient, base_url: str) -> Letter:
    return _letter(
        who,
        _("You no longer moderate %(community)s", community=who.community),
        _("You are a practitioner there, as before you moderated. Your word weighs as it did."),
        base_url,
    )


def invited(news: InvitationNews, token: str, *, site: str, base_url: str) -> Letter:
    """The only mail that may go to somebody who has no account here."""
    return Letter(
        to=news.to,
        subject=_("%(by)s invites you to %(community)s", by=news.by, community=news.community),
        text=_(
            "%(by)s invites you to %(community)s, a community at %(site)s.\n"
            "What is practised there: %(practice)s\n\n"
            "%(link)s\n\n"
            "It lets one person in, within fourteen days, with an account for this address. If you do not know what "
            "this is about, leave it be: nothing happens.\n",
            by=unlinked(news.by),
            community=unlinked(news.community),
            site=site,
            practice=unlinked(news.practice),
            link=f"{base_url}/invitations/{token}",
        ),
    )


def _letter(who: Recipient, subject: str, says: str, base_url: str) -> Letter:
    """A greeting, what happened, and the address of the community."""
    hello = _("Hello %(name)s,", name=unlinked(who.name))
    return Letter(to=who.to, subject=subject, text=f"{hello}\n\n{says}\n\n{base_url}/c/{who.slug}/\n")
