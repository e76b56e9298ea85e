"""Sending the letters about probes: whether there is still something to tell is asked when they leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cop.notifications.emails import Sender
from cop.notifications.probes import emails
from cop.notifications.probes.operations import begin_letter, note_letter
from cop.notifications.probes.queries import find_answered, find_removed, find_teller, list_open_before
from cop.platform.choices import site_settings
from cop.platform.database import reading, transaction
from cop.platform.mail import Letter, Post
from cop.platform.outbox import Payload
from cop.settings import Settings


class ProbeMailing:
    """The jobs that send them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._post = Post(
            smtp_url=settings.smtp_url, sender=settings.mail_from, folder=settings.data / "mail", host=settings.host
        )

    def send_to_teller(self, payloads: Sequence[Payload], now: datetime) -> None:
        """What stands open before them, if anything of it is news."""
        for payload in payloads:
            letter = self._write_to_teller(payload["person_id"], now)
            if letter:
                self._post.send(letter, now=now)

    def send_to_asker(self, payloads: Sequence[Payload], now: datetime) -> None:
        for payload in payloads:
            with reading():
                line = find_answered(payload["reply_id"], payload["answer_id"])
            if line:
                self._post.send(emails.answered(self._sender, line), now=now)

    def send_of_removal(self, payloads: Sequence[Payload], now: datetime) -> None:
        for payload in payloads:
            with reading():
                line = find_removed(payload["reply_id"])
            if line:
                self._post.send(emails.removed(self._sender, line), now=now)

    def _write_to_teller(self, person_id: int, now: datetime) -> Letter | None:
        with transaction():
            is_due, since = begin_letter(person_id=person_id, now=now)
            teller = find_teller(person_id) if is_due else None
            questions = list_open_before(person_id, since=since, now=now) if teller else []
            if teller is None or not any(one.is_news for one in questions):
                return None
            note_letter(person_id=person_id, now=now)
        to, name = teller
        return emails.asked(self._sender, to=to, name=name, questions=questions)

    @property
    def _sender(self) -> Sender:
        return Sender(site_settings().site_name, self._settings.base_url)
