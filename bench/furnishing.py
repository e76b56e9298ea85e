"""What happens on the demonstration before its pages are looked at: everything its own content leaves no page of.

Whatever is done here is done by the demonstration's own people, or by three guests, through the operations; who looks
at what afterwards is in `bench.pages`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, update

from cop.accounts.administration import suspend_person
from cop.accounts.models import NEW_ADDRESS, RESET, SIGN_UP, UNDO, VERIFY, Person
from cop.accounts.operations import Practice, leave_site, sign_up
from cop.accounts.passwords import hash_password
from cop.accounts.permissions import Ties
from cop.accounts.queries import get_account
from cop.accounts.sessions import start_session
from cop.accounts.tickets import issue_ticket
from cop.accounts.viewer import VISITOR, Viewer
from cop.app import create_app
from cop.cases.models import CaseOutcome, Fork
from cop.communities.invitations.operations import invite_by_link, invite_by_mail
from cop.communities.members.operations import remove_person
from cop.communities.models import Community, Membership
from cop.communities.operations import join_community
from cop.communities.queries import get_community, get_listed, load_person_as_viewer
from cop.communities.requests.operations import ask_to_join
from cop.discussions.drafts.operations import Target, claim_draft, discard_draft, keep_signed_out, save_draft
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import publish_reply, revise_reply, revise_story, tell_story
from cop.discussions.probes.models import OPEN, Probe
from cop.discussions.probes.operations import ask_probe
from cop.discussions.probes.texts import ProbeDraft, render_probe
from cop.discussions.queries import get_thread, list_fields
from cop.discussions.replies import ReplyDraft, render_reply
from cop.discussions.stories import StoryDraft, render_story
from cop.discussions.withdrawals.operations import withdraw_thread
from cop.platform import ids
from cop.platform.database import close_connections, db, reading, session, transaction
from cop.platform.ids import new_id, spell
from cop.platform.tokens import hash_of, new_token
from cop.ranking.filters import is_in_state
from cop.ranking.models import ThreadOrder
from cop.settings import Settings

HOME, AWAY, PRIVATE, HIDDEN = "incident-response", "bedside-icu", "home-visits", "behind-the-desk"
MODERATOR, PRACTITIONER, NEWCOMER = "ottilie-varga", "tevita-hafoka", "ishaan-kurup"
ADMINISTRATOR, HOST, IN_TWO = "wanjiru-halvorsen", "bronagh-tierney-cole", "zehra-kavalci"
GUESTS = {"suspended": "Rafe Sunder", "removed": "Nia Vesterlund", "leaving": "Odd Marstrand"}
SUSPENDED, REMOVED = "rafe-sunder", "nia-vesterlund"
WORDS = (
    "Ten to five on a Friday, and the queue for the label printers had not moved for six minutes. Nobody was shouting "
    "yet. The dashboard said that every printer was well, which it also says when they are switched off, and I had one "
    "hand on the restart before I asked myself when I had last heard one of them print. I rang the hall instead. They "
    "had heard nothing either, and they had thought it was a quiet afternoon."
)


@dataclass
class Place:
    """The demonstration with more in it: addresses of what there is one of, and everybody's session."""

    threads: dict[str, str] = field(default_factory=dict)  # by what they are, as the first part of their address
    replies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    handles: dict[str, str] = field(default_factory=dict)  # who told which of the threads
    sessions: dict[str, str] = field(default_factory=dict)  # by handle


def furnish(data: Path, base: str) -> Place:
    """Let it all happen, beside the server that serves this folder.

    Args:
        data: the folder of a demonstration that has been loaded.
        base: where it is served.
    """
    app = create_app(Settings(data=data, database_url="", base_url=base, demo=True, limits=False))
    with app.app_context():
        try:
            return _Furnishing(datetime.now(UTC).replace(microsecond=0)).do_all()
        finally:
            db.session.remove()
            close_connections()


class _Furnishing:
    def __init__(self, now: datetime) -> None:
        self._now = now
        self._place = Place()
        self._guests: dict[str, int] = {}
        with reading() as s:
            self._people = {handle: id_ for id_, handle in s.execute(select(Person.id, Person.handle))}

    def do_all(self) -> Place:
        self._find_threads()
        self._find_states()
        self._guests = {role: self._come(name) for role, name in GUESTS.items()}
        self._part_with_guests()
        self._withdraw_a_story()
        self._revise_a_story()
        self._revise_a_reply()
        self._ask_in_vain()
        self._write_halfway()
        self._knock()
        self._send_letters()
        self._find_probe()
        self._sign_in()
        return self._place

    def _find_threads(self) -> None:
        """Of each kind the one that is talked about or decided most; a case told to its end, and one that is not."""
        with reading() as s:
            people = {id_: handle for handle, id_ in self._people.items()}
            slugs = {one.id: one.slug for one in s.scalars(select(Community))}
            live = set(s.scalars(select(CaseOutcome.thread_id).where(CaseOutcome.told_at.is_(None))))
            standing = select(Thread).join(ThreadOrder, ThreadOrder.thread_id == Thread.id)
            standing = standing.where(ThreadOrder.ended_as.is_(None))
            decisions = select(func.count()).where(Fork.thread_id == Thread.id).scalar_subquery()
            for thread in s.scalars(standing.order_by(Thread.replies.desc(), decisions.desc(), Thread.told_at)):
                name = "live" if thread.id in live else thread.kind
                teller, where = people[thread.teller_id or 0], slugs[thread.community_id]
                if teller == PRACTITIONER:
                    name = f"own {name}"
                elif where != HOME and name != "live":
                    name = f"{name} in {where}"
                if name not in self._place.threads:
                    self._place.threads[name] = f"/t/{spell(thread.id)}/{thread.slug}"
                    self._place.handles[name] = teller

    def _find_states(self) -> None:
        """Of each state a thread, and of what still stands one whose teller is here."""
        with reading() as s:
            people = {id_: handle for handle, id_ in self._people.items()}
            for state in ("due", "contested", "superseded", "retired"):
                in_state = (
                    select(Thread)
                    .join(ThreadOrder, ThreadOrder.thread_id == Thread.id)
                    .join(Community, Community.id == Thread.community_id)
                    .join(Membership, Membership.community_id == Thread.community_id)
                    .where(is_in_state(state, self._now), Thread.kind == "story", Community.slug != PRIVATE)
                    .where(Membership.person_id == Thread.teller_id)
                    .order_by(Thread.told_at)
                )
                thread = s.scalars(in_state).first()
                assert thread is not None, state
                self._place.threads[state] = f"/t/{spell(thread.id)}/{thread.slug}"
                self._place.handles[state] = people[thread.teller_id or 0]

    def _come(self, name: str) -> int:
        """Somebody signs up and joins."""
        with transaction():
            person = sign_up(
                name=name,
                email=f"{name.split()[0].lower()}@example.org",
                password_hash=hash_password(new_token()),
                practice=Practice("label printing", 2019, "One hall, nine printers"),
                now=self._now,
            )
        with transaction():
            join_community(actor=load_person_as_viewer(person), community=get_community(VISITOR, HOME), now=self._now)
        return person

    def _part_with_guests(self) -> None:
        """One says something and goes for good, one is removed, and one is suspended and not confirmed."""
        text = render_reply(ReplyDraft("We had the same with a scanner. It was asleep, and the lamp on it was green."))
        with transaction():
            actor = load_person_as_viewer(self._guests["leaving"])
            publish_reply(actor=actor, thread=self._thread(actor, "story"), text=text, now=self._now)
        story = render_story(StoryDraft("The scanner with the green lamp", {"situation": WORDS}), now=self._now)
        with transaction():
            actor = load_person_as_viewer(self._guests["leaving"])
            thread = tell_story(actor=actor, community=get_community(actor, HOME), story=story, now=self._now)
            self._place.threads["left"] = f"/t/{spell(thread.id)}/{thread.slug}"
        with transaction():
            leave_site(actor=load_person_as_viewer(self._guests["leaving"]), ties=Ties(), now=self._now)
        with transaction():
            moderator = self._viewer(MODERATOR)
            remove_person(
                actor=moderator,
                community=get_community(moderator, HOME),
                person_id=self._guests["removed"],
                reason="Sold label printers in four threads.",
                now=self._now,
            )
        with transaction() as s:
            s.execute(update(Person).where(Person.id == self._guests["removed"]).values(verified_at=None))
            account = get_account(SUSPENDED)
            suspend_person(
                actor=self._viewer(ADMINISTRATOR), account=account, reason="Wrote to people at night.", now=self._now
            )

    def _withdraw_a_story(self) -> None:
        story = render_story(StoryDraft("The printers that were well", {"situation": WORDS}), now=self._now)
        with transaction():
            actor = self._viewer(PRACTITIONER)
            thread = tell_story(actor=actor, community=get_community(actor, HOME), story=story, now=self._now)
            self._place.threads["withdrawn"] = f"/t/{spell(thread.id)}/{thread.slug}"
        text = render_reply(ReplyDraft("Did anybody think to print a label?"))
        with transaction():
            actor = self._viewer(MODERATOR)
            publish_reply(actor=actor, thread=self._thread(actor, "withdrawn"), text=text, now=self._now)
        with transaction():
            actor = self._viewer(PRACTITIONER)
            withdraw_thread(actor=actor, thread=self._thread(actor, "withdrawn"), now=self._now)

    def _revise_a_story(self) -> None:
        """One's own story, with a box more and a word less, so that there is a change to be read."""
        with reading():
            thread = self._thread(self._viewer(PRACTITIONER), "own story")
            fields = {one.name: one.source for one in list_fields(thread.id)}
            title, hook, seen = thread.title, thread.hook, thread.revision
        fields["watch_for"] = "A machine that is quicker than its neighbours and has the same work."
        fields["situation"] = fields["situation"].replace(" the ", " that ", 2)
        story = render_story(StoryDraft(title, fields, hook), now=self._now)
        with transaction():
            actor = self._viewer(PRACTITIONER)
            thread = self._thread(actor, "own story")
            revise_story(actor=actor, thread=thread, story=story, seen_revision=seen, now=self._now)

    def _revise_a_reply(self) -> None:
        with reading():
            own = self._own_reply()
            text = ReplyDraft(
                own.source.replace(" the ", " that ", 1) + "\n\nIt has held since.", own.setting, own.differed
            )
        rendered = render_reply(text)
        with transaction():
            actor, own = self._viewer(PRACTITIONER), self._own_reply()
            community_id = get_community(actor, HOME).id
            revise_reply(
                actor=actor,
                reply=own,
                community_id=community_id,
                text=rendered,
                seen_revision=own.revision,
                now=self._now,
            )
            self._place.replies["own"] = f"/p/{spell(own.id)}"

    def _own_reply(self) -> Reply:
        """What the practitioner said first in the community at home."""
        own = (Reply.author_id == self._people[PRACTITIONER], Reply.withdrawn_at.is_(None), Community.slug == HOME)
        said = (
            select(Reply)
            .join(Thread, Thread.id == Reply.thread_id)
            .join(Community, Community.id == Thread.community_id)
        )
        return session().scalars(said.where(*own, Reply.kind != "probe").order_by(Reply.said_at)).first() or Reply()

    def _ask_in_vain(self) -> None:
        """Somebody asks until a question waits for its turn."""
        asked = render_probe(ProbeDraft("cue", "What did the others look at, while you looked there?"))
        waits = False
        while not waits:
            with transaction():
                actor = self._viewer(PRACTITIONER)
                waits = ask_probe(actor=actor, thread=self._thread(actor, "story"), asked=asked, now=self._now) is None

    def _write_halfway(self) -> None:
        """Drafts of every sort: a story, a reply, one that was thrown away, and what was sent while signed out."""
        with reading():
            actor = self._viewer(PRACTITIONER)
            here, story = get_community(actor, HOME).id, self._thread(actor, "story").id
        self._draft(Target("story", here), (("title", "The green lamp"), ("situation", WORDS)))
        self._draft(Target("reply", here, story), (("kind", "reply"), ("body", "Ours was asleep too, and")))
        thrown = self._draft(Target("question", here), (("title", "Who rings the hall?"),))
        with transaction():
            discard_draft(actor=actor, draft_id=thrown, now=self._now)
        cookie = hash_of(new_token())
        with transaction():
            fields = (("line", "I have looked after printers for nine years."),)
            kept = keep_signed_out(cookie_hash=cookie, path=f"/c/{PRIVATE}/ask", fields=fields, now=self._now)
        with transaction():
            claim_draft(person_id=actor.person_id, cookie_hash=cookie, draft_id=kept.id, now=self._now)
        self._place.tokens["kept"] = spell(kept.id)

    def _draft(self, target: Target, fields: tuple[tuple[str, str], ...]) -> int:
        draft_id = new_id()
        with transaction():
            actor = self._viewer(PRACTITIONER)
            save_draft(actor=actor, draft_id=draft_id, seen_revision=0, target=target, fields=fields, now=self._now)
        return draft_id

    def _knock(self) -> None:
        """At the community that is not open to all: one asks to be let in, and others are invited."""
        with transaction():
            actor = self._viewer(NEWCOMER)
            place = get_listed(actor, PRIVATE)
            ask_to_join(actor=actor, community=place, line="I ride along on Thursdays.", now=self._now)
        with transaction():
            host = self._viewer(HOST)
            place = get_community(host, PRIVATE)
            self._place.tokens["invitation"] = invite_by_link(actor=host, community=place, now=self._now)
            invite_by_mail(actor=host, community=place, email="ilse@example.org", now=self._now)

    def _send_letters(self) -> None:
        """Of every sort one that has not been opened."""
        with transaction():
            own = self._viewer(HOST).person_id
            about = {"name": "Ilse Brandvold", "practice": "district nurse"}
            address, other = f"{HOST}@example.org", "bronagh@example.org"
            letters = {
                SIGN_UP: (None, "ilse@example.org"), RESET: (own, address), VERIFY: (own, address),
                NEW_ADDRESS: (own, other), UNDO: (own, other),
            }  # fmt: skip
            for purpose, (person_id, to) in letters.items():
                self._place.tokens[purpose] = issue_ticket(
                    purpose, person_id=person_id, address=to, now=self._now, about=about if person_id is None else None
                )

    def _find_probe(self) -> None:
        """One of the newcomer's that is still open."""
        asked = select(Probe.reply_id).join(Reply, Reply.id == Probe.reply_id)
        with reading() as s:
            open_one = s.scalar(
                asked.where(Probe.state == OPEN, Reply.author_id == self._people[NEWCOMER]).order_by(
                    Reply.said_at.desc()
                )
            )
        self._place.replies["probe"] = f"/p/{spell(open_one or 0)}"

    def _sign_in(self) -> None:
        """Everybody who looks at a page, without the form: how often it may be sent is limited."""
        looking = {MODERATOR, PRACTITIONER, NEWCOMER, ADMINISTRATOR, HOST, IN_TWO, *self._place.handles.values()}
        people = {handle: self._people[handle] for handle in looking} | {REMOVED: self._guests["removed"]}
        for handle, person_id in people.items():
            with transaction():
                self._place.sessions[handle] = start_session(person_id=person_id, stays=True, now=self._now)

    def _viewer(self, handle: str) -> Viewer:
        """In a transaction or a read: somebody with the rights that they have now."""
        return load_person_as_viewer(self._people[handle])

    def _thread(self, actor: Viewer, name: str) -> Thread:
        thread_id = ids.read(self._place.threads[name].split("/")[2])
        return get_thread(actor, thread_id, locked=True)
