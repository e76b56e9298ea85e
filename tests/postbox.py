"""The mail that the site has sent: read as whoever gets it would, and opened by its first link."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Mail:
    """One letter that arrived."""

    to: str
    subject: str
    text: str

    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.text)

    @property
    def path(self) -> str:
        """Where the first link leads, on this site."""
        return re.sub(r"^https?://[^/]+", "", self.links[0])

    @property
    def token(self) -> str:
        return self.path.removeprefix("/letters/")


class Postbox:
    """Delivers what is queued and hands out what has arrived since it was last asked."""

    def __init__(self, folder: Path, deliver: Callable[[], int]) -> None:
        self._folder, self._deliver = folder, deliver
        self.fetch()  # what came before nobody is waiting for

    def fetch(self) -> list[Mail]:
        self._deliver()
        letters = [read_mail(path) for path in sorted(self._folder.glob("*.eml"))]
        self._empty()
        return letters

    def fetch_one(self, to: str, about: str = "") -> Mail:
        """The one letter to an address that speaks of something in its subject."""
        (letter,) = [mail for mail in self.fetch() if mail.to == to and about in mail.subject]
        return letter

    def _empty(self) -> None:
        for path in self._folder.glob("*.eml"):
            path.unlink()


def read_mail(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return Mail(str(message["To"]), str(message["Subject"]), message.get_content())
