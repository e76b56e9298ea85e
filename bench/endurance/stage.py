"""A site with eight people who write, each signed in, and eight threads to write in."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from bench.endurance.site import TABLE
from cop.accounts.operations import Practice, sign_up
from cop.accounts.passwords import hash_password
from cop.accounts.sessions import start_session
from cop.app import create_app
from cop.communities.models import Community
from cop.communities.operations import found_community, join_community
from cop.communities.queries import load_person_as_viewer
from cop.communities.vouches.operations import vouch_for
from cop.discussions.operations import tell_story
from cop.discussions.stories import StoryDraft, render_story
from cop.platform import migrating
from cop.platform.database import close_connections, db, transaction
from cop.platform.ids import spell
from cop.settings import Settings

WRITERS = 8
SITUATION = " ".join(["The pump hummed first and then it did not, and nobody on the shift could say since when."] * 5)


@dataclass(frozen=True)
class Stage:
    """Where the site is, whose sessions write, and in which threads of which community."""

    data: str
    database_url: str
    sessions: tuple[str, ...]
    threads: tuple[str, ...]
    community: str = "/c/endurance/"

    @property
    def environment(self) -> dict[str, str]:
        chosen = {"COP_DATA": self.data, "COP_LIMITS": "off", "COP_SECRET_KEY": "e" * 40}
        return chosen | ({"COP_DATABASE_URL": self.database_url} if self.database_url else {})

    @property
    def settings(self) -> Settings:
        return Settings.from_env(self.environment)


def set_stage(data: Path, database_url: str = "") -> Stage:
    """Make the site. Nothing of it runs yet."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    bare = Stage(str(data), database_url, (), ())
    with create_app(bare.settings).app_context():
        migrating.upgrade()
        with db.engine.begin() as connection:
            connection.execute(text(TABLE))
        people, community_id = _people()
        threads = tuple(_thread(people[n], community_id, n) for n in range(WRITERS))
        with transaction():
            now = datetime.now(UTC)
            sessions = tuple(start_session(person_id=person, stays=True, now=now) for person in people[:WRITERS])
        db.session.remove()
        close_connections()
    made = Stage(str(data), database_url, sessions, threads)
    (data / "stage.json").write_text(json.dumps(asdict(made)))
    return made


def _people() -> tuple[list[int], int]:
    then, hashed = datetime.now(UTC) - timedelta(days=200), hash_password("nobody signs in with this")
    with transaction():
        people = [
            sign_up(
                name=f"Writer {n}",
                email=f"w{n}@example.org",
                password_hash=hashed,
                practice=Practice("engineer"),
                now=then,
            )
            for n in range(WRITERS)
        ]
        community_id = found_community(
            name="Endurance", slug="endurance", practice="Lasting.", now=then, moderator_id=people[0]
        ).id
    with transaction() as s:
        community = s.get_one(Community, community_id)
        for person in people[1:]:
            join_community(actor=load_person_as_viewer(person), community=community, now=then)
    with transaction() as s:
        community, moderator = s.get_one(Community, community_id), load_person_as_viewer(people[0])
        for person in people[1:]:
            vouch_for(actor=moderator, community=community, person_id=person, line="Seen.", now=then)
    return people, community_id


def _thread(teller: int, community_id: int, number: int) -> str:
    now = datetime.now(UTC) - timedelta(days=30)
    story = render_story(StoryDraft(title=f"The pump, night {number}", fields={"situation": SITUATION}), now=now)
    with transaction() as s:
        thread = tell_story(
            actor=load_person_as_viewer(teller), community=s.get_one(Community, community_id), story=story, now=now
        )
        return f"/t/{spell(thread.id)}/{thread.slug}"
