"""The demonstration as a program of its own."""

from __future__ import annotations

import re
import subprocess
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from cop.cli.locks import is_held, worker_lock
from cop.demo.content import read_content
from tests.cli.conftest import PATIENCE, Site, ask, wait_until
from tests.postbox import Mail, read_mail

OF_STORIES = re.compile("^(What became|Does “|How did “|Will you look|A question (about|of yours))|has answered you")


def start(site: Site, *args: str, **settings: str) -> tuple[subprocess.Popen[str], str]:
    """Start the demonstration; what it prints before it answers."""
    process = site.start("demo", "--port", "0", *args, **settings)
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if "/search?" in line:
            return process, printed + process.stdout.readline()
    raise AssertionError(printed + site.log.read_text())


def address_in(printed: str) -> str:
    found = re.search(r"The demonstration is at (http://\S+)\.", printed)
    assert found, printed
    return found[1]


def sign_in(address: str, email: str, password: str) -> str:
    """Sign in as a browser does; the page that this leads to."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    form = urllib.parse.urlencode({"email": email, "password": password}).encode()
    headers = {"Origin": address, "Sec-Fetch-Site": "same-origin"}
    with browser.open(urllib.request.Request(f"{address}/signin", form, headers), timeout=PATIENCE) as answer:
        answer.read()
    with browser.open(f"{address}/", timeout=PATIENCE) as answer:
        return str(answer.read().decode())


def test_a_demonstration_is_made_served_and_used_again(site: Site) -> None:
    process, printed = start(site)
    address = address_in(printed)
    sign_ins = re.findall(r"^  \w+ +(\S+@example\.org)$", printed, re.MULTILINE)
    password = re.search("always “(.+)”", printed)
    pages = re.findall(r"^  (http://\S+)$", printed, re.MULTILINE)
    assert password
    content = read_content()
    assert content.administrator
    names = {person.handle: person.name for person in (*content.people, content.administrator)}

    homes = {email: sign_in(address, email, password[1]) for email in sign_ins}
    answers = {page: ask(page).status for page in pages}
    threads = sorted(re.findall(r'href="(/t/\w+)', ask(f"{address}/c/bedside-icu/").body))
    process.terminate()
    process.wait(PATIENCE)
    again, printed_again = start(site)

    assert len(sign_ins) == 4
    assert all(names[email.partition("@")[0]] in home for email, home in homes.items())
    assert set(answers.values()) == {200}
    assert sorted(re.findall(r'href="(/t/\w+)', ask(f"{address_in(printed_again)}/c/bedside-icu/").body)) == threads
    assert again.poll() is None
    assert "Traceback" not in site.log.read_text()


def test_other_content_takes_the_place_of_the_old_but_not_under_its_readers(site: Site) -> None:
    process, printed = start(site)
    threads = set(re.findall(r'href="(/t/\w+)', ask(f"{address_in(printed)}/c/bedside-icu/").body))
    wait_until(lambda: is_held(worker_lock(site.data)), "the worker is at work")
    (site.data / "demo.json").write_text('{"content": "of an earlier version"}')

    refused = site.cop("demo", "--port", "0")
    status = ask(f"{address_in(printed)}/c/bedside-icu/").status
    process.terminate()
    process.wait(PATIENCE)
    _process, printed = start(site)

    fresh = set(re.findall(r'href="(/t/\w+)', ask(f"{address_in(printed)}/c/bedside-icu/").body))
    assert refused.returncode == 1
    assert "is running in" in refused.stderr
    assert status == 200
    assert len(fresh) == len(threads) > 0
    assert not fresh & threads


def test_a_folder_that_is_not_a_demonstration_is_refused(site: Site) -> None:
    site.cop("init")
    before = (site.data / "cop.sqlite3").read_bytes()

    refused = site.cop("demo", "--port", "0")

    assert refused.returncode == 1
    assert (
        refused.stderr
        == f"cop: {site.data} is not a demonstration. Give cop demo an empty folder of its own in COP_DATA.\n"
    )
    assert (site.data / "cop.sqlite3").read_bytes() == before


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org", ""])
def test_other_machines_cannot_reach_it(site: Site, host: str) -> None:
    refused = site.cop("demo", "--host", host, "--port", "0")

    assert refused.returncode == 1
    assert "this machine only" in refused.stderr
    assert not site.data.exists()


def test_it_is_made_here_and_has_nothing_to_do_with_the_site_that_is_set_up(site: Site) -> None:
    here = site.data.parent

    process, _printed = start(
        site, COP_DATA="", COP_SMTP_URL="smtp://127.0.0.1:9", COP_DATABASE_URL=f"sqlite:///{here}/real.sqlite3"
    )

    people = read_content().people
    still_in = [place for person in people for place in person.memberships if not place.left_days_ago]
    welcomed = len(people) + 1  # the administrator too
    vouched = sum(bool(place.vouch) + len(place.also) for place in still_in)
    moderating = sum(place.role == "moderator" for place in still_in)
    let_in = sum(bool(place.asks) and not place.is_waiting for place in still_in)
    of_people = welcomed + vouched + moderating + let_in
    wait_until(lambda: len(read_letters(here)[1]) >= of_people, "the worker has sent what was waiting")
    process.terminate()
    process.wait(PATIENCE)
    of_stories, sent = read_letters(here)
    assert {path.name for path in here.iterdir()} == {".demo", "errors.log"}
    assert any(letter.subject.startswith("What became") for letter in of_stories)
    assert any(letter.subject.startswith("A question about") for letter in of_stories)
    assert len(sent) == of_people


def read_letters(here: Path) -> tuple[list[Mail], list[Mail]]:
    """What was sent about stories, and what was sent about people and their places."""
    letters = [read_mail(path) for path in (here / ".demo" / "mail").glob("*.eml")]
    of_stories = [letter for letter in letters if OF_STORIES.search(letter.subject)]
    return of_stories, [letter for letter in letters if letter not in of_stories]
