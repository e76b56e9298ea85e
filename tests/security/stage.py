"""A stage for permissions: the same people in a public, a members-only and a secret community, with one of everything.

The database can be set back to how the stage was built, so that each cell of the table begins with the same world.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, insert, select, update

from cop.accounts.administration import suspend_person
from cop.accounts.models import Person
from cop.accounts.queries import find_accounts
from cop.accounts.viewer import Viewer
from cop.communities.invitations.operations import invite_by_link
from cop.communities.members.operations import appoint, remove_person
from cop.communities.models import Community, Invitation, JoinRequest, Removal
from cop.communities.queries import get_line, load_person_as_viewer
from cop.communities.requests.operations import ask_to_join
from cop.communities.topics.operations import add_topic
from cop.platform.database import Base, db, session, transaction
from cop.web import caching
from tests.cases.stage import add_case
from tests.cast import add_community, add_member, add_person, add_reply, add_story, silence
from tests.web.reading import read

VISIBILITIES = ("public", "members", "secret")
ROLES: Mapping[str, str] = {
    "V": "a visitor, not signed in",
    "O": "an outsider: has an account and is in none of these communities",
    "R": "removed by a moderator; was a practitioner",
    "U": "suspended by the site's administrator; was a practitioner, and is signed out by it",
    "A": "the site's administrator, in none of these communities",
    "N": "a newcomer",
    "S": "a practitioner whom a moderator has silenced",
    "P": "a practitioner",
    "T": "a practitioner, the teller of the story",
    "M": "a moderator; there is a second one",
}
OTHERS = ("founder", "asker", "novice", "leaver")


@dataclass
class Place:
    """One community of the stage, with one of everything in it."""

    visibility: str
    id: int
    slug: str
    story: int
    reply: int
    word: str  # stands in the story and nowhere else
    request: int = 0
    invitation: int = 0
    token: str = ""
    removal: int = 0
    case: int = 0  # a live one, told by T, in which nobody has chosen


@dataclass
class Stage:
    """Who is there, where, and how to begin again."""

    app: Flask
    people: dict[str, int]
    places: dict[str, Place]
    browsers: dict[str, FlaskClient]
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    guards: dict[str, dict[str, str]] = field(default_factory=dict)
    index: object = None

    def handle(self, who: str) -> str:
        return who.lower() + "-the-one" if len(who) == 1 else f"{who}-the-one"

    def guard(self, who: str) -> dict[str, str]:
        """The hidden fields of a form of this person's; a visitor's forms have none."""
        if who not in self.guards:
            self.guards[who] = read(self.browsers[who], "/c/").forms().get("/signout", {})
        return {name: value for name, value in self.guards[who].items() if name == "csrf_token"}

    def begin_again(self) -> None:
        with db.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())
            for table in Base.metadata.sorted_tables:
                if self.rows[table.name]:
                    connection.execute(insert(table), self.rows[table.name])
            if connection.dialect.name == "postgresql":
                _count_on(connection)
        caching.forget_all()

    def remember(self) -> None:
        with db.engine.connect() as connection:
            for table in Base.metadata.sorted_tables:
                self.rows[table.name] = [dict(row._mapping) for row in connection.execute(select(table))]


def _count_on(connection: Connection) -> None:
    """PostgreSQL's counters know nothing of rows that were put back with their numbers."""
    for table in Base.metadata.sorted_tables:
        if "id" in table.c and connection.scalar(select(func.pg_get_serial_sequence(table.name, "id"))):
            sequence = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(sequence, func.coalesce(func.max(table.c.id), 0) + 1)))


def build_stage(app: Flask, client_of: Callable[[int], FlaskClient], now: datetime) -> Stage:
    """Put everybody in their places."""
    names = (*ROLES, *OTHERS)
    people = {who: add_person(f"{who} the One", now) for who in names if who != "V"}
    places = {visibility: _furnish(visibility, people, now) for visibility in VISIBILITIES}
    with transaction() as s:
        s.execute(update(Person).where(Person.id == people["A"]).values(administrator_since=now))
    browsers = {who: client_of(person) for who, person in people.items()}
    browsers["V"] = app.test_client()
    with transaction():
        admin = load_person_as_viewer(people["A"])
        suspend_person(actor=admin, account=find_accounts("u-the-one", "")[0], reason="A test of it.", now=now)
    stage = Stage(app, people, places, browsers)
    stage.remember()
    return stage


def _furnish(visibility: str, people: dict[str, int], now: datetime) -> Place:
    word = f"pq{visibility}zx"
    id_ = add_community(f"The {visibility} place", f"{visibility}-place", people["founder"], now, visibility=visibility)
    for who in "NSPTMRU":
        vouched = None if who == "N" else people["founder"]
        add_member(people[who], id_, now - timedelta(days=90), vouched_by=vouched)
    for who in ("novice", "leaver"):
        add_member(people[who], id_, now)
    story = add_story(people["T"], id_, now - timedelta(days=9), title=f"Of {word}", situation=f"{word} " + "a b " * 60)
    place = Place(visibility, id_, f"{visibility}-place", story, 0, word)
    place.reply = add_reply(people["P"], story, now - timedelta(days=8), body=f"Heard of {word}.")
    place.case = add_case(people["T"], id_, now - timedelta(days=7), title=f"A case of {word}", outcome="")
    silence(people["S"], id_, now + timedelta(days=7))
    _settle(place, people, now)
    return place


def _settle(place: Place, people: dict[str, int], now: datetime) -> None:
    def community() -> Community:
        return session().get_one(Community, place.id)

    def founder() -> Viewer:
        return load_person_as_viewer(people["founder"])

    with transaction():
        appoint(actor=founder(), community=community(), person_id=people["M"], now=now)
    with transaction():
        remove_person(actor=founder(), community=community(), person_id=people["R"], reason="A test of it.", now=now)
    with transaction():
        remove_person(
            actor=founder(), community=community(), person_id=people["leaver"], reason="A test of it.", now=now
        )
    with transaction():
        add_topic(actor=founder(), community=community(), name="Nights", now=now)
    if place.visibility != "secret":  # there only an invitation leads in
        asker = people["asker" if place.visibility == "members" else "leaver"]  # in public, whoever was removed asks
        with transaction():
            line = get_line(founder(), place.id)
            ask_to_join(actor=load_person_as_viewer(asker), community=line, line="I do this work.", now=now)
    _note_ids(place, people, now)


def _note_ids(place: Place, people: dict[str, int], now: datetime) -> None:
    removed = people["leaver"]
    with transaction() as s:
        founder = load_person_as_viewer(people["founder"])
        place.token = invite_by_link(actor=founder, community=s.get_one(Community, place.id), now=now)
        here = place.id
        place.request = s.scalar(select(JoinRequest.id).where(JoinRequest.community_id == here)) or 0
        place.removal = (
            s.scalar(select(Removal.id).where(Removal.person_id == removed, Removal.community_id == here)) or 0
        )
        place.invitation = s.scalar(select(Invitation.id).where(Invitation.community_id == here)) or 0
