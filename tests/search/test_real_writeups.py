"""The rarest words of a real write-up lead to it."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from cop.search.port import IndexedText
from cop.search.whoosh_index import WhooshIndex
from tests.search.texts import ask

WRITEUPS = Path(__file__).parents[3] / "shared" / "data" / "sre_incidents" / "incidents.jsonl.gz"
COMMUNITY = 1


@pytest.fixture(scope="module")
def writeups() -> list[IndexedText]:
    if not WRITEUPS.exists():
        pytest.skip("The incident write-ups are not beside this checkout (shared/data/sre_incidents).")
    with gzip.open(WRITEUPS, "rt", encoding="utf-8") as lines:
        read = map(json.loads, lines)
        return [
            IndexedText(
                id=number,
                thread_id=number,
                community_id=COMMUNITY,
                kind="story",
                part="thread",
                title=writeup["title"],
                body=writeup["body_markdown"],
                author="",
                at=0,
            )
            for number, writeup in zip(count(1), read, strict=False)
        ]


@pytest.fixture(scope="module")
def shelf(writeups: list[IndexedText], tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshIndex]:
    index = WhooshIndex(tmp_path_factory.mktemp("writeups") / "index")
    index.rebuild(writeups)
    yield index
    index.close()


def test_five_rarest_words_of_each_writeup_bring_it_among_the_first_three(
    writeups: list[IndexedText], shelf: WhooshIndex
) -> None:
    places = {}
    for writeup, words in zip(writeups, _rarest_words(writeups), strict=True):
        hits = [hit.thread_id for hit in ask(shelf, " ".join(words), seen={COMMUNITY}).hits]
        places[writeup.id] = hits.index(writeup.id) + 1 if writeup.id in hits else None
    assert len(places) == 81
    assert {number: place for number, place in places.items() if place not in (1, 2, 3)} == {}


def test_title_of_each_writeup_brings_it_first(writeups: list[IndexedText], shelf: WhooshIndex) -> None:
    titles = Counter(writeup.title.lower() for writeup in writeups)
    for writeup in writeups:
        if titles[writeup.title.lower()] == 1:
            assert ask(shelf, writeup.title, seen={COMMUNITY}).hits[0].thread_id == writeup.id


def _rarest_words(writeups: list[IndexedText], number: int = 5) -> Iterator[list[str]]:
    """Of each write-up, the words that fewest write-ups have; of equally rare ones those that come first."""
    split = [list(dict.fromkeys(re.findall("[a-z]{3,}", f"{w.title}\n{w.body}".lower()))) for w in writeups]
    frequency = Counter(word for words in split for word in words)
    for words in split:
        yield sorted(words, key=frequency.__getitem__)[:number]
