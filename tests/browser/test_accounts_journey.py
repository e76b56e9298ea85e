"""A lost password, from the letter to being in again; on a phone, with and without scripts."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import DESK, PHONE, Site
from tests.browser.test_journey import PASSWORD, sign_up

pytestmark = pytest.mark.browser
ANOTHER = "nine quiet grey seals"


@pytest.mark.parametrize("javascript", [True, False], ids=["with-scripts", "without"])
def test_somebody_who_lost_their_password_gets_in_again_and_other_devices_do_not(
    site: Site, open_context: Callable[..., BrowserContext], javascript: bool
) -> None:
    tag = uuid.uuid4().hex[:8]
    name, address = f"Sorcha Lunn {tag}", f"sorcha-{tag}@example.org"
    ward = open_context(DESK, javascript=javascript).new_page()
    sign_up(ward, site, name, address)

    phone = open_context(PHONE, javascript=javascript).new_page()
    phone.goto(f"{site.base}/signin")
    phone.get_by_role("link", name="The password is gone").click()
    phone.get_by_label("Email").fill(address)
    phone.get_by_role("button", name="Send me the letter").click()
    expect(phone.get_by_role("heading", name="Look in your mail")).to_be_visible()
    letter = site.wait_for_mail(address, "Another password")
    phone.goto(site.base + letter.path)
    phone.get_by_label("Choose a password").fill("short")
    phone.get_by_role("button", name="Keep this password").click()
    if not javascript:
        expect(phone.get_by_role("heading", name="Choose another password")).to_be_visible()
    phone.get_by_label("Choose a password").fill(ANOTHER)
    phone.get_by_role("button", name="Keep this password").click()
    expect(phone.get_by_text("Every other device has been signed out.")).to_be_visible()
    expect(phone.get_by_role("link", name=f"Your record, {name}")).to_be_visible()
    site.wait_for_mail(address, "was changed")

    ward.goto(f"{site.base}/settings/sessions")
    expect(ward.get_by_role("heading", name="Sign in")).to_be_visible()
    ward.get_by_label("Email").fill(address)
    ward.get_by_label("Password", exact=True).fill(PASSWORD)
    ward.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(ward.get_by_text("do not go together")).to_be_visible()
    ward.get_by_label("Password", exact=True).fill(ANOTHER)
    ward.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(ward.get_by_role("heading", name="Where you are signed in")).to_be_visible()

    phone.goto(site.base + letter.path)
    expect(phone.get_by_role("heading", name="This link does nothing any more")).to_be_visible()
