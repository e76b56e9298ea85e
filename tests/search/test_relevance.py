"""The figures of `python -m bench.relevance`."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import relevance
from bench.relevance import average_precision, measure, ndcg
from cop.search.whoosh_index import WhooshIndex
from tests.search.texts import a_text


def test_precision_and_gain_are_whole_when_the_best_come_first() -> None:
    assert average_precision([True, True, False]) == ndcg([2, 1, 0], [1, 2]) == 1.0
    assert average_precision([False, True]) == 0.5
    assert average_precision([False, False]) == 0.0
    assert 0 < ndcg([0, 2], [2]) < 1


def test_what_answers_is_measured_by_the_product_itself(index: WhooshIndex) -> None:
    good, bad = a_text("cold knees at night", community_id=1), a_text("a drain", community_id=1)
    index.put([good, bad])

    question = relevance.Question("He had cold knees", {bad.id: 0, good.id: 2})

    assert measure(index, [question]) == (100.0, 100.0, 100.0)


def test_without_the_judged_questions_the_bench_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(relevance, "DATA", tmp_path)

    relevance.main()

    assert capsys.readouterr().out.startswith("Relevance: left out")
