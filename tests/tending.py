"""What tests do about how a thread stands, as the forms do it."""

from __future__ import annotations

from datetime import datetime, timedelta

from cop.communities.members.queries import get_member
from cop.communities.queries import load_person_as_viewer
from cop.discussions.endings import operations as endings
from cop.discussions.keepers import operations as keepers
from cop.discussions.models import Thread
from cop.discussions.replies import ReplyDraft, render_reply
from cop.endorsements.check_ins import operations as check_ins
from cop.endorsements.conditions import operations as conditions
from cop.endorsements.conditions.models import Condition
from cop.endorsements.intentions import operations as intentions
from cop.platform.database import session, transaction
from cop.ranking.care.queries import find_due
from tests.cast import Cast, add_member, add_person, add_story, add_verdict

LONG_AGO = timedelta(days=300)  # longer than a story that ages over months is good for


def _thread(thread_id: int) -> Thread:
    return session().get_one(Thread, thread_id)


def add_due_story(cast: Cast, now: datetime, *, title: str = "A tidy chart") -> int:
    """Maren told it long ago and Tomasz used it then: by now it is time to ask."""
    story = add_story(cast.maren, cast.bedside, now - LONG_AGO, title=title)
    add_verdict(cast.tomasz, story, "held", now - LONG_AGO + timedelta(days=2))
    return story


def add_contested_story(cast: Cast, now: datetime, *, title: str = "A tidy chart") -> int:
    """Maren told it; Tomasz and Joanne would do otherwise."""
    story = add_story(cast.maren, cast.bedside, now - timedelta(days=30), title=title)
    add_verdict(cast.tomasz, story, "otherwise", now - timedelta(days=20), body=f"I would wait. {'So often so. ' * 4}")
    add_verdict(cast.joanne, story, "failed", now - timedelta(days=10), body="It was the tubing, and not the patient.")
    return story


def add_practitioner(cast: Cast, name: str, now: datetime) -> int:
    person = add_person(name, now - timedelta(days=365))
    add_member(person, cast.bedside, now - timedelta(days=365), vouched_by=cast.joanne)
    return person


def answer(person_id: int, thread_id: int, said: str, now: datetime, *, why: str = "") -> None:
    text = render_reply(ReplyDraft(why)) if why else None
    with transaction():
        due_at = find_due(thread_id, now=now)
        check_ins.answer_check_in(
            actor=load_person_as_viewer(person_id), thread=_thread(thread_id), answer=said, text=text, due_at=due_at,
            now=now,
        )  # fmt: skip


def take_answer_back(person_id: int, thread_id: int, now: datetime) -> None:
    with transaction():
        check_ins.take_back_check_in(actor=load_person_as_viewer(person_id), thread=_thread(thread_id), now=now)


def propose(
    person_id: int, thread_id: int, now: datetime, *, text: str = "The line is new", sort: str = "holds_when"
) -> int:
    with transaction():
        return conditions.propose_condition(
            actor=load_person_as_viewer(person_id), thread=_thread(thread_id), sort=sort, text=text, now=now
        ).id


def accept(person_id: int, thread_id: int, condition_id: int, now: datetime, *, leaves: bool = False) -> None:
    change = conditions.leave_condition if leaves else conditions.accept_condition
    with transaction() as s:
        condition = s.get_one(Condition, condition_id)
        change(actor=load_person_as_viewer(person_id), thread=_thread(thread_id), condition=condition, now=now)


def retire(person_id: int, thread_id: int, now: datetime, *, reason: str = "The pump is not made any more.") -> None:
    with transaction():
        endings.retire_thread(actor=load_person_as_viewer(person_id), thread=_thread(thread_id), reason=reason, now=now)


def supersede(person_id: int, thread_id: int, successor_id: int, now: datetime, *, reason: str = "") -> bool:
    with transaction():
        return endings.supersede_thread(
            actor=load_person_as_viewer(person_id), thread=_thread(thread_id), successor_id=successor_id,
            reason=reason, now=now,
        )  # fmt: skip


def agree(person_id: int, thread_id: int, now: datetime) -> None:
    with transaction():
        endings.agree_to_successor(actor=load_person_as_viewer(person_id), thread=_thread(thread_id), now=now)


def reopen(person_id: int, thread_id: int, now: datetime) -> None:
    with transaction():
        endings.reopen_thread(actor=load_person_as_viewer(person_id), thread=_thread(thread_id), now=now)


def ask_keeper(moderator_id: int, thread_id: int, handle: str, now: datetime) -> None:
    with transaction():
        thread = _thread(thread_id)
        member = get_member(thread.community_id, handle)
        keepers.ask_keeper(actor=load_person_as_viewer(moderator_id), thread=thread, member=member, now=now)


def keep(person_id: int, thread_id: int, now: datetime) -> None:
    with transaction():
        keepers.accept_keeping(actor=load_person_as_viewer(person_id), thread=_thread(thread_id), now=now)


def try_it(person_id: int, thread_id: int, now: datetime) -> None:
    with transaction():
        intentions.begin_trying(actor=load_person_as_viewer(person_id), thread=_thread(thread_id), now=now)
