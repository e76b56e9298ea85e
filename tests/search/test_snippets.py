"""The passage that is shown."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.search.analysis import compose
from cop.search.snippets import snippet

STORY = (
    "Post-op bowel, first night. He kept saying he was fine. " * 6
    + "He was picking at the sheet, gathering the edge and letting it go. His pressure was the best all day. "
    + "The registrar wrote up something to settle him. " * 6
)


def marked(text: str, *words: str, phrases: tuple[tuple[str, ...], ...] = ()) -> list[str]:
    return [fragment.text for fragment in snippet(text, words, phrases) if fragment.is_match]


def shown(text: str, *words: str, width: int = 240) -> str:
    return "".join(fragment.text for fragment in snippet(text, words, width=width))


def test_words_are_marked_in_whatever_form_they_stand() -> None:
    assert marked("Two alarms. The Alarm’s light, an alarming sign.", "alarm") == ["alarms", "Alarm’s", "alarming"]


def test_phrase_is_marked_as_one_piece() -> None:
    assert marked("Cold, then cold knees again.", phrases=(("cold", "knees"),)) == ["cold knees"]


def test_mixed_word_is_marked_for_its_letters() -> None:
    assert marked("pod ddb4 died", "ddb") == ["ddb4"]


def test_window_is_where_most_of_the_wishes_are_answered() -> None:
    text = shown(STORY, "fine", "picking", "pressure")
    assert "picking at the sheet" in text
    assert "pressure" in text
    assert text.startswith("…")
    assert text.endswith("…")


def test_match_near_the_beginning_shows_the_beginning() -> None:
    assert shown(STORY, "bowel").startswith("Post-op bowel, first night.")


def test_text_without_a_match_shows_its_beginning() -> None:
    assert shown(STORY, "lactate").startswith("Post-op bowel")


def test_short_text_is_shown_whole_in_one_line() -> None:
    assert shown("Cold\n\n  knees\tonly.", "knees") == "Cold knees only."


def test_window_begins_and_ends_with_whole_words() -> None:
    words = set(STORY.split())
    assert set(shown(STORY, "picking").strip("…").split()) <= words


def test_where_the_text_has_an_ellipsis_there_is_one_and_not_two() -> None:
    said = "He said nothing at all … and then. … The alarm settled by itself … " * 3 + "and more … and more"
    texts = [shown(said, word, width=width) for word in ("alarm", "settled", "more") for width in range(20, 90)]
    assert [text for text in texts if "……" in text or "… …" in text] == []


def test_nothing_is_made_of_html() -> None:
    assert shown("<script>alert(1)</script> & more", "alert") == "<script>alert(1)</script> & more"


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize(
    "text", ["", "   ", "!!!", "停电" * 300, "x" * 70_000, "the " * 17_000, "!" * 70_000, "a1 " * 22_000]
)
def test_any_text_is_cut_to_width_in_no_time(text: str) -> None:
    began = time.thread_time()
    length = len(shown(text, "the", "x", "电", "a1", width=100))
    assert length <= 102
    assert time.thread_time() - began < 1.0


@given(st.text(max_size=400), st.lists(st.text(min_size=1, max_size=6), max_size=4), st.integers(10, 120))
def test_snippet_is_a_piece_of_the_text(text: str, words: list[str], width: int) -> None:
    fragments = snippet(text, words, [tuple(words)] if words else [], width)
    joined = "".join(fragment.text for fragment in fragments)
    whole = compose(" ".join(text.split()))
    assert joined.removeprefix("…").removesuffix("…").strip("…") in whole
    assert len(joined) <= width + 2
    assert all(fragment.text for fragment in fragments)
