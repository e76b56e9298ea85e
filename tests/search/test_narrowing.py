"""What narrows a search beside words, in the index alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cop.search.port import SearchQuery
from cop.search.query_language import leave_out, parse_query
from cop.search.whoosh_index import WhooshIndex
from tests.search.texts import EVERYWHERE, a_reply, a_text, ask, found


def second(year: int, month: int = 1, day: int = 1) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp())


def narrowed(index: WhooshIndex, **wishes: object) -> list[int]:
    query = replace(SearchQuery(words=("drain",), communities=EVERYWHERE), **wishes)  # type: ignore[arg-type]
    return [hit.text_id for hit in index.find(query).hits]


def test_kinds_of_threads_and_of_replies_add_up(index: WhooshIndex) -> None:
    story, case = a_text("drain"), a_text("drain", kind="case")
    report, dissent = a_reply("drain", story), a_reply("drain", case)
    index.put([story, case, replace(report, part="report"), replace(dissent, part="dissent")])
    assert found(index, "drain kind:report") == [report.id]
    assert found(index, "drain kind:reply kind:case") != []
    assert set(found(index, "drain kind:dissent kind:report")) == {report.id, dissent.id}
    assert found(index, "drain kind:probe") == []


def test_dates_bound_the_time_of_each_text(index: WhooshIndex) -> None:
    old = a_text("drain", at=second(2026, 4, 30) + 86_399)
    new = a_text("drain", at=second(2026, 5, 1))
    late = a_reply("drain", old, at=second(2026, 6, 2))
    index.put([old, new, late])
    assert found(index, "drain before:2026-05") == [old.id]
    assert set(found(index, "drain after:2026-05")) == {new.id, late.id}
    assert found(index, "drain after:2026-05-01 before:2026-06") == [new.id]


def test_sets_of_threads_and_texts_are_kept_to(index: WhooshIndex) -> None:
    first, second_, third = a_text("drain"), a_text("drain"), a_text("drain")
    index.put([first, second_, third])
    both = frozenset({first.id, second_.id})
    assert set(narrowed(index, within=(both,))) == both
    assert narrowed(index, within=(both, frozenset({second_.id, third.id}))) == [second_.id]
    assert narrowed(index, outside=both) == [third.id]
    assert narrowed(index, texts=frozenset({third.id})) == [third.id]
    assert narrowed(index, texts=frozenset()) == []


def test_what_is_excluded_counts_in_the_whole_thread_however_narrow_the_search(index: WhooshIndex) -> None:
    story = a_text("drain")
    index.put([story, a_reply("sedation", story)])
    assert found(index, "drain kind:story -sedation") == []
    assert narrowed(index, texts=frozenset({story.id}), excluded=(("sedation",),)) == []


def test_by_date_the_latest_text_of_a_thread_speaks_for_it_and_procedures_stay_behind(index: WhooshIndex) -> None:
    old, new = a_text("drain drain drain", at=10), a_text("drain", at=20)
    reply = a_reply("a drain", old, at=30)
    index.put([old, new, reply, a_text("drain", kind="procedure", id=7, at=99)])
    assert narrowed(index, order="date") == [reply.id, new.id, 7]


@pytest.mark.parametrize(
    "typed", ["COLD knees: good numbers", "cold, knees — good  numbers?", "Cöld knees good númbers"]
)
def test_an_exact_title_comes_first_in_each_order_whatever_its_case_and_signs(index: WhooshIndex, typed: str) -> None:
    titled = a_text("Nothing.", title="Cold knees, good numbers!", at=1)
    index.put([titled, *(a_text("cold knees good numbers " * 5, at=n) for n in range(5, 9))])
    query = parse_query(typed).within(EVERYWHERE)
    assert index.find(query).hits[0].text_id == titled.id
    assert index.find(replace(query, order="date")).hits[0].text_id == titled.id
    assert index.find(query).hits[0].is_titled


def test_hidden_texts_do_not_decide_which_words_of_a_situation_are_read(index: WhooshIndex) -> None:
    words = "lactate sheet plucking bowel restless drain night nurse"
    index.put([a_text(words), a_text("nurse nurse"), *(a_text("nurse night", community_id=99) for _ in range(30))])
    before = ask(index, words)
    index.put([a_text("nurse drain", community_id=99) for _ in range(30)])
    assert ask(index, words) == before


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("kind", '"cold knees" -drain by:maren-oduya night'),
        ("exclusion", '"cold knees" kind:story by:maren-oduya night'),
        ("by", '"cold knees" kind:story -drain night'),
        ("all", '"cold knees" night'),
    ],
)
def test_one_thing_is_left_out_of_what_was_typed(name: str, rest: str) -> None:
    assert leave_out('"cold knees" kind:story -drain by:maren-oduya night', name) == rest
