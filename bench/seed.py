"""The bench's data: made once through the operations, kept under the hash of this file.

500 bodies are rendered once and reused; people, stories, replies and verdicts go through the same operations as the
forms, a few hundred to a transaction.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask_migrate
from sqlalchemy import insert

from cop.accounts.operations import Practice, sign_up
from cop.accounts.passwords import hash_password
from cop.accounts.sessions import start_session
from cop.app import create_app
from cop.communities.models import MODERATOR, Community
from cop.communities.operations import found_community, join_community
from cop.communities.permissions import MOST_VOUCHES
from cop.communities.queries import load_person_as_viewer
from cop.communities.vouches.operations import vouch_for
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import publish_reply, recount_replies, tell_story
from cop.discussions.replies import ReplyText
from cop.discussions.stories import StoryDraft, render_story
from cop.endorsements.operations import give_verdict
from cop.platform import markup
from cop.platform.database import session, transaction
from cop.platform.ids import new_id, spell
from cop.platform.outbox import deliver_due
from cop.settings import Settings

PEOPLE, THREADS, REPLIES_EACH, BODIES, LONG = 60, 300, 50, 500, 10_000
_WORDS = """
    alarm bay queue night graph pressure handover valve rota lag chart monitor replica line drain pump order letter
    morning silence pattern reading number colour pause restart error page room colleague shift corridor screen
    """.split()  # noqa: SIM905  # as words it can be read


def seed(folder: Path) -> dict[str, object]:
    """The addresses and the session that the bench uses; makes the data unless this very seed has made it before."""
    stamp = folder / "seed.json"
    fingerprint = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    if stamp.is_file():
        kept: dict[str, object] = json.loads(stamp.read_text())
        if kept["fingerprint"] == fingerprint:
            return kept | {"sessions": _new_sessions(folder)}
    shutil.rmtree(folder)  # another seed made what is there
    folder.mkdir()
    made = _make(folder) | {"fingerprint": fingerprint}
    stamp.write_text(json.dumps(made))
    return made | {"sessions": _new_sessions(folder)}


def _new_sessions(folder: Path) -> list[str]:
    """The reader's session first, then five other people's."""
    people = json.loads((folder / "seed.json").read_text())["readers"]
    with create_app(_settings(folder)).app_context(), transaction():
        return [start_session(person_id=person, stays=True, now=datetime.now(UTC)) for person in people]


def _settings(folder: Path) -> Settings:
    return Settings(data=folder, limits=False)


def _make(folder: Path) -> dict[str, object]:
    chance = random.Random(20261122)
    now = datetime.now(UTC).replace(microsecond=0)
    app = create_app(_settings(folder))
    with app.app_context():
        flask_migrate.upgrade()
        bodies = markup.render_many([_prose(chance, 60) for _ in range(BODIES)])
        people, community_id = _people(now)
        threads = _threads(chance, people, community_id, now)
        for thread_id in threads:
            _talk(chance, people, thread_id, bodies, now)
        long, middle = _long_thread(people, community_id, bodies, now)
        while deliver_due(app.extensions["cop-jobs"], claim="the bench's seed", now=datetime.now(UTC)):
            pass  # what is measured must not be measured while 15,000 texts are being indexed
    return {
        "readers": people[-1:-7:-1],
        "community": "/c/bench/",
        "long": long,
        "middle": middle,
        "threads": [f"/t/{spell(thread_id)}/{slug}" for thread_id, slug in threads.items()],
    }


def _people(now: datetime) -> tuple[list[int], int]:
    then = now - timedelta(days=500)
    hashed = hash_password("nobody signs in with this")
    with transaction():
        people = [
            sign_up(
                name=f"Person {n}",
                email=f"p{n}@example.org",
                password_hash=hashed,
                practice=Practice("engineer"),
                now=then,
            )
            for n in range(PEOPLE)
        ]
        community_id = found_community(
            name="Bench", slug="bench", practice="Being measured.", now=then, moderator_id=people[0]
        ).id
    with transaction() as s:
        community = s.get_one(Community, community_id)
        for person in people[1:]:
            join_community(actor=load_person_as_viewer(person), community=community, now=then)
    with transaction() as s:
        community = s.get_one(Community, community_id)
        for n, person in enumerate(vouched := people[1 : PEOPLE - 10]):
            quarters_ago = (len(vouched) - n) // MOST_VOUCHES[MODERATOR]  # nobody may vouch for all of them in one
            vouch_for(
                actor=load_person_as_viewer(people[0]),
                community=community,
                person_id=person,
                line="Seen.",
                now=then - timedelta(days=91 * quarters_ago),
            )
    return people, community_id


def _threads(chance: random.Random, people: list[int], community_id: int, now: datetime) -> dict[int, str]:
    """Threads told over four hundred days, id to slug."""
    stories = [
        render_story(
            StoryDraft(title=_prose(chance, 6).rstrip("."), fields={"situation": _prose(chance, 220)}), now=now
        )
        for _ in range(THREADS)
    ]
    threads: dict[int, str] = {}
    with transaction() as s:
        community = s.get_one(Community, community_id)
        for n, story in enumerate(stories):
            told = now - timedelta(days=400 * (1 - n / THREADS))
            teller = load_person_as_viewer(people[n % 40])
            thread = tell_story(actor=teller, community=community, story=story, now=told)
            threads[thread.id] = thread.slug
    return threads


def _talk(
    chance: random.Random, people: list[int], thread_id: int, bodies: list[markup.Rendered], now: datetime
) -> None:
    with transaction() as s:
        thread = s.get_one(Thread, thread_id)
        speakers = [load_person_as_viewer(person) for person in chance.sample(people[:50], 12)]
        span = (now - thread.told_at) / (REPLIES_EACH + 1)
        for n in range(REPLIES_EACH):
            at = thread.told_at + span * (n + 1)
            speaker, body = speakers[n % 12], ReplyText(chance.choice(bodies), setting="A bench")
            if n < 8 and speaker.id != thread.teller_id:
                give_verdict(
                    actor=speaker, thread=thread, kind=chance.choice(("held", "adapted", "failed")), text=body, now=at
                )
            else:
                publish_reply(actor=speaker, thread=thread, text=ReplyText(body.body), now=at)
        session().expunge_all()


def _long_thread(people: list[int], community_id: int, bodies: list[markup.Rendered], now: datetime) -> tuple[str, str]:
    """A thread of ten thousand replies, made at one stroke: order and search need not know of them to read them.

    Its address, and the permalink of the reply in its middle.
    """
    story = render_story(StoryDraft(title="A long one", fields={"situation": " ".join(_WORDS * 3)}), now=now)
    then = now - timedelta(days=401)
    with transaction() as s:
        community = s.get_one(Community, community_id)
        thread = tell_story(actor=load_person_as_viewer(people[1]), community=community, story=story, now=then)
        rows = [
            {
                "id": new_id(),
                "thread_id": thread.id,
                "author_id": people[n % 50],
                "kind": "reply",
                "source": bodies[n % BODIES].source,
                "html": bodies[n % BODIES].html,
                "renderer": bodies[n % BODIES].renderer,
                "setting": "",
                "differed": "",
                "said_at": then + timedelta(minutes=50 * (n + 1)),
                "revision": 0,
            }
            for n in range(LONG)
        ]
        for start in range(0, LONG, 500):
            s.execute(insert(Reply), rows[start : start + 500])
        recount_replies(thread_id=thread.id)
        return f"/t/{spell(thread.id)}/{thread.slug}", f"/p/{spell(rows[LONG // 2]['id'])}"


def _prose(chance: random.Random, words: int) -> str:
    """Words in sentences of twelve and paragraphs of five sentences."""
    sentences = []
    for start in range(0, words, 12):
        run = [chance.choice(_WORDS) for _ in range(min(12, words - start))]
        sentences.append(" ".join(run).capitalize() + ".")
    return "\n\n".join(" ".join(sentences[i : i + 5]) for i in range(0, len(sentences), 5))
