"""Cues: the short lines of what was noticed, and what stands beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.discussions.cues import LONGEST_CUE, LONGEST_HOOK, Passage, default_hook, passages_of, render_noticed

LONG = (
    "The backlog went up in steps and not in a slope, and each of the steps was exactly as high as the one before it."
)


def test_short_lines_alone_are_the_text() -> None:
    rendered = render_noticed("The backlog went up in steps.\nNobody downstream had complained.")

    assert rendered.html == (
        '<ul class="cues"><li>The backlog went up in steps.</li><li>Nobody downstream had complained.</li></ul>'
    )


def test_short_lines_stand_beside_the_long_text_that_follows_them() -> None:
    passages = passages_of(f"Steps.\nSilence.\n{LONG}\n\nCold hands.\n\n{LONG}\nThe last cue.")

    assert passages == [
        Passage(("Steps.", "Silence."), LONG),
        Passage(("Cold hands.",), LONG),
        Passage(("The last cue.",), ""),
    ]


def test_a_cue_in_the_margin_precedes_its_paragraph() -> None:
    html = render_noticed(f"Steps, not a slope.\n{LONG}").html

    assert html.startswith('<div class="passage"><aside class="cue" role="note"><b>Cue</b>Steps, not a slope.</aside>')
    assert html.rstrip().endswith("</p></div>")


@pytest.mark.parametrize(
    "block",
    [
        "```\nlag 1\nlag 2\n```",
        "```\nan unclosed fence\nkeeps its lines",
        "- one\n- two",
        "> she said\n> it was fine",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "~~~\n```\ninner\n~~~",
    ],
)
def test_blocks_of_markdown_are_never_taken_apart(block: str) -> None:
    assert passages_of(f"A cue.\n\n{block}") == [Passage(("A cue.",), block)]


def test_a_line_of_ninety_characters_is_a_cue_and_one_of_ninety_one_is_not() -> None:
    assert passages_of("x" * LONGEST_CUE)[0].cues
    assert not passages_of("x" * (LONGEST_CUE + 1))[0].cues


def test_markup_in_a_cue_is_rendered_and_html_is_shown_as_text() -> None:
    html = render_noticed("It was **cold**.\n<script>alert(1)</script>").html

    assert "<strong>cold</strong>" in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@given(st.text(max_size=400))
def test_no_word_of_what_was_noticed_is_lost(text: str) -> None:
    kept = [piece for passage in passages_of(text) for piece in (*passage.cues, passage.text)]

    assert "".join("".join(kept).split()) == "".join(text.split())


def test_the_hook_is_the_first_cue() -> None:
    assert default_hook(f"{LONG}\n\nHis knees were cold.\nA second cue.") == "His knees were cold."


def test_a_hook_too_long_for_a_row_is_cut_at_a_word() -> None:
    hook = default_hook("The lag grew by one second every second, which is what nothing at all looks like")

    assert hook == "The lag grew by one second every second, which is what…"
    assert len(hook) <= LONGEST_HOOK


def test_without_a_cue_there_is_no_hook() -> None:
    assert default_hook(LONG) == ""


def test_a_hundred_short_lines_are_text_and_not_a_hundred_cues() -> None:
    html = render_noticed("\n".join(f"Line {n}." for n in range(100))).html

    assert "cue" not in html
    assert "Line 99." in html
