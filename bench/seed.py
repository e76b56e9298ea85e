"""The bench's data: 20 communities, 2,000 people, 20,000 threads, 200,000 replies; made once, kept by the hash of this.

People, communities and the rendering go through the operations. The rest would take hours so, and is written as the
operations write it, many rows at once: threads with their boxes and beginnings of titles, replies, verdicts, an act for
each of them, and the keys that follow from the acts. `cop check` finds nothing wrong in it; a test holds it to that.
500 bodies are rendered once and reused.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from flask import Flask
from sqlalchemy import insert

from bench.words import prose, two_telling_words
from cop.accounts.operations import Practice, sign_up
from cop.accounts.passwords import hash_password
from cop.accounts.sessions import start_session
from cop.app import create_app
from cop.communities.models import NEWCOMER, PRACTITIONER, Membership, Vouch
from cop.communities.operations import found_community
from cop.discussions.models import Reply, StoryField, Thread
from cop.endorsements.models import Verdict
from cop.platform import markup, migrating
from cop.platform.clock import seconds
from cop.platform.database import session, transaction
from cop.platform.ids import new_id, spell
from cop.platform.schema import newest_revision
from cop.platform.slugs import slug_of
from cop.ranking.fold import replay
from cop.ranking.grounds.queries import list_acts, list_grounds
from cop.ranking.models import ActRow, Participation, ThreadOrder
from cop.search.operations import offer_titles
from cop.settings import Settings

T = TypeVar("T")

SPEAKERS, PLACES_EACH, AT_ONCE = 12, 3, 500
READERS: Final = 8  # who look and write while it is measured; they have said nothing before
SEARCHES: Final = 200


@dataclass(frozen=True)
class Size:
    """How much of everything; the replies beside those of the measured threads are spread evenly."""

    communities: int = 20
    people: int = 2_000
    threads: int = 20_000
    replies: int = 200_000
    measured: int = 200  # threads of so many replies each, in the community that is measured
    replies_each: int = 50
    long: int = 10_000  # replies of one thread
    bodies: int = 500  # that are rendered


@dataclass(frozen=True)
class _Place:
    """A community, and who has a say in it."""

    id: int
    speakers: tuple[int, ...]
    voices: Mapping[int, float]


def seed(folder: Path, *, database_url: str = "", size: Size | None = None) -> dict[str, Any]:
    """The addresses and the sessions that the bench uses; makes the data unless this very seed has made it before."""
    size, stamp = size or Size(), folder / "seed.json"
    sources = b"".join(Path(__file__).with_name(name).read_bytes() for name in ("seed.py", "words.py"))
    fingerprint = hashlib.sha256(sources + repr((size, database_url, newest_revision())).encode()).hexdigest()
    made: dict[str, Any] = json.loads(stamp.read_text()) if stamp.is_file() else {}
    settings = Settings(data=folder, database_url=database_url, limits=False)
    if made.get("fingerprint") != fingerprint:
        shutil.rmtree(folder, ignore_errors=True)  # another seed made what is there
        folder.mkdir(parents=True)
        made = _make(create_app(settings), size) | {"fingerprint": fingerprint}
        stamp.write_text(json.dumps(made))
    with create_app(settings).app_context(), transaction():
        now = datetime.now(UTC)
        sessions = [start_session(person_id=person, stays=True, now=now) for person in made["readers"]]
    return made | {"sessions": sessions}


def _make(app: Flask, size: Size) -> dict[str, Any]:
    chance, now = random.Random(20261123), datetime.now(UTC).replace(microsecond=0)
    with app.app_context():
        migrating.upgrade()
        bodies = markup.render_many([prose(chance, 60) for _ in range(size.bodies)])
        stories = markup.render_many([prose(chance, 220) for _ in range(size.bodies)])
        people = _people(size, now)
        places = _places(size, people, now)
        teller = _Telling(chance, stories, bodies, now)
        threads = [teller.plan(place, told, replies) for place, told, replies in _plans(size, places, now)]
        for some in _batches(threads):
            _write(teller, some)
        app.extensions["cop-indexing"].rebuild()
    *_others, long = threads
    measured = [thread for thread in threads if thread["replies"] == size.replies_each][-size.measured :]
    return {
        "readers": people[:READERS],
        "community": "/c/bench/",
        "long": _address(long),
        "middle": f"/p/{spell(teller.middle)}",
        "threads": [_address(thread) for thread in measured],
        "searches": [two_telling_words(chance, chance.choice(bodies).source) for _ in range(SEARCHES)],
    }


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


def _address(thread: Mapping[str, Any]) -> str:
    return f"/t/{spell(thread['id'])}/{slug_of(thread['title'])}"


def _people(size: Size, now: datetime) -> list[int]:
    then, hashed = now - timedelta(days=500), hash_password("nobody signs in with this")
    people: list[int] = []
    for some in _batches(range(size.people)):
        with transaction():
            people += [
                sign_up(
                    name=f"Person {n}",
                    email=f"p{n}@example.org",
                    password_hash=hashed,
                    practice=Practice("engineer", 2010, "A ward of twelve beds"),
                    now=then,
                )
                for n in some
            ]
    return people


def _places(size: Size, people: Sequence[int], now: datetime) -> list[_Place]:
    """Everybody is in three communities, two of three as practitioners; the readers are in the measured one too."""
    then = now - timedelta(days=499)
    inside: list[set[int]] = [set() for _ in range(size.communities)]
    for n, person in enumerate(people):
        for step in range(PLACES_EACH):
            inside[0 if n < READERS and not step else (n + 7 * step) % size.communities].add(person)
    return [_found(place, members, people, then) for place, members in enumerate(inside)]


def _found(place: int, members: set[int], people: Sequence[int], then: datetime) -> _Place:
    moderator, *others = (person for person in people[READERS:] if person in members)
    newcomers = frozenset(others[::3])
    others += [person for person in people[:READERS] if person in members]
    slug = f"bench-{place}" if place else "bench"
    with transaction() as s:
        community_id = found_community(
            name=slug.capitalize(), slug=slug, practice="Being measured.", now=then, moderator_id=moderator
        ).id
    practitioners = [person for person in others if person not in newcomers]
    with transaction() as s:
        s.execute(insert(Membership), [_membership(community_id, person, newcomers, then) for person in others])
        vouches = [
            {"community_id": community_id, "by_id": moderator, "for_id": person, "role": "moderator", "line": "Seen.",
             "at": then}
            for person in practitioners
        ]  # fmt: skip
        s.execute(insert(Vouch), vouches)
    speakers = tuple(person for person in others if person not in people[:READERS])
    return _Place(community_id, speakers, {person: 0.0 if person in newcomers else 1.0 for person in speakers})


def _membership(community_id: int, person: int, newcomers: frozenset[int], then: datetime) -> dict[str, Any]:
    is_new = person in newcomers
    return {
        "community_id": community_id, "person_id": person, "role": NEWCOMER if is_new else PRACTITIONER,
        "voice": 0.0 if is_new else 1.0, "joined_at": then, "practitioner_since": None if is_new else then,
    }  # fmt: skip


def _plans(size: Size, places: Sequence[_Place], now: datetime) -> Iterator[tuple[_Place, datetime, int]]:
    """Where a thread is told, when, and how many reply: over four hundred days, the measured ones last, then the long
    one."""
    plain = size.threads - size.measured - 1
    left = size.replies - size.long - size.measured * size.replies_each
    for n in range(plain):
        told = now - timedelta(days=400 * (1 - n / size.threads))
        yield places[n % len(places)], told, left // plain + (n < left % plain)
    for n in range(size.measured):
        yield places[0], now - timedelta(days=60 * (1 - n / size.measured)), size.replies_each
    yield places[0], now - timedelta(days=401), size.long


class _Telling:
    """Makes threads, and the rows that telling them and replying would have made."""

    def __init__(
        self, chance: random.Random, stories: Sequence[markup.Rendered], bodies: Sequence[markup.Rendered],
        now: datetime,
    ) -> None:  # fmt: skip
        self._chance, self._stories, self._bodies, self._now = chance, stories, bodies, now
        self._place_of: dict[int, _Place] = {}
        self.middle = 0  # the reply in the middle of the last thread

    def plan(self, place: _Place, told: datetime, replies: int) -> dict[str, Any]:
        thread_id = new_id()
        self._place_of[thread_id] = place
        title = prose(self._chance, 6).rstrip(".")
        teller_id = self._chance.choice(place.speakers)
        return {
            "id": thread_id, "community_id": place.id, "kind": "story", "teller_id": teller_id, "title": title,
            "hook": "", "told_at": told, "happened": "", "shelf_life": "months", "words": 220,
            "replies": replies, "revision": 0, "attribution": "", "source_url": "",
        }  # fmt: skip

    def field(self, thread: Mapping[str, Any]) -> dict[str, Any]:
        story = self._chance.choice(self._stories)
        return {"thread_id": thread["id"], "name": "situation", **_written(story)}

    def told(self, thread: Mapping[str, Any]) -> dict[str, Any]:
        place = self._place_of[thread["id"]]
        return _act(thread, thread["teller_id"], "created", place.voices[thread["teller_id"]], thread["told_at"])

    def talk(self, thread: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any] | None]]:
        """Each reply with its act, and the verdict with which it came, if it did."""
        place, number = self._place_of[thread["id"]], thread["replies"]
        speakers = self._chance.sample(place.speakers, min(SPEAKERS, len(place.speakers)))
        span = (self._now - thread["told_at"]) / (number + 1)
        for n in range(number):
            speaker, at = speakers[n % len(speakers)], thread["told_at"] + span * (n + 1)
            gives = n < min(8, len(speakers), number // 4) and speaker != thread["teller_id"]
            kind = self._chance.choice(("held", "adapted", "failed")) if gives else None
            reply = _reply(thread, speaker, self._chance.choice(self._bodies), at, kind)
            voice = place.voices[speaker]
            act = _act(thread, speaker, kind or "reply", voice, at, reply["id"])
            verdict = {
                "thread_id": thread["id"], "person_id": speaker, "kind": kind, "voice": voice, "given_at": at,
                "reply_id": reply["id"],
            }  # fmt: skip
            self.middle = reply["id"] if n == number // 2 else self.middle
            yield reply, act, verdict if gives else None


def _written(body: markup.Rendered) -> dict[str, Any]:
    return {"source": body.source, "html": body.html, "renderer": body.renderer}


def _reply(
    thread: Mapping[str, Any], speaker: int, body: markup.Rendered, at: datetime, verdict: str | None
) -> dict[str, Any]:
    return {
        "id": new_id(), "thread_id": thread["id"], "author_id": speaker, "kind": "report" if verdict else "reply",
        "verdict": verdict, **_written(body), "setting": "A bench" if verdict else "", "differed": "", "said_at": at,
        "revision": 0,
    }  # fmt: skip


def _act(
    thread: Mapping[str, Any], person: int, kind: str, voice: float, at: datetime, ref: int | None = None
) -> dict[str, Any]:
    return {
        "thread_id": thread["id"], "person_id": person, "kind": kind, "at": seconds(at), "voice": voice, "ref": ref,
        "counts_as": voice,
    }  # fmt: skip


def _write(teller: _Telling, threads: Sequence[dict[str, Any]]) -> None:
    """The rows of some threads in one transaction, with the keys of their order."""
    said = [one for thread in threads for one in teller.talk(thread)]
    rows = {
        Thread: threads,
        StoryField: [teller.field(thread) for thread in threads],
        Reply: [reply for reply, _act, _verdict in said],
        Verdict: [verdict for _reply, _act, verdict in said if verdict],
        ActRow: [*(teller.told(thread) for thread in threads), *(act for _reply, act, _verdict in said)],
    }
    ids = [thread["id"] for thread in threads]
    with transaction() as s:
        for model, written in rows.items():
            for some in _batches(written):
                s.execute(insert(model), some)
        _order(ids)
        offer_titles(ids)


def _order(thread_ids: Sequence[int]) -> None:
    """The keys of threads and their seats, folded from their acts."""
    grounds, acts = list_grounds(thread_ids), list_acts(thread_ids)
    for thread_id in thread_ids:
        found = grounds[thread_id]
        folded = replay(
            [one.act for one in acts[thread_id]],
            told_at=seconds(found.told_at),
            tellers=found.tellers,
            shelf_days=found.shelf_days,
            params=found.params,
        )
        order = ThreadOrder(
            thread_id=thread_id, community_id=found.community_id, is_procedure=False, is_withdrawn=False,
            told_at=found.told_at,
        )  # fmt: skip
        order.keys = folded.keys
        session().add(order)
        session().add_all(Participation(thread_id=thread_id, seat=seat, x=x) for seat, x in folded.seats.items())
    session().flush()
