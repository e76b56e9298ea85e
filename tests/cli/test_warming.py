"""What the server reads before its web processes begin."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from cop.cli import warming
from cop.cli.warming import warm_up
from cop.web import site


def test_the_server_goes_in_as_a_visitor_does_and_starts_on_whatever_is_there(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    plain = warming._read

    def noting(visitor: object, base_url: str, path: str) -> str:
        asked.append(path)
        return plain(visitor, base_url, path)  # type: ignore[arg-type]

    def failing() -> None:
        raise OperationalError("select 1", {}, Exception("the database is gone"))

    monkeypatch.setattr(warming, "_read", noting)
    warm_up(app, "http://localhost")

    assert asked == ["/"]  # there is no community yet

    monkeypatch.setitem(app.view_functions, f"{site.routes.name}.front", failing)
    warm_up(app, "http://localhost")

    assert asked == ["/", "/"]
