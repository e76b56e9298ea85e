"""Pages that say no: they say it in one sentence, give back what was written, and do not fail themselves."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask, redirect
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from cop.accounts.sessions import start_session
from cop.app import create_app
from cop.platform.clock import now as moment
from cop.platform.database import close_connections, db, transaction
from cop.platform.errors import Busy, Conflict, NotAllowed, NotVisible, Unsound
from cop.platform.ids import spell
from cop.settings import Settings
from cop.web import errors
from cop.web.callers import anyone, signed_in
from cop.web.sending import carry_out
from tests.cast import Cast, add_member, add_person
from tests.conftest import make_app
from tests.web.reading import Reader, read, send

Clients = Callable[[int], FlaskClient]
TEXT = "The line was there at two.\r\n\r\nIt had <b>not</b> moved at four & “I” rang."
TROUBLES = {
    "403": (NotAllowed("Only a moderator can lock this thread."), 403, "Only a moderator can lock this thread"),
    "404": (NotVisible(), 404, "There is nothing here that you can see"),
    "409": (Conflict("Theirs stands. Yours is below."), 409, "Theirs stands"),
    "422": (Unsound({"body": "Say what happened."}), 422, "Something is missing"),
    "503": (Busy("database is locked"), 503, "The server is busy"),
    "gone": (
        OperationalError("SELECT 1", {}, sqlite3.OperationalError("disk I/O error")),
        503,
        "The server cannot reach",
    ),
    "500": (ValueError("a secret of the house"), 500, "Something broke on our side"),
}


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site with forms that fail in every way, and one that failed once and then works."""
    app = make_app(tmp_path_factory.mktemp("troubled"), "")
    tries: list[int] = []

    def fail(kind: str) -> str:
        raise TROUBLES[kind][0]

    def fail_once() -> object:
        def work() -> str:
            tries.append(1)
            if len(tries) == 1:
                raise RuntimeError
            return f"/c/?{len(tries)}"

        return carry_out(work)

    app.add_url_rule("/fail/<kind>", "fail", signed_in(fail), methods=["GET", "POST"])
    app.add_url_rule("/open/<kind>", "open", anyone(fail), methods=["GET", "POST"])
    app.add_url_rule("/once", "once", signed_in(fail_once), methods=["POST"])
    app.add_url_rule("/away", "away", anyone(lambda: redirect("/c/")))
    with app.app_context():
        yield app
        db.session.remove()
        close_connections()


@pytest.fixture(scope="module")
def maren(troubled: Flask) -> int:
    return add_person("Maren Oduya", datetime.fromisoformat("2025-06-14T00:00:00+00:00"))


@pytest.fixture
def browser(troubled: Flask, maren: int) -> FlaskClient:
    db.session.remove()
    with transaction():
        token = start_session(person_id=maren, stays=True, now=moment())
    client = troubled.test_client()
    client.set_cookie("cop_session", token)
    return client


def given_back(page: Reader) -> list[str]:
    return [(area.text or "").removeprefix("\n") for area in page.all("main[@id='main']//textarea")]


@pytest.mark.parametrize("kind", list(TROUBLES))
def test_what_was_written_comes_back_with_every_refusal(browser: FlaskClient, kind: str) -> None:
    _error, status, title = TROUBLES[kind]

    page = send(browser, f"/fail/{kind}", body=TEXT, setting="Surgical ICU, night")

    assert page.status == status
    assert page.words("h1")[0].startswith(title)
    assert given_back(page) == [TEXT.replace("\r\n", "\n")]
    assert "Surgical ICU, night" in page.html
    assert page.response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("kind", ["409", "422", "503", "gone", "500"])
def test_what_may_help_can_be_sent_once_more_with_a_fresh_token(browser: FlaskClient, kind: str) -> None:
    page = send(browser, f"/fail/{kind}", body=TEXT, verdict="held", key="first")

    form = page.forms()[f"/fail/{kind}"]

    assert form["csrf_token"]
    assert form["key"] == "first"
    assert form["verdict"] == "held"
    assert form["body"].removeprefix("\n").replace("\r\n", "\n") == TEXT.replace("\r\n", "\n")


@pytest.mark.parametrize("kind", ["403", "404"])
def test_what_will_not_help_is_not_offered(browser: FlaskClient, kind: str) -> None:
    page = send(browser, f"/fail/{kind}", body=TEXT)

    assert f"/fail/{kind}" not in page.forms()


def test_the_address_it_is_sent_to_again_keeps_its_query(browser: FlaskClient) -> None:
    page = send(browser, "/fail/409?kind=probe&of=1", body=TEXT)

    assert "/fail/409?kind=probe&of=1" in page.forms()


def test_what_failed_once_is_done_once_however_often_it_is_sent_again(browser: FlaskClient) -> None:
    page = send(browser, "/once", body=TEXT)
    form = page.forms()["/once"]

    answers = [browser.post("/once", data=form).headers["Location"] for _ in range(3)]

    assert page.status == 500
    assert answers == ["/c/?2"] * 3


@pytest.mark.parametrize("kind", list(TROUBLES))
def test_a_refusal_tells_nothing_of_the_house(troubled: Flask, kind: str) -> None:
    page = read(troubled.test_client(), f"/open/{kind}")

    assert page.status == TROUBLES[kind][1]
    for inside in ("Traceback", "a secret of the house", "SELECT", "disk I/O", "sqlite", "ValueError"):
        assert inside not in page.html
    assert "What you sent" not in page.text


def test_a_broken_page_has_a_reference_that_is_in_the_log(troubled: Flask, caplog: pytest.LogCaptureFixture) -> None:
    page = read(troubled.test_client(), "/open/500")

    said = page.text.partition("If you ask about it, say ")[2].partition(".")[0]
    assert len(said) == 8
    assert said in caplog.text


@pytest.mark.parametrize("kind", ["503", "gone"])
def test_a_busy_server_says_when_to_come_back(troubled: Flask, kind: str) -> None:
    assert troubled.test_client().get(f"/open/{kind}").headers["Retry-After"] == "60"


def test_a_redirect_is_no_refusal(troubled: Flask) -> None:
    assert troubled.test_client().get("/away").headers["Location"] == "/c/"


def test_the_bare_page_is_there_when_the_page_itself_breaks(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object, **_named: object) -> str:
        raise RuntimeError("the template is gone")

    form = read(browser, "/c/").forms()["/signout"]
    monkeypatch.setattr(errors, "render_template", broken)

    page = Reader(browser.post("/fail/409", data=form | {"body": TEXT}))

    assert page.status == 409
    assert page.words("h1") == ["Theirs stands"]
    assert [(area.text or "").removeprefix("\n") for area in page.all("textarea")] == [TEXT.replace("\r\n", "\n")]


def test_without_a_database_every_page_still_says_so(tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path, database_url=f"sqlite:///{tmp_path}/gone/cop.sqlite3", base_url="http://localhost"
    )
    client = create_app(dataclasses.replace(settings, secret_key="t" * 40)).test_client()
    client.set_cookie("cop_session", "s" * 43)

    pages = {path: read(client, path) for path in ("/", "/c/", "/people/maren-oduya", "/settings/profile", "/signin")}
    missing = read(client, "/there/is/no/such/page")
    written = Reader(client.post("/c/bedside-icu/new/story", data={"situation": TEXT, "key": "first"}))
    signing_in = Reader(client.post("/signin", data={"email": "maren@example.org", "password": "a long walk home"}))

    assert {page.status for page in (*pages.values(), written, signing_in)} == {503}
    assert missing.status == 404
    assert given_back(written) == [TEXT.replace("\r\n", "\n")]
    assert written.forms()["/c/bedside-icu/new/story"]["key"] == "first"
    assert "a long walk home" not in signing_in.html


# With what the site really does


def test_a_page_that_has_grown_old_gives_a_fresh_one_with_the_same_text(
    cast: Cast, client_of: Clients, now: datetime
) -> None:
    add_member(cast.otto, cast.bedside, now)
    browser, address = client_of(cast.joanne), "/c/bedside-icu/people/otto-lindgren/vouch"
    old = read(browser, "/c/").forms()["/signout"]
    browser.delete_cookie("cop_form")

    page = Reader(browser.post(address, data=old | {"line": "I have seen her read a room & keep quiet."}))
    answer = browser.post(address, data=page.forms()[address])

    assert page.status == 403
    assert page.words("h1") == ["This page has grown old"]
    assert answer.status_code == 303
    assert "I have seen her read a room & keep quiet." in read(browser, "/people/otto-lindgren").text


def test_a_refusal_leads_back_to_where_one_was(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.caro)
    token = read(browser, "/c/").forms()["/signout"]
    headers = {"Referer": "http://localhost/c/bedside-icu/people?role=newcomer"}

    page = Reader(browser.post("/c/bedside-icu/people/maren-oduya/vouch", data=token | {"line": TEXT}, headers=headers))

    assert page.status == 403
    assert page.words("h1") == ["Only practitioners and moderators can vouch for somebody here"]
    assert page.links()["Back to where you were"] == "/c/bedside-icu/people?role=newcomer"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/c/", "http://localhost.evil.example/", "http://localhost//evil.example"]
)
def test_a_refusal_leads_back_to_no_other_site(cast: Cast, client: FlaskClient, elsewhere: str) -> None:
    page = read(client, "/people/nobody", headers={"Referer": elsewhere})

    assert "evil.example" not in page.html


def test_a_missing_page_leads_to_describing_what_one_looked_for(cast: Cast, client: FlaskClient) -> None:
    page = read(client, f"/t/{spell(1)}")

    assert page.links()["Describe what you were looking for"] == "/search"
    assert page.links()["Front page"] == "/"


def test_what_is_too_long_is_refused_with_a_way_out(cast: Cast, client_of: Clients) -> None:
    page = Reader(client_of(cast.maren).post("/c/bedside-icu/new/story", data={"situation": "word " * 200_000}))

    assert page.status == 413
    assert "Go back: your browser still has it." in page.text


def test_a_form_of_another_site_is_refused_and_cannot_be_sent_from_here(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)

    page = Reader(
        browser.post("/c/organ-builders/join", data={"back": "/"}, headers={"Origin": "https://evil.example"})
    )

    assert page.status == 403
    assert page.words("h1") == ["That form did not come from this site"]
    assert "/c/organ-builders/join" not in page.forms()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_what_no_page_takes_is_refused_in_words(
    cast: Cast, client: FlaskClient, client_of: Clients, method: str
) -> None:
    for browser in (client, client_of(cast.maren)):
        page = Reader(browser.open("/c/", method=method))

        assert page.status == 405
        assert page.response.headers["Allow"] == "GET, HEAD, OPTIONS"
        assert page.words("h1") == ["That cannot be done here"]
