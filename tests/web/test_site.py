"""The front page as visitors and members get it, the theme, and what operators and robots ask for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from cop.app import create_app
from cop.platform.database import db
from cop.platform.ids import spell
from cop.settings import Settings
from cop.web.marking import write_marks
from cop.web.pages.site import opening_of
from tests.cast import Cast, add_community, add_member, add_reply, add_story, add_verdict, assemble
from tests.conftest import make_app
from tests.web.reading import read, send, words_of

Clients = Callable[[int], FlaskClient]
OPENING = (
    "Second night in a row on the same bay. The ventilator had alarmed twice before midnight and settled each time "
    "before I got there, and the chart looked as tidy as it ever does when somebody has been writing it in blocks."
)


# Visitors


def test_a_visitor_reads_how_the_most_alive_story_begins(cast: Cast, client: FlaskClient, now: datetime) -> None:
    add_story(cast.joanne, cast.bedside, now - timedelta(days=40), title="Lately nobody was here")
    alive = add_story(cast.maren, cast.bedside, now - timedelta(days=30), title="Cold knees & good numbers")
    for person in (cast.joanne, cast.tomasz):
        add_verdict(person, alive, "held", now)

    page = read(client, "/")

    quote = page.words("blockquote")[0]
    assert quote.startswith(OPENING)
    assert "Maren Oduya, ICU nurse, 14 yrs, in Cold knees & good numbers" in quote
    assert "Living" in quote
    assert "2 practitioners this month" in quote
    assert client.get(page.links("blockquote//a")["Cold knees & good numbers"]).status_code == 200


def test_a_visitor_reads_nothing_of_stories_told_in_private(cast: Cast, client: FlaskClient, now: datetime) -> None:
    add_story(cast.piet, cast.inner_room, now, title="Told just now inside")
    add_story(cast.piet, cast.night_shift, now, title="Told just now by night")

    page = read(client, "/")

    assert not page.all("blockquote")
    assert "Told just now" not in page.html
    assert page.words("ul[@class='coms']//h3") == ["Bedside ICU", "Organ Builders"]


def test_a_site_without_stories_shows_no_empty_frame(app: Flask, client: FlaskClient) -> None:
    page = read(client, "/")

    assert page.status == 200
    assert "From a story being told now" not in page.text
    assert "Communities here" not in page.text


def test_communities_are_told_in_practitioners_and_not_in_members(
    cast: Cast, client: FlaskClient, now: datetime
) -> None:
    add_reply(cast.tomasz, add_story(cast.maren, cast.bedside, now), now)

    rows = read(client, "/").words("ul[@class='coms']/li")

    assert "3 practitioners, 2 this week" in rows[0]
    assert "1 practitioner, none this week" in rows[1]


def test_what_the_demonstration_invented_is_said_to_be_invented(tmp_path: Path, now: datetime) -> None:
    line = "Invented for this demonstration; not clinical advice."
    texts = []
    for demo in (True, False):
        data = tmp_path / str(demo)
        data.mkdir()
        app = make_app(data, "", demo=demo)
        with app.app_context():
            cast = assemble(now)
            add_story(cast.maren, cast.bedside, now)
            texts.append(read(app.test_client(), "/").text)

    assert [line in said for said in texts] == [True, False]


def test_the_question_on_the_front_page_leads_to_the_search(
    cast: Cast, client: FlaskClient, deliver: Callable[[], int]
) -> None:
    deliver()

    page = read(client, "/")

    assert [form.get("action") for form in page.all("main[@id='main']//form")] == ["/search"]
    assert client.get("/search?q=Three+alarms+that+agree").status_code == 200


LONG = "It was not what anybody there had expected to hear from me at night. "
DOSED = "A dose of 2.5 mg was given at 04.40 and nobody noticed until the relatives came back from the canteen."


@pytest.mark.parametrize(
    ("told", "opening"),
    [
        ("", ""),
        ("One line.", "One line."),
        ("no full stop at all", "no full stop at all"),
        (f"{DOSED} Then they did. {LONG}", f"{DOSED} Then they did."),
        (f"“Is it?” I said. {LONG * 5}", f"“Is it?” I said. {LONG * 2}".strip()),
        (f"Knees are not. {'Cold. ' * 60}", f"Knees are not. {'Cold. ' * 15}".strip()),
        (f"{'word ' * 200}", f"{'word ' * 52}".strip() + "…"),
        ("x" * 400, "x" * 260 + "…"),
    ],
)
def test_a_passage_ends_with_a_sentence_where_it_can(told: str, opening: str) -> None:
    assert opening_of(told) == opening


# Members


def test_home_shows_the_three_most_alive_of_each_community_one_is_in(
    cast: Cast, client_of: Clients, now: datetime
) -> None:
    add_member(cast.maren, cast.organs, now - timedelta(days=9))
    for number in range(5):
        story = add_story(cast.joanne, cast.bedside, now - timedelta(days=60 - number), title=f"Night {number}")
        for person in (cast.maren, cast.tomasz)[: number % 3]:
            add_verdict(person, story, "held", now - timedelta(days=number))

    page = read(client_of(cast.maren), "/")

    assert page.words("section/div[@class='sub']/h2") == ["Alive in Bedside ICU", "Alive in Organ Builders"]
    listed = [[words_of(title) for title in list_.findall(".//h3/a")] for list_ in page.all("ol[@class='threads']")]
    assert listed[0][0] == "Night 2"
    assert [len(titles) for titles in listed] == [3, 1]
    assert "Told inside" not in page.html


def test_home_ends_however_many_communities_one_is_in(cast: Cast, client_of: Clients, now: datetime) -> None:
    for number in range(8):
        community = add_community(f"Community {number}", f"community-{number}", cast.bea, now)
        add_member(cast.maren, community, now)

    page = read(client_of(cast.maren), "/")

    assert len(page.all("section/div[@class='sub']")) == 5
    assert page.words("section/div[@class='sub']/h2")[0] == "Alive in Bedside ICU"
    assert page.links()["All communities"] == "/c/"


def test_home_of_somebody_in_no_community_lists_what_to_join(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.otto)

    page = read(browser, "/")
    send(browser, "/c/bedside-icu/join")

    assert page.words("h1") == ["Where do you practise, Otto Lindgren?"]
    assert page.words("ul[@class='coms']//h2") == ["Bedside ICU", "Organ Builders"]
    assert read(browser, "/").words("section/div[@class='sub']/h2") == ["Alive in Bedside ICU"]


def test_home_leads_to_what_is_new_where_one_has_been_and_to_what_one_has_begun(
    cast: Cast, app: Flask, client_of: Clients, now: datetime
) -> None:
    """Followed by reading, by telling and by writing; never one's own words, nor what is not to be seen any more."""
    read_by_her, hers, written_in, never = (
        add_story(teller, cast.bedside, now - timedelta(days=9), title=title)
        for teller, title in (
            (cast.joanne, "Read"), (cast.maren, "Told"), (cast.joanne, "Written in"), (cast.joanne, "Never seen"),
        )
    )  # fmt: skip
    maren = client_of(cast.maren)
    assert "Nothing waits for you." in read(maren, "/").text
    assert "No drafts. What you begin is kept here as you write." in read(maren, "/").text
    read(maren, f"/t/{spell(read_by_her)}/any")
    write_marks(app)
    add_reply(cast.maren, written_in, now - timedelta(days=5))
    first = add_reply(cast.tomasz, read_by_her, now + timedelta(hours=1), body="One.")
    add_reply(cast.tomasz, read_by_her, now + timedelta(hours=2), body="Two.")
    add_reply(cast.maren, read_by_her, now + timedelta(hours=3), body="Her own.")
    for number, thread in enumerate((hers, written_in, never)):
        add_reply(cast.tomasz, thread, now - timedelta(days=2, hours=number))
    add_verdict(cast.tomasz, hers, "failed", now - timedelta(days=1))
    save(maren, "/c/bedside-icu/new/story", title="The queue that grew in steps", situation="It grew.")

    page = read(maren, "/")

    assert page.words("ol[@class='wait']/li/p") == [
        "Read2 new since 21:08, in Bedside ICU",
        "Told2 new since 5 Jun 2026, in Bedside ICU",
        "Written in1 new since Tuesday, in Bedside ICU",
    ]
    assert page.links("ol//a")["Read on in Read"] == f"/p/{spell(first)}"
    assert page.words("section[@class='panel']/ul/li") == [
        "The queue that grew in stepsStory, Bedside ICU. Saved 21:08.",
        "New: Told: Did not holdTomasz Wieczorek, yesterday. Another ward, by night.",
    ]
    follow = read(maren, page.links("ul//a")["The queue that grew in steps"], follow_redirects=True)
    assert follow.words("h1") == ["Tell it the way you would at the end of a shift"]
    read(maren, f"/t/{spell(read_by_her)}/any")
    assert "Read2 new" not in read(maren, "/").text
    assert read(client_of(cast.caro), "/").all("ol[@class='wait']") == []


def save(browser: FlaskClient, composer: str, **fields: str) -> None:
    form = read(browser, composer).forms()[composer]
    send(browser, "/drafts", **{name: form[name] for name in ("draft", "draft_revision", "draft_path")}, **fields)


def test_an_untouched_community_asks_its_members_to_begin(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.tomasz)

    page = read(browser, "/")

    assert "Somebody has to go first" in page.text
    assert browser.get(page.links("main//a")["Tell a story"]).status_code == 200


@pytest.mark.parametrize("who", ["nobody", "maren"])
def test_the_front_page_costs_the_same_however_much_was_told(
    cast: Cast, client_of: Clients, client: FlaskClient, now: datetime, statements: list[str], who: str
) -> None:
    browser = client if who == "nobody" else client_of(cast.maren)
    costs = []
    for number in range(2):
        for story in range(1 + 6 * number):
            told = add_story(cast.joanne, cast.bedside, now, title=f"Night {number} {story}")
            add_reply(cast.maren, told, now - timedelta(minutes=1))
            add_reply(cast.tomasz, told, now)
        read(browser, "/")
        statements.clear()
        assert read(browser, "/").status == 200
        costs.append(len(statements))

    assert costs[0] == costs[1]
    assert costs[0] <= 20


# The theme


def test_a_theme_is_kept_for_a_year_and_written_by_the_server(app: Flask, client: FlaskClient) -> None:
    answer = client.post("/theme", data={"theme": "dark", "back": "/c/?after=x"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/c/?after=x")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("theme=dark;")
    assert f"Max-Age={365 * 24 * 3600}" in cookie
    assert "SameSite=Lax" in cookie
    assert "HttpOnly" not in cookie
    assert read(client, "/").tree.get("class") == "theme-dark"


def test_the_theme_of_the_system_is_followed_unless_another_was_chosen(app: Flask, client: FlaskClient) -> None:
    client.post("/theme", data={"theme": "light"})
    light = read(client, "/").tree.get("class")
    client.post("/theme", data={"theme": "auto"})

    assert (light, read(client, "/").tree.get("class")) == ("theme-light", None)


def test_the_theme_needs_no_token(cast: Cast, client_of: Clients) -> None:
    assert "theme=dark" in client_of(cast.maren).post("/theme", data={"theme": "dark"}).headers["Set-Cookie"]


@pytest.mark.parametrize("theme", ["", "pink", 'dark" onload="x', "dark\r\nSet-Cookie: a=b", "../../etc"])
def test_no_other_word_becomes_a_theme(app: Flask, client: FlaskClient, theme: str) -> None:
    answer = client.post("/theme", data={"theme": theme})
    client.set_cookie("theme", "pink")

    assert "Set-Cookie" not in answer.headers
    assert read(client, "/").tree.get("class") is None


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", ""]
)
def test_changing_the_theme_leads_to_no_other_site(app: Flask, client: FlaskClient, back: str) -> None:
    assert client.post("/theme", data={"theme": "dark", "back": back}).headers["Location"] == "/"


# Operators and robots


def test_health_asks_nobody_and_nothing(cast: Cast, client_of: Clients, statements: list[str]) -> None:
    browser = client_of(cast.maren)
    statements.clear()

    answer = browser.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "up"})
    assert statements == []
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_site_in_order_is_ready(app: Flask, client: FlaskClient, deliver: Callable[[], int], cast: Cast) -> None:
    deliver()

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json == {"status": "ready", "database": "answers", "schema": "newest", "index": "sound"}


def test_a_site_with_an_old_schema_is_not_ready(app: Flask, client: FlaskClient) -> None:
    with db.engine.begin() as connection:
        newest = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        answer = client.get("/readyz")
    finally:
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": newest})

    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["schema"] == "not the newest"


def test_a_site_without_its_database_is_up_and_not_ready_and_tells_no_secret(tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path, database_url=f"sqlite:///{tmp_path}/gone/cop.sqlite3", base_url="http://localhost"
    )
    client = create_app(dataclasses.replace(settings, secret_key="t" * 40)).test_client()

    health, readiness = client.get("/healthz"), client.get("/readyz")

    assert (health.status_code, readiness.status_code) == (200, 503)
    assert readiness.json is not None
    assert readiness.json["database"] == "does not answer"
    assert str(tmp_path) not in readiness.get_data(as_text=True)


def test_a_lost_index_is_told_and_the_site_stays_ready(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["index"] == "broken"


def test_robots_are_told_what_to_leave_alone(client: FlaskClient, app: Flask) -> None:
    answer = client.get("/robots.txt")

    assert answer.mimetype == "text/plain"
    assert "Disallow: /search" in answer.get_data(as_text=True)


def test_an_old_browser_finds_the_icon(client: FlaskClient, app: Flask) -> None:
    answer = client.get("/favicon.ico", follow_redirects=True)

    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    answer.close()


def test_nothing_of_a_session_is_written_by_a_visitors_page(cast: Cast, client: FlaskClient) -> None:
    answer = client.get("/")

    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in answer.get_data(as_text=True)
