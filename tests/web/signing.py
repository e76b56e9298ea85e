"""What the tests of accounts share: somebody new, a browser that signs in, and addresses nobody may be led to."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from cop.platform.database import reading
from tests.cast import PASSWORD
from tests.postbox import Postbox
from tests.web.reading import Reader

COOKIE = "cop_session"
NEW = {"name": "Aoife Brennan", "email": "aoife@example.org"}
NEW_PASSWORD = "four dull grey herons"
FOREIGN = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/c/",
    "https:evil.example",
    "javascript:alert(1)",
    "evil.example",
    "@evil.example",
    "/\t/evil.example",
    "/c/\r\nSet-Cookie: a=b",
    "/c/\x00",
    " /c/",
    "/\u2028/evil.example",
    "/c/" + "a" * 5000,
)


def sign_in(browser: FlaskClient, email: str = "maren@example.org", password: str = PASSWORD, **fields: str) -> Any:
    return browser.post("/signin", data={"email": email, "password": password, **fields})


def join(browser: FlaskClient, post: Postbox, **fields: str) -> Any:
    """Ask for an account, open the letter and choose a password; the last answer."""
    asked = NEW | fields
    browser.post("/signup", data=asked)
    letter = post.fetch_one(asked["email"].strip().lower(), "Make your account")
    form = Reader(browser.get(letter.path)).forms()[letter.path]
    return browser.post(letter.path, data=form | {"new_password": NEW_PASSWORD})


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/settings/profile").status_code == 200


def count(model: type[Any]) -> int:
    with reading() as s:
        return s.scalar(select(func.count()).select_from(model)) or 0
