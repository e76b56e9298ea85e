"""The main job on real input: 81 incident write-ups. They are read where they lie and never copied here."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from cop.communities.queries import find_community_by_slug
from cop.discussions.models import StoryField, Thread
from cop.platform.database import db, reading, session
from cop.platform.markup import RENDERER_VERSION

INCIDENTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "sre_incidents" / "incidents.jsonl.gz"

pytestmark = pytest.mark.skipif(not INCIDENTS.is_file(), reason="the real incidents are not beside this checkout")


def test_all_incidents_come_in_once(app: Flask) -> None:
    runner = app.test_cli_runner()
    command = ["import", "stories", str(INCIDENTS), "--community", "incidents", "--name", "Incidents"]
    first = runner.invoke(args=command)
    db.session.remove()

    second = runner.invoke(args=command)

    db.session.remove()
    assert first.stdout == "81 read, 81 new, 0 there already, 0 bad.\n"
    assert second.stdout == "81 read, 0 new, 81 there already, 0 bad.\n"
    with reading():
        community = find_community_by_slug("incidents")
        assert community is not None
        threads = list(session().scalars(select(Thread).where(Thread.community_id == community.id)))
        sloppy = session().scalar(select(func.count()).where(StoryField.renderer != RENDERER_VERSION))
    assert len(threads) == 81
    assert {thread.told_at.year for thread in threads} >= {2017, 2026}
    assert all(thread.source_url.startswith("https://") and thread.attribution for thread in threads)
    assert sum(len(thread.title) < 10 for thread in threads) == 3
    assert sloppy == 0
