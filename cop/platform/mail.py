"""Mail leaves by SMTP, or into files when no server is set. It is only ever sent by the worker."""

from __future__ import annotations

import logging
import os
import smtplib
import ssl
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from cop.platform.outbox import AWAY_PAUSE, Away

log = logging.getLogger(__name__)
_TAKEN = 250  # what a server answers that takes something
_PATIENCE = 10  # seconds for a mail server that hangs; the search index waits as long


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person, in plain text."""

    to: str
    subject: str
    text: str

    def as_payload(self) -> dict[str, Any]:
        return asdict(self)


class Post:
    """Sends letters as the settings say.

    A server that cannot be reached is left in peace for a while: the other letters that are due fail at once, so that a
    hundred of them do not hold the worker a hundred times as long as one.
    """

    _away: ClassVar[dict[str, tuple[float, str]]] = {}  # address of a server to until when, and what it failed of

    def __init__(self, *, smtp_url: str, sender: str, folder: Path, host: str) -> None:
        self._smtp_url, self._sender, self._folder, self._host = smtp_url, sender, folder, host

    def send(self, letter: Letter, *, now: datetime) -> None:
        """Hand the letter to the mail server, or write it to a file. Raises what the server or disk raises.

        Raises:
            Away: the server cannot be reached, or does not let us in.
        """
        message = self._compose(letter, now)
        if self._smtp_url:
            self._deliver(message)
        else:
            self._write(message, now)

    def knock(self) -> str:
        """Whether the server would take a letter from us now; what it says against it. Nothing is sent."""
        try:
            with self._connect() as connection:
                code, words = connection.mail(parseaddr(self._sender)[1])
                connection.rset()
        except OSError as problem:
            return _say(problem)
        return "" if code == _TAKEN else f"Sender refused, {code} {words.decode('utf-8', 'replace')}"

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
        connection = self._reach()
        with connection:
            connection.send_message(message)

    def _reach(self) -> smtplib.SMTP:
        """A connection that takes letters. What fails from then on is that letter's failure."""
        until, fault = self._away.get(self._smtp_url, (0.0, ""))
        if time.monotonic() < until:
            raise Away(fault)
        try:
            connection = self._connect()
        except OSError as problem:  # whatever smtplib raises is one too
            fault = f"The mail server cannot be used: {_say(problem)}"
            self._away[self._smtp_url] = time.monotonic() + AWAY_PAUSE.total_seconds() / 2, fault
            log.warning("mail: %s; letters wait.", fault)
            raise Away(fault) from problem
        self._away.pop(self._smtp_url, None)
        return connection

    def _connect(self) -> smtplib.SMTP:
        server = urlsplit(self._smtp_url)
        secure, host = ssl.create_default_context(), server.hostname or "localhost"
        if server.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(host, server.port or 465, timeout=_PATIENCE, context=secure)
        else:
            connection = smtplib.SMTP(host, server.port or 25, timeout=_PATIENCE)
        try:
            connection.ehlo_or_helo_if_needed()
            if server.scheme == "smtp" and connection.has_extn("starttls"):
                connection.starttls(context=secure)
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
        except OSError:
            connection.close()
            raise
        return connection

    def _write(self, message: EmailMessage, now: datetime) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{now:%Y%m%dT%H%M%S%f}-{os.urandom(4).hex()}.eml"
        (self._folder / name).write_bytes(message.as_bytes())
        log.info("mail: no COP_SMTP_URL is set; a letter was written to %s", name)


def _say(problem: OSError) -> str:
    return f"{type(problem).__name__}: {problem}"
