"""Markdown to HTML. It runs in a child process: `children` says what happens when it does not end.

What a writer gets: emphasis, deletion, headings (below the page's own), lists, quotations, tables, code,
links. Raw HTML is shown as it was typed. A picture becomes a link to it: no page of ours loads anything
from elsewhere. A line that ends in the source ends on the page, because people press Enter where they mean
a new line, in a list of doses most of all; only a paragraph that an editor or a mail program has broken into lines of
one length runs on. Quotes and dashes stay as they were typed.
"""

from __future__ import annotations

from html import unescape
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockprocessors import BlockQuoteProcessor, ParagraphProcessor
from markdown.extensions.nl2br import Nl2BrExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import SimpleTagInlineProcessor
from markdown.util import AMP_SUBSTITUTE

from cop.platform.markup.cleaning import FIGURES_CLASS, clean_html, is_web_address
from cop.platform.markup.code import read_code_once
from cop.platform.markup.links import link_bare_addresses, read_links_once

_DELETION = r"(~~)(?=[^\s~])(.+?)~~"
_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}
_LABEL_LENGTH = 80
_WRAPPED = range(60, 101)  # characters: how long a program leaves the lines it breaks
_SENTENCE_ENDS = (".", "!", "?", ":", ";", "”", '"')


def render_html(text: str) -> str:
    """The HTML of a tidy text. May raise anything, may take for ever: only a child calls it."""
    return clean_html(link_bare_addresses(_build_markdown().convert(text)))


class Unwrap(ParagraphProcessor):  # type: ignore[misc]  # Python-Markdown has no types
    """A paragraph, also in a list or a quotation, whose lines a program has broken runs on as it was written."""

    def run(self, parent: Element, blocks: list[str]) -> bool | None:
        if _is_wrapped(blocks[0].rstrip().split("\n")):
            blocks[0] = " ".join(line.strip() for line in blocks[0].split("\n"))
        ended: bool | None = super().run(parent, blocks)
        return ended


class Quotation(BlockQuoteProcessor):  # type: ignore[misc]  # Python-Markdown has no types
    """A quotation ends with its lines: what is quoted after an empty one is another, perhaps of somebody else."""

    def lastChild(self, parent: Element) -> None:  # noqa: N802  # Python-Markdown's name; it would go on from there
        return None


def _is_wrapped(lines: list[str]) -> bool:
    """All lines but the last are about as long; two alone may be meant, if the first ends a sentence."""
    if len(lines) < 2 or any(len(line) not in _WRAPPED for line in lines[:-1]) or len(lines[-1]) > _WRAPPED.stop:
        return False
    return len(lines) > 2 or not lines[0].rstrip().endswith(_SENTENCE_ENDS)


class Shape:
    """A treeprocessor that gives what Markdown made its shape here; the last, when addresses are settled."""

    def run(self, root: Element) -> None:
        for element in list(root.iter()):
            element.tag = _HEADINGS.get(element.tag, element.tag)
            if element.tag == "img":
                _make_link_of_picture(element)
            if element.tag in ("th", "td"):
                _keep_alignment_of_figures(element)
        _settle_links(root)
        _let_tables_scroll(root)


def _make_link_of_picture(picture: Element) -> None:
    address, words = picture.get("src", ""), picture.get("alt", "")
    picture.attrib = {"href": address}
    picture.tag, picture.text = "a", words or address


def _keep_alignment_of_figures(cell: Element) -> None:
    """A column of doses reads from the right; the other alignments are only taste."""
    if cell.attrib.pop("align", None) == "right":
        cell.set("class", FIGURES_CLASS)


def _settle_links(root: Element) -> None:
    """A link inside a link, or to where links may not lead, becomes its words."""
    for link in list(root.iter("a")):
        address = unescape(link.get("href", "").replace(AMP_SUBSTITUTE, "&")).strip()
        link.attrib = {"href": address}
        if not is_web_address(address):
            _unlink(link)
        for inner in list(link.iter("a")):
            if inner is not link:
                _unlink(inner)


def _unlink(link: Element) -> None:
    link.tag, link.attrib = "span", {}


def _let_tables_scroll(root: Element) -> None:
    """Put each table in a box that scrolls sideways on a phone and is reached and named for those who tab."""
    for parent in list(root.iter()):
        for place, table in enumerate(parent):
            if table.tag == "table" and parent.get("class") != "scroll-x":
                parent[place] = _wrap_table(table)


def _wrap_table(table: Element) -> Element:
    words = ("".join(heading.itertext()).strip() for heading in table.iter("th"))
    label = ", ".join(filter(None, words))[:_LABEL_LENGTH]
    box = Element("div", {"class": "scroll-x", "tabindex": "0"})
    if label:
        box.attrib |= {"role": "region", "aria-label": label}
    box.tail, table.tail = table.tail, None
    box.append(table)
    return box


def _build_markdown() -> Markdown:
    """A Markdown of one's own for each text: one that failed half-way would bring its state to the next."""
    markdown = Markdown(extensions=[TableExtension(use_align_attribute=True), SaneListExtension(), Nl2BrExtension()])
    markdown.preprocessors.deregister("html_block")
    for raw_html in ("html", "entity"):
        markdown.inlinePatterns.deregister(raw_html)
    read_links_once(markdown)
    read_code_once(markdown)
    markdown.inlinePatterns.register(SimpleTagInlineProcessor(_DELETION, "del"), "deletion", 50)
    markdown.parser.blockprocessors.register(Quotation(markdown.parser), "quote", 20)
    markdown.parser.blockprocessors.register(Unwrap(markdown.parser), "paragraph", 10)
    markdown.treeprocessors.register(Shape(), "shape", -10)
    return markdown
