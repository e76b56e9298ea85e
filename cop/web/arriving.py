"""What of a request has come through the proxies. It is told to `cop check` alone: it may name what stands behind."""

from __future__ import annotations

from flask import current_app, request

from cop.platform.asking import HEADER, is_question, print_settings


def tell_arrival() -> dict[str, str | dict[str, str]]:
    """Whom the site takes the caller for and by which address, the header as it came, since when it runs and with
    which settings; empty for anybody else."""
    secret = str(current_app.secret_key)
    if not is_question(request.headers.get(HEADER, ""), secret):
        return {}
    return {
        "seen": request.remote_addr or "",
        "origin": request.host_url.rstrip("/"),
        "forwarded": request.headers.get("X-Forwarded-For", ""),
        "since": str(current_app.extensions["cop-since"]),
        "settings": print_settings(current_app.extensions["cop-settings"], secret),
    }
