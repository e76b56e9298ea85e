"""The demonstration's own folder, and nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from cop.demo.home import DemoHome, NotADemo


@pytest.fixture
def home(tmp_path: Path) -> DemoHome:
    return DemoHome(tmp_path / "demo")


def test_a_folder_that_is_not_there_or_empty_becomes_a_demonstration(home: DemoHome) -> None:
    home.check()
    home.folder.mkdir()
    home.check()

    home.begin()
    home.finish("abc")

    home.check()
    assert home.holds("abc")
    assert not home.holds("abd")


def test_a_folder_with_something_in_it_is_refused_and_left_as_it_is(home: DemoHome) -> None:
    home.folder.mkdir()
    (home.folder / "cop.sqlite3").write_text("somebody's")

    with pytest.raises(NotADemo, match="is not a demonstration"):
        home.check()
    with pytest.raises(NotADemo):
        home.begin()

    assert (home.folder / "cop.sqlite3").read_text() == "somebody's"


def test_a_file_in_the_place_of_the_folder_is_refused(home: DemoHome) -> None:
    home.folder.write_text("a file")

    with pytest.raises(NotADemo):
        home.check()


def test_a_loading_that_broke_off_is_begun_anew(home: DemoHome) -> None:
    home.begin()
    (home.folder / "cop.sqlite3").write_text("half")

    assert not home.holds("abc")
    home.begin()

    assert not (home.folder / "cop.sqlite3").exists()


def test_only_what_is_ours_is_removed(home: DemoHome) -> None:
    home.begin()
    (home.folder / "index" / "g1").mkdir(parents=True)
    (home.folder / "notes.txt").write_text("somebody's")

    home.begin()

    assert not (home.folder / "index").exists()
    assert (home.folder / "notes.txt").read_text() == "somebody's"


def test_a_mark_that_says_nothing_holds_nothing(home: DemoHome) -> None:
    home.begin()
    (home.folder / "demo.json").write_text("[]")

    assert not home.holds("")
    home.check()
