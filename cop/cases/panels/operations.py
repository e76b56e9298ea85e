"""Asking a panel how they picked, and answering as one of it. Whoever has passed the decision reads both."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.cases.panels.queries import find_asking, has_answered, list_panel_places
from cop.cases.permissions import can_answer_for_panel, can_ask_panel
from cop.communities.places.queries import as_of_now_inside
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import publish_panel_answer
from cop.discussions.probes.boxes import decision_in
from cop.discussions.probes.operations import ask_panel_at
from cop.discussions.probes.queries import get_probe
from cop.discussions.replies import ReplyText
from cop.platform.errors import NotVisible


def ask_panel(*, actor: Viewer, thread: Thread, place: int, text: ReplyText, now: datetime) -> Reply | None:
    """Ask the panel of a decision that one has passed; None where the question waits for its turn.

    Raises:
        NotVisible: one has not passed that decision.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    asking = find_asking(actor, thread, place)
    can_ask_panel(
        actor,
        thread,
        now,
        has_chosen=asking.has_chosen,
        is_open=asking.is_open,
        stands_alone=asking.stands_alone,
        has_asked=asking.has_asked,
    ).enforce()
    return ask_panel_at(actor=actor, thread=thread, place=place, text=text, now=now)


def answer_for_panel(*, actor: Viewer, thread: Thread, answered: Reply, text: ReplyText, now: datetime) -> Reply:
    """Say, as one of the panel, how one picked.

    Raises:
        NotVisible: it is no question to a panel.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    place = decision_in(get_probe(answered.id).box)
    if not place:
        raise NotVisible
    can_answer_for_panel(
        actor,
        thread,
        answered,
        now,
        is_panellist=place in list_panel_places(actor, thread),
        has_answered=answered.id in has_answered(actor, [answered.id]),
    ).enforce()
    return publish_panel_answer(actor=actor, thread=thread, answered=answered, text=text, now=now)
