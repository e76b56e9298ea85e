"""Whether people reach the site at its address, and whether the proxy tells it what it must know.

`cop check` goes there as a visitor would, says that it is somebody else, and is told by the site what arrived.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from itertools import chain
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from cop.cli.commands import application, settings
from cop.cli.findings import Check, Finding
from cop.cli.locks import is_held, worker_lock
from cop.platform import clock
from cop.platform.asking import HEADER, print_settings, sign_question
from cop.platform.site import folder
from cop.settings import Settings

_PATIENCE = 10  # seconds
_MOST = 10_000  # bytes of an answer that is ours
SOMEBODY = "192.0.2.77"  # an address that nobody has: it is kept for examples
_SHARE_LEFT = 6  # a certificate of ninety days has fifteen left
_GUIDE = "docs/deploy has a whole example."


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the site says of a request: by whom, at which address, the header that the proxy left; since when it runs,
    in seconds, and with which settings, as fingerprints."""

    seen: str
    origin: str
    forwarded: str
    since: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


class Astray(Exception):
    """The request did not get there; what happened, and what to do."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.what, self.advice = what, advice


class _Staying(HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        """Follow nobody: a site that leads elsewhere has another address than we think."""


def check_address() -> Iterator[Finding]:
    chosen = settings()
    if not is_held(worker_lock(chosen.data)):
        yield Finding(f"address: {chosen.base_url} was not asked, since no site is running here.")
        return
    try:
        arrival = ask_site(chosen.base_url)
        yield from judge_age(arrival, installed_at())
        yield from judge_settings(arrival, print_settings(chosen, str(application().secret_key)))
        faults = [*judge_arrival(arrival, chosen), *_check_certificate(chosen)]
    except Astray as astray:
        faults = [Finding(f"address: {chosen.base_url} {astray.what}.", astray.advice)]
    yield from faults or [Finding(f"address: the site answers at {chosen.base_url}, as it should.")]


def ask_site(base_url: str) -> Arrival:
    """Ask the site at the address that people type, whatever proxies this account of the machine would go by.

    Raises:
        Astray: something else answers, or nothing.
    """
    headers = {HEADER: sign_question(str(application().secret_key)), "X-Forwarded-For": SOMEBODY}
    question = Request(f"{base_url.rstrip('/')}/healthz", headers=headers)  # noqa: S310  # http or https: settings
    try:
        with build_opener(ProxyHandler({}), _Staying).open(question, timeout=_PATIENCE) as answer:
            return _read(answer.read(_MOST))
    except HTTPError as refused:
        with refused:
            raise _say_refusal(refused) from refused
    except (OSError, HTTPException) as problem:
        reason = str(problem.reason if isinstance(problem, URLError) else problem) or type(problem).__name__
        raise Astray(f"does not answer: {reason}", _advise_on_silence(reason)) from problem


def judge_arrival(arrival: Arrival, chosen: Settings) -> Iterator[Finding]:
    """What is wrong with what the proxy passes on, of a request that said it came from `SOMEBODY`."""
    if arrival.origin.lower() != chosen.base_url.rstrip("/").lower():
        yield Finding(
            f"proxy: a request for {chosen.base_url} arrives as one for {arrival.origin}, so every form is refused.",
            f"The proxy must set X-Forwarded-Proto and X-Forwarded-Host, and COP_PROXIES count it. {_GUIDE}",
        )
    is_told_already = chosen.is_https  # that COP_PROXIES is 0: nothing need be asked for that
    if not chosen.proxies and not is_told_already and arrival.forwarded != SOMEBODY:
        yield Finding(
            "proxy: one stands in front and COP_PROXIES is 0, so everybody shares one visitor's limits.",
            "Set COP_PROXIES to the number of proxies, mostly 1.",
        )
    if chosen.proxies and arrival.seen == SOMEBODY:
        yield Finding(
            "proxy: it passes on what visitors say of their own address, so that anybody can pass for anybody.",
            f"The proxy must set X-Forwarded-For itself, or COP_PROXIES ({chosen.proxies}) is too high. {_GUIDE}",
        )
    elif chosen.proxies and not arrival.forwarded:
        yield Finding(
            "proxy: it does not say where people come from, so everybody shares one visitor's limits.",
            f"The proxy must set X-Forwarded-For. {_GUIDE}",
        )


def judge_age(arrival: Arrival, installed: datetime) -> Iterator[Finding]:
    """Whether the site runs what is installed: who installs and does not start it again sees the old pages."""
    if not arrival.since.isdigit() or clock.moment(int(arrival.since)) < installed:
        yield Finding(
            f"version: something was installed at {installed:%Y-%m-%d %H:%M} UTC, and the site was started before.",
            "Start it again: systemctl restart cop.",
        )


def judge_settings(arrival: Arrival, given: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the site has the settings that this command was given: they are read once, when it starts."""
    others = sorted(name for name in arrival.settings if arrival.settings[name] != given.get(name))
    if others:
        yield Finding(
            f"settings: the site runs with another {', '.join(others)} than this command was given.",
            "Start it again, if that was changed since; else give the command what the site has.",
        )


def installed_at() -> datetime:
    """When the latest of this program's files came to be where it is."""
    package, pages = Path(__file__).parents[1], folder("templates")
    files = chain(package.rglob("*.py"), pages.rglob("*.html"))
    return clock.moment(int(max(file.stat().st_mtime for file in files)))


def judge_certificate(begins: datetime, ends: datetime, *, now: datetime) -> Iterator[Finding]:
    """Whether a certificate should have been renewed long ago: mostly that happens with a third of its time left."""
    if ends - now < (ends - begins) / _SHARE_LEFT:
        yield Finding(
            f"address: the certificate ends on {ends:%Y-%m-%d}, and nobody has renewed it.",
            "See why in the log of the proxy, or of certbot; mostly port 80 is shut or the name leads elsewhere.",
        )


def _check_certificate(chosen: Settings) -> Iterator[Finding]:
    if not chosen.is_https:
        return
    address = urlsplit(chosen.base_url)
    place = (address.hostname or "", address.port or 443)
    secure = ssl.create_default_context()
    with (
        socket.create_connection(place, timeout=_PATIENCE) as line,
        secure.wrap_socket(line, server_hostname=address.hostname) as secured,
    ):
        shown = secured.getpeercert() or {}
    begins, ends = (clock.moment(int(ssl.cert_time_to_seconds(str(shown[name])))) for name in ("notBefore", "notAfter"))
    yield from judge_certificate(begins, ends, now=clock.now())


def _read(answer: bytes) -> Arrival:
    try:
        told = json.loads(answer)
        is_up = told.pop("status") == "up"
    except (ValueError, KeyError, AttributeError, TypeError):
        is_up, told = False, {}
    if not is_up:
        raise Astray("leads to something that is not this program", "Have the proxy pass it on to cop serve.")
    if not told:
        raise Astray(
            "is answered by a site with another secret",
            "It may be another site, or an old one that was never stopped; or COP_SECRET_KEY differs from what runs.",
        )
    return Arrival(**told)


def _say_refusal(refused: HTTPError) -> Astray:
    if refused.code in (502, 503, 504):
        what = f"is answered by the proxy alone, with {refused.code}"
        return Astray(what, "See that cop serve runs, and that the proxy passes on to its host and port.")
    if refused.code == 400:
        what = "is refused as an unknown name (400)"
        return Astray(what, f"The proxy must pass the name on in X-Forwarded-Host, as people typed it. {_GUIDE}")
    if 300 <= refused.code < 400:
        what = f"leads on to {refused.headers.get('Location', 'nowhere')}"
        return Astray(what, "COP_BASE_URL must be the address at which people end up, with its https.")
    return Astray(f"answers with {refused.code}", "See what the proxy logs.")


def _advise_on_silence(reason: str) -> str:
    if "self-signed" in reason or "local issuer" in reason:
        return (
            "Where the authority is your own, name its certificate in SSL_CERT_FILE; else have it made by a known one."
        )
    if "certificate" in reason.lower():
        return "Renew the proxy's certificate, or mend the name in COP_BASE_URL."
    if "Name or service" in reason or "resolution" in reason or "No address" in reason:
        return "Mend the name in COP_BASE_URL, or its entry in the DNS."
    return (
        "See that the proxy runs and that COP_BASE_URL is right. Where this machine alone cannot reach it, give it the"
        " name in /etc/hosts."
    )


REACHING: dict[Check, str] = {check_address: "address"}
