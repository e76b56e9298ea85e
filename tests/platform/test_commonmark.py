"""B04: every example of the CommonMark specification is read without an error and comes out safe; where our Markdown
reads it otherwise, that is known.

The examples are the specification's, so they are not kept here: `make check` takes them from the sources of
markdown-it-py, of the version that is installed anyway. The numbers of those that we read otherwise are ours.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import html5lib
import pytest

from cop.platform.markup.rendering import render_html
from tests.platform.test_markup_safety import assert_stable

EXAMPLES = Path(os.environ.get("COP_TEST_COMMONMARK", ".venv/.commonmark.json"))
KNOWN = Path(__file__).with_name("commonmark_differences.txt")

pytestmark = pytest.mark.skipif(
    not EXAMPLES.exists(), reason="make check fetches the examples; there is no network here"
)


@pytest.fixture(scope="module")
def examples() -> list[dict[str, Any]]:
    return json.loads(EXAMPLES.read_text())


def test_no_example_of_commonmark_raises_or_comes_alive(examples: list[dict[str, Any]]) -> None:
    assert len(examples) == 652
    for example in examples:
        assert_stable(render_html(example["markdown"]))


def test_what_we_read_otherwise_than_commonmark_is_known(examples: list[dict[str, Any]]) -> None:
    otherwise = {
        example["example"] for example in examples if _seen(render_html(example["markdown"])) != _seen(example["html"])
    }
    assert otherwise == {int(number) for line in KNOWN.read_text().splitlines() for number in _numbers(line)}


def _numbers(line: str) -> list[str]:
    return line.partition(":")[2].split() if not line.startswith("#") else []


def _seen(html: str) -> list[str]:
    """What is read: the elements and the words, without white space and attributes; our headings begin at the third."""
    seen: list[str] = []
    for token in html5lib.getTreeWalker("etree")(html5lib.parseFragment(html)):
        if token["type"] in ("StartTag", "EmptyTag"):
            seen.append(f"<{re.sub('^h[1-6]$', 'heading', token['name'])}>")
        elif token["type"] in ("Characters", "SpaceCharacters"):
            seen.extend(str(token["data"]).split())
    return seen
