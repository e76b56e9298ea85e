"""How often people may try: signing in and up, letters, passwords, writing. See docs/decisions.md."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address, ip_network
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from cop.accounts.addresses import fold
from cop.platform import limits as _storage  # noqa: F401  # registers cop-database://
from cop.platform.tokens import hash_of
from cop.settings import Settings
from cop.web.callers import viewer

P = ParamSpec("P")
R = TypeVar("R")

SIGN_IN = "10 per 15 minutes"
SIGN_UP = "20 per hour"
SIGN_INS_FROM_NETWORK = "100 per 15 minutes"  # one password tried on many accounts
LETTER = "3 per hour;10 per day"  # to one address, whoever asks
LETTERS_FROM_NETWORK = "20 per hour"
OPENING = "30 per 10 minutes"
WRITING = "30 per 10 minutes"
PREVIEWING = "120 per 10 minutes"  # of the composer's chips and previews, which keep nothing but render
SEARCHING = "60 per minute"  # by a visitor's network; people who are signed in search as they like
SUGGESTING = "300 per minute"  # a word typed quickly asks a few times
_counted_here = FixedWindowRateLimiter(MemoryStorage())
SAVING = "400 per 10 minutes"  # of drafts: every five seconds, in three tabs
KEEPING = "30 per 10 minutes"  # of what comes in signed out, from one network
_TOLD = frozenset(("open", "preview"))  # the buttons of composers that store nothing
_PREVIEWS = frozenset((  # and the forms that look for them before anything else
    "threads.tell_story", "threads.revise_story", "questions.ask_question", "questions.revise_question",
    "replies.publish_reply", "replies.revise_reply", "verdicts.give_verdict", "probes.ask_probe", "probes.add_case",
    "check_ins.answer_check_in",
))  # fmt: skip


def network() -> str:
    """The caller's network: a household or an office, not one of its many addresses."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return str(ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False))


def person_or_network() -> str:
    person = viewer()
    return f"person {person.id}" if person.is_authenticated else network()


def account_and_network() -> str:
    """Whose account is being tried, and from where: nobody else's tries can lock a person out."""
    return f"{hash_of(fold(request.form.get('email', '')))} {network()}"  # hashed: any text may stand there


def whose_letter() -> str:
    """The address that would get a letter, or the person who asks for one to their own."""
    address = request.form.get("email", "")
    return hash_of(fold(address)) if address else person_or_network()


def _is_still_writing() -> bool:
    """A chip or a preview changes nothing, so it is counted for itself: it renders all the same."""
    return request.endpoint in _PREVIEWS and not _TOLD.isdisjoint(request.form)


limiter = Limiter(key_func=person_or_network, storage_uri="cop-database://", strategy="fixed-window")
sign_in_limit = limiter.shared_limit(SIGN_IN, scope="sign-in", key_func=account_and_network, methods=["POST"])
sign_up_limit = limiter.shared_limit(SIGN_UP, scope="sign-up", key_func=network, methods=["POST"])
sign_ins_from_network_limit = limiter.shared_limit(
    SIGN_INS_FROM_NETWORK, scope="sign-ins", key_func=network, methods=["POST"]
)
letter_limit = limiter.shared_limit(LETTER, scope="letter", key_func=whose_letter, methods=["POST"])
letters_from_network_limit = limiter.shared_limit(
    LETTERS_FROM_NETWORK, scope="letters", key_func=network, methods=["POST"]
)
opening_limit = limiter.shared_limit(OPENING, scope="opening", key_func=network, methods=["POST"])
password_limit = limiter.shared_limit(SIGN_IN, scope="password", key_func=person_or_network, methods=["POST"])
writing_limit = limiter.shared_limit(WRITING, scope="writing", methods=["POST"], exempt_when=_is_still_writing)
previewing_limit = limiter.shared_limit(
    PREVIEWING, scope="previewing", methods=["POST"], exempt_when=lambda: not _is_still_writing()
)

saving_limit = limiter.shared_limit(SAVING, scope="saving", methods=["POST"])
keeping_limit = limiter.shared_limit(KEEPING, scope="keeping", key_func=network)


def _limit_visitors(at_most: str, scope: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Limit reading by people who are not signed in, by their network.

    It is counted in the process and not in the database: a search writes nothing down, and those who would do harm by
    searching must not do it by being counted. With two processes a network has up to twice as much.
    """

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def limited(*args: P.args, **kwargs: P.kwargs) -> R:
            is_counted = current_app.config["RATELIMIT_ENABLED"] and not viewer().is_authenticated
            if is_counted and not _counted_here.hit(parse(at_most), scope, network()):
                raise TooManyRequests
            return view(*args, **kwargs)

        return limited

    return wrap


searching_limit = _limit_visitors(SEARCHING, "searching")
suggesting_limit = _limit_visitors(SUGGESTING, "suggesting")


def limit(app: Flask, settings: Settings) -> None:
    app.config["RATELIMIT_ENABLED"] = settings.limits
    limiter.init_app(app)
