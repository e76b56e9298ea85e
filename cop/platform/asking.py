"""A question that only a holder of the site's secret can put: `cop check` asks the running site what arrives there."""

from itsdangerous import BadSignature, TimestampSigner

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
