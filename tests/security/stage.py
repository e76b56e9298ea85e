"""A stage for permissions: the same people in a public, a members-only and a secret community, with one of everything.

The database can be set back to how the stage was built, so that each cell of the table begins with the same world.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import product
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, Connection, Engine, Table, event, func, insert, select, update

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
from cop.communities.vouches.operations import vouch_for
from cop.discussions.drafts.models import Draft
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import ask_question
from cop.discussions.probes.models import WaitingProbe
from cop.discussions.procedures.operations import add_procedure
from cop.discussions.procedures.texts import ProcedureDraft, ProcedureText, render_procedure
from cop.discussions.stories import StoryDraft, render_story
from cop.discussions.withdrawals.operations import withdraw_reply, withdraw_thread
from cop.platform.choices import forget_choices
from cop.platform.database import Base, db, session, transaction
from cop.platform.ids import new_id
from cop.ranking.needs.models import Need
from cop.web import caching
from tests.cases.stage import add_case, choose
from tests.cases.stage import ask as ask_the_panel
from tests.cast import add_community, add_member, add_person, add_reply, add_story, add_verdict, silence
from tests.probing import add_probe, be_helped, decline, remove, wonder
from tests.probing import answer as answer_reply
from tests.snapshots import parents_first
from tests.tending import answer, ask_keeper, keep, propose, retire, supersede, try_it
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
    others: dict[str, int] = field(default_factory=dict)  # what else was told, said and begun, by what it is called
    probe: int = 0  # P's, open before T, and N wondered too
    declined: int = 0  # M's
    condition: int = 0  # P's, on the disputed story
    waiting: int = 0  # P's third


Row = dict[str, Any]
WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


@dataclass
class Stage:
    """Who is there, where, and how to begin again.

    Only the tables are read that the database was told to write to, and only what differs is put back: most of what is
    tried changes nothing, and the rest a row or two.
    """

    app: Flask
    people: dict[str, int]
    places: dict[str, Place]
    browsers: dict[str, FlaskClient]
    rows: dict[str, dict[tuple[Any, ...], Row]] = field(default_factory=dict)
    guards: dict[str, dict[str, str]] = field(default_factory=dict)
    index: object = None
    written: set[str] = field(default_factory=set)  # tables, with those whose rows may go with theirs

    def guard(self, who: str) -> dict[str, str]:
        """The hidden fields of a form of this person's; a visitor's forms have none."""
        if who not in self.guards:
            self.guards[who] = read(self.browsers[who], "/c/").forms().get("/signout", {})
        return {name: value for name, value in self.guards[who].items() if name == "csrf_token"}

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note what is written to."""

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if writes := WRITES.match(statement):
                self.written |= {writes[2]} if writes[1].upper() != "DELETE FROM" else _hanging_on(writes[2])

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    def is_changed(self) -> bool:
        """Whether anything is otherwise than it was when the stage was built, but for what harms nobody."""
        return any(
            _without_harmless(name, now) != _without_harmless(name, self.rows[name])
            for name, now in self._read(self.written).items()
        )

    def begin_again(self) -> None:
        """Put back what differs, whatever it was; afterwards the stage is as it was built."""
        tables = [table for table in Base.metadata.sorted_tables if table.name in self.written]
        now = self._read(self.written)
        with db.engine.begin() as connection:
            for table in reversed(tables):
                for key in now[table.name].keys() - self.rows[table.name].keys():
                    connection.execute(table.delete().where(*_is(table, key)))
            for table in tables:
                lost = [row for key, row in self.rows[table.name].items() if key not in now[table.name]]
                if lost:
                    connection.execute(insert(table), parents_first(table, lost))
            for table in tables:
                for key, row in self.rows[table.name].items():
                    if now[table.name].get(key, row) != row:
                        connection.execute(table.update().where(*_is(table, key)).values(**row))
        self.written.clear()
        caching.forget_all()
        forget_choices()

    @contextmanager
    def supposing(self, table: Table, more: list[Row]) -> Iterator[None]:
        """For a while the stage is as it was built, and somebody has done something besides."""
        built, key = self.rows, table.primary_key
        self.written.add(table.name)
        rows = {tuple(row[column.name] for column in key): row for row in more}
        self.rows = built | {table.name: built[table.name] | rows}
        try:
            self.begin_again()
            yield
        finally:
            self.rows = built
            self.written.add(table.name)
            self.begin_again()

    def asked(self, now: datetime) -> list[Row]:
        """A request of everybody who is in none of the places, in each of them."""
        return [
            {
                "id": 1000 + number, "community_id": place.id, "person_id": self.people[who], "line": "Let me in.",
                "asked_at": now, "outcome": None, "settled_at": None, "settled_by_id": None, "sentence": "",
            }
            for number, (place, who) in enumerate(product(self.places.values(), "ORA"))
        ]  # fmt: skip

    def come_back(self) -> None:
        """Put everything back where another test has left nothing."""
        self.written = {table.name for table in Base.metadata.sorted_tables}
        self.begin_again()
        with db.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                _count_on(connection)

    def remember(self) -> None:
        self.rows = self._read({table.name for table in Base.metadata.sorted_tables})

    @staticmethod
    def _read(names: set[str]) -> dict[str, dict[tuple[Any, ...], Row]]:
        with db.engine.connect() as connection:
            return {
                table.name: {
                    tuple(row[column] for column in table.primary_key): dict(row)
                    for row in connection.execute(select(table)).mappings()
                }
                for table in Base.metadata.sorted_tables
                if table.name in names
            }


@cache
def _hanging_on(name: str) -> set[str]:
    """A table and all whose rows may change when one of its rows goes."""
    found = {name}
    for table in Base.metadata.sorted_tables:
        if any(key.column.table.name in found for key in table.foreign_keys):
            found.add(table.name)
    return found


def _without_harmless(name: str, rows: dict[tuple[Any, ...], Row]) -> dict[tuple[Any, ...], Row]:
    """Counts and last visits; and what is kept for somebody signed out until they sign in."""
    if name in ("limit_count", "session", "read_mark"):
        return {}
    return {key: row for key, row in rows.items() if name != "draft" or row["person_id"]}


def _is(table: Table, key: tuple[Any, ...]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in zip(table.primary_key, key, strict=True)]


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
    _tell_more(place, people, now - timedelta(days=7))
    _ask(place, people, now)
    _let_age(place, people, now)
    place.case = add_case(people["T"], id_, now - timedelta(days=7), title=f"A case of {word}", outcome="")
    _ask_panel(place, people, now - timedelta(days=6))
    silence(people["S"], id_, now + timedelta(days=7))
    _settle(place, people, now)
    _leave_to_others(place, people, now)
    return place


def _tell_more(place: Place, people: dict[str, int], now: datetime) -> None:
    """What can be taken back and brought back, a question, a procedure, drafts, and a word for the newcomer."""
    teller, more = people["T"], place.others
    more["another"] = add_story(teller, place.id, now, title="Another")
    more["taken_story"] = add_story(teller, place.id, now, title="Taken back")
    more["taken_reply"] = add_reply(people["P"], place.story, now)
    more["silenced_reply"] = add_reply(people["S"], place.story, now)
    more["procedure"] = point_to(teller, place.id, place.story, now)
    for who in "PS":
        add_verdict(people[who], more["another"], "seen", now)
    question = render_story(StoryDraft("Who has seen this?", {"situation": "Only this once."}), now=now)
    with transaction() as s:
        community, actor = s.get_one(Community, place.id), load_person_as_viewer(teller)
        more["question"] = ask_question(actor=actor, community=community, question=question, now=now).id
        withdraw_thread(actor=actor, thread=s.get_one(Thread, more["taken_story"]), now=now)
    with transaction() as s:
        thread, reply = s.get_one(Thread, place.story), s.get_one(Reply, more["taken_reply"])
        practitioner = load_person_as_viewer(people["P"])
        withdraw_reply(actor=practitioner, thread=thread, reply=reply, now=now)
        community = s.get_one(Community, place.id)
        vouch_for(actor=practitioner, community=community, person_id=people["N"], line="Seen it done.", now=now)
    with transaction() as s:
        for name, thrown_at in (("draft", None), ("thrown_draft", now + timedelta(days=7))):
            more[name] = new_id()
            s.add(
                Draft(
                    id=more[name], person_id=teller, kind="story", community_id=place.id, fields='[["title", "Half"]]',
                    revision=1, begun_at=now, saved_at=now, discarded_at=thrown_at,
                )
            )  # fmt: skip


def _let_age(place: Place, people: dict[str, int], now: datetime) -> None:
    """T told it long ago, P and S have used it; one is due, of the other P has said that it still holds. Of another P
    and the founder would do otherwise; one was retired, and of one T proposes a successor. P and S are going to try the
    story; who is going to leave told two."""
    more, teller, long_ago = place.others, people["T"], now - timedelta(days=400)
    for name in ("due", "answered"):
        more[name] = add_story(teller, place.id, long_ago, title=name.title())
        for who in "PS":
            add_verdict(people[who], more[name], "held", long_ago)
    answer(people["P"], more["answered"], "still", now)
    more["disputed"] = add_story(teller, place.id, now, title="Disputed")
    for who in ("P", "founder"):
        add_verdict(
            people[who], more["disputed"], "otherwise", now, body="I would wait for a second reading of it all."
        )
    place.condition = propose(people["P"], more["disputed"], now)
    for name in ("ended", "proposed"):
        more[name] = add_story(teller, place.id, now, title=name.title())
    retire(people["founder"], more["ended"], now)
    supersede(teller, more["proposed"], place.story, now)
    for who in "PS":
        try_it(people[who], place.story, now)
    for name in ("orphan", "asked", "kept"):
        more[name] = add_story(people["leaver"], place.id, now, title=name.title())


def _leave_to_others(place: Place, people: dict[str, int], now: datetime) -> None:
    """P is asked to keep one of the two that were told by whoever has gone, and keeps the other."""
    for name in ("asked", "kept"):
        ask_keeper(people["founder"], place.others[name], "p-the-one", now)
    keep(people["P"], place.others["kept"], now)


def _ask(place: Place, people: dict[str, int], now: datetime) -> None:
    """T declines what M asks; P asks three times, of which the last waits."""
    place.declined = add_probe(people["M"], place.story, now, body=f"What of {place.word} is left?") or 0
    decline(people["T"], place.declined, now)
    place.probe = add_probe(people["P"], place.story, now, body=f"What was {place.word} like?") or 0
    for _ in range(2):
        add_probe(people["P"], place.story, now)
    wonder(people["N"], place.probe, now)
    place.others["answer"] = answer_reply(people["T"], place.reply, now)
    be_helped(people["N"], place.others["answer"], now)
    with transaction() as s:
        question = Need.thread_id == place.others["question"]
        place.others["need"] = s.scalars(select(Need.id).where(question, Need.kind == "question")).one()
        place.waiting = s.scalars(select(WaitingProbe.id).where(WaitingProbe.thread_id == place.story)).one()


def _ask_panel(place: Place, people: dict[str, int], now: datetime) -> None:
    """Four practitioners and a newcomer have chosen in another case: N and M stand alone, and N has asked the rest.
    Of what N asks about a story the founder took one question away."""
    case = place.others["asked_case"] = add_case(people["T"], place.id, now, title="Asked of the panel")
    for who, first, last in (("founder", 1, 3), ("P", 1, 3), ("S", 1, 3), ("M", 3, 1), ("N", 2, 1)):
        choose(people[who], case, now, first=first, last=last)
    place.others["panel_probe"] = ask_the_panel(people["N"], case, now) or 0
    place.others["removed_probe"] = add_probe(people["N"], place.others["another"], now) or 0
    remove(people["founder"], place.others["removed_probe"], now)


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
    with transaction() as s:
        if place.visibility == "secret":  # asked while it was open to asking
            s.add(JoinRequest(community_id=place.id, person_id=people["asker"], line="I do this work.", asked_at=now))
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


def document(now: datetime) -> ProcedureText:
    """A procedure that can be stored."""
    draft = ProcedureDraft("Turning the patient", "https://example.org/turning.pdf", "A quarter.", now.date())
    return render_procedure(draft, now=now)


def point_to(owner_id: int, community_id: int, ground: int, now: datetime) -> int:
    """Add a procedure that rests on a thread, as its form does; its id."""
    text = document(now)
    with transaction() as s:
        return add_procedure(
            actor=load_person_as_viewer(owner_id),
            community=s.get_one(Community, community_id),
            text=text,
            owner_id=owner_id,
            grounds=[ground],
            now=now,
        ).id
