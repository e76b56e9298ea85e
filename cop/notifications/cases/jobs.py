"""Sending the mails about cases: whether there is still something to ask is found out when they leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cop.notifications.cases.emails import ask_outcome
from cop.notifications.cases.queries import find_open_case
from cop.platform.database import reading
from cop.platform.mail import Post
from cop.platform.outbox import Payload
from cop.settings import Settings


class CaseMailing:
    """The jobs that send them."""

    def __init__(self, settings: Settings) -> None:
        self._base_url = settings.base_url
        self._post = Post(
            smtp_url=settings.smtp_url, sender=settings.mail_from, folder=settings.data / "mail", host=settings.host
        )

    def ask_for_outcome(self, payloads: Sequence[Payload], now: datetime) -> None:
        for payload in payloads:
            with reading():
                case = find_open_case(payload["thread_id"], payload["person_id"])
                letter = ask_outcome(case, self._base_url) if case else None
            if letter:
                self._post.send(letter, now=now)
