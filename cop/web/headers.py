"""What goes in and out with every page: hosts we answer to, where forms may come from, and what browsers may do."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix

from cop.platform.errors import NotAllowed
from cop.platform.words import gettext as _
from cop.settings import Settings
from cop.web.callers import OPERATORS, viewer
from cop.web.visitors import keep_whole

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
}
_LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
csrf = CSRFProtect()


def guard(app: Flask, settings: Settings) -> None:
    """Set trusted hosts, the origin and token checks of forms, and the headers of every answer."""
    host = urlsplit(settings.base_url).hostname or ""
    app.config["TRUSTED_HOSTS"] = [host, *_LOOPBACK] if host in ("127.0.0.1", "localhost") else [host]
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # how Flask documents middleware
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # the token lives as long as the session
    app.config["WTF_CSRF_SSL_STRICT"] = False  # the origin is checked below, with or without TLS
    csrf.init_app(app)
    app.before_request(_refuse_foreign_forms)
    app.after_request(_add_headers)


def _refuse_foreign_forms() -> None:
    """Forms come from our own pages: by their origin for everybody, and by a token for those who are signed in."""
    if request.method in _SAFE or isinstance(request.routing_exception, MethodNotAllowed):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if (site and site not in ("same-origin", "none")) or (origin and origin != request.host_url.rstrip("/")):
        raise NotAllowed(_("That form did not come from this site."))
    if viewer().is_authenticated and request.endpoint != "site.set_theme":
        csrf.protect()


def _add_headers(response: Response) -> Response:
    there = frozenset(response.headers.keys(lower=True))
    response.headers.extend([(name, value) for name, value in _ALWAYS.items() if name.lower() not in there])
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    if request.endpoint == "static":
        lasting = "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
        response.headers["Cache-Control"] = lasting
        return response
    if _is_for_operators():
        response.headers["Cache-Control"] = "no-store"  # and nobody is looked up: the database may be gone
        return response
    response.vary.add("Cookie")
    if viewer().is_authenticated or response.status_code >= 400 or request.method not in _SAFE:
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex"
    else:
        response.headers.setdefault("Cache-Control", "no-cache")
        _tag(response)
    return response


def _is_for_operators() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "cop_callers", "") == OPERATORS


def _tag(response: Response) -> None:
    """An ETag, so that an unchanged page need not be sent again to a visitor."""
    if response.status_code == 200 and not response.direct_passthrough:
        response.add_etag()
        keep_whole(response)
        response.make_conditional(request)
