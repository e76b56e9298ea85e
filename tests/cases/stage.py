"""A case to try things on: told through the operations, chosen in by people of the cast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cop.cases.choices import ChoiceDraft, render_choice
from cop.cases.operations import commit_choice, read_on, tell_case, think_again
from cop.cases.panels.operations import answer_for_panel, ask_panel
from cop.cases.texts import CaseDraft, ForkDraft, render_case
from cop.communities.models import Community
from cop.communities.queries import load_person_as_viewer
from cop.discussions.models import Reply, Thread
from cop.discussions.replies import ReplyDraft, render_reply
from cop.platform import markup
from cop.platform.database import session, transaction

OPTIONS = (("Wait ten minutes", "And look again"), ("Call the doctor", ""), ("Change the tubing", "It is cheap"))
CUES = "The alarm had settled twice.\nThe chart was tidy.\nHe would not look at me."


def add_case(
    teller_id: int,
    community_id: int,
    now: datetime,
    *,
    title: str = "The alarm that settled by itself",
    secret: str = "",
    forks: int = 2,
    outcome: str = "We changed the tubing",
    noticed: str = CUES,
) -> int:
    """Tell a case as the form does; its id. `secret` stands in everything that lies behind the first decision."""
    draft = CaseDraft(
        title=title,
        hook="",
        fields={"situation": "It was the second night on the same bay.", "noticed": noticed, "not_when": "- Alone."},
        forks=[
            ForkDraft(
                number=place,
                prompt=f"What now? {secret if place > 1 else ''}".strip(),
                options=[(f"{text} {secret if place > 1 else ''}".strip(), note) for text, note in OPTIONS],
                part=f"An hour later it began again. {secret}" if place > 1 else "",
                cues=[f"It was quieter {secret}"] if place > 1 else [],
            )
            for place in range(1, forks + 1)
        ],
        outcome=f"{outcome}. {secret}" if outcome else "",
        is_live=not outcome,
    )
    case = render_case(draft)
    with transaction():
        community = session().get_one(Community, community_id)
        return tell_case(actor=load_person_as_viewer(teller_id), community=community, case=case, now=now).id


def choose(
    person_id: int,
    thread_id: int,
    now: datetime,
    *,
    place: int = 1,
    first: int = 1,
    last: int = 3,
    why: str = "It settled twice before I got there.",
    order: Sequence[int] = (),
    cues: Sequence[int] = (),
) -> None:
    draft = ChoiceDraft(rationale=why, first=first, last=last, order=order, confidence=2, cue_ids=cues)
    choice = render_choice(draft)
    with transaction():
        thread = session().get_one(Thread, thread_id)
        commit_choice(actor=load_person_as_viewer(person_id), thread=thread, place=place, choice=choice, now=now)


def skip(person_id: int, thread_id: int, now: datetime, *, place: int = 1) -> None:
    with transaction():
        thread = session().get_one(Thread, thread_id)
        read_on(actor=load_person_as_viewer(person_id), thread=thread, place=place, now=now)


def think_twice(person_id: int, thread_id: int, now: datetime, text: str, *, place: int = 1) -> None:
    rendered = markup.render(text)
    with transaction():
        thread = session().get_one(Thread, thread_id)
        think_again(actor=load_person_as_viewer(person_id), thread=thread, place=place, text=rendered, now=now)


def ask(
    person_id: int, thread_id: int, now: datetime, *, place: int = 1, body: str = "How did you pick?"
) -> int | None:
    """Ask the panel; the id of the reply that holds the question, or None where it waits."""
    text = render_reply(ReplyDraft(body))
    with transaction():
        thread, asker = session().get_one(Thread, thread_id), load_person_as_viewer(person_id)
        reply = ask_panel(actor=asker, thread=thread, place=place, text=text, now=now)
        return reply.id if reply else None


def answer(person_id: int, probe_id: int, now: datetime, *, body: str = "By the second alarm.") -> int:
    """Answer as one of the panel."""
    text = render_reply(ReplyDraft(body))
    with transaction():
        asked = session().get_one(Reply, probe_id)
        thread, actor = session().get_one(Thread, asked.thread_id), load_person_as_viewer(person_id)
        return answer_for_panel(actor=actor, thread=thread, answered=asked, text=text, now=now).id
