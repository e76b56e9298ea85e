"""Accounts under attack. Each test names what it holds of the list in docs/security.md."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from cop.accounts.administration import appoint_administrator
from cop.accounts.models import Person, Session, Ticket
from cop.accounts.tickets import LASTS
from cop.app import create_app
from cop.communities.operations import appoint_moderator
from cop.platform import clock
from cop.platform.choices import forget_choices
from cop.platform.database import db, reading, transaction
from cop.platform.outbox import OutboxRow
from cop.platform.tokens import hash_of
from cop.settings import BadSetting, Settings
from tests.cast import PASSWORD, Cast
from tests.conftest import NOW, make_app
from tests.postbox import Postbox
from tests.web.reading import Reader, read, send
from tests.web.signing import COOKIE, NEW, NEW_PASSWORD, count, is_signed_in, join, sign_in

Clients = Callable[[int], FlaskClient]
ANOTHER = "nine quiet grey seals"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the clock of every request that follows."""
    return lambda by: monkeypatch.setattr(clock, "now", lambda: NOW + by)


@pytest.fixture
def administrator(cast: Cast, client_of: Clients) -> FlaskClient:
    """Bea's browser: she looks after the site and is in a community of her own."""
    _make_administrator(cast.bea)
    return client_of(cast.bea)


def _make_administrator(person_id: int) -> None:
    db.session.remove()
    with transaction():
        appoint_administrator(person_id=person_id, now=NOW)


def ask_reset(browser: FlaskClient, post: Postbox, email: str = "maren@example.org") -> str:
    """Where the letter for another password leads."""
    browser.post("/reset", data={"email": email})
    return post.fetch_one(email, "Another password").path


def reset(browser: FlaskClient, path: str, password: str = ANOTHER) -> int:
    return browser.post(path, data={"new_password": password}).status_code


def copy_of(app: Flask, browser: FlaskClient) -> FlaskClient:
    """A thief with a copy of the browser's cookie."""
    cookie, thief = browser.get_cookie(COOKIE), app.test_client()
    assert cookie
    thief.set_cookie(COOKIE, cookie.value)
    return thief


def email_of(person_id: int) -> str | None:
    with reading() as s:
        return s.scalar(select(Person.email).where(Person.id == person_id))


# C01 to C05: sessions


def test_C01_signing_in_by_letter_gives_a_new_cookie_and_a_planted_one_is_dead(
    cast: Cast, app: Flask, client: FlaskClient, post: Postbox
) -> None:
    client.set_cookie(COOKIE, "p" * 43)

    reset(client, ask_reset(client, post))

    cookie, other = client.get_cookie(COOKIE), app.test_client()
    other.set_cookie(COOKIE, "p" * 43)
    assert cookie
    assert cookie.value != "p" * 43
    assert is_signed_in(client)
    assert not is_signed_in(other)


@pytest.mark.parametrize("way", ["sign out", "password", "reset", "end others", "end one", "suspend", "leave", "undo"])
def test_C02_a_copied_cookie_is_dead_after_everything_that_ends_a_session(
    cast: Cast, app: Flask, client_of: Clients, administrator: FlaskClient, post: Postbox, way: str
) -> None:
    phone, ward = client_of(cast.maren), client_of(cast.maren)
    thief = copy_of(app, ward)
    assert is_signed_in(thief)

    if way == "sign out":
        send(ward, "/signout")
    elif way == "password":
        send(phone, "/settings/account/password", password=PASSWORD, new_password=ANOTHER)
    elif way == "reset":
        reset(app.test_client(), ask_reset(app.test_client(), post))
    elif way == "end others":
        send(phone, "/settings/sessions", session="others")
    elif way == "end one":
        form = next(
            button.get("value", "")
            for button in read(phone, "/settings/sessions").all("button[@name='session']")
            if button.get("value") != "others"
        )
        send(phone, "/settings/sessions", session=form)
    elif way == "suspend":
        send(administrator, "/admin/people/maren-oduya/suspend", reason="Spam.")
    elif way == "leave":
        send(phone, "/settings/deactivate", password=PASSWORD, sure="Maren Oduya")
    else:
        _change_address(phone, post)
        letter = post.fetch_one("maren@example.org", "was changed")
        app.test_client().post(letter.path)

    assert not is_signed_in(thief)


def _change_address(browser: FlaskClient, post: Postbox, new: str = "maren@new.example") -> None:
    send(browser, "/settings/account/address", email=new, password=PASSWORD)
    browser.application.test_client().post(post.fetch_one(new).path)


def test_C03_the_list_of_devices_says_what_and_when_and_ends_one(cast: Cast, app: Flask) -> None:
    phone, ward, tomasz = app.test_client(), app.test_client(), app.test_client()
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    sign_in(phone)
    ward.post("/signin", data={"email": "maren@example.org", "password": PASSWORD}, headers={"User-Agent": agent})
    sign_in(tomasz, "tomasz@example.org")

    page = read(phone, "/settings/sessions")
    number = next(b.get("value", "") for b in page.all("button[@name='session']") if b.get("value") != "others")
    stranger = send(tomasz, "/settings/sessions", session=number)
    still = is_signed_in(ward)
    send(phone, "/settings/sessions", session=number)

    assert "Firefox, Linux" in page.text
    assert "This is the one you are on." in page.text
    assert (stranger.status, still) == (303, True)
    assert (is_signed_in(phone), is_signed_in(ward), is_signed_in(tomasz)) == (True, False, True)


def test_C03_a_visit_is_noted_once_an_hour_and_no_address_is_kept(
    cast: Cast, client_of: Clients, later: Callable[[timedelta], None], statements: list[str]
) -> None:
    browser = client_of(cast.maren)

    def writes(by: timedelta) -> int:
        later(by)
        statements.clear()
        browser.get("/c/")
        return sum(statement.startswith("UPDATE session") for statement in statements)

    noted = [writes(timedelta(minutes=minutes)) for minutes in (5, 59, 61, 62, 119, 122)]

    assert noted == [0, 0, 1, 0, 0, 1]
    assert not {"ip", "address", "network"} & set(Session.__table__.columns.keys())


@pytest.mark.parametrize(("stays", "lasts"), [("", timedelta(hours=14)), ("y", timedelta(days=60))])
def test_C04_a_session_ends_after_its_time(
    cast: Cast, client: FlaskClient, later: Callable[[timedelta], None], stays: str, lasts: timedelta
) -> None:
    sign_in(client, **({"stay": stays} if stays else {}))

    later(lasts - timedelta(minutes=1))
    before = is_signed_in(client)
    later(lasts + timedelta(minutes=1))

    assert (before, is_signed_in(client)) == (True, False)


def test_C05_the_cookie_is_bound_to_the_host_and_holds_nothing_of_the_person(tmp_path: Path) -> None:
    app = make_app(tmp_path, "", base_url="https://localhost")
    with app.app_context():
        from tests.cast import add_person

        add_person("Aoife Brennan", NOW)
        answer = app.test_client().post(
            "/signin", data={"email": NEW["email"], "password": PASSWORD}, base_url="https://localhost"
        )

    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if "cop_session" in line]
    assert cookie.startswith("__Host-cop_session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert len(cookie) < 300


# C06 to C08: letters


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-Host": "evil.example"},
    ],
)
def test_C06_a_letter_links_to_the_configured_site_whatever_the_headers_say(
    cast: Cast, client: FlaskClient, post: Postbox, headers: dict[str, str]
) -> None:
    client.post("/reset", data={"email": "maren@example.org"}, headers=headers)

    letter = post.fetch_one("maren@example.org")
    assert all(link.startswith("http://localhost/") for link in letter.links)
    assert "evil" not in letter.text


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost@evil.example", "localhost:80@evil.example", "localhost.evil"]
)
def test_C06_a_forged_host_gets_no_letter_sent(cast: Cast, client: FlaskClient, host: str) -> None:
    answer = client.post("/reset", data={"email": "maren@example.org"}, headers={"Host": host})

    assert answer.status_code == 400
    assert _letters_waiting() == 0


def _letters_waiting() -> int:
    with reading() as s:
        return s.scalar(select(func.count()).where(OutboxRow.job.like("letters.%"))) or 0


def test_C07_a_reset_works_once(cast: Cast, client: FlaskClient, post: Postbox) -> None:
    path = ask_reset(client, post)

    statuses = [client.get(path).status_code, reset(client, path)]
    other = client.application.test_client()
    statuses += [other.get(path).status_code, reset(other, path, "yet other words here")]

    assert statuses == [200, 303, 404, 404]
    sign_in(other, password=ANOTHER)
    assert is_signed_in(other)


def test_C07_a_newer_letter_ends_the_older_one(cast: Cast, client: FlaskClient, post: Postbox) -> None:
    older, newer = ask_reset(client, post), ask_reset(client, post)

    assert (reset(client, older), reset(client, newer)) == (404, 303)


@pytest.mark.parametrize("change", ["password", "address", "suspended", "left", "signed in"])
def test_C07_V050_a_reset_dies_when_what_it_was_for_has_changed(
    cast: Cast, app: Flask, client_of: Clients, administrator: FlaskClient, post: Postbox, change: str
) -> None:
    browser, thief = client_of(cast.maren), app.test_client()
    path = ask_reset(thief, post)

    if change == "password":
        send(browser, "/settings/account/password", password=PASSWORD, new_password="a long walk home again")
    elif change == "address":
        _change_address(browser, post)
    elif change == "suspended":
        send(administrator, "/admin/people/maren-oduya/suspend", reason="Spam.")
    elif change == "signed in":
        sign_in(app.test_client())
    else:
        send(browser, "/settings/deactivate", password=PASSWORD, sure="maren oduya")

    assert reset(thief, path) == 404
    assert not is_signed_in(thief)


def test_C07_V089_a_reset_is_over_after_half_an_hour_for_the_form_too(
    cast: Cast, client: FlaskClient, post: Postbox, later: Callable[[timedelta], None]
) -> None:
    path = ask_reset(client, post)
    opened = client.get(path).status_code

    later(timedelta(minutes=31))

    assert opened == 200
    assert (client.get(path).status_code, reset(client, path)) == (404, 404)
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "spoil", [str.swapcase, lambda t: t[:-1], lambda t: t + "A", lambda _t: "", lambda t: hash_of(t)]
)
def test_C07_a_token_that_is_nearly_right_does_nothing(
    cast: Cast, client: FlaskClient, post: Postbox, spoil: Callable[[str], str]
) -> None:
    token = ask_reset(client, post).removeprefix("/letters/")

    assert reset(client, f"/letters/{spoil(token)}") == 404
    assert reset(client, f"/letters/{token}") == 303


def test_C08_a_token_is_long_and_stands_nowhere_but_in_the_letter(
    cast: Cast, client: FlaskClient, post: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    client.post("/reset", data={"email": "maren@example.org"})
    with reading() as s:
        queued = " ".join(s.scalars(select(OutboxRow.payload)))
    token = post.fetch_one("maren@example.org").token
    page = read(client, f"/letters/{token}")

    with reading() as s:
        (stored,) = s.scalars(select(Ticket.token_hash))
    assert len(token) >= 43
    assert token not in queued
    assert stored == hash_of(token) != token
    assert token not in caplog.text
    assert page.response.headers["Cache-Control"] == "private, no-store"
    assert page.response.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert not [a for tag, name in (("script", "src"), ("img", "src"), ("link", "href")) for e in page.all(tag)
                if (a := e.get(name, "")).startswith(("http", "//"))]  # fmt: skip


# C09: who has an account


@pytest.mark.parametrize("path", ["/reset", "/signup"])
def test_C09_known_unknown_suspended_and_unverified_addresses_get_one_answer_for_the_same_work(
    cast: Cast, app: Flask, administrator: FlaskClient, statements: list[str], path: str
) -> None:
    send(administrator, "/admin/people/tomasz-wieczorek/suspend", reason="Spam.")
    with transaction() as s:
        s.execute(update(Person).where(Person.id == cast.caro).values(verified_at=None))
    seen = []

    for who in ("maren", "nobody-here", "tomasz", "caro"):
        statements.clear()
        answer = app.test_client().post(path, data={"name": "Aoife Brennan", "email": f"{who}@example.org"})
        headers = [(name, value) for name, value in answer.headers if name != "Date"]
        seen.append((answer.status_code, answer.data, headers, [re.sub(r"\s+", " ", one) for one in statements]))

    assert seen[0][0] == 303
    assert seen == [seen[0]] * 4
    assert not any("FROM person" in statement for statement in seen[0][3])


def test_C09_a_change_to_an_address_that_somebody_has_says_nothing_of_them(
    cast: Cast, client_of: Clients, post: Postbox
) -> None:
    browser = client_of(cast.maren)

    pages = [
        send(browser, "/settings/account/address", email=email, password=PASSWORD)
        for email in ("tomasz@example.org", "free@example.org")
    ]
    letters = {mail.to: mail for mail in post.fetch()}

    assert [page.status for page in pages] == [303, 303]
    assert letters["tomasz@example.org"].subject == "You have an account at CoP"
    assert "/letters/" in letters["free@example.org"].text
    assert email_of(cast.maren) == "maren@example.org"


def test_C09_only_the_right_password_tells_that_an_account_is_suspended(
    cast: Cast, app: Flask, administrator: FlaskClient
) -> None:
    send(administrator, "/admin/people/maren-oduya/suspend", reason="Spam.")

    wrong = Reader(sign_in(app.test_client(), password="not this one"))
    nobody = Reader(sign_in(app.test_client(), "nobody@example.org"))
    right = Reader(sign_in(app.test_client()))

    assert wrong.html.replace("maren@", "nobody@") == nobody.html
    assert "This account has been suspended by an administrator of the site." in right.text
    assert "Spam" not in right.text
    assert (wrong.status, right.status) == (422, 422)


# C10, C11, C32: limits


def test_C10_forged_addresses_of_the_caller_do_not_stretch_the_limit(tmp_path: Path) -> None:
    app = make_app(tmp_path, "", limits=True)
    forged = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP")
    with app.app_context():
        statuses = [
            app.test_client()
            .post(
                "/signin",
                data={"email": NEW["email"], "password": "a wrong guess"},
                headers=dict.fromkeys(forged, f"203.0.113.{number}"),
            )
            .status_code
            for number in range(12)
        ]

    assert statuses == [422] * 10 + [429] * 2


def test_C10_behind_one_proxy_the_last_hop_counts_and_neighbours_of_a_64_are_one(tmp_path: Path) -> None:
    app = make_app(tmp_path, "", limits=True, proxies=1)

    def guess(forwarded: str) -> int:
        return (
            app.test_client()
            .post(
                "/signin",
                data={"email": NEW["email"], "password": "a wrong guess"},
                headers={"X-Forwarded-For": forwarded},
            )
            .status_code
        )

    with app.app_context():
        forged = [guess(f"198.51.100.{n}, 2001:db8:1:2::{n:x}") for n in range(11)]
        elsewhere = guess("2001:db8:1:3::1")

    assert forged == [422] * 10 + [429]
    assert elsewhere == 422


def test_C11_nobody_can_lock_somebody_out_from_another_network(tmp_path: Path) -> None:
    app = make_app(tmp_path, "", limits=True)
    with app.app_context():
        from tests.cast import add_person

        add_person("Aoife Brennan", NOW)
        for _ in range(40):
            app.test_client().post(
                "/signin",
                data={"email": NEW["email"], "password": "a wrong guess"},
                environ_base={"REMOTE_ADDR": "203.0.113.5"},
            )
        answer = sign_in(app.test_client(), NEW["email"])

    assert answer.status_code == 303


@pytest.mark.parametrize("path", ["/reset", "/signup"])
def test_C32_an_address_gets_three_letters_an_hour_from_however_many_networks(tmp_path: Path, path: str) -> None:
    app = make_app(tmp_path, "", limits=True)
    with app.app_context():
        answers = [
            app.test_client().post(
                path,
                data={"name": "Aoife Brennan", "email": NEW["email"]},
                environ_base={"REMOTE_ADDR": f"203.0.{number}.5"},
            )
            for number in range(6)
        ]
        queued = count(OutboxRow)

    assert [answer.status_code for answer in answers] == [303] * 3 + [429] * 3
    assert "Retry-After" in answers[-1].headers
    assert queued == 3


def test_C32_a_network_asks_for_twenty_letters_an_hour(tmp_path: Path) -> None:
    app = make_app(tmp_path, "", limits=True)
    with app.app_context():
        statuses = [
            app.test_client().post("/reset", data={"email": f"a{number}@example.org"}).status_code
            for number in range(21)
        ]

    assert statuses == [303] * 20 + [429]


# C14, C15: what asks for the password, and changing the address


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/settings/account/address", {"email": "thief@example.org"}),
        ("/settings/account/password", {"new_password": ANOTHER}),
        ("/settings/deactivate", {"sure": "Maren Oduya"}),
    ],
)
@pytest.mark.parametrize("password", ["", "not hers", PASSWORD.upper()])
def test_C14_what_could_take_an_account_away_asks_for_the_password(
    cast: Cast, client_of: Clients, path: str, fields: dict[str, str], password: str
) -> None:
    browser = client_of(cast.maren)

    page = send(browser, path, password=password, **fields)

    assert page.status == 422
    assert "That is not your password." in page.text
    assert _letters_waiting() == 0
    assert is_signed_in(browser)
    assert ANOTHER not in page.html


def test_C15_an_address_changes_only_when_it_has_been_confirmed_and_the_old_one_is_told(
    cast: Cast, app: Flask, client_of: Clients, post: Postbox
) -> None:
    browser, new = client_of(cast.maren), "maren@new.example"

    send(browser, "/settings/account/address", email=new, password=PASSWORD)
    before = sign_in(app.test_client(), new).status_code
    letter = post.fetch_one(new)
    scanned = app.test_client().get(letter.path).status_code
    still = email_of(cast.maren)
    app.test_client().post(letter.path)
    told = post.fetch_one("maren@example.org")

    assert (before, scanned, still) == (422, 200, "maren@example.org")
    assert email_of(cast.maren) == new
    assert told.subject == "Your address at CoP was changed"
    assert sign_in(app.test_client(), new).status_code == 303


def test_C15_the_old_address_can_undo_it_for_seven_days_and_then_chooses_another_password(
    cast: Cast, app: Flask, client_of: Clients, post: Postbox, later: Callable[[timedelta], None]
) -> None:
    thief = client_of(cast.maren)
    _change_address(thief, post, "thief@evil.example")
    undo = post.fetch_one("maren@example.org")

    later(timedelta(days=8))
    too_late = app.test_client().get(undo.path).status_code
    later(timedelta(days=6))
    opened = read(app.test_client(), undo.path)
    later(timedelta())
    undone = Reader(app.test_client().post(undo.path))
    again = app.test_client().post(undo.path).status_code
    letter = post.fetch_one("maren@example.org", "Another password")

    assert opened.words("h1") == ["Was it not you?"]
    assert undone.words("h1") == ["Your address is back"]
    assert (again, too_late) == (404, 404)
    assert email_of(cast.maren) == "maren@example.org"
    assert not is_signed_in(thief)
    assert sign_in(app.test_client()).status_code == 422  # whoever changed the address knew the password
    assert reset(app.test_client(), letter.path) == 303


# C18, C19, C22 to C27


def test_C18_a_form_of_another_site_signs_nobody_in(cast: Cast, client: FlaskClient, post: Postbox) -> None:
    path = ask_reset(client, post)
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}

    statuses = [
        client.post("/signin", data={"email": "maren@example.org", "password": PASSWORD}, headers=foreign).status_code,
        client.post(path, data={"new_password": ANOTHER}, headers=foreign).status_code,
    ]

    assert statuses == [403, 403]
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic bWFyZW5AZXhhbXBsZS5vcmc6YSBsb25nIHdhbGsgaG9tZQ=="},
        {"X-Remote-User": "maren-oduya"},
        {"Remote-User": "maren@example.org"},
    ],
)
def test_C19_a_header_signs_nobody_in(cast: Cast, client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get("/settings/profile?auth=maren&provider=none", headers=headers).status_code == 302


@pytest.mark.parametrize(
    "password",
    [
        "8 chars.",
        " four  spaces ",
        "x" * 60 + "yz ab cd",
        "y z" * 42 + "äb",
        "\u4f60\u597d\u4e16\u754c\u518d\u89c1\u670b\u53cb",
        "case Matters A",
    ],
)
def test_C22_a_password_is_taken_verbatim(
    cast: Cast, app: Flask, client: FlaskClient, post: Postbox, password: str
) -> None:
    reset(client, ask_reset(client, post), password)

    assert sign_in(app.test_client(), password=password).status_code == 303
    assert sign_in(app.test_client(), password=password[:-1]).status_code == 422
    assert sign_in(app.test_client(), password=password + "!").status_code == 422
    swapped = password.swapcase()
    assert swapped == password or sign_in(app.test_client(), password=swapped).status_code == 422


def test_C22_a_password_of_a_megabyte_is_refused_without_work(cast: Cast, client: FlaskClient) -> None:
    assert sign_in(client, password="x" * 1_000_000).status_code == 413


@pytest.mark.parametrize("password", ["password123", "Maren Oduya", "maren@example.org", "maren", "aaaaaaaaaaa"])
def test_C23_what_others_would_try_first_is_refused_with_its_reason(
    cast: Cast, client: FlaskClient, post: Postbox, password: str
) -> None:
    path = ask_reset(client, post)

    page = Reader(client.post(path, data={"new_password": password}))

    assert page.status == 422
    assert page.words("p[@class='err']")


@pytest.mark.parametrize("signup", ["invited", "closed"])
def test_C24_a_letter_sent_while_the_site_was_open_makes_no_account_when_it_no_longer_is(
    cast: Cast, administrator: FlaskClient, client: FlaskClient, post: Postbox, signup: str
) -> None:
    client.post("/signup", data=NEW)
    letter = post.fetch_one(NEW["email"])
    before = count(Person)

    send(administrator, "/admin/", site_name="CoP", signup=signup, found="admins")
    answers = [client.get(letter.path), client.post(letter.path, data=NEW | {"new_password": NEW_PASSWORD})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert client.post("/signup", data=NEW).status_code == 403
    assert count(Person) == before


def test_C24_an_invitation_lets_in_where_not_everybody_may(
    cast: Cast, administrator: FlaskClient, client: FlaskClient, post: Postbox
) -> None:
    send(administrator, "/admin/", site_name="CoP", signup="invited", found="admins")
    send(administrator, "/admin/people", email=NEW["email"])
    letter = post.fetch_one(NEW["email"], "You are invited")

    answer = client.post(letter.path, data={"name": NEW["name"], "new_password": NEW_PASSWORD})

    assert answer.status_code == 303
    assert is_signed_in(client)


def test_C25_no_page_makes_an_administrator_and_nobody_is_one_by_default(
    cast: Cast, client: FlaskClient, post: Postbox, client_of: Clients
) -> None:
    join(client, post, administrator_since="2020-01-01", is_administrator="y", role="admin")
    send(client_of(cast.maren), "/settings/profile", name="Maren Oduya", is_administrator="y", administrator_since="1")

    with reading() as s:
        assert s.scalar(select(func.count()).where(Person.administrator_since.is_not(None))) == 0


def test_C26_a_short_secret_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="COP_SECRET_KEY is too short"):
        create_app(Settings.from_env({"COP_DATA": str(tmp_path), "COP_SECRET_KEY": "changeme"}))


def test_C27_sessions_do_not_hang_on_the_secret(tmp_path: Path) -> None:
    first = make_app(tmp_path, "", secret_key="a" * 40)
    with first.app_context():
        from tests.cast import add_person

        add_person("Maren Oduya", NOW)
    browser = first.test_client()
    sign_in(browser)

    second = make_app(tmp_path, "", secret_key="b" * 40)

    assert is_signed_in(copy_of(second, browser))


# C28 and C30: suspended people, and scanners


def test_C28_a_suspended_person_is_out_at_once_and_comes_back_when_restored(
    cast: Cast, app: Flask, client_of: Clients, administrator: FlaskClient, post: Postbox
) -> None:
    browser = client_of(cast.maren)

    send(administrator, "/admin/people/maren-oduya/suspend", reason="Spam.")
    out = [is_signed_in(browser), sign_in(app.test_client()).status_code]
    app.test_client().post("/reset", data={"email": "maren@example.org"})
    letters = post.fetch()
    send(administrator, "/admin/people/maren-oduya/restore")

    assert out == [False, 422]
    assert letters == []
    assert sign_in(app.test_client()).status_code == 303


def test_C28_nobody_suspends_themselves_or_the_last_administrator(
    cast: Cast, administrator: FlaskClient, client_of: Clients
) -> None:
    oneself = send(administrator, "/admin/people/bea-lindqvist/suspend", reason="Tired.")
    member = send(client_of(cast.joanne), "/admin/people/bea-lindqvist/suspend", reason="Rivalry.")

    assert (oneself.status, member.status) == (403, 404)
    assert "You cannot suspend yourself" in oneself.text
    with reading() as s:
        assert s.scalar(select(func.count()).where(Person.suspended_at.is_not(None))) == 0


@pytest.mark.parametrize("purpose", ["verify", "reset", "new-address", "undo", "sign-up"])
def test_C30_a_scanner_that_opens_a_link_changes_nothing(
    cast: Cast, app: Flask, client: FlaskClient, client_of: Clients, post: Postbox, purpose: str
) -> None:
    browser = client_of(cast.maren)
    if purpose == "verify":
        send(browser, "/settings/account/verify")
    elif purpose == "reset":
        client.post("/reset", data={"email": "maren@example.org"})
    elif purpose == "sign-up":
        client.post("/signup", data=NEW)
    else:
        send(browser, "/settings/account/address", email="maren@new.example", password=PASSWORD)
    letters = post.fetch()
    if purpose == "undo":
        client.post(letters[0].path)
        letters = post.fetch()
    before = _state()

    statuses = [client.open(letters[0].path, method=method).status_code for method in ("GET", "HEAD", "GET")]

    assert statuses == [200, 200, 200]
    assert _state() == before
    assert not is_signed_in(client)


def _state() -> list[object]:
    with reading() as s:
        people = s.execute(select(Person.email, Person.verified_at, Person.password_hash).order_by(Person.id))
        tickets = s.execute(select(Ticket.id, Ticket.used_at))
        return [people.all(), tickets.all(), s.scalar(select(func.count()).select_from(Session))]


def test_B31_V090_a_name_is_no_link_in_a_letter(app: Flask, client: FlaskClient, post: Postbox) -> None:
    from cop.notifications.emails import Sender, sign_up

    letter = sign_up(
        Sender("Evil.example", "https://forum.example.org"), to="a@b.example", name="J.R.R. evil.example", token="t"
    )

    assert letter.text.startswith("https://forum.example.org/letters/t\n")
    assert "evil.example" not in letter.text.lower()


def test_only_the_purposes_that_are_known_have_a_time() -> None:
    assert max(LASTS.values()) <= timedelta(days=14)
    assert LASTS["reset"] == timedelta(minutes=30)


def test_a_last_moderator_stays_until_there_is_another(
    cast: Cast, client_of: Clients, client: FlaskClient, now: datetime
) -> None:
    browser = client_of(cast.joanne)
    refused = send(browser, "/settings/deactivate", password=PASSWORD, sure="Joanne Pell")
    db.session.remove()
    with transaction():
        appoint_moderator(community_id=cast.bedside, person_id=cast.maren, now=now)

    left = send(browser, "/settings/deactivate", password=PASSWORD, sure="Joanne Pell")

    assert refused.status == 403
    assert "You are the only moderator of Bedside ICU." in refused.text
    assert left.status == 303
    forget_choices()
    assert read(client, "/people/joanne-pell").status == 404
