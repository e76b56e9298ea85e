"""Asking the panel of a decision, as its pages do it; and what moderators do about a question that harms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from cop.platform.ids import spell
from cop.ranking.needs.verification import check_needs
from tests.cases.stage import add_case, ask, choose
from tests.cast import Cast, add_member, add_person, add_story
from tests.postbox import Postbox
from tests.probing import add_probe
from tests.validity import faults_in
from tests.web.reading import read, send

Clients = Callable[[int], FlaskClient]
BASIS = "How did you pick it? Was there a rule? When does the rule fail?"


@pytest.fixture
def case(cast: Cast, now: datetime) -> int:
    """Told by Maren; three practitioners took the first option, Caro alone the second."""
    case = add_case(cast.maren, cast.bedside, now - timedelta(days=3))
    ada = add_person("Ada Third", now)
    add_member(ada, cast.bedside, now, vouched_by=cast.joanne)
    for person in (cast.joanne, cast.tomasz, ada):
        choose(person, case, now - timedelta(hours=5))
    choose(cast.caro, case, now - timedelta(hours=4), first=2, last=1, why="I never wait with a silent alarm.")
    return case


def test_whoever_stands_alone_asks_the_panel_and_each_of_it_answers_for_themselves(
    cast: Cast, case: int, now: datetime, client_of: Clients, post: Postbox
) -> None:
    caro, joanne, tomasz = client_of(cast.caro), client_of(cast.joanne), client_of(cast.tomasz)
    where, here = f"/t/{spell(case)}/any", f"/t/{spell(case)}/decisions/1"
    lena = add_person("Lena Later", now)
    add_member(lena, cast.bedside, now)
    later = client_of(lena)
    assert read(caro, here).links()["Ask the panel"] == f"{here}/ask"
    assert "Ask the panel" not in read(joanne, here).links()  # others chose as she did
    assert send(joanne, f"{here}/ask", body="How so?").status == 403

    page = read(caro, f"{here}/ask")
    assert faults_in(page.response.data) == []
    assert page.forms()[f"{here}/ask"]["body"].strip() == BASIS
    assert send(caro, f"{here}/ask", body=" ").status == 422
    seen = send(caro, f"{here}/ask", **{**page.forms()[f"{here}/ask"], "body": "How **so**?", "preview": "1"})
    assert "How so?" in seen.words("section[@id='preview']")[0]
    assert "<strong>so</strong>" in seen.html
    assert faults_in(seen.response.data) == []
    assert "Ask the panel" in read(caro, here).links()  # nothing was asked yet
    asked = send(caro, f"{here}/ask", body=f"{BASIS} qzpanel")
    assert asked.response.headers["Location"] == f"{here}#asked"
    assert "Ask the panel" not in read(caro, here).links()
    assert send(caro, f"{here}/ask", body="Once more?").status == 403
    letters = {mail.to: mail for mail in post.fetch()}
    letter = letters["joanne@example.org"]
    assert "Caro Mbeki" in letter.text
    assert "qzpanel" in letter.text
    assert "maren@example.org" not in letters  # who told it is not asked
    for person in (cast.joanne, cast.tomasz):
        assert "qzpanel" in read(client_of(person), "/c/bedside-icu/?sort=needs-you").text
    assert "qzpanel" not in read(client_of(cast.maren), "/c/bedside-icu/?sort=needs-you").text
    assert list(check_needs()) == []
    for browser in (later, client_of(cast.otto)):
        for address in (where, "/c/bedside-icu/", "/c/bedside-icu/?sort=needs-you", "/people/caro-mbeki"):
            assert "qzpanel" not in read(browser, address).html, address
        assert "Was there a rule?" not in read(browser, "/search?q=qzpanel").html

    probe_id = letter.text.split("/p/")[1].split()[0]
    assert send(client_of(cast.maren), f"/t/{spell(case)}/replies", body="I tell you.", answers=probe_id).status == 403
    assert f"answering-{probe_id}" in read(joanne, where).html
    assert f"answering-{probe_id}" not in read(caro, where).html
    for browser, body in ((joanne, "By the second alarm."), (tomasz, "By his lips.")):
        assert send(browser, f"/t/{spell(case)}/replies", body=body, answers=probe_id).status == 303
    assert send(joanne, f"/t/{spell(case)}/replies", body="And by this.", answers=probe_id).status == 403
    answers = " ".join(read(caro, here).words("article"))
    assert "By the second alarm." in answers
    assert "By his lips." in answers
    assert [mail.to for mail in post.fetch() if "has answered you" in mail.subject] == ["caro@example.org"] * 2
    assert "qzpanel" not in read(joanne, "/c/bedside-icu/?sort=needs-you").text
    assert "By his lips." not in read(later, where).html
    choose(lena, case, now, first=2, last=1)
    assert "By his lips." in read(later, where).text
    assert "By his lips." in read(later, here).text
    assert list(check_needs()) == []


def test_of_one_person_two_questions_to_panels_stand_open_and_the_third_waits_unseen(
    cast: Cast, now: datetime, client_of: Clients
) -> None:
    case = add_case(cast.maren, cast.bedside, now - timedelta(days=3), forks=3)
    ada = add_person("Ada Third", now)
    add_member(ada, cast.bedside, now, vouched_by=cast.joanne)
    for place in (1, 2, 3):
        for person in (cast.joanne, cast.tomasz, ada):
            choose(person, case, now, place=place)
        choose(cast.caro, case, now, place=place, first=2, last=1)
    caro = client_of(cast.caro)
    first, second = ask(cast.caro, case, now), ask(cast.caro, case, now, place=2)
    assert first
    assert second

    page = read(caro, f"/t/{spell(case)}/decisions/3/ask")
    assert "Two of your questions stand open here." in page.text
    assert send(caro, f"/t/{spell(case)}/decisions/3/ask", body="And here qzthird?").status == 303
    assert "qzthird" in read(caro, f"/t/{spell(case)}/any").text
    assert "qzthird" not in read(client_of(cast.joanne), f"/t/{spell(case)}/any").html

    send(client_of(cast.joanne), f"/t/{spell(case)}/replies", body="By the alarm.", answers=spell(first))
    assert "qzthird" in read(client_of(cast.joanne), f"/t/{spell(case)}/decisions/3").text


def test_what_is_written_to_a_panel_is_kept_as_a_draft(cast: Cast, case: int, client_of: Clients) -> None:
    caro, here = client_of(cast.caro), f"/t/{spell(case)}/decisions/1/ask"
    form = read(caro, here).forms()[here]

    send(caro, "/drafts", **{**form, "draft_path": here, "body": "Was it the alarm qzhalf?"})

    draft = next(link for link in read(caro, "/drafts").links().values() if link.startswith("/drafts/"))
    assert read(caro, draft).response.headers["Location"].startswith(here)
    assert "qzhalf" in read(caro, here).html


def test_a_moderator_takes_a_question_away_and_whoever_asked_is_told_why(
    cast: Cast, now: datetime, client_of: Clients, post: Postbox
) -> None:
    story = add_story(cast.maren, cast.bedside, now - timedelta(days=3))
    where = f"/t/{spell(story)}/a-tidy-chart"
    probes = [add_probe(cast.tomasz, story, now, body=f"Which ward was it qz{n}?") for n in ("one", "two", "three")]
    joanne, tomasz = client_of(cast.joanne), client_of(cast.tomasz)
    away = f"/p/{spell(probes[0] or 0)}/remove"
    assert f'href="{away}"' in read(joanne, where).html
    assert away not in read(client_of(cast.maren), where).html
    assert send(joanne, away, reason=" ").status == 422
    assert send(client_of(cast.maren), away, reason="I do not like it.").status == 403

    assert send(joanne, away, reason="It asks where the patient lay wzwhy.").status == 303

    letter = post.fetch_one("tomasz@example.org", "was taken away")
    assert "wzwhy" in letter.text
    assert "qzone" in letter.text
    for person in (cast.maren, cast.caro):
        page = read(client_of(person), where)
        assert "Taken away by a moderator" in page.text
        assert "qzone" not in page.html
        assert "wzwhy" not in page.html
        assert "qzthree" in page.text  # its place was free
    assert "qzone" in read(tomasz, where).text
    assert "wzwhy" in read(tomasz, where).text
    assert send(tomasz, f"/p/{spell(probes[0] or 0)}/restore").status == 403
    assert send(joanne, f"/p/{spell(probes[0] or 0)}/give-back").status == 403  # another has its place
    send(tomasz, f"/p/{spell(probes[1] or 0)}/withdraw")
    assert send(joanne, f"/p/{spell(probes[0] or 0)}/give-back").status == 303
    assert "qzone" in read(client_of(cast.caro), where).text
    assert list(check_needs()) == []
