"""What every web process would otherwise do for itself at its first pages, done once before there are any.

A web process shares the memory of the server that it is forked from until somebody writes there. Templates that are
compiled, statements that are built and words of languages that are read before the fork are there once, not in each.
"""

from __future__ import annotations

import logging
import re
from typing import Final

from flask import Flask
from werkzeug.test import Client

log = logging.getLogger(__name__)

_WAYS_IN: Final = (re.compile(r'href="(/c/[^"/?#]+/)"'), re.compile(r'href="(/t/[^"?#]+)"'))  # places, then stories


def warm_up(app: Flask, base_url: str) -> None:
    """Go the way of a visitor: the front page, the first community there, its first thread. Never fails: what cannot
    be read now is read when somebody asks for it, and says what is wrong then."""
    visitor = app.test_client()
    try:
        page = _read(visitor, base_url, "/")
        for way_in in _WAYS_IN:
            if not (found := way_in.search(page)):
                return
            page = _read(visitor, base_url, found[1])
    except Exception:
        log.debug("The pages could not be read before the start.", exc_info=True)


def _read(visitor: Client, base_url: str, path: str) -> str:
    return visitor.get(path, base_url=base_url).get_data(as_text=True)
