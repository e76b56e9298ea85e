"""Probes without a page: whose turn it is, where quoted words stand, and what the types ask."""

from __future__ import annotations

import re
from collections import Counter
from html import escape

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.discussions.probes.models import TYPES
from cop.discussions.probes.spans import Beside, set_beside, stands_in, tidy_quote
from cop.discussions.probes.texts import ProbeDraft, find_faults, settle_span
from cop.discussions.probes.turns import MOST_OPEN, MOST_OPEN_EACH, has_place, next_turn
from cop.discussions.probes.wordings import asks_for, is_default, name_of, wording_of

# Whose turn it is


steps = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(1, 4)),
        st.tuples(st.just("settle"), st.integers(0, 9)),
    ),
    max_size=60,
)


@given(steps)
def test_never_more_stand_open_than_may_and_each_waits_its_turn(steps: list[tuple[str, int]]) -> None:
    """The queue as the operations run it: whoever asks is open at once or waits; a place that frees is filled."""
    standing: list[tuple[int, int]] = []  # (when it was asked, who asked), in the order of opening
    waiting: list[tuple[int, int]] = []
    for moment, (what, who) in enumerate(steps):
        if what == "ask" and has_place([asker for _, asker in standing], who):
            standing.append((moment, who))
        elif what == "ask":
            waiting.append((moment, who))
        elif standing:
            standing.pop(who % len(standing))
        while (turn := next_turn([asker for _, asker in standing], waiting)) is not None:
            opened = next(one for one in waiting if one[0] == turn)
            blocked = [one for one in waiting if one[0] < turn]
            each = Counter(asker for _, asker in standing)
            assert all(each[asker] >= MOST_OPEN_EACH for _, asker in blocked)  # only those are passed over
            waiting.remove(opened)
            standing.append(opened)

        each = Counter(asker for _, asker in standing)
        assert len(standing) <= MOST_OPEN
        assert max(each.values(), default=0) <= MOST_OPEN_EACH
        assert not any(has_place([asker for _, asker in standing], asker) for _, asker in waiting)


def test_who_cannot_ask_now_is_passed_over_and_keeps_their_turn() -> None:
    waiting = [(1, 7), (2, 8)]

    assert next_turn([], waiting, passed_over={1}) == 2
    assert next_turn([], waiting) == 1
    assert next_turn([None] * MOST_OPEN, waiting) is None
    assert has_place([None, None, None], None)  # former members are not one person


# Where the words stand

STORY = (
    "<p>The pump hummed, &amp; then it did not.</p>\n"
    '<div class="passage"><aside class="cue" role="note"><b>Cue</b>Cold knees.</aside>'
    "<p>My hand went <em>over</em> his knee. It was cold, and the cold began at a line.</p></div>\n"
    "<ul><li>One thing</li><li>Another</li></ul>"
)


def written(html: str) -> str:
    return " ".join("".join(html5lib.parseFragment(html, namespaceHTMLElements=False).itertext()).split())


def test_a_pair_stands_in_the_passage_of_the_words_it_asks_about_and_marks_them() -> None:
    html, gone = set_beside(
        STORY,
        [
            Beside("the cold began at a line", "<aside>first</aside>"),
            Beside("went over his knee", "<aside>second</aside>"),
            Beside("hummed, & then", "<aside>third</aside>"),
            Beside("and then it rained", "<aside>lost</aside>"),
        ],
    )

    assert gone == [3]
    assert '<div class="passage"><aside>third</aside><p>The pump <span class="mk">hummed, &amp; then</span> it' in html
    assert html.count('<div class="passage">') == 2
    assert "Cold knees.</aside><aside>second</aside><aside>first</aside><p>My hand" in html
    assert '<span class="mk">went </span><em><span class="mk">over</span></em><span class="mk"> his knee</span>' in html
    assert '<span class="mk">the cold began at a line</span>.' in html
    assert "lost" not in html


@pytest.mark.parametrize("quote", ["One thing Another", "“hummed,  &\nthen", "did not. Cue"])
def test_words_are_found_across_blocks_spaces_and_kinds_of_marks(quote: str) -> None:
    assert stands_in(STORY, quote) == (quote != "“hummed,  &\nthen")
    assert stands_in("<p>She said “go” – and went</p>", '"go" - and   went')


pieces = st.sampled_from(["knee", "cold", " ", "<b", "&", "“", "ü", "\n", "line"])
markup = st.lists(
    st.tuples(st.sampled_from(["p", "li", "em"]), st.lists(pieces, min_size=1, max_size=8).map("".join)),
    min_size=1,
    max_size=5,
).map(lambda blocks: "".join(f"<p><{tag}>{escape(text, quote=False)}</{tag}></p>" for tag, text in blocks))


@given(markup, st.data())
def test_whatever_stands_there_is_found_and_its_text_stays_as_it_was(html: str, data: st.DataObject) -> None:
    words = tidy_quote(written(html.replace("</p>", "</p> ")))
    if not words:
        return
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))

    marked, gone = set_beside(html, [Beside(words[start:end], "<!---->")])

    if tidy_quote(words[start:end]):
        assert gone == []
        assert written(marked.replace("</p>", "</p> ")) == written(html.replace("</p>", "</p> "))
        assert (
            Counter(re.findall(r"<(/?[a-z]+)", marked))["span"] == Counter(re.findall(r"<(/?[a-z]+)", marked))["/span"]
        )


# What the types ask


def test_each_of_the_thirteen_types_has_its_name_and_its_question() -> None:
    assert len(TYPES) == 13
    assert len({name_of(kind) for kind in TYPES}) == len({wording_of(kind) for kind in TYPES}) == 13
    assert all(wording_of(kind).endswith("?") and is_default(wording_of(kind)) for kind in TYPES)
    assert {asks_for(box)[0] for box in ("not_when", "expected", "watch_for")} == {"whatif", "expectancy", "experience"}


def test_a_probe_finds_the_box_of_its_words_or_keeps_the_empty_one_it_asks_for() -> None:
    boxes = {"situation": "<p>It was dark.</p>", "noticed": "<p>A hum, and dark water.</p>"}

    assert settle_span(ProbeDraft("cue", "How dark?", "dark water"), boxes).box == "noticed"
    assert settle_span(ProbeDraft("cue", "How dark?", "dark", "noticed"), boxes).box == "noticed"
    assert settle_span(ProbeDraft("whatif", "When not?", "", "not_when"), boxes).box == "not_when"
    assert settle_span(ProbeDraft("cue", "How dark?", "", "noticed"), boxes).box == ""
    assert settle_span(ProbeDraft("cue", "How dark?", "", "no such box"), boxes).box == ""
    assert "quote" in find_faults(settle_span(ProbeDraft("cue", "How dark?", "bright"), boxes))
    assert set(find_faults(ProbeDraft("", " "))) == {"type", "body"}
    assert "body" in find_faults(ProbeDraft("whatif", wording_of("whatif")))
    assert "quote" in find_faults(ProbeDraft("cue", "How?", "x" * 301, "noticed"))
