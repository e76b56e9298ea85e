"""What an operator decides, read once from the environment. A bad value stops the start, by name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SIGNUP = ("open", "invited", "closed")
FOUND = ("admins", "anyone")
_ESCAPE = "In a password write %40 for @, %2F for /, %23 for #, %3A for : and %25 for %."


class BadSetting(Exception):
    """A setting that cannot be used; the sentence names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, its default and its sentence. The variable is the field's name in capitals after `COP_`."""

    data: Path = field(
        default=Path("data"),
        metadata={"says": "The folder that holds the database, the index, the secret and unsent mail."},
    )
    database_url: str = field(
        default="",
        metadata={"says": "Where the database is; empty means SQLite in the data folder."},
    )
    base_url: str = field(
        default="http://127.0.0.1:8000",
        metadata={"says": "The address people use. Links in mails come from it, never from a request."},
    )
    secret_key: str = field(
        default="",
        metadata={"says": "Signs tokens; at least 32 characters. Empty means one is made in the data folder."},
    )
    site_name: str = field(default="CoP", metadata={"says": "The name in the head of every page."})
    signup: str = field(
        default="open",
        metadata={"says": "Who may make an account: open, invited or closed.", "among": SIGNUP},
    )
    found: str = field(
        default="admins",
        metadata={"says": "Who may found a community: admins or anyone with an account.", "among": FOUND},
    )
    proxies: int = field(
        default=0,
        metadata={"says": "How many trusted proxies stand before this server; 0 means none.", "most": 5},
    )
    limits: bool = field(
        default=True,
        metadata={"says": "Whether sign-in, sign-up and writing are limited; off only for the bench."},
    )
    smtp_url: str = field(
        default="",
        metadata={"says": "smtp://user:password@host:port; empty means mail is written to files in the data folder."},
    )
    mail_from: str = field(
        default="CoP <noreply@localhost>",
        metadata={"says": "The sender of mails."},
    )
    demo: bool = field(
        default=False,
        metadata={"says": "Whether this site is the demonstration, and says so under its stories."},
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings.

        Raises:
            BadSetting: a value that cannot be used, with the variable's name in the sentence.
        """
        given = os.environ if environ is None else environ
        values = {f.name: _read(given[_variable(f.name)], f) for f in fields(cls) if _variable(f.name) in given}
        settings = cls(**values)
        _check(settings)
        return settings

    @property
    def database(self) -> str:
        """The database's address for SQLAlchemy."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'cop.sqlite3'}"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def is_at_home(self) -> bool:
        """Whether nobody but this machine finds the site under its address."""
        return urlsplit(self.base_url).hostname in ("127.0.0.1", "localhost", "::1")

    @property
    def host(self) -> str:
        """The host name people use, with its port when that is unusual."""
        return urlsplit(self.base_url).netloc


def variables() -> dict[str, str]:
    """Every variable with its sentence, for the guide and the test that holds the guide to it."""
    return {_variable(f.name): str(f.metadata["says"]) for f in fields(Settings)}


def _variable(name: str) -> str:
    return f"COP_{name.upper()}"


def _read(text: str, setting: Field[Any]) -> Any:
    default, name, metadata = setting.default, _variable(setting.name), setting.metadata
    if isinstance(default, bool):
        return _read_switch(text, name)
    if isinstance(default, int):
        return _read_number(text, name, metadata["most"])
    if isinstance(default, Path):
        return _read_folder(text, name)
    if "among" in metadata and text not in metadata["among"]:
        raise BadSetting(f"{name} is “{text}”; it must be one of: {', '.join(metadata['among'])}.")
    return text


def _read_folder(text: str, name: str) -> Path:
    if not text.strip():
        raise BadSetting(f"{name} is empty; it must name a folder.")
    return Path(text)


def _read_switch(text: str, name: str) -> bool:
    words = {"1": True, "yes": True, "on": True, "true": True, "0": False, "no": False, "off": False, "false": False}
    if text.lower() not in words:
        raise BadSetting(f"{name} is “{text}”; it must be on or off.")
    return words[text.lower()]


def _read_number(text: str, name: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > most:
        raise BadSetting(f"{name} is “{text}”; it must be a whole number from 0 to {most}.")
    return int(text)


def _check(settings: Settings) -> None:
    address = urlsplit(settings.base_url)
    is_whole = address.scheme in ("http", "https") and address.hostname and _has_port(settings.base_url)
    if not is_whole or address.path not in ("", "/"):
        raise BadSetting(f"COP_BASE_URL is “{settings.base_url}”; it must look like https://forum.example.org.")
    if settings.secret_key and len(settings.secret_key) < 32:
        raise BadSetting("COP_SECRET_KEY is too short; it must have at least 32 characters.")
    if settings.database_url and not settings.database_url.startswith(("sqlite://", "postgresql")):
        raise BadSetting("COP_DATABASE_URL must begin with sqlite:// or postgresql://.")
    if settings.smtp_url and urlsplit(settings.smtp_url).scheme not in ("smtp", "smtps"):
        raise BadSetting("COP_SMTP_URL must begin with smtp:// or smtps://.")
    if not _has_port(settings.smtp_url):
        raise BadSetting(f"COP_SMTP_URL cannot be read. {_ESCAPE}")
    if settings.database_url.startswith("postgresql") and not _has_port(settings.database_url):
        raise BadSetting(f"COP_DATABASE_URL cannot be read. {_ESCAPE}")
    if "@" not in parseaddr(settings.mail_from)[1]:
        raise BadSetting(f"COP_MAIL_FROM is “{settings.mail_from}”; it must look like Forum <forum@example.org>.")


def _has_port(address: str) -> bool:
    """Whether the port is a number, or none is given: a / or # in a password ends the host too early."""
    try:
        port = urlsplit(address).port
    except ValueError:
        return False
    return port != 0
