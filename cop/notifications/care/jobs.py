"""Asking each night what has aged, and sending letters: whether there is still something to ask is found out then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cop.endorsements.check_ins.operations import ask_check_in
from cop.notifications.care import emails
from cop.notifications.care.queries import find_asked_keeper, find_to_check, find_trying, list_to_ask
from cop.platform.database import reading
from cop.platform.mail import Post
from cop.platform.outbox import Payload
from cop.settings import Settings


def ask_for_check_ins(_payloads: Sequence[Payload], now: datetime) -> None:
    """Ask those who can tell whether what has become due still holds, each once in a check-in."""
    for one in list_to_ask(now):
        ask_check_in(
            thread_id=one.thread_id,
            community_id=one.community_id,
            person_id=one.person_id,
            due_at=one.due_at,
            now=now,
        )


class CareMailing:
    """The jobs that send them."""

    def __init__(self, settings: Settings) -> None:
        self._base_url = settings.base_url
        self._post = Post(
            smtp_url=settings.smtp_url, sender=settings.mail_from, folder=settings.data / "mail", host=settings.host
        )

    def ask_whether_it_holds(self, payloads: Sequence[Payload], now: datetime) -> None:
        for payload in payloads:
            with reading():
                about = find_to_check(payload["thread_id"], payload["person_id"], now)
                letter = emails.still_holds(about, self._base_url) if about else None
            if letter:
                self._post.send(letter, now=now)

    def ask_how_it_went(self, payloads: Sequence[Payload], now: datetime) -> None:
        for payload in payloads:
            with reading():
                about = find_trying(payload["thread_id"], payload["person_id"])
                letter = emails.how_did_it_go(about, self._base_url) if about else None
            if letter:
                self._post.send(letter, now=now)

    def ask_to_keep(self, payloads: Sequence[Payload], now: datetime) -> None:
        for payload in payloads:
            with reading():
                about = find_asked_keeper(payload["thread_id"], payload["person_id"])
                letter = emails.keep_it(about, self._base_url) if about else None
            if letter:
                self._post.send(letter, now=now)
