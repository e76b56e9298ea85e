"""Once a day, who told something a year ago; and the letter about what became of what one told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from cop.communities.queries import load_person_as_viewer
from cop.notifications.callbacks import emails
from cop.notifications.callbacks.models import WONDERED, YEAR
from cop.notifications.callbacks.operations import begin_letter, call_back, note_letter
from cop.notifications.callbacks.queries import CallbackLine, list_news, list_year_old
from cop.notifications.emails import Sender
from cop.notifications.probes.queries import find_teller
from cop.platform.choices import site_settings
from cop.platform.database import transaction
from cop.platform.mail import Letter, Post
from cop.platform.outbox import Payload
from cop.settings import Settings

YEARS: Final = "callbacks.years"
MOST_YEARS: Final = 500  # in one night; the rest is told the next, since nobody waits for the day itself
_LOOKED_BACK: Final = timedelta(days=30)  # of whoever never got such a letter


def tell_of_years(_payloads: Sequence[Payload], now: datetime) -> None:
    """A year has passed since somebody told this."""
    for thread_id, teller_id in list_year_old(now, limit=MOST_YEARS):
        call_back(person_id=teller_id, by_id=None, kind=YEAR, thread_id=thread_id, ref_id=1, at=now)


class CallbackMailing:
    """The job that sends the letters."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._post = Post(
            smtp_url=settings.smtp_url, sender=settings.mail_from, folder=settings.data / "mail", host=settings.host
        )

    def send(self, payloads: Sequence[Payload], now: datetime) -> None:
        """What nobody has seen yet, if it still stands."""
        for payload in payloads:
            letter = self._write(payload["person_id"], now)
            if letter:
                self._post.send(letter, now=now)

    def _write(self, person_id: int, now: datetime) -> Letter | None:
        with transaction():
            is_due, since = begin_letter(person_id=person_id, now=now)
            teller = find_teller(person_id) if is_due else None
            lines = self._list_news(person_id, since or now - _LOOKED_BACK) if teller else []
            if teller is None or not lines:
                return None
            note_letter(person_id=person_id, now=now)
        to, name = teller
        sender = Sender(site_settings().site_name, self._settings.base_url)
        return emails.became(sender, to=to, name=name, lines=lines)

    @staticmethod
    def _list_news(person_id: int, since: datetime) -> list[CallbackLine]:
        """That several wonder the same is for the letters about probes."""
        viewer = load_person_as_viewer(person_id)
        return list_news(viewer, since=since, leaving_out=(WONDERED,), limit=emails.MOST_IN_A_LETTER)
