"""Building the search index anew."""

from __future__ import annotations

from flask import Flask

from cop.search.port import IndexState
from tests.cast import Cast
from tests.cli.conftest import Run


def test_an_index_that_was_lost_is_there_again(app: Flask, run: Run, cast: Cast) -> None:
    indexing = app.extensions["cop-indexing"]
    lost = indexing.state()

    done = run("reindex")

    assert lost is IndexState.BROKEN
    assert done.exit_code == 0
    assert "5 texts can be found" in done.output
    assert indexing.state() is IndexState.SOUND
    assert indexing.index.count() == 5
