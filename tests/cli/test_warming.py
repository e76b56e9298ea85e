"""What the server reads before its web processes begin."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import Client

from cop.cli import warming
from cop.cli.warming import warm_up
from cop.web import site
from tests.cast import Cast, add_story

HERE = "http://localhost"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    paths: list[str] = []
    plain = warming._read

    def noting(visitor: Client, base_url: str, path: str) -> str:
        paths.append(path)
        return plain(visitor, base_url, path)

    monkeypatch.setattr(warming, "_read", noting)
    return paths


def test_the_server_goes_in_as_a_visitor_does(app: Flask, cast: Cast, asked: list[str], now: datetime) -> None:
    add_story(cast.maren, cast.bedside, now)

    warm_up(app, HERE)

    assert [path[:3] for path in asked] == ["/", "/c/", "/t/"]


def test_it_starts_with_nothing_to_read_and_with_what_cannot_be_read(
    app: Flask, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing() -> None:
        raise OperationalError("select 1", {}, Exception("the database is gone"))

    warm_up(app, HERE)
    monkeypatch.setitem(app.view_functions, f"{site.routes.name}.front", failing)
    warm_up(app, HERE)

    assert asked == ["/", "/"]
