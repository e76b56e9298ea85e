"""Whole pages for people who are not signed in, who all read the same: a page that was kept is answered before Flask is
asked, by one statement that looks whether anything has changed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, ParamSpec

from flask import Flask, Response, g, make_response, request
from sqlalchemy.exc import SQLAlchemyError

from cop.platform import clock, versions
from cop.platform.choices import site_settings
from cop.web.caching import Kept, alone_with, keep, look_up
from cop.web.callers import viewer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

P = ParamSpec("P")

_NO_MORE_THAN_A_THEME: Final = re.compile(r"(?:theme=[a-z]{0,10})?")  # cookies of who reads what every visitor reads
_KEY: Final = "cop.visitors.key"
_STANDS: Final = "cop.visitors.page"


class AnswerVisitors:
    """Stands before the application and answers what was kept and still holds.

    Under test the application answers all the same, and `kept_for_visitors` compares.
    """

    def __init__(self, app: Flask) -> None:
        self._app, self._answer = app, app.wsgi_app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or not _NO_MORE_THAN_A_THEME.fullmatch(environ.get("HTTP_COOKIE", "")):
            return self._answer(environ, start_response)
        key = environ[_KEY] = self._key_of(environ)
        page = self._find(key)
        if page is None and look_up(key):  # something has changed, and everybody asks for it at once
            with alone_with(key):
                page = self._find(key)
                if page is None:
                    return self._answer(environ, start_response)
        if page is None or self._app.testing:
            environ[_STANDS] = page
            return self._answer(environ, start_response)
        return _send(page, environ, start_response)

    def _key_of(self, environ: WSGIEnvironment) -> Hashable:
        asked = ("wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_COOKIE")
        return ("page", clock.now().strftime("%Y-%m-%dT%H"), *(environ.get(name, "") for name in asked))

    def _find(self, key: Hashable) -> Kept | None:
        """The page, if it still holds; none where the database does not say. Of what was never kept it is not asked:
        a health check and a stylesheet must not wait for a database that is gone."""
        found = look_up(key)
        if found is None:
            return None
        with suppress(SQLAlchemyError), self._app.app_context():
            if found.made[2] == site_settings() and found.stamps == versions.current_stamps_of(found.names):
                return found
        return None


def kept_for_visitors(view: Callable[P, Any]) -> Callable[P, Any]:
    """Let the whole page be kept for people who are not signed in; a page that rests on nothing is not."""

    @wraps(view)
    def answered(*args: P.args, **kwargs: P.kwargs) -> Any:
        if _KEY not in request.environ or viewer().is_authenticated:
            return view(*args, **kwargs)
        choices = site_settings()
        answer = make_response(view(*args, **kwargs))
        stands: Kept | None = request.environ.get(_STANDS)
        if stands and zlib.decompress(stands.made[0]) != answer.get_data():
            raise AssertionError(f"kept, but no longer so: {request.full_path}")
        g.cop_kept_under = choices
        return answer

    return answered


def keep_whole(response: Response) -> None:
    """Keep an answer for visitors with all its headers, if its view lets it be."""
    stamps: dict[str, int] = g.get("cop_stamps", {})
    if stamps and "cop_kept_under" in g and response.status_code == 200 and "Set-Cookie" not in response.headers:
        body = response.get_data()
        response.content_length = len(body)
        packed = zlib.compress(body, level=1)  # a sixth of the memory
        made = packed, tuple(response.headers), g.cop_kept_under
        keep(request.environ[_KEY], Kept(tuple(stamps), tuple(stamps.values()), made))


def _send(page: Kept, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    packed, headers, _choices = page.made
    body = zlib.decompress(packed)
    if "HTTP_IF_NONE_MATCH" in environ:
        return Response(body, headers=headers).make_conditional(environ)(environ, start_response)
    start_response("200 OK", list(headers))
    return [body]
