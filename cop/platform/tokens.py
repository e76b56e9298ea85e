"""Secrets that are handed to people: random, long, and kept here only as hashes."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, as text that fits in a cookie and an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is stored of a token. It is random and long, so a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()
