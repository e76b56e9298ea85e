"""Asking the search page, and reading its answer."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from flask.testing import FlaskClient

from tests.web.reading import Reader, read


def look(browser: FlaskClient, words: str, *slugs: str) -> Reader:
    return read(browser, "/search?" + urlencode([("q", words), *(("c", slug) for slug in slugs)]))


def bytes_of(page: Reader) -> str:
    """The page without the keys that no two forms share."""
    return re.sub(r'name="(?:key|csrf_token)" value="[^"]*"', "", page.html)


def found(page: Reader) -> list[str]:
    return page.words("li[@class='hit']/h3/a")
