"""Putting texts in and taking them out."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from cop.search._segments import open_snapshot
from cop.search._writing import LARGEST_MERGED, choose_mergeable
from cop.search.port import IndexState, IndexUnavailable
from cop.search.whoosh_index import WhooshIndex
from tests.search.texts import SECRET, WARD, a_reply, a_text, ask, found, some_texts


def segments(folder: Path) -> int:
    return len(list(folder.glob("g*/*.seg")))


def test_text_that_is_put_again_is_replaced(index: WhooshIndex) -> None:
    index.put([a_text("cold knees", id=5), a_text("drain", id=6)])
    index.put([a_text("good numbers", id=5)])
    assert found(index, "knees") == []
    assert found(index, "numbers") == [5]
    assert index.count() == 2


def test_of_one_text_twice_in_a_batch_the_last_stays(index: WhooshIndex) -> None:
    index.put([a_text("cold", id=5), a_text("warm", id=5)])
    assert (found(index, "cold"), found(index, "warm"), index.count()) == ([], [5], 1)


def test_thread_that_moves_is_found_where_it_is_now(index: WhooshIndex) -> None:
    index.put([a_text("knees", id=5, community_id=WARD)])
    index.put([a_text("knees", id=5, community_id=SECRET)])
    assert found(index, "knees", seen={WARD}) == []


def test_removed_text_is_gone(index: WhooshIndex) -> None:
    gone, stays = a_text("knees", title="Knees"), a_text("knees")
    index.put([gone, stays])
    index.remove([gone.id, 999_999])
    assert found(index, "knees") == found(index, '"knees"') == [stays.id]
    assert index.count() == 1


def test_removed_thread_takes_its_replies_along(index: WhooshIndex) -> None:
    gone, stays = a_text("knees"), a_text("knees")
    index.put([gone, a_reply("knees too", gone), stays])
    index.remove_threads([gone.thread_id])
    assert found(index, "knees") == [stays.id]
    assert index.count() == 1


def test_removing_nothing_commits_nothing(index: WhooshIndex, folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.toc")}
    index.remove([])
    index.put([])
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.toc")} == before


def test_many_texts_are_put_in_several_commits(index: WhooshIndex) -> None:
    index.put(some_texts(2_100))
    assert index.count() == 2_100
    assert found(index, "mark2099") == [1_002_099]


def test_index_answers_as_the_texts_stand_after_any_number_of_changes(index: WhooshIndex, folder: Path) -> None:
    draw = random.Random(4)
    texts: dict[int, str] = {}
    for step in range(150):
        number = draw.randrange(40)
        if draw.random() < 0.25:
            index.remove([number])
            texts.pop(number, None)
        else:
            texts[number] = f"knees step{step}"
            index.put([a_text(texts[number], id=number)])
    assert set(found(index, "knees")) == set(texts)
    assert all(found(index, body.split()[1]) == [number] for number, body in texts.items())
    assert index.count() == len(texts)
    assert segments(folder) < 20


def test_merged_segments_forget_what_was_deleted(index: WhooshIndex, folder: Path) -> None:
    for step in range(64):
        index.put([a_text(f"knees step{step}", id=1)])
    (generation,) = folder.glob("g*")
    snapshot = open_snapshot(generation)
    snapshot.close()
    assert len(snapshot.columns["text"]) < 20
    assert found(index, "knees") == [1]


@pytest.mark.parametrize("batch", [1, 3, 40, 200, 999, 1_500])
def test_neither_the_segments_nor_the_work_grow_out_of_hand(batch: int) -> None:
    sizes: list[int] = []
    copied = 0
    for _ in range(20_000 // batch):
        sizes.append(batch)
        while chosen := choose_mergeable(sizes):
            merged = sum(sizes[place] for place in chosen)
            assert merged <= LARGEST_MERGED
            copied += merged
            sizes = [size for place, size in enumerate(sizes) if place not in chosen] + [merged]
    assert len(sizes) < 50
    assert copied < 5 * 20_000


def test_emptied_segments_are_swept_up() -> None:
    assert choose_mergeable([0] * 8) == frozenset(range(8))


def test_names_that_repeat_themselves_do_no_harm(index: WhooshIndex) -> None:
    first, second = a_text("cold"), a_text("warm")
    for text in (first, second):
        random.seed(7)
        index.put([text])
    assert (found(index, "cold"), found(index, "warm")) == ([first.id], [second.id])
    assert index.state() is IndexState.SOUND


def test_rebuilt_index_holds_exactly_what_it_was_given(index: WhooshIndex) -> None:
    index.put([a_text("knees")])
    texts = list(some_texts(50))
    assert index.rebuild([*texts, texts[3]]) == 50
    assert found(index, "knees") == []
    assert found(index, "mark49") == [texts[49].id]
    assert index.state() is IndexState.SOUND


def test_index_that_was_never_built_says_so(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path / "nothing")
    assert index.state() is IndexState.BROKEN
    with pytest.raises(IndexUnavailable, match="being rebuilt"):
        ask(index, "knees")
    with pytest.raises(IndexUnavailable):
        index.put([a_text()])


def test_folder_is_for_our_eyes_only(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir(mode=0o755)
    index = WhooshIndex(folder)
    index.rebuild(some_texts(3))
    assert folder.stat().st_mode & 0o077 == 0
    index.close()
