"""Whoever has left is a former member wherever they told, said, changed or kept something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from cop.accounts.operations import leave_site
from cop.accounts.permissions import Ties
from cop.discussions.marks.queries import find_mark
from cop.platform.database import db, transaction
from cop.platform.ids import spell
from cop.web.marking import write_marks
from tests.cast import Cast, add_reply, add_story
from tests.web.reading import read, send

Clients = Callable[[int], FlaskClient]


def test_no_page_names_somebody_who_has_left(
    cast: Cast, app: Flask, client: FlaskClient, client_of: Clients, now: datetime, deliver: Callable[[], int]
) -> None:
    told = add_story(cast.maren, cast.bedside, now - timedelta(days=2), title="Told by one who left")
    said = add_reply(cast.maren, told, now, body="Said by one who left qzgone.")
    taken_back = add_reply(cast.maren, told, now, body="Taken back by one who left.")
    maren, tomasz = client_of(cast.maren), client_of(cast.tomasz)
    form = read(maren, f"/p/{spell(said)}/edit").forms()[f"/p/{spell(said)}/edit"]
    assert send(maren, f"/p/{spell(said)}/edit", **{**form, "body": "Said again qzgone."}).status == 303
    assert send(maren, f"/p/{spell(taken_back)}/withdraw").status == 303
    added = send(
        tomasz, "/c/bedside-icu/new/procedure", title="Kept by one who left", rests_on=spell(told),
        text="A step.", owner="maren-oduya", reviewed="2026-06-01",
    )  # fmt: skip
    read(maren, f"/t/{spell(told)}/any")
    write_marks(app)

    leaving = cast.viewer("maren")
    with transaction():
        leave_site(actor=leaving, ties=Ties(), now=now)
    deliver()

    for place in (
        f"/t/{spell(told)}/any", f"/p/{spell(said)}/revisions", "/c/bedside-icu/", "/c/bedside-icu/?sort=new",
        added.response.headers["Location"], "/search?q=qzgone", f"/t/{spell(told)}/any?find=qzgone",
    ):  # fmt: skip
        page = read(client, place)
        assert page.status == 200, place
        assert "Maren" not in page.html, place
        assert "former member" in page.text, place
    (card,) = read(client, "/c/bedside-icu/?sort=new").all("div[@class='signs']/span[@class='faces']")[:1]
    thread = read(client, f"/t/{spell(told)}/any")
    assert [face.get("class") for face in card] == ["ava ava-anon"]
    assert len(thread.all("p[@class='post-head']/span[@class='ava ava-anon']")) == 2
    assert "Withdrawn by its author" in thread.text
    assert "Taken back by one who left" not in thread.html
    assert thread.text.count("Nobody has said yet when not to do this.") == 1
    db.session.remove()
    assert find_mark(cast.maren, told) is None
