"""One's own settings: what others read, preferences, confirming the address, and leaving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from cop.accounts.models import Person
from cop.communities.models import Membership
from cop.platform.database import reading, transaction
from cop.platform.ids import spell
from tests.cast import PASSWORD, SITUATION, Cast, add_story, add_verdict
from tests.postbox import Postbox
from tests.web.reading import read, send
from tests.web.signing import is_signed_in, join, sign_in

Clients = Callable[[int], FlaskClient]
PAGES = (
    "/settings/profile",
    "/settings/account",
    "/settings/sessions",
    "/settings/preferences",
    "/settings/deactivate",
)
STORY = {"situation": SITUATION, "noticed": "A hum.", "title": "The pump", "redacted": "y"}


def _forget_verification(person_id: int) -> None:
    with transaction() as s:
        s.execute(update(Person).where(Person.id == person_id).values(verified_at=None))


def test_every_page_of_the_settings_leads_to_the_others(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)

    for address in PAGES:
        page = read(browser, address)
        assert page.status == 200
        assert set(PAGES) <= set(page.links("nav[@class='tabs']/a").values())


def test_what_somebody_says_of_themselves_stands_on_their_page(
    cast: Cast, client_of: Clients, client: FlaskClient
) -> None:
    send(
        client_of(cast.maren),
        "/settings/profile",
        name="Maren Oduya",
        bio="I **read** charts.\n\n<script>alert(1)</script>",
        willing="y",
    )

    page = read(client, "/people/maren-oduya")
    assert "read" in page.words("strong")
    assert "Is willing to be asked." in page.text
    assert not [script for script in page.all("script") if not script.get("src")]


def test_a_name_that_looks_like_somebodys_in_a_shared_community_is_refused(cast: Cast, client_of: Clients) -> None:
    alike = "T0masz Wieczorek"

    together = send(client_of(cast.maren), "/settings/profile", name=alike, practice="nurse")
    apart = send(client_of(cast.bea), "/settings/profile", name=alike)

    assert together.status == 422
    assert "Tomasz Wieczorek is in a community with you, and the two could be mixed up." in together.text
    assert together.forms()["/settings/profile"]["practice"] == "nurse"
    assert apart.status == 303


def test_whoever_has_not_confirmed_their_address_is_told_so_and_cannot_tell_yet(
    cast: Cast, client_of: Clients, client: FlaskClient, post: Postbox, now: datetime
) -> None:
    story = add_story(cast.joanne, cast.bedside, now)
    browser = client_of(cast.maren)
    _forget_verification(cast.maren)

    strip = read(browser, "/c/bedside-icu/")
    refused = send(browser, "/c/bedside-icu/new/story", **STORY)
    replied = send(browser, f"/t/{spell(story)}/replies", kind="reply", body="Here too.")
    send(browser, "/settings/account/verify")
    letter = post.fetch_one("maren@example.org", "Confirm your address")
    client.post(letter.path)
    told = send(browser, "/c/bedside-icu/new/story", **STORY)

    assert "Confirm your address before you tell." in strip.text
    assert refused.status == 403
    assert SITUATION in refused.text
    assert replied.status == 303
    assert told.status == 303
    assert "Confirm your address" not in read(browser, "/c/bedside-icu/").text


def test_a_letter_to_an_address_one_no_longer_has_confirms_nothing(
    cast: Cast, client_of: Clients, client: FlaskClient, post: Postbox
) -> None:
    _forget_verification(cast.maren)
    send(client_of(cast.maren), "/settings/account/verify")
    letter = post.fetch_one("maren@example.org", "Confirm your address")
    with transaction() as s:
        s.execute(update(Person).where(Person.id == cast.maren).values(email="other@example.org"))

    answer = client.post(letter.path)

    assert answer.status_code == 409
    with reading() as s:
        assert s.scalar(select(Person.verified_at).where(Person.id == cast.maren)) is None


def test_a_time_zone_decides_on_which_day_something_happened(
    cast: Cast, client_of: Clients, client: FlaskClient, now: datetime
) -> None:
    add_story(cast.joanne, cast.bedside, now - timedelta(hours=20))  # 14 June, 01:08 in London and UTC
    browser = client_of(cast.maren)
    before = read(browser, "/c/bedside-icu/?sort=new").words("time")

    send(browser, "/settings/preferences", theme="auto", language="en", time_zone="America/Los_Angeles")

    after = read(browser, "/c/bedside-icu/?sort=new").words("time")
    assert "today" in " ".join(before)
    assert "yesterday" in " ".join(after)


def test_a_theme_follows_a_person_to_another_device(cast: Cast, client_of: Clients) -> None:
    send(client_of(cast.maren), "/settings/preferences", theme="dark", language="en", time_zone="")

    assert 'class="theme-dark"' in read(client_of(cast.maren), "/c/").html


@pytest.mark.parametrize(("field", "value"), [("time_zone", "../../etc/passwd"), ("language", "xx"), ("theme", "pink")])
def test_a_preference_that_is_not_on_the_list_is_refused(
    cast: Cast, client_of: Clients, field: str, value: str
) -> None:
    sound = {"theme": "auto", "language": "en", "time_zone": ""}

    page = send(client_of(cast.maren), "/settings/preferences", **(sound | {field: value}))

    assert page.status == 422
    assert "Choose one of the list." in page.text


def test_what_somebody_told_stays_when_they_have_left_and_nothing_says_who_it_was(
    cast: Cast, client_of: Clients, client: FlaskClient, post: Postbox, now: datetime
) -> None:
    story = add_story(cast.maren, cast.bedside, now)
    add_verdict(cast.maren, add_story(cast.joanne, cast.bedside, now, title="Another"), "held", now)
    browser = client_of(cast.maren)

    answer = send(browser, "/settings/deactivate", password=PASSWORD, sure="maren oduya")
    farewell = post.fetch_one("maren@example.org")
    seen = [
        read(client_of(cast.joanne), address)
        for address in (f"/t/{spell(story)}/any", "/c/bedside-icu/", "/c/bedside-icu/people", "/search?q=chart")
    ]

    assert answer.status == 303
    assert not is_signed_in(browser)
    assert "closed" in farewell.subject
    assert "A former member" in seen[0].text
    assert not [page for page in seen if "Maren" in page.text or "maren" in page.html]
    assert read(client, "/people/maren-oduya").status == 404
    assert read(client, f"/people/former-{spell(cast.maren)}").status == 404
    with reading() as s:
        assert s.scalar(select(Membership.role).where(Membership.person_id == cast.maren)) is None


def test_the_address_of_somebody_who_left_makes_another_account(
    cast: Cast, client_of: Clients, client: FlaskClient, post: Postbox
) -> None:
    send(client_of(cast.maren), "/settings/deactivate", password=PASSWORD, sure="Maren Oduya")
    post.fetch()

    answer = join(client, post, name="Maren O", email="maren@example.org")

    assert answer.status_code == 303
    assert sign_in(client.application.test_client()).status_code == 422  # with the old account's password


@pytest.mark.parametrize("typed", ["", "yes", "Maren"])
def test_leaving_asks_for_the_name_as_it_stands(cast: Cast, client_of: Clients, typed: str) -> None:
    browser = client_of(cast.maren)

    page = send(browser, "/settings/deactivate", password=PASSWORD, sure=typed)

    assert page.status == 422
    assert "Write Maren Oduya here if you mean it." in page.text
    assert is_signed_in(browser)
