"""One walk over every read surface, as everybody: what a person may not see does not exist for them.

The surfaces come from the URL map; a GET route whose parameters nobody has said how to fill fails here. Each private
object carries a word of its own, and every byte that goes to somebody who may not see it is searched for that word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cop.platform.ids import spell
from tests.cast import Cast, add_reply
from tests.security.surfaces import addresses_of

SEES = {  # whose canaries each may meet
    "nobody": set(),
    "otto": set(),
    "caro": set(),
    "maren": set(),
    "joanne": set(),
    "bea": set(),
    "piet": {"members", "secret"},
}
SEARCHES = (
    "",
    "?q={word}",
    "?q=%22{word}%22",
    "?q={word}&c=night-shift-pzqlmn",
    "?q=porter+night+{word}&c=inner-room-wvxyqj",
)


WRITING = (
    "/c/bedside-icu/similar?q=second+night+row+same+bay+{word}",
    "/c/{slug}/similar?q=second+night+row+same+bay+{word}",
    "/c/{slug}/mentions?q=p",
    "/c/bedside-icu/mentions?q={word}",
)


def _addresses(app: Flask, cast: Cast) -> Iterator[str]:
    yield from addresses_of(app, cast, "GET")
    for word, slug in zip(cast.canaries.values(), ("night-shift-pzqlmn", "inner-room-wvxyqj"), strict=True):
        for help_asked_for in WRITING:
            yield help_asked_for.format(word=word, slug=slug)
    for word in (*cast.canaries.values(), "pzqlmn", "wvxyqj"):
        for search in SEARCHES:
            yield "/search" + search.format(word=word)


@pytest.mark.parametrize("who", list(SEES))
def test_nothing_private_reaches_whoever_may_not_see_it(
    app: Flask,
    cast: Cast,
    now: datetime,
    client: FlaskClient,
    client_of: Callable[[int], FlaskClient],
    deliver: Callable[[], int],
    who: str,
) -> None:
    add_reply(cast.piet, cast.secret_thread, now, body=f"Again {cast.canaries['secret']}.")
    deliver()
    browser = client if who == "nobody" else client_of(getattr(cast, who))
    words = {"members": (cast.canaries["members"], "pzqlmn-unlisted"), "secret": (cast.canaries["secret"], "wvxyqj")}
    leaks, answered = [], 0

    for address in dict.fromkeys(_addresses(app, cast)):
        answer = browser.get(address)
        answered += 1
        assert answer.status_code < 500 or address == "/readyz", (address, answer.status_code)
        bytes_sent = (str(answer.headers) + answer.get_data(as_text=True)).lower()
        answer.close()
        asked = address.lower()
        for kind, canaries in words.items():
            if kind not in SEES[who]:
                leaks += [(address, word) for word in canaries if word in bytes_sent and word not in asked]

    assert leaks == []
    assert answered > 60


def test_the_walk_meets_the_words_where_they_may_be_seen(
    app: Flask, cast: Cast, client_of: Callable[[int], FlaskClient], deliver: Callable[[], int]
) -> None:
    """The walk would prove nothing if the words were nowhere."""
    deliver()
    browser = client_of(cast.piet)
    met = dict.fromkeys(cast.canaries, 0)

    for address in dict.fromkeys(_addresses(app, cast)):
        with browser.get(address) as answer:
            text = answer.get_data(as_text=True)
        for kind, word in cast.canaries.items():
            met[kind] += word in text and word not in address

    assert min(met.values()) >= 3


def test_a_thread_of_a_secret_community_looks_like_one_that_never_was(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    hidden = client.get(f"/t/{spell(cast.secret_thread)}")
    absent = client.get(f"/t/{spell(cast.secret_thread - 1)}")

    assert hidden.status_code == absent.status_code == 404
    assert hidden.data.replace(spell(cast.secret_thread).encode(), b"") == absent.data.replace(
        spell(cast.secret_thread - 1).encode(), b""
    )


@pytest.mark.parametrize(
    "address",
    [
        "/c/%00/",
        "/c/%00/people",
        "/c/?after=WyJcdWQ4MDAiLDFd",
        "/c/?after=WyJhXHUwMDAwYiIsMV0",
        "/people/%00",
        "/t/%00",
        "/p/%00",
        "/search?q=%00",
        "/search?q=chart&after=WyJhIl0",
    ],
)
def test_an_address_that_no_page_of_ours_has_leads_to_no_failure(
    cast: Cast, client: FlaskClient, deliver: Callable[[], int], address: str
) -> None:
    deliver()

    assert client.get(address).status_code in (200, 404)
