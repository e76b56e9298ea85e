"""What is made of what people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.platform.clock import moment
from cop.search.operators import Filters
from cop.search.query_language import MOST_TERMS, MOST_WORDS, STORY, TypedQuery, parse_query


def test_words_lose_case_accents_and_repetition() -> None:
    assert parse_query("Cold KNEES café cold").words == ("cold", "knees", "cafe")


def test_small_words_are_left_out_where_others_remain() -> None:
    assert parse_query("what to do when the pressure drops").words == ("pressure", "drops")


def test_small_words_are_looked_for_when_there_is_nothing_else() -> None:
    assert parse_query("To be or not to be").words == ("to", "be", "or", "not")


def test_small_words_beside_a_phrase_are_left_out() -> None:
    query = parse_query('the "cold knees"')
    assert (query.words, query.phrases) == ((), (("cold", "knees"),))


@pytest.mark.parametrize("typed", ['"cold knees"', "“Cold knees”", "«cold knees»", '"cold   knees" "COLD KNEES"'])
def test_quoted_words_are_a_phrase(typed: str) -> None:
    assert parse_query(typed).phrases == (("cold", "knees"),)


@pytest.mark.parametrize(
    ("typed", "phrases", "words"),
    [
        ('"cold knees', (), ("cold", "knees")),
        ('"cold knees" "drain', (("cold", "knees"),), ("drain",)),
        ('5" pipe', (), ("5", "pipe")),
    ],
)
def test_quotation_mark_without_a_partner_is_none(typed: str, phrases: tuple, words: tuple) -> None:
    query = parse_query(typed)
    assert (query.phrases, query.words) == (phrases, words)


def test_minus_excludes_a_word_or_a_phrase() -> None:
    query = parse_query('-sedation knees -"by phone"')
    assert (query.words, query.excluded) == (("knees",), (("sedation",), ("by", "phone")))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("-80 freezer", ("80", "freezer")),
        ("--force", ("force",)),
        ("post-mortem", ("post", "mortem")),
        ("drain - knees -", ("drain", "knees")),
    ],
)
def test_other_minus_signs_exclude_nothing(typed: str, words: tuple[str, ...]) -> None:
    query = parse_query(typed)
    assert (query.words, query.excluded) == (words, ())


def test_kind_and_community_narrow() -> None:
    query = parse_query("Kind:Story kind:cases community:bedside-icu knees")
    assert query.kinds == {"story", "case"}
    assert query.communities == ("bedside-icu",)
    assert query.words == ("knees",)


@pytest.mark.parametrize(
    "typed",
    ["kind:poem", "author:anon", "field:x", "title:x", "kind:", "community:", "id:5", "community:UPPER_case!"],
)
def test_what_is_no_operator_is_words(typed: str) -> None:
    query = parse_query(typed)
    assert query.words
    assert (query.kinds, query.communities) == (frozenset(), ())


def test_title_is_everything_that_was_typed_but_operators_and_exclusions() -> None:
    assert parse_query('How do you "tell delirium" kind:story -drain').title == ("how", "do", "you", "tell", "delirium")


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert parse_query("Müller naïve") == parse_query("Mu\u0308ller nai\u0308ve")


def test_only_so_many_characters_are_read() -> None:
    assert parse_query("x" * 1_995 + " abc unread").words[1:] == ("abc",)


def test_only_so_many_terms_are_kept_and_phrases_go_first() -> None:
    query = parse_query(" ".join(f"word{n}" for n in range(STORY - 3)) + ' "a phrase here" -excluded')
    assert query.phrases == (("a", "phrase", "here"),)
    assert query.excluded == (("excluded",),)
    assert len(query.words) == MOST_TERMS - 4


def test_quotation_marks_and_dashes_in_a_told_situation_wish_for_nothing() -> None:
    told = " ".join(f"word{n}" for n in range(STORY))
    query = parse_query(f'{told} then he said "I am fine" -and plucked, plucked at the sheet kind:story')
    assert (query.phrases, query.excluded) == ((), ())
    assert {"said", "fine", "plucked", "sheet"} <= set(query.words)
    assert dict(zip(query.words, query.times, strict=True))["plucked"] == 2
    assert query.kinds == {"story"}


def test_a_long_quotation_alone_is_still_a_phrase() -> None:
    assert [len(phrase) for phrase in parse_query('"' + "night " * 30 + '"').phrases] == [MOST_TERMS]


def test_of_a_told_situation_only_so_many_words_are_read() -> None:
    assert len(parse_query(" ".join(f"word{n}" for n in range(200))).words) == MOST_WORDS


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("after:2026", "2026-01-01", None),
        ("after:2026-05", "2026-05-01", None),
        ("after:2026-05-09 before:2026-06", "2026-05-09", "2026-06-01"),
        ("before:2026-5-9 before:2027", None, "2026-05-09"),
    ],
)
def test_dates_are_a_year_a_month_or_a_day(typed: str, since: str | None, until: str | None) -> None:
    filters = parse_query(f"knees {typed}").filters
    assert (_day(filters.since), _day(filters.until)) == (since, until)


def test_people_states_and_kinds_of_replies_narrow() -> None:
    filters = parse_query("by:Maren-Oduya by:tomasz state:living STATE:contested kind:report kind:dissents x").filters
    assert filters.by == ("maren-oduya", "tomasz")
    assert filters.states == {"living", "contested"}
    assert filters.parts == {"report", "dissent"}
    assert parse_query("kind:reply").filters.parts == {"reply", "probe", "answer", "report", "dissent"}


@pytest.mark.parametrize(
    "typed", ["before:2026-13", "after:yesterday", "before:0000", "after:2026-02-30", "state:dead", "by:-x-", "by:x"]
)
def test_a_value_that_makes_no_sense_leaves_words(typed: str) -> None:
    query = parse_query(typed)
    assert query.title
    assert query.filters == Filters()


def test_what_was_meant_as_an_operator_and_is_none_is_named() -> None:
    typed = parse_query("wind kind:bogus Author:maren 14:30 note:this state:living kind:bogus after:spring")
    assert typed.not_understood == ("kind:bogus", "Author:maren", "after:spring")
    assert "bogus" in typed.words


def test_a_told_situation_is_not_taken_for_commands() -> None:
    assert parse_query("from:ward in:theatre " + "and then it went on " * 8).not_understood == ()


@pytest.mark.parametrize("typed", ["", "   ", '""', '-""', "***", "[ ]", "-", "\x00", "\ud800", "kind:story"])
def test_nothing_to_look_for_is_empty(typed: str) -> None:
    assert parse_query(typed).is_empty


def test_query_keeps_its_wishes_when_it_is_confined() -> None:
    query = parse_query('a knees "cold feet" -drain kind:case').within([1, 2], [2, 3])
    assert query.searched_communities == {2}
    assert (query.words, query.phrases) == (("knees",), (("cold", "feet"),))
    assert (query.excluded, query.kinds) == ((("drain",),), {"case"})


def _day(second: int | None) -> str | None:
    return None if second is None else str(moment(second).date())


@given(st.text(max_size=300) | st.text(alphabet='ab"-:* kind', max_size=80))
def test_anything_can_be_typed(typed: str) -> None:
    query = parse_query(typed)
    assert isinstance(query, TypedQuery)
    assert sum(map(len, query.phrases + query.excluded)) <= MOST_TERMS
    assert len(query.words) <= MOST_WORDS
    assert all(word and word == parse_query(word).title[0] for word in query.words if word.isascii())
