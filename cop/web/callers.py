"""Every route declares who may call it; a route without a declaration fails the tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import g, has_app_context
from flask_login import current_user
from werkzeug.local import LocalProxy

from cop.accounts.viewer import VISITOR, Viewer
from cop.platform.contexts import g_itself
from cop.platform.errors import NotVisible
from cop.web.errors import SignedOut, address

P = ParamSpec("P")
R = TypeVar("R")

ANYONE, SIGNED_IN, OPERATORS, ADMINISTRATORS = "anyone", "signed in", "operators", "administrators"


def viewer() -> Viewer:
    """Whoever this page is made for."""
    try:
        person = g_itself()._login_user  # where Flask-Login keeps whom it has looked up
    except (AttributeError, RuntimeError):  # nobody has been, or there is no request
        person = None
    if isinstance(person, Viewer):
        return person
    person = current_user._get_current_object() if isinstance(current_user, LocalProxy) else current_user
    return person if isinstance(person, Viewer) else VISITOR


def look_again() -> Viewer:
    """The viewer as they are now, when a moment ago they were something else."""
    g.pop("_login_user", None)
    return viewer()


def known_viewer() -> Viewer:
    """The viewer as far as they have been looked up already; asks no database."""
    person = g_itself().get("_login_user") if has_app_context() else None
    return person if isinstance(person, Viewer) else VISITOR


def anyone(view: Callable[P, R]) -> Callable[P, R]:
    """Anybody may call this; what they see is decided by the queries."""
    view.cop_callers = ANYONE  # type: ignore[attr-defined]  # read by `cop routes` and the tests
    return view


def operators(view: Callable[P, R]) -> Callable[P, R]:
    """For whoever runs the site; it shows nothing about people or what they said."""
    view.cop_callers = OPERATORS  # type: ignore[attr-defined]  # read by `cop routes` and the tests
    return view


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Only somebody with an account; what was sent by someone signed out meanwhile is given back to them."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not viewer().is_authenticated:
            raise SignedOut(address())
        return view(*args, **kwargs)

    guarded.cop_callers = SIGNED_IN  # type: ignore[attr-defined]  # read by `cop routes` and the tests
    return guarded


def administrators(view: Callable[P, R]) -> Callable[P, R]:
    """Only whoever looks after the site; to everybody else with an account there is no such page."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not viewer().is_authenticated:
            raise SignedOut(address())
        if not viewer().is_administrator:
            raise NotVisible
        return view(*args, **kwargs)

    guarded.cop_callers = ADMINISTRATORS  # type: ignore[attr-defined]  # read by `cop routes` and the tests
    return guarded
