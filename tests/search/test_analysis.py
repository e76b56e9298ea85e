"""How texts become words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.search.analysis import LONGEST_WORD, compose, parts_in, stem_of, stems_in, words_in


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alarms", "alarm"),
        ("Sedating", "sedated"),
        ("café", "CAFE"),
        ("nurse’s", "nurses"),
        ("didn't", "didn’t"),
        ("Straße", "STRASSE"),
        ("using", "uses"),
        ("VMs", "VM"),
        ("dies", "die"),
        ("going", "go"),
    ],
)
def test_forms_of_a_word_are_the_same(one: str, other: str) -> None:
    assert stems_in(one) == stems_in(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("knee", "need"),
        ("resume", "resumption9"),
        ("p99", "p95"),
        ("停", "电"),
        ("one", "on"),
        ("use", "us"),
        ("ores", "or"),
        ("ate", "at"),
        ("ice", "ic"),
    ],
)
def test_other_words_are_others(one: str, other: str) -> None:
    assert stems_in(one) != stems_in(other)


def test_signs_and_lines_part_words() -> None:
    assert stems_in("base_url jupyter.org/x;y\nand—so") == ["base", "url", "jupyter", "org", "x", "y", "and", "so"]


def test_chinese_signs_are_a_word_each() -> None:
    assert stems_in("abc停电了") == ["abc", "停", "电", "了"]


def test_runs_of_letters_in_mixed_words_are_known_too() -> None:
    assert parts_in("ddb4-11e6 o'brien pods k8s jupyterhub2019") == ["ddb", "brien", "jupyterhub"]


def test_what_is_longer_than_a_word_is_cut() -> None:
    assert stems_in("x1" * 5_000) == ["x1" * (LONGEST_WORD // 2)]


@given(st.text(max_size=200))
def test_words_stand_where_they_say(text: str) -> None:
    composed = compose(text)
    words = list(words_in(composed))
    assert all(stems_in(composed[word.start : word.end]) == [stem_of(word.plain)] for word in words)
    assert all(one.end <= other.start for one, other in pairwise(words))
    assert len(stems_in(text)) == len(words)
    assert all(stems_in(text))
