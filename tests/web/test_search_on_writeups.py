"""The main job on real input: write-ups come in as stories, and their rarest words lead to them."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.reading import read

WRITEUPS = Path(__file__).parents[3] / "shared" / "data" / "sre_incidents" / "incidents.jsonl.gz"


def _rarest(texts: list[str], ties: Callable[[list[str]], list[str]]) -> list[str]:
    """The five words of each text that the fewest texts hold, as a query; `ties` orders a text's words."""
    words = [re.findall(r"[a-z]{3,}", text.lower()) for text in texts]
    spread = Counter(word for one in words for word in set(one))
    return [" ".join(sorted(ties(list(dict.fromkeys(one))), key=spread.__getitem__)[:5]) for one in words]


@pytest.mark.parametrize("ties", [list, sorted], ids=["as they come", "by the alphabet"])
def test_the_five_rarest_words_of_each_writeup_show_it_among_the_first_three(
    app: Flask, client: FlaskClient, deliver: Callable[[], int], ties: Callable[[list[str]], list[str]]
) -> None:
    if not WRITEUPS.exists():
        pytest.skip("The incident write-ups are not beside this checkout (shared/data/sre_incidents).")
    with gzip.open(WRITEUPS, "rt", encoding="utf-8") as lines:
        writeups = [json.loads(line) for line in lines]
    done = app.test_cli_runner().invoke(args=["import", "stories", str(WRITEUPS), "--community", "incidents"])
    assert "81 read, 81 new" in done.output
    deliver()

    missed = []
    for writeup, query in zip(
        writeups, _rarest([f"{one['title']} {one['body_markdown']}" for one in writeups], ties), strict=True
    ):
        shown = read(client, f"/search?q={query.replace(' ', '+')}").words("li[@class='hit']//h3")
        if " ".join(writeup["title"].split()) not in shown[:3]:
            missed.append((query, writeup["id"]))

    assert missed == []
