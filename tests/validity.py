"""Whether a page is valid HTML: what the parser minds, and the faults that a parser lets pass.

The second kind is what the Nu checker found here or is likely to; `make look` asks that checker itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

import html5lib

_POINTING: Final = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-activedescendant")
_NAMING: Final = {"for": ("input", "select", "textarea"), "form": ("form",), "list": ("datalist",)}
_BOOLEAN: Final = {
    "async", "autofocus", "checked", "defer", "disabled", "formnovalidate", "inert", "multiple", "novalidate", "open",
    "readonly", "required", "reversed", "selected",
}  # fmt: skip
_CONTROLS: Final = {"a", "button", "input", "select", "textarea"}
_ONLY_PHRASES: Final = {
    "b", "button", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "i", "label", "legend", "mark", "p", "small",
    "span", "strong", "summary", "time",
}  # fmt: skip
_HEADINGS: Final = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS: Final = _HEADINGS | {
    "article", "aside", "blockquote", "details", "dialog", "div", "dl", "fieldset", "figure", "footer", "form",
    "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul",
}  # fmt: skip
_CHILDREN: Final = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd", "div"},
    "tr": {"td", "th"},
    "select": {"option", "optgroup"},
}
_ANYWHERE: Final = {"autofocus", "class", "hidden", "id", "lang", "role", "tabindex", "title"}
_ATTRIBUTES: Final = {  # beside those that stand anywhere, data-* and aria-*
    "a": "href rel target", "blockquote": "cite", "button": "disabled form formaction formnovalidate name type value",
    "details": "open", "fieldset": "disabled form name", "form": "action autocomplete enctype method novalidate",
    "html": "", "input": "accept autocomplete checked disabled form inputmode list max maxlength min minlength multiple"
    " name pattern placeholder readonly required size step type value", "label": "for", "link": "href rel sizes type",
    "meta": "charset content http-equiv name", "ol": "reversed start type", "option": "disabled label selected value",
    "script": "async defer src type", "select": "disabled form multiple name required", "td": "colspan headers rowspan",
    "textarea": "autocomplete disabled form maxlength name placeholder readonly required rows",
    "th": "abbr colspan headers rowspan scope", "time": "datetime", "track": "src",
}  # fmt: skip
_ROLES: Final = {"alert", "group", "img", "list", "listbox", "note", "option", "region", "search", "status"}


def faults_in(page: str | bytes) -> list[str]:
    """What is wrong with a page, each fault in a few words; an empty list if nothing is."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree = parser.parse(page)
    minded = [f"the parser minds {code} at {place}: {details}" for place, code, details in parser.errors]
    return [*minded, *_ids(tree), *_pointers(tree), *_each(tree, ())]


def _ids(tree: Element) -> Iterator[str]:
    numbers = Counter(one.get("id") for one in tree.iter() if one.get("id") is not None)
    yield from (f"twice: #{name}" for name, number in numbers.items() if number > 1)
    yield from (f"no id: “{name}”" for name in numbers if not name or name.split() != [name])


def _pointers(tree: Element) -> Iterator[str]:
    """Everything that names something else on the page, and does not find it."""
    known = {one.get("id"): one.tag for one in tree.iter() if one.get("id")}
    for one in tree.iter():
        for name in _POINTING:
            yield from (f"{name} finds no #{id_}" for id_ in one.get(name, "").split() if id_ not in known)
        for name, tags in _NAMING.items():
            if name in one.attrib and known.get(one.get(name)) not in tags:
                yield f"{one.tag} {name} finds no {' or '.join(tags)} #{one.get(name)}"


def _each(one: Element, above: tuple[str, ...]) -> Iterator[str]:
    tag = str(one.tag)
    if tag == "svg" or "{" in tag:  # drawings have rules of their own
        return
    yield from _attributes(one)
    if tag in _CONTROLS and {"a", "button"} & set(above):
        yield f"a control in a control: {' > '.join((*above, tag))}"
    if tag in _BLOCKS and _ONLY_PHRASES & set(above) and not (above[-1] == "summary" and tag in _HEADINGS):
        yield f"a block in a phrase: {' > '.join((*above, tag))}"
    if tag in ("article", "aside", "nav", "section") and not _is_named(one):
        yield f"a {tag} without a heading or a name"
    for child in one:
        if isinstance(child.tag, str):
            if tag in _CHILDREN and child.tag not in _CHILDREN[tag] | {"script", "template"}:
                yield f"a {child.tag} in a {tag}"
            yield from _each(child, (*above, tag))


def _attributes(one: Element) -> Iterator[str]:
    tag = str(one.tag)
    known = _ANYWHERE | set(_ATTRIBUTES.get(tag, "").split())
    for name, value in one.attrib.items():
        if name not in known and not name.startswith(("data-", "aria-")):
            yield f"{tag} has no attribute {name}"
        if name in _BOOLEAN and value not in ("", name):
            yield f"{tag} {name}=“{value}”, which is either there or not"
        if name == "role" and value not in _ROLES:
            yield f"{tag} with the role “{value}”, which nobody has looked at yet"
        if name in ("href", "action", "formaction", "src") and (not value or value != value.strip() or " " in value):
            yield f"{tag} {name}=“{value}”"


def _is_named(one: Element) -> bool:
    is_labelled = bool(one.get("aria-label") or one.get("aria-labelledby")) or one.get("role") == "note"
    return is_labelled or any(each.tag in _HEADINGS for each in one.iter())
