"""What of a request has come through the proxies. It is told to `cop check` alone: it may name what stands behind."""

from __future__ import annotations

from flask import current_app, request

from cop.platform.asking import HEADER, is_question


def tell_arrival() -> dict[str, str]:
    """Whom the site takes the caller for and by which address, the header as it came, and since when it runs; empty
    for anybody else."""
    if not is_question(request.headers.get(HEADER, ""), str(current_app.secret_key)):
        return {}
    return {
        "seen": request.remote_addr or "",
        "origin": request.host_url.rstrip("/"),
        "forwarded": request.headers.get("X-Forwarded-For", ""),
        "since": str(current_app.extensions["cop-since"]),
    }
