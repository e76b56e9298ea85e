"""Addresses that come from outside: where somebody may be led to, and where what they wrote may be sent."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from cop.web.callers import SIGNED_IN

LONGEST = 2000
_NEVER_IN_A_PATH = ("C", "Z")  # controls and spaces: browsers drop some of them and then read another address


def own_path(text: str | None, otherwise: str = "/") -> str:
    """The text if it is a path of this site and nothing a browser could read as another host; else `otherwise`."""
    if not text or len(text) > LONGEST or not text.startswith("/") or text.startswith("//") or "\\" in text:
        return otherwise
    if any(unicodedata.category(c)[0] in _NEVER_IN_A_PATH for c in text):
        return otherwise
    try:
        address = urlsplit(text)
    except ValueError:
        return otherwise
    return otherwise if address.scheme or address.netloc else text


def takes_forms(path: str) -> bool:
    """Whether this path belongs to a form of ours that only people with an account may send."""
    endpoint, _values = form_at(path)
    return getattr(current_app.view_functions.get(endpoint), "cop_callers", "") == SIGNED_IN


def form_at(path: str) -> tuple[str, Mapping[str, Any]]:
    """Which form of ours is sent to this path: its endpoint, or "", and what stands in the address."""
    try:
        adapter = current_app.create_url_adapter(request)
        return adapter.match(urlsplit(path).path, method="POST") if adapter else ("", {})
    except (HTTPException, ValueError):
        return "", {}


def came_from() -> str:
    """The page of this site on which somebody pressed the button, or nothing."""
    referrer = request.referrer or ""
    here = request.host_url
    return own_path("/" + referrer.removeprefix(here), "") if referrer.startswith(here) else ""
