"""security.md, group D: forms of other sites, redirects, headers, caches. Each test carries the id of its row."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cop.platform.database import Base, reading
from cop.platform.ids import spell
from cop.web.headers import CONTENT_SECURITY_POLICY
from tests.cast import PASSWORD, Cast, add_story
from tests.security.surfaces import addresses_of
from tests.web.reading import read

Clients = Callable[[int], FlaskClient]
EVIL = "evil.example"
ELSEWHERE = (
    "//evil.example", "\\\\evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/",
    "%2f%2fevil.example", "javascript:alert(1)", "http://localhost@evil.example/", "/\t/evil.example",
    "/\r\n/evil.example", "///evil.example", "/" + "a" * 5000,
)  # fmt: skip
HARMLESS = ("limit_count", "session", "draft", "read_mark")  # counts, a last visit, what one has kept and read oneself


def stored() -> str:
    """One word for everything that the database holds."""
    with reading() as s:
        rows = [
            (table.name, sorted(map(repr, s.execute(select(table)).all())))
            for table in Base.metadata.sorted_tables
            if table.name not in HARMLESS
        ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def token_of(browser: FlaskClient) -> str:
    return read(browser, "/c/").forms()["/signout"]["csrf_token"]


def forms(app: Flask, cast: Cast) -> list[str]:
    """The addresses of every route that takes a form, the ones that change nothing but a cookie left out."""
    return [address for address in addresses_of(app, cast, "POST") if address != "/theme"]


def _other_senders(cast: Cast, browser: FlaskClient, client_of: Clients) -> Iterator[dict[str, Any]]:
    """What a page of another site could make a signed-in browser send."""
    somebody_elses, own = token_of(client_of(cast.tomasz)), token_of(browser)
    yield {}
    yield {"data": {"csrf_token": ""}}
    yield {"data": {"csrf_token": somebody_elses}}
    yield {"data": {"csrf_token": own[:-2]}}
    yield {"data": {"_method": "POST", "csrf_token": "x"}}
    yield {"data": '{"csrf_token": "x"}', "content_type": "text/plain"}
    yield {"data": {"csrf_token": (io.BytesIO(b"x"), "x.json", "application/json")}}
    for headers in (
        {"Origin": "null"},
        {"Origin": f"https://{EVIL}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        yield {"data": {"csrf_token": own}, "headers": headers}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # refused before any database is asked
def test_D01_nothing_that_another_site_can_send_changes_anything(app: Flask, cast: Cast, client_of: Clients) -> None:
    browser, before = client_of(cast.joanne), stored()
    tried = 0

    for sent in _other_senders(cast, browser, client_of):
        for address in forms(app, cast):
            if "data" in sent and not isinstance(sent["data"], str):
                sent = {**sent, "data": {n: _again(v) for n, v in sent["data"].items()}}
            assert browser.post(address, **sent).status_code in (403, 404), (address, sent)
            tried += 1

    assert stored() == before
    assert tried > 100


def _again(value: Any) -> Any:
    """A file that was read has to be opened anew."""
    return (io.BytesIO(b"x"), *value[1:]) if isinstance(value, tuple) else value


def test_D01_a_token_dies_with_its_session(app: Flask, cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.joanne)
    old, cookie = token_of(browser), browser.get_cookie("cop_form")
    browser.post("/signout", data={"csrf_token": old})
    again = client_of(cast.joanne)

    refused = again.post("/c/organ-builders/join", data={"csrf_token": old})

    assert cookie is not None
    assert refused.status_code == 403


def test_D01_reading_changes_nothing(app: Flask, cast: Cast, client_of: Clients) -> None:
    browser, before = client_of(cast.joanne), stored()

    for address in {*addresses_of(app, cast, "GET"), *forms(app, cast)}:
        for method in ("GET", "HEAD", "OPTIONS"):
            browser.open(address, method=method).close()

    assert stored() == before


@pytest.mark.parametrize("origin", [f"https://{EVIL}", "null", "http://sub.localhost"])
def test_D04_no_page_may_be_read_by_a_script_of_another_site(
    app: Flask, cast: Cast, client_of: Clients, origin: str
) -> None:
    browser = client_of(cast.joanne)

    for address in addresses_of(app, cast, "GET"):
        for method in ("GET", "OPTIONS"):
            with browser.open(address, method=method, headers={"Origin": origin}) as answer:
                assert not [name for name, _ in answer.headers if name.startswith("Access-Control")], address


def test_D05_a_private_page_is_stored_by_nobody_and_has_no_other_address(
    app: Flask, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    address, canary = f"/t/{spell(cast.secret_thread)}/any", cast.canaries["secret"]
    own = client_of(cast.piet).get(address)
    tricks = [
        f"{address}.css", f"{address}/x.png", f"{address};a", f"{address}/%2e%2e", f"/{address}", address.upper(),
        f"{address}?a=1", f"{address}.", f"{address}%00", f"/static/..{address}",
    ]  # fmt: skip

    assert canary in own.text
    assert own.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in own.headers["Vary"]
    for trick in (address, *tricks):
        answer = client.get(trick)
        assert answer.status_code in (400, 404, 308), trick
        assert canary not in answer.text
        assert "Set-Cookie" not in answer.headers


FORGED = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": f"/{EVIL}",
    "X-Original-URL": f"/{EVIL}",
    "X-Rewrite-URL": f"/{EVIL}",
    "X-HTTP-Method-Override": "DELETE",
    "Referer": f"http://localhost/{EVIL}",
    "Accept-Language": f"{EVIL}, en",
    "Cookie": f'theme="><{EVIL}>; language={EVIL}; junk={EVIL}',
    "User-Agent": EVIL,
}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_D06_what_only_one_request_carries_is_in_no_page_that_others_get(
    app: Flask, cast: Cast, client: FlaskClient, now: datetime, method: str
) -> None:
    add_story(cast.maren, cast.bedside, now)

    for address in addresses_of(app, cast, "GET"):
        with client.open(address, method=method, headers=FORGED, data={"q": EVIL}) as poisoned:
            if "no-store" not in poisoned.headers["Cache-Control"]:  # a refusal may lead back to where one was
                assert EVIL not in str(poisoned.headers) + poisoned.get_data(as_text=True), address
        with client.get(address) as clean:
            assert EVIL not in str(clean.headers) + clean.get_data(as_text=True), address
            if clean.status_code >= 400:
                assert "no-store" in clean.headers["Cache-Control"], address


def test_D07_everybody_gets_their_own_page_whoever_asked_before(
    app: Flask, cast: Cast, client_of: Clients, now: datetime
) -> None:
    story = f"/t/{spell(add_story(cast.maren, cast.bedside, now))}/a-tidy-chart"
    names = ("joanne", "maren", "tomasz", "caro", "otto", None)
    browsers = [(name, client_of(getattr(cast, name)) if name else app.test_client()) for name in names]
    marks = {name: f'aria-label="Your record, {name.capitalize()}' for name in names if name}

    def look(turn: int) -> list[str]:
        name, browser = browsers[turn * 7 % len(browsers)]
        text = browser.get((story, "/c/bedside-icu/")[turn % 2]).text
        wrong = [other for other, mark in marks.items() if (mark in text) != (other == name)]
        return wrong + ["revise"] * (("Revise it" in text) != (name == "maren" and turn % 2 == 0))

    with ThreadPoolExecutor(6) as pool:
        assert [wrong for wrong in pool.map(look, range(120)) if wrong] == []


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_D09_no_field_and_no_parameter_leads_to_another_site(
    app: Flask, cast: Cast, client_of: Clients, elsewhere: str
) -> None:
    signed_in, visitor = client_of(cast.otto), app.test_client()
    guard = {"csrf_token": token_of(signed_in)}
    fields = dict.fromkeys(("next", "return", "url", "redirect", "back"), elsewhere)
    answers = [
        signed_in.get("/signin", query_string=fields),
        signed_in.get("/signup", query_string=fields),
        visitor.post("/signin", data={**fields, "email": "otto@example.org", "password": PASSWORD}),
        visitor.post("/theme", data={**fields, "theme": "dark"}),
        signed_in.post("/c/bedside-icu/join", data={**guard, **fields}),
        signed_in.post("/signout", data={**guard, **fields}),
    ]

    for answer in answers:
        where = answer.headers.get("Location", "")
        assert answer.status_code in (302, 303), answer.request.path
        assert where.startswith("/"), answer.request.path
        assert not where.startswith(("//", "/\\")), answer.request.path
        assert EVIL not in where


CLASSES = {
    "a page": ("GET", "/", 200),
    "a private page": ("GET", "/settings/profile", 200),
    "missing": ("GET", "/nowhere", 404),
    "refused": ("POST", "/c/bedside-icu/join", 403),
    "wrong method": ("DELETE", "/c/", 405),
    "too much": ("POST", "/signin", 413),
    "a redirect": ("GET", "/tell", 302),
    "a file": ("GET", "/static/cop.css", 200),
    "for operators": ("GET", "/healthz", 200),
    "for robots": ("GET", "/robots.txt", 200),
}


@pytest.mark.parametrize("kind", CLASSES)
def test_D10_every_class_of_answer_carries_the_headers(app: Flask, cast: Cast, client_of: Clients, kind: str) -> None:
    method, address, status = CLASSES[kind]
    data = b"email=" + b"a" * 600_000 if kind == "too much" else None

    browser = app.test_client() if kind == "wrong method" else client_of(cast.maren)

    with browser.open(address, method=method, data=data, content_type="application/x-www-form-urlencoded") as answer:
        headers = answer.headers

    assert answer.status_code == status
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Server" not in headers


def test_D08_D10_D12_the_policy_allows_nothing_inline_no_nonce_and_no_frame() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split(";"))

    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == rules["object-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == "'self'"
    assert "nonce" not in CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_D10_over_tls_the_browser_is_told_to_stay_there(app: Flask, client: FlaskClient) -> None:
    secure, plain = client.get("/", base_url="https://localhost"), client.get("/")

    assert secure.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert "Strict-Transport-Security" not in plain.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/", "/.git/config", "/.env", "/cop.sqlite3", "/data/cop.sqlite3", "/instance/", "/backup", "/backups/",
        "/static/cop.css~", "/static/cop.js.map", "/metrics", "/debug", "/console", "/api/v1/openapi.json",
        "/static/../cop/app.py", "/static/..%2fcop%2fapp.py", "/static/%2e%2e/%2e%2e/wsgi.py", "/static/%00",
        "/static//etc/passwd", "/static/..%252f..%252fwsgi.py", "/c/..%2f..%2fetc/", "/people/..%2fadmin",
    ],
)  # fmt: skip
def test_D13_D14_nothing_lies_about_and_no_path_leads_out(cast: Cast, client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code in (308, 404)
    assert "create_app" not in answer.text


def test_D13_trace_is_not_answered(client: FlaskClient, cast: Cast) -> None:
    assert client.open("/", method="TRACE", headers={"Cookie": "cop_session=x"}).status_code == 405


def test_D17_signing_out_empties_what_the_browser_kept(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.piet)
    read_before = browser.get(f"/t/{spell(cast.secret_thread)}/any")

    left = browser.post("/signout", data={"csrf_token": token_of(browser)})

    assert read_before.headers["Cache-Control"] == "private, no-store"  # so that Back shows nothing either
    assert left.headers["Clear-Site-Data"] == '"cache"'
    assert browser.get(f"/t/{spell(cast.secret_thread)}/any").status_code == 404


def test_D18_a_search_that_would_hit_something_private_looks_like_one_that_hits_nothing(
    cast: Cast, client: FlaskClient, deliver: Callable[[], int]
) -> None:
    deliver()
    hit, miss = (client.get("/search", query_string={"q": word}) for word in (cast.canaries["secret"], "c" * 13))

    assert hit.status_code == miss.status_code
    assert hit.text.replace(cast.canaries["secret"], "") == miss.text.replace("c" * 13, "")


def test_D19_no_answer_with_words_of_people_can_be_taken_for_a_script(
    app: Flask, cast: Cast, client_of: Clients
) -> None:
    browser = client_of(cast.joanne)
    allowed = ("text/html", "text/plain", "text/css", "application/json", "text/javascript", "image/svg+xml")

    for address in addresses_of(app, cast, "GET"):
        with browser.get(address) as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff", address
            assert answer.mimetype in allowed, address
            if answer.mimetype == "text/html":
                assert answer.content_type == "text/html; charset=utf-8"


def test_D20_a_failure_tells_nothing_but_a_reference(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cop.web.site.build_welcome_page", lambda *_a, **_k: 1 / 0)

    answer = app.test_client().get("/")

    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert "Traceback" not in answer.text
    assert app.debug is False


@pytest.mark.parametrize("cookie", ["theme", "language", "lang"])
def test_D22_a_cookie_full_of_markup_is_not_reflected(
    cast: Cast, client: FlaskClient, deliver: Callable[[], int], cookie: str
) -> None:
    deliver()
    client.set_cookie(cookie, '"><script>evil()</script>' * 150)

    for address in ("/", "/c/bedside-icu/", "/signin", "/search?q=line"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "evil()" not in answer.text
