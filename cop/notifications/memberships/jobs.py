"""Sending the mails about communities: whether there is still something to tell is asked when they leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cop.communities.invitations.operations import renew_token
from cop.notifications.memberships import emails, queries
from cop.notifications.memberships import reactions as news
from cop.platform.database import reading, transaction
from cop.platform.mail import Letter, Post
from cop.platform.outbox import Payload
from cop.settings import Settings


class MembershipMailing:
    """The jobs that send them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._post = Post(
            smtp_url=settings.smtp_url, sender=settings.mail_from, folder=settings.data / "mail", host=settings.host
        )

    def send_news(self, payloads: Sequence[Payload], now: datetime) -> None:
        """Tell people what happened to them; what is no longer true when it leaves is not sent."""
        for payload in payloads:
            with reading():
                who = queries.find_recipient(payload["community_id"], payload["person_id"])
                letter = self._write(payload["what"], who, payload["ref"]) if who else None
            if letter:
                self._post.send(letter, now=now)

    def send_invitation(self, payloads: Sequence[Payload], now: datetime) -> None:
        """Make the token, keep its hash, send it. Only the mail ever holds it."""
        for payload in payloads:
            with transaction():
                told = queries.find_invitation_news(payload["invitation_id"])
                token = renew_token(invitation_id=payload["invitation_id"], now=now) if told else None
            if told and token:
                site, base_url = self._settings.site_name, self._settings.base_url
                self._post.send(emails.invited(told, token, site=site, base_url=base_url), now=now)

    def _write(self, what: str, who: queries.Recipient, ref: int) -> Letter | None:
        """The letter, or None when there is nothing true to tell: who is out hears nothing of the inside."""
        base_url = self._settings.base_url
        if what == news.REMOVED:
            reason = queries.find_removal_reason(ref)
            return emails.removed(who, reason, base_url) if reason and not who.role else None
        if what == news.ANSWERED:
            answer = queries.find_answer(ref)
            is_true = answer and (answer.outcome == "refused" or who.role)
            return emails.answered(who, answer, base_url) if answer and is_true else None
        if not who.role:
            return None
        if what == news.VOUCHED:
            said = queries.find_vouch_said(ref)
            return emails.vouched(who, said, base_url) if said else None
        if what == news.WITHDRAWN:
            said = queries.find_withdrawn(ref)
            return emails.withdrawn(who, said, base_url) if said else None
        plain = {news.RETURNED: emails.returned, news.APPOINTED: emails.appointed, news.DISMISSED: emails.dismissed}
        return plain[what](who, base_url)
