"""What is looked at in the browser, by axe and by `make look`, is every page there is, as everybody who sees it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from bench.furnishing import ADMINISTRATOR, MODERATOR, NEWCOMER, PRACTITIONER, Place
from bench.pages import NO_PAGE, Shot, list_shots
from cop.app import create_app
from cop.settings import Settings


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application whose addresses alone are wanted."""
    folder: Path = tmp_path_factory.mktemp("bare")
    return create_app(Settings(data=folder, database_url="", base_url="http://localhost", secret_key="t" * 40))


def looked_at(app: Flask) -> dict[str, list[Shot]]:
    """By endpoint, on a place where everything has some address."""
    anything = Place(
        threads=defaultdict(lambda: "/t/1/any"), replies=defaultdict(lambda: "/p/1"), tokens=defaultdict(lambda: "1")
    )
    anything.handles = defaultdict(lambda: "its-teller")
    adapter, found = app.url_map.bind("localhost"), defaultdict(list)
    for shot in list_shots(anything):
        found[adapter.match(urlsplit(shot.path).path)[0]].append(shot)
    return found


def pages_of(app: Flask) -> dict[str, str]:
    """Every endpoint that can be opened, and who may."""
    views = app.view_functions
    return {
        rule.endpoint: getattr(views[rule.endpoint], "cop_callers", "")
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
    }


def test_every_page_is_looked_at_or_stated_to_be_none(bare: Flask) -> None:
    pages, shots = set(pages_of(bare)), looked_at(bare)

    assert pages - NO_PAGE.keys() == shots.keys()
    assert {name for name in NO_PAGE if name not in bare.view_functions} == set()


def test_every_page_is_looked_at_by_whoever_sees_it(bare: Flask) -> None:
    looking = {name: {shot.who for shot in shots} for name, shots in looked_at(bare).items()}
    everybody = {who for some in looking.values() for who in some}
    callers = pages_of(bare)

    assert {"", NEWCOMER, PRACTITIONER, MODERATOR, ADMINISTRATOR} <= everybody
    assert [name for name, some in looking.items() if callers[name] == "anyone" and "" not in some] == []
    assert [name for name, some in looking.items() if callers[name] != "anyone" and some == {""}] == []
    assert [
        name for name, some in looking.items() if callers[name] == "administrators" and ADMINISTRATOR not in some
    ] == []
