"""The index follows the database, and is built anew from it when it is lost."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, update

from cop.communities.models import Community
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import import_story
from cop.discussions.stories import StoryDraft, render_story
from cop.platform.database import reading, session, transaction
from cop.search import queries, verification
from cop.search.jobs import Indexing
from cop.search.port import IndexState, IndexUnavailable
from cop.search.queries import every_text, texts_of
from cop.search.query_language import parse_query
from cop.search.verification import Difference, Verified, compare, last_verified
from tests.cast import SITUATION, Cast, add_reply, add_story

Deliver = Callable[[], int]


@pytest.fixture
def indexing(app: Flask) -> Indexing:
    found: Indexing = app.extensions["cop-indexing"]
    return found


def threads_with(indexing: Indexing, cast: Cast, words: str) -> set[int]:
    """The threads that are found in all communities of the cast."""
    everywhere = (cast.bedside, cast.organs, cast.night_shift, cast.inner_room)
    return {hit.thread_id for hit in indexing.index.find(parse_query(words).within(everywhere)).hits}


def test_what_is_told_and_said_can_be_found_when_the_worker_has_been_there(
    cast: Cast, indexing: Indexing, now: datetime, deliver: Deliver
) -> None:
    deliver()
    told = add_story(cast.maren, cast.bedside, now, title="Cold knees", noticed="Marbled kneecaps.")
    add_reply(cast.tomasz, told, now, body="A humidifier.")
    before = threads_with(indexing, cast, "humidifier") | threads_with(indexing, cast, "marbled")

    deliver()

    assert before == set()
    for words in ("cold knees", "marbled kneecaps", "knees marbled", "humidifier", "humidifier knees"):
        assert threads_with(indexing, cast, words) == {told}


def test_an_imported_story_is_found_by_its_words_and_by_where_it_came_from(
    cast: Cast, indexing: Indexing, now: datetime, deliver: Deliver
) -> None:
    story = render_story(
        StoryDraft(title="Lag", fields={"situation": f"The replica fell behind. {SITUATION}"}), now=now
    )
    with transaction():
        community = session().get_one(Community, cast.bedside)
        told = import_story(
            community=community,
            story=story,
            told_at=now,
            external_id="1",
            attribution="Quuxhaven",
            source_url="",
            now=now,
        ).id

    deliver()

    assert threads_with(indexing, cast, "replica") == threads_with(indexing, cast, "Quuxhaven") == {told}


def test_people_are_not_found_by_name(cast: Cast, indexing: Indexing, now: datetime, deliver: Deliver) -> None:
    told = add_story(cast.maren, cast.bedside, now)
    add_reply(cast.tomasz, told, now)

    deliver()

    assert threads_with(indexing, cast, "Oduya") == threads_with(indexing, cast, "Wieczorek") == set()


def test_a_sealed_reply_is_found_by_nobody(cast: Cast, indexing: Indexing, now: datetime, deliver: Deliver) -> None:
    told = add_story(cast.maren, cast.bedside, now)
    reply = add_reply(cast.tomasz, told, now, body="A humidifier.")
    deliver()
    with transaction() as s:
        s.execute(update(Reply).where(Reply.id == reply).values(seal_id=1))

    indexing.index_texts([{"reply": reply}], now)

    assert threads_with(indexing, cast, "humidifier") == set()
    with reading():
        assert texts_of([], [reply]) == []


def test_what_is_gone_from_the_database_goes_from_the_index(
    cast: Cast, indexing: Indexing, now: datetime, deliver: Deliver
) -> None:
    kept = add_story(cast.maren, cast.bedside, now, did_why="A perfusor.")
    gone = add_story(cast.maren, cast.bedside, now, did_why="A perfusor.")
    add_reply(cast.tomasz, gone, now, body="Our perfusor, too.")
    reply = add_reply(cast.tomasz, kept, now, body="A humidifier.")
    deliver()
    with transaction() as s:
        s.execute(delete(Reply).where(Reply.id == reply))
        s.execute(delete(Thread).where(Thread.id == gone))

    indexing.index_texts([{"reply": reply}, {"thread": gone}], now)

    assert threads_with(indexing, cast, "perfusor") == {kept}
    assert threads_with(indexing, cast, "humidifier") == set()


def test_delivering_twice_changes_nothing(cast: Cast, indexing: Indexing, now: datetime, deliver: Deliver) -> None:
    told = add_story(cast.maren, cast.bedside, now, did_why="A perfusor.")
    deliver()
    count = indexing.index.count()

    indexing.index_texts([{"thread": told}, {"thread": told}], now)

    assert indexing.index.count() == count
    assert threads_with(indexing, cast, "perfusor") == {told}


def test_a_lost_index_is_built_anew_by_the_next_thing_that_is_said(
    cast: Cast, indexing: Indexing, now: datetime, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    told = add_story(cast.maren, cast.bedside, now, did_why="A perfusor.")
    deliver()
    shutil.rmtree(indexing.folder)
    with pytest.raises(IndexUnavailable):
        threads_with(indexing, cast, "perfusor")

    with caplog.at_level(logging.INFO, "cop.search.jobs"):
        add_reply(cast.tomasz, told, now, body="A humidifier.")
        deliver()

    assert threads_with(indexing, cast, "perfusor") == threads_with(indexing, cast, "humidifier") == {told}
    assert threads_with(indexing, cast, "wind noon") == {cast.noise_thread}
    assert "There is no search index; it is built" in caplog.text
    assert f"{indexing.index.count()} texts can be found" in caplog.text


def _lose(folder: Path) -> None:
    shutil.rmtree(folder)


def _truncate(folder: Path) -> None:
    for segment in folder.rglob("*.seg"):
        segment.write_bytes(segment.read_bytes()[:100])


def _forget_contents(folder: Path) -> None:
    for contents in folder.rglob("*.toc"):
        contents.unlink()


@pytest.mark.parametrize("damage", [_lose, _truncate, _forget_contents])
def test_a_damaged_index_heals_without_anybody_saying_anything(
    cast: Cast, indexing: Indexing, now: datetime, deliver: Deliver, damage: Callable[[Path], None]
) -> None:
    told = add_story(cast.maren, cast.bedside, now, did_why="A perfusor.")
    deliver()
    damage(indexing.folder)
    fresh = Indexing(indexing.folder)  # another process, which holds no file of the old one open

    broken = fresh.state()
    fresh.heal()

    assert (broken, fresh.state()) == (IndexState.BROKEN, IndexState.SOUND)
    assert threads_with(fresh, cast, "perfusor") == {told}


def test_a_sound_index_is_left_alone(
    cast: Cast, indexing: Indexing, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    deliver()
    caplog.clear()

    with caplog.at_level(logging.INFO, "cop.search.jobs"):
        indexing.heal()

    assert caplog.records == []


def test_a_rebuild_reads_everything_once_in_batches_and_holds_no_read_open(
    cast: Cast, app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "TEXTS_AT_ONCE", 3)
    told = {add_story(cast.maren, cast.bedside, now, title=f"Night {n}") for n in range(4)}
    said = {add_reply(cast.tomasz, thread_id, now) for thread_id in told for _ in range(2)}

    texts = []
    for text in every_text():
        assert not session().in_transaction()
        texts.append(text)

    ids = [text.id for text in texts]
    assert len(ids) == len(set(ids))
    assert told | said | {cast.noise_thread, cast.night_thread, cast.secret_thread} <= set(ids)
    assert {text.community_id for text in texts if text.thread_id in told} == {cast.bedside}


def test_reading_texts_takes_as_many_statements_for_many_as_for_few(
    cast: Cast, now: datetime, statements: list[str]
) -> None:
    told = [add_story(cast.maren, cast.bedside, now) for _ in range(12)]
    for thread_id in told:
        add_reply(cast.tomasz, thread_id, now)
    counts = []

    for asked in (told[:1], told):
        statements.clear()
        with reading():
            texts_of(asked)
        counts.append(len(statements))

    assert counts[0] == counts[1]


# The comparison of each night


def test_each_night_what_is_missing_comes_in_and_what_is_too_much_goes(
    cast: Cast, indexing: Indexing, now: datetime, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "AT_ONCE", 2)
    lost = add_story(cast.maren, cast.bedside, now, did_why="A perfusor.")
    reply = add_reply(cast.tomasz, lost, now, body="A humidifier.")
    gone = add_story(cast.maren, cast.bedside, now, did_why="A zebra.")
    deliver()
    indexing.index.remove([lost, reply])
    with transaction() as s:
        s.execute(delete(Thread).where(Thread.id == gone))
    before = compare(indexing.index)

    indexing.verify([], now)

    assert before == Difference(threads=(lost,), replies=(reply,), surplus=(gone,))
    assert not compare(indexing.index)
    assert threads_with(indexing, cast, "perfusor") == threads_with(indexing, cast, "humidifier") == {lost}
    assert threads_with(indexing, cast, "zebra") == set()
    assert last_verified(indexing.folder) == Verified(int(now.timestamp()), missing=2, surplus=1)


def test_a_sealed_reply_that_the_index_still_holds_goes_in_the_night(
    cast: Cast, indexing: Indexing, now: datetime, deliver: Deliver
) -> None:
    told = add_story(cast.maren, cast.bedside, now)
    reply = add_reply(cast.tomasz, told, now, body="A humidifier.")
    deliver()
    with transaction() as s:
        s.execute(update(Reply).where(Reply.id == reply).values(seal_id=1))

    indexing.verify([], now)

    assert threads_with(indexing, cast, "humidifier") == set()


def test_a_lost_index_is_left_to_be_built_anew(cast: Cast, indexing: Indexing, now: datetime) -> None:
    indexing.verify([], now)

    assert indexing.state() is IndexState.BROKEN
    assert last_verified(indexing.folder) is None
