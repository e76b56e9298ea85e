"""The cast: people with characters, the communities they are in, and the noise that always stands beside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import update

from cop.accounts.operations import Practice, sign_up
from cop.accounts.passwords import hash_password
from cop.accounts.viewer import VISITOR, Viewer
from cop.communities.models import Community, Membership
from cop.communities.operations import admit, found_community
from cop.communities.queries import load_person_as_viewer
from cop.communities.topics import operations as topics
from cop.communities.vouches.operations import vouch_for
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import ask_question, publish_reply, tell_story
from cop.discussions.replies import ReplyDraft, render_reply
from cop.discussions.stories import StoryDraft, render_story
from cop.endorsements.operations import give_verdict
from cop.platform.database import db, session, transaction

PASSWORD = "a long walk home"
SITUATION = (
    "Second night in a row on the same bay. The ventilator had alarmed twice before midnight and settled each time "
    "before I got there, and the chart looked as tidy as it ever does when somebody has been writing it in blocks. "
    "I had two patients, one of them asleep, and a student who wanted to see how a handover is really done here. "
    "What follows took about a quarter of an hour and nobody outside the bay noticed any of it."
)


@dataclass(frozen=True)
class Cast:
    """Ids of everybody and everything the tests speak of.

    joanne   moderates Bedside ICU: patient, exact, and quick with a vouch when she has seen the work
    maren    a practitioner there; tells more than she asks
    tomasz   a practitioner there; asks more than he tells
    caro     a newcomer there, month three: reads everything, counts for nothing yet
    otto     has an account and is in no community
    piet     practises in the members-only Night Shift and moderates the secret Inner Room
    bea      moderates Organ Builders, which has nothing to do with any of this: the noise
    """

    joanne: int
    maren: int
    tomasz: int
    caro: int
    otto: int
    piet: int
    bea: int
    bedside: int
    night_shift: int
    inner_room: int
    organs: int
    noise_thread: int
    night_thread: int
    secret_thread: int
    canaries: Mapping[str, str]

    def viewer(self, name: str) -> Viewer:
        """Somebody of the cast as they are now; `nobody` is the visitor."""
        if name == "nobody":
            return VISITOR
        db.session.remove()
        viewer = load_person_as_viewer(getattr(self, name))
        db.session.remove()
        return viewer


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)


def add_person(name: str, now: datetime, *, practice: str = "", since: int | None = None, setting: str = "") -> int:
    """Sign somebody up; their address is their first name at example.org. Opens its own transaction."""
    with transaction():
        return sign_up(
            name=name,
            email=f"{name.split()[0].lower()}@example.org",
            password_hash=_password_hash(),
            practice=Practice(practice, since, setting),
            now=now,
        )


def add_community(name: str, slug: str, moderator_id: int, now: datetime, *, visibility: str = "public") -> int:
    with transaction():
        community = found_community(
            name=name, slug=slug, practice=f"What is done in {name}.", now=now, moderator_id=moderator_id
        )
        if visibility != "public":
            session().execute(update(Community).where(Community.id == community.id).values(visibility=visibility))
        return community.id


def add_member(
    person_id: int,
    community_id: int,
    now: datetime,
    *,
    vouched_by: int | None = None,
    line: str = "I have seen the work.",
) -> None:
    """Come in, and be vouched for where a moderator is named; works for private communities too."""
    with transaction():
        admit(community_id=community_id, person_id=person_id, now=now)
    if vouched_by is not None:
        with transaction():
            community = session().get_one(Community, community_id)
            voucher = load_person_as_viewer(vouched_by)
            vouch_for(actor=voucher, community=community, person_id=person_id, line=line, now=now)


def add_topic(moderator_id: int, community_id: int, name: str, now: datetime) -> None:
    with transaction():
        community = session().get_one(Community, community_id)
        topics.add_topic(actor=load_person_as_viewer(moderator_id), community=community, name=name, now=now)


def add_story(
    teller_id: int,
    community_id: int,
    now: datetime,
    *,
    title: str = "A tidy chart",
    situation: str = SITUATION,
    about: Collection[str] = (),
    **fields: str,
) -> int:
    """Tell a story as the form does; its id.

    Args:
        about: slugs of topics.
    """
    draft = StoryDraft(title=title, fields={"situation": situation, **fields})
    story = render_story(draft, now=now)
    with transaction():
        community = session().get_one(Community, community_id)
        teller = load_person_as_viewer(teller_id)
        return tell_story(actor=teller, community=community, story=story, topics=about, now=now).id


def ask_a_question(
    asker_id: int, community_id: int, now: datetime, *, title: str = "How do you tell?", situation: str = "It hisses."
) -> int:
    """Ask as the form does; its id."""
    question = render_story(StoryDraft(title=title, fields={"situation": situation}), now=now)
    with transaction():
        community = session().get_one(Community, community_id)
        actor = load_person_as_viewer(asker_id)
        return ask_question(actor=actor, community=community, question=question, now=now).id


def add_reply(author_id: int, thread_id: int, now: datetime, *, body: str = "The same here, on another ward.") -> int:
    text = render_reply(ReplyDraft(body))
    with transaction():
        thread = session().get_one(Thread, thread_id)
        return publish_reply(actor=load_person_as_viewer(author_id), thread=thread, text=text, now=now).id


def add_verdict(
    person_id: int,
    thread_id: int,
    kind: str,
    now: datetime,
    *,
    body: str = "It went as told, though later in the night than here.",
) -> Reply | None:
    """Give a verdict as the forms do; the reply that came with it, if one had to."""
    text = None if kind == "seen" else render_reply(ReplyDraft(body, setting="Another ward, by night"))
    with transaction():
        thread = session().get_one(Thread, thread_id)
        return give_verdict(actor=load_person_as_viewer(person_id), thread=thread, kind=kind, text=text, now=now)


def silence(person_id: int, community_id: int, until: datetime) -> None:
    """What a moderator's sanction will write."""
    with transaction() as s:
        s.execute(
            update(Membership)
            .where(Membership.person_id == person_id, Membership.community_id == community_id)
            .values(silenced_until=until)
        )


def assemble(now: datetime) -> Cast:
    """Bring everybody on stage, a year before `now`."""
    then = now - timedelta(days=365)
    joanne = add_person("Joanne Pell", then, practice="ICU charge nurse", since=2004, setting="Mixed ICU")
    maren = add_person("Maren Oduya", then, practice="ICU nurse", since=2012, setting="Surgical unit, 18 beds")
    tomasz = add_person("Tomasz Wieczorek", then, practice="ICU nurse", since=2008, setting="Vascular ICU")
    caro = add_person("Caro Mbeki", then, practice="newly qualified", since=2026)
    otto = add_person("Otto Lindgren", then)
    piet = add_person("Piet van Dam", then, practice="night porter")
    bea = add_person("Bea Lindqvist", then, practice="organ builder", since=1999)
    bedside = add_community("Bedside ICU", "bedside-icu", joanne, then)
    night_shift = add_community("Night Shift Pzqlmn", "night-shift-pzqlmn", piet, then, visibility="members")
    inner_room = add_community("Inner Room Wvxyqj", "inner-room-wvxyqj", piet, then, visibility="secret")
    organs = add_community("Organ Builders", "organ-builders", bea, then)
    add_member(maren, bedside, then, vouched_by=joanne)
    add_member(tomasz, bedside, then, vouched_by=joanne)
    add_member(caro, bedside, then)
    canaries = {"members": "cnryqmbrsvjkw", "secret": "cnryzscrtplhx"}
    noise = add_story(bea, organs, then, title="The wind came back at noon")
    night = add_story(
        piet, night_shift, then, title=f"Told by night {canaries['members']}", noticed=canaries["members"]
    )
    secret = add_story(piet, inner_room, then, title=f"Told inside {canaries['secret']}", noticed=canaries["secret"])
    add_reply(bea, noise, then, body="The blower again.")
    add_reply(piet, night, then, body=f"And once more {canaries['members']}.")
    db.session.remove()
    return Cast(
        joanne,
        maren,
        tomasz,
        caro,
        otto,
        piet,
        bea,
        bedside,
        night_shift,
        inner_room,
        organs,
        noise,
        night,
        secret,
        canaries,
    )
