"""An index that is lost or damaged is noticed, set aside and built anew."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cop.search import whoosh_index
from cop.search._segments import INDEX_NAME, storage_of
from cop.search._whoosh import ID, FileIndex, Schema
from cop.search.port import Found, IndexBusy, IndexedText, IndexState, IndexUnavailable
from cop.search.whoosh_index import WhooshIndex
from tests.search.texts import a_text, ask, found, some_texts

TEXTS = list(some_texts(60))
QUESTIONS = ("w1 w2", "w9", '"w1 w1"', "w3 -w7", "mark17", "w40 w41 w42")


def answers(index: WhooshIndex) -> list[Found]:
    return [ask(index, question) for question in QUESTIONS]


def generation_in(folder: Path) -> Path:
    return folder / json.loads((folder / "current").read_bytes())["generation"]


def contents_in(folder: Path) -> Path:
    (contents,) = generation_in(folder).glob("*.toc")
    return contents


def largest_segment(folder: Path) -> Path:
    return max(generation_in(folder).glob("*.seg"), key=lambda file: file.stat().st_size)


def lose_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def lose_generation(folder: Path) -> None:
    shutil.rmtree(generation_in(folder))


def lose_pointer(folder: Path) -> None:
    (folder / "current").unlink()


def garble_pointer(folder: Path) -> None:
    (folder / "current").write_bytes(b"\xff{")


def come_from_another_version(folder: Path) -> None:
    (folder / "current").write_text(json.dumps({"format": 999, "generation": generation_in(folder).name}))


def point_outside(folder: Path) -> None:
    shutil.copytree(generation_in(folder), folder.parent / "elsewhere")
    (folder / "current").write_text(json.dumps({"format": 1, "generation": "../elsewhere"}))


def link_outside(folder: Path) -> None:
    generation = generation_in(folder)
    shutil.move(generation, folder.parent / "elsewhere")
    generation.symlink_to(folder.parent / "elsewhere")


def lose_contents(folder: Path) -> None:
    contents_in(folder).unlink()


def truncate_contents(folder: Path) -> None:
    os.truncate(contents_in(folder), 40)


def empty_contents(folder: Path) -> None:
    os.truncate(contents_in(folder), 0)


def lose_segment(folder: Path) -> None:
    largest_segment(folder).unlink()


def truncate_segment(folder: Path) -> None:
    os.truncate(largest_segment(folder), largest_segment(folder).stat().st_size // 2)


def truncate_segment_that_nobody_measured(folder: Path) -> None:
    (generation_in(folder) / "sums").unlink()
    truncate_segment(folder)


def garble_segment(folder: Path) -> None:
    segment = largest_segment(folder)
    sound = segment.read_bytes()
    segment.write_bytes(sound[:200] + bytes(len(sound) - 400) + sound[-200:])


def change_schema(folder: Path) -> None:
    FileIndex.create(storage_of(generation_in(folder)), Schema(other=ID()), INDEX_NAME)


DAMAGES = [
    lose_folder, lose_generation, lose_pointer, garble_pointer, come_from_another_version, point_outside, link_outside,
    lose_contents, truncate_contents, empty_contents, lose_segment, truncate_segment,
    truncate_segment_that_nobody_measured, garble_segment, change_schema,
]  # fmt: skip


@pytest.fixture
def filled(index: WhooshIndex) -> WhooshIndex:
    """An index with sixty texts in several segments."""
    index.put(TEXTS[:50])
    index.put(TEXTS[50:])
    return index


@pytest.fixture
def newcomer(folder: Path) -> Iterator[WhooshIndex]:
    """The same index, as another process opens it."""
    newcomer = WhooshIndex(folder, patience=0.2)
    yield newcomer
    newcomer.close()


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_noticed_and_a_rebuilt_index_answers_as_before(
    filled: WhooshIndex, newcomer: WhooshIndex, folder: Path, damage: Callable[[Path], None]
) -> None:
    before = answers(filled)

    damage(folder)

    with pytest.raises(IndexUnavailable, match="being rebuilt"):
        ask(newcomer, "w1")
    with pytest.raises(IndexUnavailable):
        newcomer.put([a_text()])
    assert newcomer.state() is filled.state() is IndexState.BROKEN
    assert newcomer.rebuild(TEXTS) == 60
    assert newcomer.state() is filled.state() is IndexState.SOUND
    assert answers(filled) == answers(newcomer) == before


@pytest.mark.parametrize("damage", [truncate_segment, lose_segment, lose_folder, change_schema])
def test_whoever_has_the_index_open_never_fails_otherwise(
    filled: WhooshIndex, folder: Path, damage: Callable[[Path], None]
) -> None:
    before = answers(filled)

    damage(folder)

    for question, expected in zip(QUESTIONS, before, strict=True):
        try:
            assert ask(filled, question) == expected
        except IndexUnavailable:
            assert filled.state() is IndexState.BROKEN


def test_damage_that_a_search_meets_is_made_known_to_every_process(
    filled: WhooshIndex, newcomer: WhooshIndex, folder: Path
) -> None:
    filled.count()
    segment = largest_segment(folder)
    sound = segment.read_bytes()
    os.truncate(segment, 12)

    with pytest.raises(IndexUnavailable):
        answers(filled)

    segment.write_bytes(sound)
    assert newcomer.state() is IndexState.BROKEN
    assert filled.state() is IndexState.BROKEN


def test_damage_that_a_writer_meets_is_set_aside(filled: WhooshIndex, folder: Path) -> None:
    filled.count()
    os.truncate(contents_in(folder), 40)
    with pytest.raises(IndexUnavailable):
        filled.put([a_text()])
    assert filled.state() is IndexState.BROKEN


def test_damage_is_reported_with_its_reason_and_without_what_was_searched(
    filled: WhooshIndex, newcomer: WhooshIndex, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    truncate_segment(folder)
    with pytest.raises(IndexUnavailable):
        ask(newcomer, "w1 mysecret")
    assert "is set aside" in caplog.text
    assert "bytes instead of" in caplog.text
    assert "mysecret" not in caplog.text


def test_fault_of_ours_is_not_taken_for_damage(filled: WhooshIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> Found:
        raise ValueError("a query that nobody thought of")

    with monkeypatch.context() as patched:
        patched.setattr(whoosh_index, "answer_query", stumble)
        with pytest.raises(ValueError, match="nobody thought of"):
            ask(filled, "w1")
    assert filled.state() is IndexState.SOUND
    assert found(filled, "mark17") == [TEXTS[17].id]


def test_folder_that_cannot_be_read_is_unavailable_and_not_damaged(
    filled: WhooshIndex, newcomer: WhooshIndex, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", _refuse)
        with pytest.raises(IndexUnavailable):
            ask(newcomer, "w1")
    assert newcomer.state() is IndexState.SOUND
    assert found(newcomer, "mark17") == [TEXTS[17].id]


def _refuse(_: Path) -> bytes:
    raise PermissionError(13, "not now")


def test_full_disk_is_told_and_harms_nothing(filled: WhooshIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    before = answers(filled)

    def fill_up(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("cop.search._writing._add", fill_up)
        with pytest.raises(OSError, match="No space"):
            filled.put([a_text("w1 w2 w9")])
    assert answers(filled) == before
    filled.put([a_text("space again")])
    assert filled.count() == 61


@pytest.mark.parametrize("lock", ["write.lock", "g*/MAIN_WRITELOCK"])
def test_held_lock_is_waited_for_and_then_reported_as_busy(
    newcomer: WhooshIndex, filled: WhooshIndex, folder: Path, lock: str
) -> None:
    (held,) = folder.glob(lock)
    with held.open("wb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        began = time.monotonic()
        with pytest.raises(IndexBusy):
            newcomer.put([a_text("knees")])
        assert time.monotonic() - began >= 0.2
        assert found(newcomer, "mark17") == [TEXTS[17].id]

        threading.Timer(0.4, fcntl.flock, (handle, fcntl.LOCK_UN)).start()
        patient = a_text("cold")
        filled.put([patient])
    assert found(filled, "cold knees") == [patient.id]


def test_second_rebuild_is_refused_while_one_is_running(filled: WhooshIndex, newcomer: WhooshIndex) -> None:
    def read() -> Iterator[IndexedText]:
        assert newcomer.state() is IndexState.REBUILDING
        with pytest.raises(IndexBusy):
            newcomer.rebuild([])
        yield from TEXTS

    assert filled.rebuild(read()) == 60


def test_old_index_answers_and_takes_changes_while_a_new_one_is_built(
    filled: WhooshIndex, newcomer: WhooshIndex
) -> None:
    late, gone, edited = a_text("lactate"), TEXTS[40], a_text("lactate again", id=TEXTS[41].id)

    def read() -> Iterator[IndexedText]:
        yield from TEXTS
        newcomer.put([late, edited, a_text("never mind", id=77)])
        newcomer.remove([gone.id, 77])
        newcomer.remove_threads([TEXTS[20].thread_id])
        assert set(found(newcomer, "lactate")) == {late.id, edited.id}

    assert filled.rebuild(read()) == 60 + 1 - 1 - 5
    assert set(found(filled, "lactate")) == {late.id, edited.id}
    assert found(filled, "mark40") == found(filled, "mark41") == found(filled, "mark22") == found(filled, "mind") == []


def test_changes_are_not_lost_while_a_broken_index_is_rebuilt(
    filled: WhooshIndex, newcomer: WhooshIndex, folder: Path
) -> None:
    late = a_text("lactate")
    truncate_segment(folder)

    def read() -> Iterator[IndexedText]:
        yield from TEXTS
        newcomer.put([late])
        with pytest.raises(IndexUnavailable):
            ask(newcomer, "lactate")

    filled.rebuild(read())
    assert found(newcomer, "lactate") == [late.id]


def test_change_that_was_cut_short_does_not_spoil_the_others(filled: WhooshIndex, folder: Path) -> None:
    late = a_text("lactate")

    def read() -> Iterator[IndexedText]:
        yield from TEXTS
        with (folder / "changes").open("a") as noted:
            noted.write('\n{"put": [{"id": 5, "thr')
        filled.put([late])

    filled.rebuild(read())
    assert found(filled, "lactate") == [late.id]


def test_rebuild_that_fails_leaves_the_old_index_as_it_was(filled: WhooshIndex, folder: Path) -> None:
    before = answers(filled)

    def read() -> Iterator[IndexedText]:
        yield from TEXTS[:30]
        raise ConnectionError("the database is gone")

    with pytest.raises(ConnectionError):
        filled.rebuild(read())
    assert answers(filled) == before
    assert filled.state() is IndexState.SOUND
    assert [path.name for path in folder.glob("g*")] == [generation_in(folder).name]


def test_only_the_index_that_answers_is_kept(filled: WhooshIndex, folder: Path) -> None:
    (folder / "g0123456789abcdef").mkdir()
    filled.rebuild(TEXTS)
    filled.rebuild(TEXTS)
    assert {path.name for path in folder.iterdir()} == {
        generation_in(folder).name,
        "current",
        "write.lock",
        "rebuild.lock",
    }
