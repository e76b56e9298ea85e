"""A question that only a holder of the site's secret can put: `cop check` asks the running site what arrives there."""

import hmac
from dataclasses import fields

from itsdangerous import BadSignature, TimestampSigner

from cop.settings import Settings

HEADER = "X-Cop-Check"
_WORD = "what arrives"
_GOOD_FOR = 60  # seconds


def sign_question(secret: str) -> str:
    """The header's value, good for a minute."""
    return TimestampSigner(secret, salt=HEADER).sign(_WORD).decode()


def is_question(text: str, secret: str) -> bool:
    """Whether the header was written by somebody who has the secret."""
    try:
        return TimestampSigner(secret, salt=HEADER).unsign(text, max_age=_GOOD_FOR) == _WORD.encode()
    except BadSignature:
        return False


def print_settings(settings: Settings, secret: str) -> dict[str, str]:
    """A fingerprint of each setting, by its variable: two can be compared, and none can be read from it."""
    values = {one.name: getattr(settings, one.name) for one in fields(settings)}
    values |= {"data": settings.data.resolve(), "secret_key": secret}
    return {
        f"COP_{name.upper()}": hmac.digest(secret.encode(), f"{name}={value}".encode(), "sha256").hex()[:16]
        for name, value in values.items()
    }
