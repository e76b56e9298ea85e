"""What may be in the HTML of a text, and nothing else: the last word on it is nh3's.

The elements are of HTML alone: SVG, MathML and elements whose content is raw text are how cleaned HTML has
come back to life elsewhere. No id, no name, no style: a text must not be able to pass for a part of the
page.
"""

from __future__ import annotations

import re

import nh3

CODE_CLASSES = frozenset({"c", "err", "gd", "gh", "gi", "k", "m", "na", "nf", "nt", "s"})  # as pygments names them
FIGURES_CLASS = "num"  # of a column that is aligned to the right
_DEEPEST = 100  # elements inside one another; cleaning takes the square of it
_LONGEST = 1024 * 1024  # characters; a text of 64 kB that gives more HTML was made to

_PLAIN = {"p", "br", "hr", "strong", "em", "del", "blockquote", "ul", "li", "code", "thead", "tbody", "tr"}
_HEADINGS = {"h3", "h4", "h5", "h6"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "div": {"aria-label"}}
_CLASSES = {"span": set(CODE_CLASSES), "th": {FIGURES_CLASS}, "td": {FIGURES_CLASS}}
_VALUES = {"div": {"class": {"scroll-x"}, "role": {"region"}, "tabindex": {"0"}}}
_ALWAYS = {"pre": {"tabindex": "0"}, "table": {"class": "tbl"}, "th": {"scope": "col"}}  # a wide `pre` scrolls
_ALLOWED = _PLAIN | _HEADINGS | _ATTRIBUTES.keys() | _CLASSES.keys() | _ALWAYS.keys()

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_VOID = {"br", "hr"}
_WEB_ADDRESS = re.compile(
    # no `user@host`, which is there to mislead
    r"https?://[^\s\x00-\x20/?#@\\<>\"]+(?:[/?#][^\s\x00-\x20<>\"]*)?"
    r"|mailto:[^\s\x00-\x20<>\"\\/]+@[^\s\x00-\x20<>\"\\/]+",
    re.IGNORECASE,
)


class Unshowable(Exception):
    """HTML that is too deep or too long to be cleaned."""


def clean_html(html: str) -> str:
    """The HTML with only what is allowed in it. Cleaning it again changes nothing in what Markdown made."""
    if len(html) > _LONGEST or _measure_depth(html) > _DEEPEST:
        raise Unshowable
    return nh3.clean(
        html,
        tags=_ALLOWED,
        clean_content_tags=set(),
        attributes=_ATTRIBUTES,
        attribute_filter=_filter_attribute,
        tag_attribute_values=_VALUES,
        set_tag_attribute_values=_ALWAYS,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="nofollow ugc noopener",
    )


def is_web_address(address: str) -> bool:
    """Whether a link may lead there: http, https or mailto, written out in full."""
    return _WEB_ADDRESS.fullmatch(address) is not None


def _filter_attribute(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href" and not is_web_address(value):
        return None
    if attribute == "start" and not re.fullmatch("[0-9]{1,9}", value):
        return None
    if attribute == "class" and not value:
        return None
    return value


def _measure_depth(html: str) -> int:
    deepest = depth = 0
    for closing, name in _TAG.findall(html):
        if name not in _VOID:
            depth += -1 if closing else 1
            deepest = max(deepest, depth)
    return deepest
