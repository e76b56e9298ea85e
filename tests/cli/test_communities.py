"""Founding and appointing from the command line."""

from __future__ import annotations

import pytest

from cop.communities.queries import find_community_by_slug, find_place
from cop.platform.database import reading
from tests.cast import Cast
from tests.cli.conftest import Run

FOUND = ("community", "found", "--slug", "harbour", "--name", "Harbour Pilots", "--practice", "Bringing ships in.")


def test_a_community_is_founded_with_its_moderator(run: Run, cast: Cast) -> None:
    done = run(*FOUND, "--ink", "sepia", "--moderator", "  Otto@Example.org ")

    with reading():
        community = find_community_by_slug("harbour")
        assert community is not None
        place = find_place(community.id, cast.otto)
    assert done.exit_code == 0
    assert "/c/harbour/" in done.output
    assert (community.name, community.ink, community.visibility) == ("Harbour Pilots", "sepia", "public")
    assert place is not None
    assert place.role == "moderator"


def test_a_community_is_founded_secret_with_a_welcome(run: Run, cast: Cast) -> None:
    done = run(*FOUND, "--visibility", "secret", "--welcome", "Say *how*.", "--moderator", "otto@example.org")

    with reading():
        community = find_community_by_slug("harbour")
    assert done.exit_code == 0
    assert community is not None
    assert (community.visibility, community.welcome_html.strip()) == ("secret", "<p>Say <em>how</em>.</p>")


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ((*FOUND, "--moderator", "nobody@example.org"), "nobody@example.org"),
        ((*FOUND, "--moderator", "otto@example.org", "--slug", "bedside-icu"), "bedside-icu cannot be had here"),
        ((*FOUND, "--moderator", "otto@example.org", "--slug", "Not A Slug"), "2 to 40 of a-z"),
        ((*FOUND, "--moderator", "otto@example.org", "--name", "N" * 81), "81 characters"),
        ((*FOUND, "--moderator", "otto@example.org", "--practice", " "), "practice"),
        (("community", "appoint", "nowhere", "otto@example.org"), "nowhere"),
        (("community", "appoint", "bedside-icu", "nobody@example.org"), "nobody@example.org"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(run: Run, cast: Cast, args: tuple[str, ...], expected: str) -> None:
    before = run("community", "list").output

    refused = run(*args)

    assert refused.exit_code == 1
    assert expected in refused.stderr
    assert run("community", "list").output == before


def test_a_newcomer_who_is_appointed_moderates(run: Run, cast: Cast) -> None:
    done = run("community", "appoint", "bedside-icu", "caro@example.org")

    with reading():
        place = find_place(cast.bedside, cast.caro)
    assert done.exit_code == 0
    assert place is not None
    assert (place.role, place.voice) == ("moderator", 1.0)


def test_the_list_has_every_community_with_its_numbers(run: Run, cast: Cast) -> None:
    listed = run("community", "list").output

    rows = {line.split()[0]: line.split() for line in listed.splitlines()}
    assert rows["bedside-icu"][-3:] == ["public", "4", "0"]
    assert rows["organ-builders"][-3:] == ["public", "1", "1"]
    assert rows["inner-room-wvxyqj"][-3:] == ["secret", "1", "1"]


def test_the_list_of_an_empty_site_says_what_to_do(run: Run) -> None:
    assert "cop community found" in run("community", "list").output
