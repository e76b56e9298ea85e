"""Sending: each mail is written at the moment it leaves, so it says what is true then.

Whether an address is known is found out here and never in the request that asked. The token of a link is made here too,
so that it stands in the letter and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cop.accounts.models import INVITATION, NEW_ADDRESS, RESET, SIGN_UP, UNDO, VERIFY
from cop.accounts.queries import address_of, find_credentials, find_person_by_email, list_lines
from cop.accounts.tickets import issue_ticket
from cop.notifications import emails
from cop.notifications.emails import Sender
from cop.platform.choices import site_settings
from cop.platform.database import reading, transaction
from cop.platform.mail import Letter, Post
from cop.platform.outbox import Payload
from cop.settings import Settings


class Mailing:
    """The jobs that send mail, over one way of posting it. One letter a batch: a failure repeats no other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._post = Post(
            smtp_url=settings.smtp_url, sender=settings.mail_from, folder=settings.data / "mail", host=settings.host
        )

    def send_welcome(self, payloads: Sequence[Payload], now: datetime) -> None:
        for payload in payloads:
            with reading():
                address, person = address_of(payload["person_id"]), list_lines([payload["person_id"]])
            if address and person:
                (line,) = person.values()
                self._send(emails.welcome(self._sender, to=address, name=line.name), now)

    def send_sign_up(self, payloads: Sequence[Payload], now: datetime) -> None:
        """The link that makes an account; or, to somebody who has one, that they have."""
        for payload in payloads:
            address, about = payload["address"], payload["about"]
            if self._is_known(address):
                self._send(emails.known_already(self._sender, to=address), now)
                continue
            with transaction():
                token = issue_ticket(SIGN_UP, person_id=None, address=address, about=about, now=now)
            self._send(emails.sign_up(self._sender, to=address, name=about["name"], token=token), now)

    def send_invitation(self, payloads: Sequence[Payload], now: datetime) -> None:
        for payload in payloads:
            address = payload["address"]
            if self._is_known(address):
                self._send(emails.known_already(self._sender, to=address), now)
                continue
            with transaction():
                token = issue_ticket(INVITATION, person_id=None, address=address, now=now)
            self._send(emails.invitation(self._sender, to=address, token=token), now)

    def send_reset(self, payloads: Sequence[Payload], now: datetime) -> None:
        """Nothing to an address without an account, nor to somebody who is kept out."""
        for payload in payloads:
            address = payload["address"]
            with transaction():
                person = find_credentials(address)
                token = (
                    issue_ticket(RESET, person_id=person.person_id, address=address, now=now)
                    if person and not person.is_suspended
                    else ""
                )
            if token:
                self._send(emails.reset(self._sender, to=address, token=token), now)

    def send_verify(self, payloads: Sequence[Payload], now: datetime) -> None:
        for payload in payloads:
            with transaction():
                address = address_of(payload["person_id"])
                token = address and issue_ticket(VERIFY, person_id=payload["person_id"], address=address, now=now)
            if address and token:
                self._send(emails.verify(self._sender, to=address, token=token), now)

    def send_new_address(self, payloads: Sequence[Payload], now: datetime) -> None:
        """The link that confirms an address; or, to somebody else who has it, that it is theirs."""
        for payload in payloads:
            person_id, address = payload["person_id"], payload["address"]
            if self._is_known(address):
                self._send(emails.known_already(self._sender, to=address), now)
                continue
            with transaction():
                is_here = address_of(person_id) is not None
                token = is_here and issue_ticket(NEW_ADDRESS, person_id=person_id, address=address, now=now)
            if token:
                self._send(emails.new_address(self._sender, to=address, token=token), now)

    def send_address_notice(self, payloads: Sequence[Payload], now: datetime) -> None:
        for payload in payloads:
            person_id, old = payload["person_id"], payload["old"]
            with transaction():
                is_here = address_of(person_id) is not None
                token = is_here and issue_ticket(UNDO, person_id=person_id, address=old, now=now)
            if token:
                self._send(emails.address_changed(self._sender, to=old, token=token), now)

    def send_password_notice(self, payloads: Sequence[Payload], now: datetime) -> None:
        for payload in payloads:
            with reading():
                address = address_of(payload["person_id"])
            if address:
                self._send(emails.password_changed(self._sender, to=address), now)

    def send_farewell(self, payloads: Sequence[Payload], now: datetime) -> None:
        for payload in payloads:
            self._send(emails.farewell(self._sender, to=payload["address"]), now)

    @property
    def _sender(self) -> Sender:
        return Sender(site_settings().site_name, self._settings.base_url)

    def _is_known(self, address: str) -> bool:
        with reading():
            return find_person_by_email(address) is not None

    def _send(self, letter: Letter, now: datetime) -> None:
        self._post.send(letter, now=now)
