"""Sending: each mail is written at the moment it leaves, so it says what is true then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cop.accounts.queries import address_of, list_lines
from cop.notifications.emails import welcome
from cop.platform.database import reading
from cop.platform.mail import Post
from cop.platform.outbox import Payload
from cop.settings import Settings


class Mailing:
    """The jobs that send mail, over one way of posting it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._post = Post(
            smtp_url=settings.smtp_url, sender=settings.mail_from, folder=settings.data / "mail", host=settings.host
        )

    def send_welcome(self, payloads: Sequence[Payload], now: datetime) -> None:
        """One letter a batch, so that a failure repeats no other."""
        for payload in payloads:
            person_id = payload["person_id"]
            with reading():
                address, person = address_of(person_id), list_lines([person_id]).get(person_id)
            if address and person:
                letter = welcome(
                    to=address, name=person.name, site=self._settings.site_name, base_url=self._settings.base_url
                )
                self._post.send(letter, now=now)
