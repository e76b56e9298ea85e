"""What becomes of a text that somebody wrote."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.platform import markup
from cop.platform.markup import (
    NOT_RENDERED,
    RENDERER_VERSION,
    TEXT_LIMIT_BYTES,
    addresses_in,
    is_too_long,
    plain_text,
    render,
    render_many,
    without_quotes,
)
from cop.platform.markup.plain import render_prose
from cop.platform.markup.rendering import render_html


def html_of(source: str) -> str:
    rendered = render(source)
    assert rendered.renderer == RENDERER_VERSION
    return rendered.html


def test_words_become_a_paragraph() -> None:
    assert html_of("The pain came **first**.") == "<p>The pain came <strong>first</strong>.</p>"


def test_an_empty_text_is_no_html() -> None:
    assert [html_of(text) for text in ("", " \n\n\t ")] == ["", ""]


def test_a_line_that_ends_in_the_source_ends_on_the_page() -> None:
    assert html_of("200 mg at six\n100 mg at ten") == "<p>200 mg at six<br>\n100 mg at ten</p>"


def test_quotes_and_dashes_stay_as_they_were_typed() -> None:
    assert html_of("\"so\" -- he said... 'no'") == "<p>\"so\" -- he said... 'no'</p>"


def test_what_was_taken_back_is_struck_out() -> None:
    assert html_of("~~200 mg~~ 20 mg") == "<p><del>200 mg</del> 20 mg</p>"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# One", "<h3>One</h3>"),
        ("## Two", "<h4>Two</h4>"),
        ("### Three", "<h5>Three</h5>"),
        ("#### Four", "<h6>Four</h6>"),
        ("###### Six", "<h6>Six</h6>"),
        ("One\n===", "<h3>One</h3>"),
        ("Two\n---", "<h4>Two</h4>"),
    ],
)
def test_headings_stand_below_those_of_the_page(source: str, html: str) -> None:
    assert html_of(source) == html


def test_quotations_nest() -> None:
    html = html_of("> one\n>\n> > two")
    assert html.replace("\n", "") == "<blockquote><p>one</p><blockquote><p>two</p></blockquote></blockquote>"


def test_a_list_begins_with_the_number_it_was_given() -> None:
    assert html_of("3. three\n4. four").replace("\n", "") == '<ol start="3"><li>three</li><li>four</li></ol>'


def test_a_bulleted_list_does_not_run_into_a_numbered_one() -> None:
    html = html_of("- a\n\n1. b")
    assert html.replace("\n", "") == "<ul><li>a</li></ul><ol><li>b</li></ol>"


def test_raw_html_is_shown_as_it_was_typed() -> None:
    source = '<div onclick="x()">a</div> <!-- b --> <br> <script>c</script>'
    html = html_of(source)
    assert plain_text(html) == source
    assert html.count("<") == 2  # of the paragraph


def test_entities_are_read_once() -> None:
    assert html_of("&lt;b&gt; &copy; &amp;lt; AT&T") == "<p>&lt;b&gt; © &amp;lt; AT&amp;T</p>"


def test_a_link_does_not_vouch_for_where_it_leads() -> None:
    html = html_of("[notes](https://example.org/a?b=1&c=2)")
    assert html == ('<p><a href="https://example.org/a?b=1&amp;c=2" rel="nofollow ugc noopener">notes</a></p>')


@pytest.mark.parametrize(
    "source",
    [
        "<https://example.org/x>",
        "https://example.org/x",
        "[https://example.org/x][1]\n\n[1]: https://example.org/x",
        "[https://example.org/x](<https://example.org/x> 'a title')",
    ],
)
def test_every_way_to_write_a_link_gives_the_same_link(source: str) -> None:
    link = '<a href="https://example.org/x" rel="nofollow ugc noopener">https://example.org/x</a>'
    assert html_of(source) == f"<p>{link}</p>"


def test_a_bare_address_ends_before_the_mark_that_ends_the_sentence() -> None:
    html = html_of("See https://a.example/x; (https://b.example/y_(z)), or https://c.example/?p=1&q=2.")
    hrefs = [part.split('"')[0] for part in html.split('href="')[1:]]
    assert hrefs == ["https://a.example/x", "https://b.example/y_(z)", "https://c.example/?p=1&amp;q=2"]


def test_a_bare_address_in_code_or_without_a_scheme_is_left_alone() -> None:
    html = html_of("`https://a.example` www.b.example it hurts.in the night\n\n    https://c.example")
    assert "<a" not in html


def test_code_beside_a_bare_address_is_escaped_once() -> None:
    html = html_of("`a < b & c` https://a.example [x &lt; y](https://b.example)")
    assert "<code>a &lt; b &amp; c</code>" in html
    assert ">x &lt; y</a>" in html


def test_a_mail_address_in_brackets_is_a_link() -> None:
    assert html_of("<ann@example.org>") == (
        '<p><a href="mailto:ann@example.org" rel="nofollow ugc noopener">ann@example.org</a></p>'
    )


def test_a_picture_is_a_link_to_the_picture() -> None:
    html = html_of("![the rash](https://example.org/r.png) ![](https://example.org/s.png)")
    assert "<img" not in html
    assert '<a href="https://example.org/r.png" rel="nofollow ugc noopener">the rash</a>' in html
    assert '<a href="https://example.org/s.png" rel="nofollow ugc noopener">https://example.org/s.png</a>' in html


def test_a_picture_inside_a_link_is_its_words() -> None:
    html = html_of("[![the rash](https://example.org/r.png)](https://example.org)")
    assert html.count("<a ") == 1
    assert ">the rash<" in html


def test_code_is_coloured_by_class() -> None:
    html = html_of('```python\ndef f():\n    return "a"  # b\n```')
    assert html == (
        '<pre tabindex="0"><code><span class="k">def</span> <span class="nf">f</span>():\n'
        '    <span class="k">return</span> <span class="s">"a"</span>  <span class="c"># b</span></code></pre>'
    )


@pytest.mark.parametrize("fence", ["```", "~~~", "``` nonsuch", "```{.nonsuch #id onclick=x cssfile=/tmp/x}"])
def test_code_of_no_known_language_is_plain(fence: str) -> None:
    html = html_of(f"{fence}\nif <b> & c\n\n\n* d\n{fence[:3]}")
    assert html == '<pre tabindex="0"><code>if &lt;b&gt; &amp; c\n\n\n* d</code></pre>'


def test_a_fence_left_open_is_closed_at_the_end() -> None:
    assert html_of("before\n```\ncode *x*\n") == '<p>before</p>\n<pre tabindex="0"><code>code *x*</code></pre>'


def test_a_fence_inside_a_longer_fence_is_code() -> None:
    assert html_of("````\n```\nx\n```\n````") == '<pre tabindex="0"><code>```\nx\n```</code></pre>'


def test_code_within_a_line_ends_at_as_many_backticks() -> None:
    assert html_of("`` a`b `` and ``` open") == "<p><code>a`b</code> and ``` open</p>"


def test_a_table_scrolls_by_keyboard_and_is_named_by_its_headings() -> None:
    html = html_of('| Drug | "Dose" |\n|:--|--:|\n| morphine | 5 |\n').replace("\n", "")
    assert html == (
        '<div aria-label="Drug, &quot;Dose&quot;" class="scroll-x" role="region" tabindex="0">'
        '<table class="tbl"><thead><tr><th scope="col">Drug</th><th class="num" scope="col">"Dose"</th></tr></thead>'
        '<tbody><tr><td>morphine</td><td class="num">5</td></tr></tbody></table></div>'
    )


def test_what_cannot_be_stored_is_taken_out() -> None:
    rendered = render("a\x00b\r\nc\x02klzzwxh:0001\x03\ud800\ufffe")
    assert rendered.source == "ab\ncklzzwxh:0001\N{REPLACEMENT CHARACTER}"
    assert rendered.html == "<p>ab<br>\ncklzzwxh:0001\N{REPLACEMENT CHARACTER}</p>"


def test_many_texts_come_back_in_order() -> None:
    rendered = render_many([f"*{number}*" for number in range(20)])
    assert [text.html for text in rendered] == [f"<p><em>{number}</em></p>" for number in range(20)]


def test_a_text_over_the_limit_is_kept_word_for_word() -> None:
    source = "*word* <b>\nline\n\n" * (TEXT_LIMIT_BYTES // 10)
    rendered = render(source)
    assert rendered.html.startswith("<p>*word* &lt;b&gt;<br>\nline</p>\n<p>*word*")
    assert plain_text(rendered.html).split() == source.split()


def test_the_limit_counts_all_fields_in_utf_8() -> None:
    half = "é" * (TEXT_LIMIT_BYTES // 4)
    assert not is_too_long(half, half)
    assert is_too_long(half, half, "a")
    assert is_too_long("\ud800" * TEXT_LIMIT_BYTES)


@pytest.mark.parametrize(
    "source",
    ["[" * 8192, "![" * 4096, "> " * 4096 + "deep", "- " * 4096 + "deep", "1. " * 2048 + "deep", "# a\n" * 2048],
    ids=["brackets", "pictures", "quotations", "lists", "numbers", "headings"],
)
def test_a_text_made_to_be_slow_is_shown_without_asking_a_child(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "ask_child", lambda text: pytest.fail("a child was asked"))
    rendered = render(source)
    assert rendered.renderer == RENDERER_VERSION
    assert plain_text(rendered.html).split() == source.split()


@given(st.text(alphabet="abcXéßж漢 .,:;?!'\"’“”()–—-109", min_size=1, max_size=40))
@settings(max_examples=300, deadline=None)
def test_words_and_punctuation_alone_are_shown_as_markdown_would_show_them(text: str) -> None:
    assert render_prose(text) in (None, render_html(text))
    assert render_prose("So" + "".join(filter(str.isalpha, text)) + " it was.") is not None


def test_what_is_said_in_passing_waits_for_no_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "ask_child", lambda text: pytest.fail("a child was asked"))
    assert render("Same here, twice: her hands (“cold”) gave it away!").html == (
        "<p>Same here, twice: her hands (“cold”) gave it away!</p>"
    )


def test_a_text_that_no_child_answered_says_so_and_the_log_does_not_quote_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(text: str) -> str:
        raise markup.ChildFailed("no child was free")

    monkeypatch.setattr(markup, "ask_child", fail)
    with caplog.at_level(logging.WARNING):
        rendered = render("her *name*")
    assert rendered == markup.Rendered("her *name*", "<p>her *name*</p>", NOT_RENDERED)
    assert "no child was free" in caplog.text
    assert "name" not in caplog.text


def test_the_words_of_stored_html_are_read_back_on_one_line() -> None:
    html = html_of(
        "# Head\n\nfirst *line*\nsecond &lt;i&gt;\n\n- a\n- b\n\nx|y\n-|-\n1|2\n\n```\ncode\n```\n\n<b>raw</b>"
    )
    assert plain_text(html) == "Head first line second <i> a b x y 1 2 code <b>raw</b>"


def test_markup_inside_a_word_does_not_split_it() -> None:
    assert plain_text(html_of("a**b**c")) == "abc"


_BROKEN = (
    "User's experienced long wait times for the images to build, fixed by banning\n"
    "the demo repository. The problem was that a single repository that is very\n"
    "popular takes a long time to build and ends up consuming all available slots.\n"
    "It lasted most of Sunday."
)


@pytest.mark.parametrize("before", ["", "- ", "> "])
def test_lines_that_a_program_has_broken_run_on(before: str) -> None:
    wrapped = before + _BROKEN.replace("\n", "\n> " if before == "> " else "\n")

    assert "<br" not in render(wrapped).html
    assert "fixed by banning the demo repository." in render(wrapped).html


@pytest.mark.parametrize(
    "lines",
    [
        "Noradrenaline 0.2\nPropofol 150\nFentanyl 100",
        "Nobody had told the second team that the first had gone home already.\nThat was the whole of the handover.",
        "Short.\n" + "A line that is long enough to have been broken by a program somewhere on its way\n" * 3,
    ],
)
def test_lines_that_a_person_has_ended_stay_lines(lines: str) -> None:
    assert render(lines).html.count("<br") == lines.strip().count("\n")


def test_two_quotations_after_one_another_stay_two_and_neither_is_the_writer_s_own() -> None:
    html = html_of("> one\n>\n> [A](https://example.org/1)\n\n> two\n> > three\n\nMine, [too](https://example.org/2).")
    assert html.replace("\n", "").count("</blockquote><blockquote>") == 1
    assert plain_text(without_quotes(html)) == "Mine, too."
    assert addresses_in(without_quotes(html)) == ["https://example.org/2"]
