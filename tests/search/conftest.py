"""A real index in a temporary folder."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from cop.search.whoosh_index import WhooshIndex


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the index lives; it is not there yet."""
    return tmp_path / "data" / "index"


@pytest.fixture
def index(folder: Path) -> Iterator[WhooshIndex]:
    """An empty, sound index that does not wait long."""
    index = WhooshIndex(folder, patience=2.0)
    index.rebuild([])
    yield index
    index.close()


@pytest.fixture(scope="module")
def uncollected() -> Iterator[None]:
    """Python's collector goes through everything that hundreds of other tests have left, a second long, in whichever
    thread it begins."""
    gc.disable()
    yield
    gc.enable()
