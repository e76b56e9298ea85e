"""What a site stands on, for `cop check`: the proxy, the secret, the disk, the clock, mail, and what backups need."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path

from cop.cli.commands import Failure, settings
from cop.cli.findings import Check, Finding
from cop.cli.postgresql import find_program, version_of
from cop.cli.queries import read_clock_of_database, read_latest_moment
from cop.cli.schema import database_file
from cop.platform import clock
from cop.platform.database import db, is_sqlite, reading
from cop.platform.mail import Post
from cop.platform.outbox import list_put_off
from cop.settings import Settings, variables

SHORTEST_SECRET = 32  # characters, as for COP_SECRET_KEY
_LEAST_FREE = 500_000_000  # bytes
_LEAST_FILES = 10_000
_PREFIX = "COP_"
_NTP = "Have this machine and its database keep time by NTP; what lies ahead waits until then."
_SKEW = timedelta(minutes=2)  # what two machines may differ by


def _check_proxy() -> Iterator[Finding]:
    chosen = settings()
    if chosen.is_at_home and (chosen.proxies or chosen.smtp_url):
        yield Finding(
            f"address: COP_BASE_URL is {chosen.base_url}, which leads everybody but this machine to themselves, in"
            " every letter too.",
            "Set it to the address that people type.",
        )
    if chosen.is_https and not chosen.proxies:
        yield Finding(
            f"proxy: people come over {chosen.base_url}, and COP_PROXIES is 0, so all of them seem to come from the"
            " proxy and share its limits.",
            "Set COP_PROXIES to the number of proxies, mostly 1, and see that each sets X-Forwarded-For.",
        )


def _check_names() -> Iterator[Finding]:
    """A variable that was mistyped changes nothing and says nothing."""
    known = {name.removeprefix(_PREFIX): name for name in variables()}
    for name in sorted(os.environ.keys() - known.values()):
        if name.startswith(_PREFIX) and (meant := get_close_matches(name.removeprefix(_PREFIX), known, 1)):
            yield Finding(f"settings: there is no {name}, so it changes nothing.", f"Write {known[meant[0]]}.")


def _check_secret() -> Iterator[Finding]:
    secret = settings().data / "secret"
    if settings().secret_key:
        yield Finding("secret: COP_SECRET_KEY is set.")
    elif secret.is_file() and len(secret.read_text(encoding="ascii", errors="replace").strip()) < SHORTEST_SECRET:
        yield Finding(
            f"secret: what is in {secret} is shorter than {SHORTEST_SECRET} characters.",
            "Delete the file and start the site again, which makes another; forms that are open must be sent again.",
        )
    else:
        yield Finding("secret: in the data folder, and long enough.")


def _check_disk() -> Iterator[Finding]:
    data, file = settings().data, database_file()
    free, files = shutil.disk_usage(data).free, _count_files_that_fit(data)
    size = file.stat().st_size if file and file.exists() else 0
    wanted = max(_LEAST_FREE, 2 * size)  # a backup, and a new index beside the old one
    if free < wanted:
        yield Finding(
            f"disk: {free / 1e6:.0f} MB are free for {data}; it should be {wanted / 1e6:.0f} MB.",
            "Make room, or people are soon told that nothing can be stored; upgrades need room for a backup.",
        )
    elif files < _LEAST_FILES:
        yield Finding(f"disk: only {files} more files fit on that of {data}.", "Delete small files there.")
    else:
        yield Finding(f"disk: {free / 1e9:.1f} GB are free.")


def _count_files_that_fit(data: Path) -> int:
    """Some file systems run out of files before they run out of bytes; others know no such number."""
    found = os.statvfs(data)
    return found.f_favail if found.f_files else _LEAST_FILES


def _check_clock() -> Iterator[Finding]:
    with reading():
        latest, there = read_latest_moment(), read_clock_of_database()
    if there and abs(there - clock.now()) > _SKEW:
        yield Finding(f"clock: the database says {there:%Y-%m-%d %H:%M} and this machine {clock.now():%H:%M}.", _NTP)
    ahead = latest - clock.now() if latest else timedelta()
    if latest and ahead > _SKEW:
        yield Finding(
            f"clock: something was written at {latest:%Y-%m-%d %H:%M} UTC, and this machine says"
            f" {clock.now():%Y-%m-%d %H:%M}.",
            _NTP,
        )
    else:
        yield Finding("clock: nothing was written later than now.")


def _check_mail() -> Iterator[Finding]:
    chosen = settings()
    if not chosen.smtp_url:
        yield Finding(f"mail: goes into files in {chosen.data / 'mail'}; with COP_SMTP_URL it would leave.")
        return
    if chosen.mail_from == _default_of("mail_from"):
        yield Finding(f"mail: comes from {chosen.mail_from}, which servers refuse.", "Set COP_MAIL_FROM.")
    fault = Post(smtp_url=chosen.smtp_url, sender=chosen.mail_from, folder=chosen.data, host=chosen.host).knock()
    if fault:
        yield Finding(f"mail: the server says no: {fault}.", _advise_on_mail(fault))
    waiting = [one for one in list_put_off() if "mail server" in one.fault or "SMTP" in one.fault]
    for one in waiting:
        yield Finding(
            f"mail: {one.rows} of {one.job} wait since {one.written_at:%Y-%m-%d %H:%M} UTC: “{one.fault}”.",
            "See whether COP_SMTP_URL is right and the server answers. Nothing is lost; they leave soon after it does.",
        )
    if not (waiting or fault):
        yield Finding("mail: the server lets us in, and none has failed lately.")


def _advise_on_mail(fault: str) -> str:
    if "Authentication" in fault:
        return "Mend the user and the password in COP_SMTP_URL; in a password write %40 for @, %2F for / and so on."
    if "Sender" in fault:
        return "The server takes no letters from COP_MAIL_FROM: set it to an address of yours that it knows."
    if "SSL" in fault or "certificate" in fault.lower():
        return "Write smtps:// for port 465 and smtp:// for 587 and 25, and the name that its certificate bears."
    return "Mend host and port in COP_SMTP_URL, or see whether the way out is shut: many hosts let nobody out by 25."


def _check_programs() -> Iterator[Finding]:
    if is_sqlite():
        return
    with db.engine.connect() as connection:
        server = version_of(connection)
    try:
        for name in ("pg_dump", "pg_restore", "psql"):
            find_program(name, server=server)
    except Failure as missing:
        yield Finding(f"backups: {missing.format_message()}", "Without it neither cop backup nor cop upgrade works.")
    else:
        yield Finding("backups: PostgreSQL's programs are here.")


def _default_of(name: str) -> object:
    return next(field.default for field in fields(Settings) if field.name == name)


GROUND: dict[Check, str] = {
    _check_names: "settings",
    _check_proxy: "proxy",
    _check_secret: "secret",
    _check_disk: "disk",
}
WORKINGS: dict[Check, str] = {_check_clock: "clock", _check_mail: "mail", _check_programs: "backups"}
