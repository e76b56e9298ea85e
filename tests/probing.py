"""Probes as the forms ask them, for tests."""

from __future__ import annotations

from datetime import datetime

from cop.communities.queries import load_person_as_viewer
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import publish_answer
from cop.discussions.probes.operations import ask_probe, decline_probe, remove_probe, wonder_too
from cop.discussions.probes.texts import ProbeDraft, render_probe, settle_span
from cop.discussions.queries import list_fields
from cop.discussions.replies import ReplyDraft, render_reply
from cop.endorsements.insights.operations import say_it_helped
from cop.platform.database import reading, session, transaction


def add_probe(
    asker_id: int,
    thread_id: int,
    now: datetime,
    *,
    body: str = "What made you look there first?",
    kind: str = "cue",
    quote: str = "",
    box: str = "",
) -> int | None:
    """Ask; the id of the reply that holds the question, or None where it waits."""
    with reading():
        boxes = {field.name: field.html for field in list_fields(thread_id)}
    asked = render_probe(settle_span(ProbeDraft(kind, body, quote, box), boxes))
    with transaction():
        thread = session().get_one(Thread, thread_id)
        reply = ask_probe(actor=load_person_as_viewer(asker_id), thread=thread, asked=asked, now=now)
        return reply.id if reply else None


def answer(teller_id: int, probe_id: int, now: datetime, *, body: str = "The second hand.") -> int:
    text = render_reply(ReplyDraft(body))
    with transaction():
        asked = session().get_one(Reply, probe_id)
        thread = session().get_one(Thread, asked.thread_id)
        teller = load_person_as_viewer(teller_id)
        return publish_answer(actor=teller, thread=thread, answered=asked, text=text, now=now).id


def decline(teller_id: int, probe_id: int, now: datetime) -> None:
    with transaction():
        asked = session().get_one(Reply, probe_id)
        thread = session().get_one(Thread, asked.thread_id)
        decline_probe(actor=load_person_as_viewer(teller_id), thread=thread, asked=asked, now=now)


def wonder(person_id: int, probe_id: int, now: datetime) -> None:
    with transaction():
        asked = session().get_one(Reply, probe_id)
        thread = session().get_one(Thread, asked.thread_id)
        wonder_too(actor=load_person_as_viewer(person_id), thread=thread, asked=asked, now=now)


def be_helped(person_id: int, answer_id: int, now: datetime) -> None:
    with transaction():
        said = session().get_one(Reply, answer_id)
        thread = session().get_one(Thread, said.thread_id)
        say_it_helped(actor=load_person_as_viewer(person_id), thread=thread, said=said, now=now)


def remove(moderator_id: int, probe_id: int, now: datetime, *, reason: str = "It asks who the patient was.") -> None:
    with transaction():
        asked = session().get_one(Reply, probe_id)
        thread = session().get_one(Thread, asked.thread_id)
        remove_probe(actor=load_person_as_viewer(moderator_id), thread=thread, asked=asked, reason=reason, now=now)
