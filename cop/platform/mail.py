"""Mail leaves by SMTP, or into files when no server is set. It is only ever sent by the worker."""

from __future__ import annotations

import logging
import os
import smtplib
import ssl
from dataclasses import asdict, dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

log = logging.getLogger(__name__)
_PATIENCE = 20  # seconds for a mail server that hangs


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person, in plain text."""

    to: str
    subject: str
    text: str

    def as_payload(self) -> dict[str, Any]:
        return asdict(self)


class Post:
    """Sends letters as the settings say."""

    def __init__(self, *, smtp_url: str, sender: str, folder: Path, host: str) -> None:
        self._smtp_url, self._sender, self._folder, self._host = smtp_url, sender, folder, host

    def send(self, letter: Letter, *, now: datetime) -> None:
        """Hand the letter to the mail server, or write it to a file. Raises what the server or disk raises."""
        message = self._compose(letter, now)
        if self._smtp_url:
            self._deliver(message)
        else:
            self._write(message, now)

    def _compose(self, letter: Letter, now: datetime) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"] = self._sender, letter.to
        message["Subject"] = " ".join(letter.subject.split())
        message["Date"] = format_datetime(now)
        message["Message-ID"] = make_msgid(domain=self._host.split(":")[0])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message

    def _deliver(self, message: EmailMessage) -> None:
        server = urlsplit(self._smtp_url)
        secure = ssl.create_default_context()
        host = server.hostname or "localhost"
        connection: smtplib.SMTP
        if server.scheme == "smtps":
            connection = smtplib.SMTP_SSL(host, server.port or 465, timeout=_PATIENCE, context=secure)
        else:
            connection = smtplib.SMTP(host, server.port or 25, timeout=_PATIENCE)
        with connection:
            if server.scheme == "smtp" and connection.has_extn("starttls"):
                connection.starttls(context=secure)
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(message)

    def _write(self, message: EmailMessage, now: datetime) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{now:%Y%m%dT%H%M%S%f}-{os.urandom(4).hex()}.eml"
        (self._folder / name).write_bytes(message.as_bytes())
        log.info("mail: no COP_SMTP_URL is set; a letter was written to %s", name)
