"""Bringing a case, changing it, choosing, reading on, thinking again, and saying what came of it."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta

from cop.accounts.viewer import Viewer
from cop.cases.choices import Choice
from cop.cases.cutting import cut_from, lay_forks
from cop.cases.events import ChoiceCommitted, ForkSkipped, OutcomeAsked, OutcomeTold, SecondThoughtWritten
from cop.cases.models import CaseOutcome, Commitment, CommitmentCue, SecondThought
from cop.cases.permissions import can_commit, can_read_on, can_revise_case, can_tell_outcome, can_think_again
from cop.cases.queries import (
    ForkLine,
    Way,
    find_commitment,
    find_way,
    get_fork,
    get_outcome_row,
    get_passed_fork,
    has_begun,
    list_cues_up_to,
    list_due_outcomes,
)
from cop.cases.texts import CaseText
from cop.communities.models import Community
from cop.communities.places.queries import as_of_now_inside
from cop.discussions.events import ThreadRevised, ThreadTold
from cop.discussions.models import Thread
from cop.discussions.operations import add_thread, replace_fields, set_topics
from cop.discussions.permissions import can_tell
from cop.discussions.revisions.operations import keep_thread_as_it_stands
from cop.discussions.seals.operations import open_seal
from cop.platform.database import session
from cop.platform.errors import Conflict
from cop.platform.events import publish
from cop.platform.markup import Rendered
from cop.platform.outbox import Payload
from cop.platform.words import gettext as _

OUTCOME_ASKED_AFTER = (timedelta(days=14), timedelta(days=90))


def tell_case(
    *,
    actor: Viewer,
    community: Community,
    case: CaseText,
    now: datetime,
    topics: Collection[str] = (),
    story_id: int | None = None,
) -> Thread:
    """Bring a case under one's own name; without an outcome it is a live one, and one is asked for it later.

    Args:
        topics: as in telling a story.
        story_id: the story of one's own from which it was cut.

    Raises:
        NotVisible: that story is not one's own, or not of this community.
    """
    actor = as_of_now_inside(actor, community.id)
    can_tell(actor, community.id, now).enforce()
    thread = add_thread(community, case.story, kind="case", teller_id=actor.person_id, told_at=now)
    set_topics(thread, topics)
    session().add(CaseOutcome(thread_id=thread.id, asked=0, source="", html="", renderer=0))
    _set_outcome(thread, case.outcome, now)
    lay_forks(thread, case.forks, teller_id=actor.person_id, now=now)
    publish(
        ThreadTold(
            thread_id=thread.id,
            community_id=community.id,
            teller_id=actor.person_id,
            voice=actor.voice_in(community.id),
            at=now,
        )
    )
    if story_id is not None:
        cut_from(actor=actor, thread=thread, story_id=story_id, now=now)
    return thread


def revise_case(
    *, actor: Viewer, thread: Thread, case: CaseText, seen_revision: int, now: datetime, topics: Collection[str]
) -> None:
    """Change all of it, as long as nobody has chosen or read on.

    Raises:
        Conflict: it was changed since `seen_revision` was shown, or somebody has chosen since.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    can_revise_case(actor, thread, now).enforce()
    if has_begun(thread.id):
        raise Conflict(_("Somebody has chosen by now, and the text stands as they read it."))
    _begin_revision(actor, thread, seen_revision, now)
    thread.title, thread.hook, thread.words = case.story.title, case.story.hook, case.story.words
    replace_fields(thread.id, case.story)
    set_topics(thread, topics)
    _set_outcome(thread, case.outcome, now)
    lay_forks(thread, case.forks, teller_id=actor.person_id, now=now)
    _end_revision(thread, now)


def rename_case(
    *, actor: Viewer, thread: Thread, title: str, hook: str, seen_revision: int, now: datetime, topics: Collection[str]
) -> None:
    """Change the title, the line under it and the topics, which nobody's choice rests on.

    Raises:
        Conflict: it was changed since `seen_revision` was shown.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    can_revise_case(actor, thread, now).enforce()
    _begin_revision(actor, thread, seen_revision, now)
    thread.title, thread.hook = title, hook or thread.hook
    set_topics(thread, topics)
    _end_revision(thread, now)


def commit_choice(*, actor: Viewer, thread: Thread, place: int, choice: Choice, now: datetime) -> Commitment:
    """Choose at the fork before which one stands. It opens what lies behind, and is never changed.

    Raises:
        NotVisible: the fork lies further on, or is none.
        Conflict: one has chosen there already, or read on.
        Unsound: it is no order of what there is to choose from.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    can_commit(actor, thread, now).enforce()
    way, fork = _stand_before(actor, thread, place)
    ranks = choice.ranks_among(len(fork.options))
    commitment = Commitment(
        fork_id=fork.id,
        person_id=actor.person_id,
        role=actor.places[thread.community_id].role,
        ranks=json.dumps(ranks),
        first=ranks.index(min(ranks)) + 1,
        confidence=choice.draft.confidence,
        source=choice.rationale.source,
        html=choice.rationale.html,
        renderer=choice.rationale.renderer,
        at=now,
    )
    session().add(commitment)
    session().flush()
    _add_cues(commitment, choice, thread, way)
    _open(actor, thread, fork, "committed", now)
    publish(
        ChoiceCommitted(
            commitment_id=commitment.id,
            fork_id=fork.id,
            thread_id=thread.id,
            community_id=thread.community_id,
            person_id=actor.person_id,
            role=commitment.role,
            at=now,
        )
    )
    return commitment


def read_on(*, actor: Viewer, thread: Thread, place: int, now: datetime) -> None:
    """Read what lies behind a fork without choosing there; recorded as that.

    Raises:
        NotVisible: the fork lies further on, or is none.
        Conflict: one has chosen there already, or read on.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    can_read_on(actor, thread).enforce()
    _way, fork = _stand_before(actor, thread, place)
    _open(actor, thread, fork, "skipped", now)
    publish(
        ForkSkipped(
            fork_id=fork.id,
            thread_id=thread.id,
            community_id=thread.community_id,
            person_id=actor.person_id,
            at=now,
        )
    )


def think_again(*, actor: Viewer, thread: Thread, place: int, text: Rendered, now: datetime) -> None:
    """Write down what changed one's mind; a later second thought takes the place of an earlier one.

    Raises:
        NotVisible: one has not passed that fork.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    fork = get_passed_fork(thread.id, place, find_way(actor, thread.id))
    chosen = find_commitment(actor.person_id, fork.id)
    can_think_again(actor, thread, now, has_chosen=chosen is not None).enforce()
    if chosen is None:
        return
    thought = session().get(SecondThought, chosen.id) or SecondThought(commitment_id=chosen.id)
    thought.source, thought.html, thought.renderer, thought.at = text.source, text.html, text.renderer, now
    session().add(thought)
    session().flush()
    publish(
        SecondThoughtWritten(
            commitment_id=chosen.id,
            fork_id=fork.id,
            thread_id=thread.id,
            community_id=thread.community_id,
            person_id=actor.person_id,
            at=now,
        )
    )


def tell_outcome(*, actor: Viewer, thread: Thread, text: Rendered, now: datetime) -> None:
    """Say what came of a live case. It stands from then on; what came later is said below it."""
    actor = as_of_now_inside(actor, thread.community_id)
    row = get_outcome_row(thread.id)
    can_tell_outcome(actor, thread, now, is_known=row.told_at is not None).enforce()
    _set_outcome(thread, text, now)
    publish(OutcomeTold(thread_id=thread.id, community_id=thread.community_id, at=now))


def ask_for_outcomes(_payloads: Collection[Payload], now: datetime) -> None:
    """Ask the tellers of live cases what came of them: after fourteen days and, if nothing was said, after ninety."""
    for thread, outcome in list_due_outcomes(now):
        outcome.asked += 1
        first, last = OUTCOME_ASKED_AFTER
        thread.outcome_due_at = max(thread.told_at + last, now + first)
        session().flush()
        teller_id, community_id = thread.teller_id or 0, thread.community_id
        publish(OutcomeAsked(thread_id=thread.id, community_id=community_id, teller_id=teller_id, at=now))


def require_stand_before(viewer: Viewer, thread: Thread, place: int, now: datetime) -> None:
    """That one may choose at this fork and has neither chosen there nor read on; raises as `commit_choice` does."""
    can_commit(viewer, thread, now).enforce()
    _stand_before(viewer, thread, place)


def _stand_before(actor: Viewer, thread: Thread, place: int) -> tuple[Way, ForkLine]:
    way = find_way(actor, thread.id)
    fork = get_fork(thread.id, place, way)
    if fork.id in way.opened:
        raise Conflict(_("You have been past this decision already. What you chose there stands as it was."))
    return way, fork


def _open(actor: Viewer, thread: Thread, fork: ForkLine, how: str, now: datetime) -> None:
    open_seal(seal_id=fork.id, thread_id=thread.id, place=fork.place, person_id=actor.person_id, how=how, now=now)


def _add_cues(commitment: Commitment, choice: Choice, thread: Thread, way: Way) -> None:
    """What swayed them, as far as it shows by then."""
    shown = {cue.id for cue in list_cues_up_to(thread.id, way.next_place)}
    for cue_id in shown.intersection(choice.draft.cue_ids):
        session().add(CommitmentCue(commitment_id=commitment.id, cue_id=cue_id))
    session().flush()


def _set_outcome(thread: Thread, outcome: Rendered | None, now: datetime) -> None:
    session().flush()
    row = get_outcome_row(thread.id)
    if outcome is None:
        row.source, row.html, row.renderer, row.told_at = "", "", 0, None
        thread.outcome_due_at = thread.outcome_due_at or thread.told_at + OUTCOME_ASKED_AFTER[0]
    else:
        row.source, row.html, row.renderer, row.told_at = outcome.source, outcome.html, outcome.renderer, now
        thread.outcome_due_at = None
    session().flush()


def _begin_revision(actor: Viewer, thread: Thread, seen_revision: int, now: datetime) -> None:
    if thread.revision != seen_revision:
        raise Conflict(_("This has been changed since you opened it. What stands now is above, yours is below."))
    keep_thread_as_it_stands(thread=thread, by_id=actor.person_id, now=now)


def _end_revision(thread: Thread, now: datetime) -> None:
    thread.revision, thread.revised_at = thread.revision + 1, now
    session().flush()
    publish(ThreadRevised(thread_id=thread.id, community_id=thread.community_id, at=now))
