"""Bringing stories from elsewhere."""

from __future__ import annotations

import gzip
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cop.communities.queries import find_community_by_slug
from cop.discussions.models import Thread
from cop.discussions.queries import list_fields
from cop.platform.database import reading, session
from cop.platform.ids import spell
from cop.ranking.queries import list_thread_ids
from tests.cast import Cast
from tests.cli.conftest import Run, Site, story_line, wait_until, write_stories


def threads_of(slug: str) -> dict[str, Thread]:
    """The imported threads of a community, by where they came from."""
    with reading():
        community = find_community_by_slug(slug)
        assert community is not None
        threads = session().scalars(select(Thread).where(Thread.community_id == community.id))
        return {thread.external_id or "": thread for thread in threads}


def test_stories_come_in_with_their_dates_and_where_they_are_from(run: Run, cast: Cast, tmp_path: Path) -> None:
    done = run("import", "stories", str(write_stories(tmp_path / "s.jsonl", range(3))), "--community", "waterworks")

    thread = threads_of("waterworks")["story-1"]
    with reading():
        (situation,) = list_fields(thread.id)
    assert done.exit_code == 0
    assert done.stdout == "3 read, 3 new, 0 there already, 0 bad.\n"
    assert (thread.title, thread.teller_id, thread.kind) == ("The pump stopped, night 1", None, "story")
    assert thread.told_at == datetime(2024, 5, 31, 12, tzinfo=UTC)
    assert (thread.attribution, thread.source_url) == ("The Waterworks", "https://example.org/nights/1")
    assert "<em>first</em>" in situation.html


def test_imported_stories_stand_in_the_lists_and_are_found(run: Run, app: Flask, tmp_path: Path) -> None:
    run("import", "stories", str(write_stories(tmp_path / "s.jsonl", range(3))), "--community", "waterworks")
    run("reindex")

    with reading():
        community = find_community_by_slug("waterworks")
        assert community is not None
        listed = list_thread_ids(community.id, sort="new").items
    assert len(listed) == 3
    assert app.test_client().get("/search?q=hummed").data.count(b"The pump stopped") >= 3
    troubles = [line for line in run("check").stdout.splitlines() if line.startswith("trouble")]
    assert [line for line in troubles if "backups" not in line] == []  # this machine may lack PostgreSQL's programs


def test_a_second_run_adds_nothing_and_changes_nothing(run: Run, cast: Cast, tmp_path: Path) -> None:
    path = str(write_stories(tmp_path / "s.jsonl", range(7)))
    run("import", "stories", path, "--community", "bedside-icu", "--batch", "3")
    before = {name: thread.id for name, thread in threads_of("bedside-icu").items()}

    again = run("import", "stories", path, "--community", "bedside-icu", "--batch", "3")

    assert again.stdout == "7 read, 0 new, 7 there already, 0 bad.\n"
    assert {name: thread.id for name, thread in threads_of("bedside-icu").items()} == before


def test_what_is_new_in_a_longer_file_is_added(run: Run, cast: Cast, tmp_path: Path) -> None:
    run("import", "stories", str(write_stories(tmp_path / "s.jsonl", range(4))), "--community", "bedside-icu")

    more = run("import", "stories", str(write_stories(tmp_path / "s.jsonl", range(9))), "--community", "bedside-icu")

    assert more.stdout == "9 read, 5 new, 4 there already, 0 bad.\n"


def test_the_same_stories_may_be_in_two_communities(run: Run, cast: Cast, tmp_path: Path) -> None:
    path = str(write_stories(tmp_path / "s.jsonl", range(2)))
    run("import", "stories", path, "--community", "bedside-icu")

    other = run("import", "stories", path, "--community", "organ-builders")

    assert other.stdout == "2 read, 2 new, 0 there already, 0 bad.\n"


def test_a_community_that_is_missing_is_founded_for_everybody(run: Run, tmp_path: Path) -> None:
    path = str(write_stories(tmp_path / "s.jsonl", range(1)))

    run("import", "stories", path, "--community", "water-works", "--name", "Water & Works")
    run("import", "stories", path, "--community", "night-pumps")

    with reading():
        named, unnamed = find_community_by_slug("water-works"), find_community_by_slug("night-pumps")
    assert named is not None
    assert (named.name, named.visibility) == ("Water & Works", "public")
    assert unnamed is not None
    assert unnamed.name == "Night pumps"
    assert " 0        1" in run("community", "list").stdout


def test_bad_lines_are_named_and_the_others_come_in(run: Run, cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    lines = [story_line(1), "{not JSON", story_line(3, title=None), "", story_line(5), story_line(1)]
    path.write_text("\n".join(lines) + "\n")

    done = run("import", "stories", str(path), "--community", "bedside-icu")

    assert done.exit_code == 1
    assert done.stdout == "5 read, 2 new, 0 there already, 3 bad.\n"
    assert done.stderr.splitlines() == [
        "Line 2 is left out: it is not JSON.",
        "Line 3 is left out: it has no title.",
        "Line 6 is left out: its id “story-1” is that of line 1.",
        "cop: 3 of 5 lines could not be taken in; they are named above.",
    ]
    assert set(threads_of("bedside-icu")) == {"story-1", "story-5"}


def test_a_file_without_one_good_line_founds_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text("nonsense\n")

    done = run("import", "stories", str(path), "--community", "nobodys")

    assert done.exit_code == 1
    with reading():
        assert find_community_by_slug("nobodys") is None


def test_a_dry_run_says_the_same_and_changes_nothing(run: Run, cast: Cast, tmp_path: Path) -> None:
    path = str(write_stories(tmp_path / "s.jsonl", range(5)))
    run("import", "stories", str(write_stories(tmp_path / "first.jsonl", range(2))), "--community", "bedside-icu")
    before = run("community", "list").stdout

    there = run("import", "stories", path, "--community", "bedside-icu", "--dry-run")
    elsewhere = run("import", "stories", path, "--community", "nowhere-yet", "--dry-run")

    assert there.stdout.startswith("5 read, 3 new, 2 there already, 0 bad.\n")
    assert elsewhere.stdout.startswith("5 read, 5 new, 0 there already, 0 bad.\n")
    assert "nowhere-yet would be founded" in elsewhere.stdout
    assert run("community", "list").stdout == before


@pytest.mark.parametrize("compressed", [False, True])
def test_stories_come_in_from_standard_input(run: Run, cast: Cast, compressed: bool) -> None:
    lines = "".join(f"{story_line(number)}\n" for number in range(3)).encode()

    done = run(
        "import", "stories", "-", "--community", "bedside-icu", given=gzip.compress(lines) if compressed else lines
    )

    assert done.stdout == "3 read, 3 new, 0 there already, 0 bad.\n"


def test_what_stands_before_the_damage_of_a_file_comes_in(run: Run, cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl.gz"
    whole = gzip.compress("".join(f"{story_line(number)}\n" for number in range(200)).encode())
    path.write_bytes(whole[: len(whole) // 2])

    done = run("import", "stories", str(path), "--community", "bedside-icu")

    assert done.exit_code == 1
    assert "the compressed file is damaged from here on" in done.stderr
    assert 0 < len(threads_of("bedside-icu")) < 200


@pytest.mark.parametrize("slug", ["Not A Slug", "x", "-pumps"])
def test_a_short_name_that_cannot_be_is_refused_before_anything_is_read(run: Run, tmp_path: Path, slug: str) -> None:
    refused = run("import", "stories", str(write_stories(tmp_path / "s.jsonl", range(1))), "--community", slug)

    assert refused.exit_code == 1
    assert "2 to 40 of a-z" in refused.stderr


def test_an_import_that_is_killed_goes_on_where_it_was(site: Site) -> None:
    site.cop("init")
    path = str(write_stories(site.data.parent / "s.jsonl", range(400)))

    def imported() -> int:
        with closing(sqlite3.connect(site.data / "cop.sqlite3")) as database:
            return int(database.execute("SELECT count(*) FROM thread").fetchone()[0])

    process = site.start("import", "stories", path, "--community", "waterworks", "--batch", "5")
    wait_until(lambda: imported() >= 20, "some stories are in")
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = imported()

    again = site.cop("import", "stories", path, "--community", "waterworks", "--batch", "5")

    assert 20 <= before < 400
    assert before % 5 == 0  # a batch is in or it is not
    assert again.stdout == f"400 read, {400 - before} new, {before} there already, 0 bad.\n"
    assert imported() == 400


def test_a_visitor_reads_an_imported_story_with_its_source(run: Run, app: Flask, tmp_path: Path) -> None:
    run("import", "stories", str(write_stories(tmp_path / "s.jsonl", range(1))), "--community", "waterworks")
    thread = threads_of("waterworks")["story-0"]

    page = app.test_client().get(f"/t/{spell(thread.id)}/{thread.slug}").get_data(as_text=True)

    assert "The Waterworks" in page
    assert 'href="https://example.org/nights/0"' in page
