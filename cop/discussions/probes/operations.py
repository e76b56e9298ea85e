"""Asking the teller, answering in their stead, declining, and wondering the same.

Every one of these holds the thread's row, so that no more questions stand open than may, and each that waits is asked
in its turn as soon as one of those is answered, declined or withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import NoResultFound

from cop.accounts.viewer import Viewer
from cop.communities.places.queries import as_of_now_inside
from cop.communities.queries import find_place, load_person_as_viewer
from cop.discussions.drafts.operations import Target, set_beside
from cop.discussions.events import (
    ProbeDeclined,
    ProbeOpened,
    ProbeQueued,
    ProbeRemoved,
    ProbeReopened,
    ProbeWondered,
    ReplyRestored,
    ReplyWithdrawn,
    WaitingProbeWithdrawn,
    WonderWithdrawn,
)
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import publish_probe, publish_reply, recount_replies
from cop.discussions.permissions import can_reply
from cop.discussions.probes.boxes import decision_box, decision_in
from cop.discussions.probes.models import (
    DECLINED,
    LONGEST_REASON,
    OPEN,
    Probe,
    ProbeCase,
    ProbeRemoval,
    ProbeWonder,
    WaitingProbe,
)
from cop.discussions.probes.permissions import (
    can_add_case,
    can_bring_back,
    can_decline,
    can_give_back,
    can_probe,
    can_remove_probe,
    can_reopen,
    can_wait,
    can_wonder,
)
from cop.discussions.probes.queries import (
    count_places,
    count_wondered,
    find_removal,
    get_probe,
    list_open_askers,
    list_turns,
    read_boxes,
)
from cop.discussions.probes.spans import tidy_quote
from cop.discussions.probes.texts import ProbeText
from cop.discussions.probes.turns import MOST_WAITING, has_place, next_turn
from cop.discussions.replies import ReplyText
from cop.discussions.seals.queries import get_seal_at
from cop.platform.characters import says_something
from cop.platform.database import session
from cop.platform.errors import Unsound
from cop.platform.events import publish
from cop.platform.ids import new_id
from cop.platform.markup import Rendered
from cop.platform.words import gettext as _


def ask_probe(*, actor: Viewer, thread: Thread, asked: ProbeText, now: datetime) -> Reply | None:
    """Ask the teller; the reply that holds the question, or None where it waits for its turn."""
    actor = as_of_now_inside(actor, thread.community_id)
    can_probe(actor, thread, now, is_teller_here=is_teller_here(thread)).enforce()
    return _ask_in_turn(actor, thread, replace(asked, box="") if decision_in(asked.box) else asked, now)


def ask_panel_at(*, actor: Viewer, thread: Thread, place: int, text: ReplyText, now: datetime) -> Reply | None:
    """Ask those who chose at a decision how they picked; only `cases.panels` calls this, and has found who may."""
    can_reply(actor, thread, now).enforce()
    return _ask_in_turn(actor, thread, ProbeText("basis", text, box=decision_box(place)), now)


def withdraw_waiting(*, actor: Viewer, thread: Thread, waiting: WaitingProbe, now: datetime) -> None:
    """Take back what was not asked yet; its words are among one's drafts again."""
    actor = as_of_now_inside(actor, thread.community_id)
    fields = (("type", waiting.type), ("body", waiting.source), ("quote", waiting.quote), ("box", waiting.box))
    target = Target("probe", thread.community_id, thread.id)
    set_beside(actor=actor, target=target, fields=fields, now=now)
    session().delete(waiting)
    session().flush()
    publish(
        WaitingProbeWithdrawn(thread_id=thread.id, community_id=thread.community_id, asker_id=actor.person_id, at=now)
    )


def decline_probe(*, actor: Viewer, thread: Thread, asked: Reply, now: datetime) -> None:
    """Leave a question unanswered, for no reason that anybody is told."""
    actor = as_of_now_inside(actor, thread.community_id)
    probe = get_probe(asked.id)
    can_decline(actor, thread, probe.state, now).enforce()
    settle(probe, DECLINED, by_id=actor.person_id, now=now)
    publish(ProbeDeclined(reply_id=asked.id, thread_id=thread.id, community_id=thread.community_id, at=now))
    open_next(thread=thread, now=now)


def reopen_probe(*, actor: Viewer, thread: Thread, asked: Reply, now: datetime) -> None:
    """Take a declining back."""
    actor = as_of_now_inside(actor, thread.community_id)
    probe = get_probe(asked.id)
    open_askers = list_open_askers(thread.id)
    can_reopen(actor, thread, probe.state, asked.author_id, open_askers, now).enforce()
    settle(probe, OPEN, by_id=None, now=None)
    publish(ProbeReopened(reply_id=asked.id, thread_id=thread.id, community_id=thread.community_id, at=now))


def wonder_too(*, actor: Viewer, thread: Thread, asked: Reply, now: datetime) -> None:
    """Say that one wondered the same. Doing so twice is no error."""
    actor = as_of_now_inside(actor, thread.community_id)
    can_wonder(actor, thread, asked.author_id, get_probe(asked.id).state, now).enforce()
    if session().get(ProbeWonder, (asked.id, actor.person_id)) is not None:
        return
    session().add(ProbeWonder(probe_id=asked.id, person_id=actor.person_id, at=now))
    session().flush()
    publish(
        ProbeWondered(
            reply_id=asked.id,
            thread_id=thread.id,
            community_id=thread.community_id,
            person_id=actor.person_id,
            number=count_wondered(asked.id),
            at=now,
        )
    )


def stop_wondering(*, actor: Viewer, thread: Thread, asked: Reply, now: datetime) -> None:
    """Take that back; whoever said it may, whatever they are here by now. Doing so twice is no error."""
    actor = as_of_now_inside(actor, thread.community_id)
    own = session().get(ProbeWonder, (asked.id, actor.person_id))
    if own is None:
        return
    session().delete(own)
    session().flush()
    publish(
        WonderWithdrawn(
            reply_id=asked.id,
            thread_id=thread.id,
            community_id=thread.community_id,
            person_id=actor.person_id,
            at=now,
        )
    )


def add_case(*, actor: Viewer, thread: Thread, asked: Reply, text: ReplyText, now: datetime) -> Reply:
    """Say how it was in one's own case: a reply like any other, which leads to the question."""
    actor = as_of_now_inside(actor, thread.community_id)
    can_add_case(actor, thread, asked, get_probe(asked.id).state, now).enforce()
    reply = publish_reply(actor=actor, thread=thread, text=text, now=now)
    session().add(ProbeCase(reply_id=reply.id, probe_id=asked.id))
    session().flush()
    return reply


def faults_of_removal(reason: str) -> dict[str, str]:
    """What keeps a reason from being stored."""
    if not says_something(reason):
        return {"reason": _("Say why in a line. Whoever asked it reads it.")}
    if len(reason) > LONGEST_REASON:
        length = len(reason)
        return {"reason": _("This is %(length)s characters; %(most)s is the most.", length=length, most=LONGEST_REASON)}
    return {}


def remove_probe(*, actor: Viewer, thread: Thread, asked: Reply, reason: str, now: datetime) -> None:
    """Take a question away that harms; whoever asked it is told why, and its place is another's.

    Raises:
        Unsound: there is no reason, or one that is longer than fits.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    probe = get_probe(asked.id)
    can_remove_probe(actor, thread, asked).enforce()
    if faults := faults_of_removal(reason):
        raise Unsound(faults)
    session().add(ProbeRemoval(reply_id=probe.reply_id, by_id=actor.person_id, reason=reason, at=now))
    asked.withdrawn_at, asked.withdrawn_by_id = now, actor.person_id
    session().flush()
    recount_replies(thread_id=thread.id)
    here = {"reply_id": asked.id, "thread_id": thread.id, "community_id": thread.community_id}
    publish(ReplyWithdrawn(**here, author_id=asked.author_id or actor.person_id, at=now))
    publish(ProbeRemoved(**here, at=now))


def give_back_probe(*, actor: Viewer, thread: Thread, asked: Reply, now: datetime) -> None:
    """Undo that, if others have not taken its place meanwhile."""
    actor = as_of_now_inside(actor, thread.community_id)
    probe, removal = get_probe(asked.id), find_removal(asked.id)
    can_give_back(actor, thread, is_removed=removal is not None).enforce()
    if probe.settled_at is None:
        can_bring_back(asked.author_id, list_open_askers(thread.id)).enforce()
    session().delete(removal)
    asked.withdrawn_at = asked.withdrawn_by_id = None
    session().flush()
    recount_replies(thread_id=thread.id)
    author_id = asked.author_id or actor.person_id
    publish(
        ReplyRestored(
            reply_id=asked.id, thread_id=thread.id, community_id=thread.community_id, author_id=author_id, at=now
        )
    )


def open_next(*, thread: Thread, now: datetime) -> None:
    """Ask what waits, in turn, as long as there is a place; who may not ask now is passed over and keeps their turn."""
    passed_over: set[int] = set()
    turns = list_turns(thread.id)
    while (turn := next_turn(list_open_askers(thread.id), turns, passed_over)) is not None:
        waiting = session().get_one(WaitingProbe, turn)
        if asker := _may_ask(waiting, thread, now):
            asked = ProbeText(waiting.type, _text_of(waiting), waiting.quote, waiting.box)
            session().delete(waiting)
            session().flush()
            _open(asker, thread, asked, now)
            turns = [other for other in turns if other[0] != turn]
        else:
            passed_over.add(turn)


def settle(probe: Probe, state: str, *, by_id: int | None, now: datetime | None) -> None:
    """Write what became of a probe, with who and when."""
    probe.state, probe.settled_by_id, probe.settled_at = state, by_id, now
    session().flush()


def look_for_span(probe: Probe, boxes: Mapping[str, str], *, now: datetime) -> None:
    """Note where the quoted words stand, or since when they do not any more.

    Args:
        boxes: what is read in each box.
    """
    wanted = tidy_quote(probe.quote)
    stands = next((name for name in (probe.box, *boxes) if wanted in boxes.get(name, "")), None)
    probe.box = stands or probe.box
    probe.gone_at = None if stands else probe.gone_at or now


def forget_own(*, person_id: int) -> None:
    """Somebody closes their account: what they have not asked yet is not asked, and nobody counts their wondering."""
    session().execute(delete(WaitingProbe).where(WaitingProbe.asker_id == person_id))
    session().execute(delete(ProbeWonder).where(ProbeWonder.person_id == person_id))


def is_teller_here(thread: Thread) -> bool:
    """Whether whoever told it is still in the community, and so can be asked."""
    return thread.teller_id is not None and find_place(thread.community_id, thread.teller_id) is not None


def _ask_in_turn(actor: Viewer, thread: Thread, asked: ProbeText, now: datetime) -> Reply | None:
    """At once if there is a place, else behind what waits."""
    if has_place(list_open_askers(thread.id), actor.person_id):
        return _open(actor, thread, asked, now)
    can_wait(actor, list_turns(thread.id), most=MOST_WAITING).enforce()
    _let_wait(actor, thread, asked, now)
    return None


def _open(actor: Viewer, thread: Thread, asked: ProbeText, now: datetime) -> Reply:
    place = decision_in(asked.box)
    seal_id = get_seal_at(actor, thread.id, place) if place else None
    reply = publish_probe(actor=actor, thread=thread, text=asked.text, now=now, seal_id=seal_id)
    probe = Probe(reply_id=reply.id, thread_id=thread.id, type=asked.type, state=OPEN, box=asked.box, quote=asked.quote)
    if asked.quote:  # while it waited, or was being written, the teller may have changed the words
        look_for_span(probe, read_boxes(thread.id), now=now)
    session().add(probe)
    session().flush()
    publish(
        ProbeOpened(
            reply_id=reply.id,
            thread_id=thread.id,
            community_id=thread.community_id,
            asker_id=actor.person_id,
            teller_id=thread.teller_id or 0,
            at=now,
        )
    )
    return reply


def _let_wait(actor: Viewer, thread: Thread, asked: ProbeText, now: datetime) -> None:
    waiting = WaitingProbe(
        id=new_id(),
        thread_id=thread.id,
        asker_id=actor.person_id,
        type=asked.type,
        box=asked.box,
        quote=asked.quote,
        source=asked.text.body.source,
        html=asked.text.body.html,
        renderer=asked.text.body.renderer,
        asked_at=now,
        place=count_places(thread.id),
    )
    session().add(waiting)
    session().flush()
    publish(ProbeQueued(thread_id=thread.id, community_id=thread.community_id, asker_id=actor.person_id, at=now))


def _may_ask(waiting: WaitingProbe, thread: Thread, now: datetime) -> Viewer | None:
    """Whoever asked, as they are now, if they may ask now."""
    try:
        asker = load_person_as_viewer(waiting.asker_id)
    except NoResultFound:  # suspended: their turn comes when they are back
        return None
    return asker if can_reply(asker, thread, now) else None


def _text_of(waiting: WaitingProbe) -> ReplyText:
    return ReplyText(Rendered(waiting.source, waiting.html, waiting.renderer))
