"""Telling, importing and revising stories; replying. Nothing here renders: text comes in rendered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, update

from cop.accounts.viewer import Viewer
from cop.communities.models import Community
from cop.communities.places.queries import as_of_now_inside
from cop.communities.topics.queries import list_topic_ids
from cop.discussions.events import ReplyPublished, ReplyRevised, ThreadImported, ThreadRevised, ThreadTold
from cop.discussions.models import Reply, StoryField, Thread, ThreadTopic
from cop.discussions.permissions import can_answer, can_reply, can_revise_reply, can_revise_thread, can_tell
from cop.discussions.probes.models import ANSWERED, DECLINED, OPEN, WITHDRAWN
from cop.discussions.probes.permissions import can_answer_probe
from cop.discussions.probes.queries import find_probe, list_answers_to, list_probes_with_words
from cop.discussions.replies import ReplyText
from cop.discussions.revisions.operations import keep_reply_as_it_stands, keep_thread_as_it_stands
from cop.discussions.seals.queries import find_seal_over
from cop.discussions.stories import Story
from cop.platform.database import add_at_once, ask, session, table_of
from cop.platform.errors import Conflict, NotAllowed
from cop.platform.events import publish
from cop.platform.ids import new_id
from cop.platform.words import gettext as _

MOST_TOPICS_EACH = 5
OUTCOME_ASKED_AFTER = timedelta(days=30)
CHECK_IN = "check_in"  # as which the reason of a check-in is published: a reply that is no act of its own


def tell_story(
    *, actor: Viewer, community: Community, story: Story, now: datetime, topics: Collection[str] = ()
) -> Thread:
    """Tell a story under one's own name.

    Args:
        topics: the slugs of what it speaks of; those that the community does not have are left out.
    """
    return _tell(actor, community, story, "story", topics, now)


def ask_question(
    *, actor: Viewer, community: Community, question: Story, now: datetime, topics: Collection[str] = ()
) -> Thread:
    """Ask about a situation that found no thread, under one's own name. Who asks is its teller.

    Args:
        question: what is going on, what was noticed and, in `did_why`, what was tried.
        topics: as in telling.
    """
    return _tell(actor, community, question, "question", topics, now)


def _tell(
    actor: Viewer, community: Community, story: Story, kind: str, topics: Collection[str], now: datetime
) -> Thread:
    actor = as_of_now_inside(actor, community.id)
    can_tell(actor, community.id, now).enforce()
    thread = add_thread(community, story, kind=kind, teller_id=actor.person_id, told_at=now)
    set_topics(thread, topics)
    publish(
        ThreadTold(
            thread_id=thread.id,
            community_id=community.id,
            teller_id=actor.person_id,
            voice=actor.voice_in(community.id),
            at=now,
        )
    )
    return thread


def import_story(
    *,
    community: Community,
    story: Story,
    told_at: datetime,
    external_id: str,
    attribution: str,
    source_url: str,
    now: datetime,
) -> Thread:
    """Take in a story from elsewhere: no teller, its own date, and where it came from."""
    thread = add_thread(community, story, teller_id=None, told_at=told_at)
    thread.external_id, thread.attribution, thread.source_url = external_id, attribution, source_url
    session().flush()
    publish(ThreadImported(thread_id=thread.id, community_id=community.id, told_at=told_at, at=now))
    return thread


def revise_story(
    *,
    actor: Viewer,
    thread: Thread,
    story: Story,
    seen_revision: int,
    now: datetime,
    topics: Collection[str] | None = None,
) -> None:
    """Change what one told.

    Args:
        topics: as in telling; none leaves them as they are.

    Raises:
        Conflict: it was revised since `seen_revision` was shown, in another tab for instance.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    can_revise_thread(actor, thread, now).enforce()
    if thread.kind == "case":
        raise NotAllowed(_("A case is changed on a page of its own."))
    if thread.revision != seen_revision:
        raise Conflict(_("This has been changed since you opened it. What stands now is above, yours is below."))
    keep_thread_as_it_stands(thread=thread, by_id=actor.person_id, now=now)
    thread.title, thread.hook, thread.happened, thread.words = story.title, story.hook, story.happened, story.words
    thread.shelf_life = story.shelf_life or thread.shelf_life
    thread.outcome_due_at = (thread.outcome_due_at or now + OUTCOME_ASKED_AFTER) if story.outcome_unknown else None
    thread.revision, thread.revised_at = thread.revision + 1, now
    replace_fields(thread.id, story)
    if topics is not None:
        set_topics(thread, topics)
    session().flush()
    publish(ThreadRevised(thread_id=thread.id, community_id=thread.community_id, at=now))


def publish_reply(*, actor: Viewer, thread: Thread, text: ReplyText, now: datetime) -> Reply:
    """Add a plain reply to a thread."""
    actor = as_of_now_inside(actor, thread.community_id)
    can_reply(actor, thread, now).enforce()
    return _add_reply(actor, thread, text, kind="reply", now=now)


def publish_answer(*, actor: Viewer, thread: Thread, answered: Reply, text: ReplyText, now: datetime) -> Reply:
    """The teller's answer to what somebody said, one level below it."""
    actor = as_of_now_inside(actor, thread.community_id)
    can_answer(actor, thread, answered, now).enforce()
    if answered.kind == "probe" and (probe := find_probe(answered.id)):
        can_answer_probe(actor, thread, answered, probe.state, now).enforce()
    return _add_reply(actor, thread, text, kind="answer", now=now, answers_id=answered.id)


def publish_probe(
    *, actor: Viewer, thread: Thread, text: ReplyText, now: datetime, seal_id: int | None = None
) -> Reply:
    """The words of a question to the teller; only `discussions.probes` calls this, when it has a place.

    Args:
        seal_id: the decision of a case whose panel is asked.
    """
    can_reply(actor, thread, now).enforce()
    return _add_reply(actor, thread, text, kind="probe", now=now, seal_id=seal_id)


def publish_panel_answer(*, actor: Viewer, thread: Thread, answered: Reply, text: ReplyText, now: datetime) -> Reply:
    """What one of a panel says to a question to all of them; only `cases.panels` calls this.

    It stands behind the seal of the question, however far they have come, since whoever asked is to read it.
    """
    can_reply(actor, thread, now).enforce()
    return _add_reply(actor, thread, text, kind="answer", now=now, answers_id=answered.id, seal_id=answered.seal_id)


def publish_with_verdict(*, actor: Viewer, thread: Thread, text: ReplyText, verdict: str, now: datetime) -> Reply:
    """The text of a field report or a dissent; only giving the verdict calls this, in the same act."""
    can_reply(actor, thread, now).enforce()
    kind = "dissent" if verdict == "otherwise" else "report"
    return _add_reply(actor, thread, text, kind=kind, now=now, verdict=verdict)


def publish_with_check_in(*, actor: Viewer, thread: Thread, text: ReplyText, now: datetime) -> Reply:
    """The reason for the answer to a check-in; only answering calls this. The answer is the act that counts."""
    can_reply(actor, thread, now).enforce()
    return _add_reply(actor, thread, text, kind="reply", now=now, said_as=CHECK_IN)


def revise_reply(
    *, actor: Viewer, reply: Reply, community_id: int, text: ReplyText, seen_revision: int, now: datetime
) -> None:
    """Change what one said.

    Raises:
        Conflict: it was revised since `seen_revision` was shown.
    """
    actor = as_of_now_inside(actor, community_id)
    can_revise_reply(actor, reply, community_id, now).enforce()
    if reply.revision != seen_revision:
        raise Conflict(_("This has been changed since you opened it. What stands now is above, yours is below."))
    keep_reply_as_it_stands(reply=reply, by_id=actor.person_id, now=now)
    reply.source, reply.html, reply.renderer = text.body.source, text.body.html, text.body.renderer
    reply.setting, reply.differed = text.setting, text.differed
    reply.revision, reply.revised_at = reply.revision + 1, now
    session().flush()
    publish(ReplyRevised(reply_id=reply.id, thread_id=reply.thread_id, community_id=community_id, at=now))


def recount_replies(*, thread_id: int) -> None:
    """Count a thread's replies from the replies themselves; what is sealed is in no count, since counts show."""
    stands = (Reply.thread_id == thread_id, Reply.withdrawn_at.is_(None), Reply.seal_id.is_(None))
    counted = select(func.count()).where(*stands).scalar_subquery()
    session().execute(update(Thread).where(Thread.id == thread_id).values(replies=counted))


def restate_probes(*, thread_id: int) -> None:
    """Say of a thread's probes anew what became of them, where that is not what is stored."""
    for probe, asked in list_probes_with_words(thread_id):
        is_answered = any(answer.withdrawn_at is None for answer in list_answers_to(asked.id))
        settled = ANSWERED if is_answered else DECLINED if probe.settled_at is not None else OPEN
        probe.state = WITHDRAWN if asked.withdrawn_at is not None else settled
    session().flush()


def add_thread(
    community: Community, story: Story, *, teller_id: int | None, told_at: datetime, kind: str = "story"
) -> Thread:
    """The row of a thread and its boxes; whoever calls this says who may, and publishes that it was told."""
    thread = Thread(
        id=new_id(),
        community_id=community.id,
        kind=kind,
        teller_id=teller_id,
        title=story.title,
        hook=story.hook,
        told_at=told_at,
        happened=story.happened,
        shelf_life=story.shelf_life or community.shelf_life,
        words=story.words,
        replies=0,
        outcome_due_at=told_at + OUTCOME_ASKED_AFTER if story.outcome_unknown else None,
        revision=0,
    )
    session().add(thread)
    session().flush()
    replace_fields(thread.id, story)
    session().flush()
    return thread


def set_topics(thread: Thread, slugs: Collection[str]) -> None:
    """Let a thread speak of these topics of its community, at most five."""
    session().execute(delete(ThreadTopic).where(ThreadTopic.thread_id == thread.id))
    for topic_id in list_topic_ids(thread.community_id, slugs)[:MOST_TOPICS_EACH]:
        session().add(ThreadTopic(thread_id=thread.id, topic_id=topic_id))
    session().flush()


def replace_fields(thread_id: int, story: Story) -> None:
    """Put these boxes in the place of those there are."""
    session().execute(delete(StoryField).where(StoryField.thread_id == thread_id))
    for name, text in story.fields.items():
        session().add(
            StoryField(thread_id=thread_id, name=name, source=text.source, html=text.html, renderer=text.renderer)
        )


_ONE_MORE_REPLY = update(table_of(Thread)).where(Thread.id == bindparam("thread_id")).values(replies=Thread.replies + 1)


def _add_reply(
    actor: Viewer,
    thread: Thread,
    text: ReplyText,
    *,
    kind: str,
    now: datetime,
    verdict: str | None = None,
    answers_id: int | None = None,
    said_as: str = "",
    seal_id: int | None = None,
) -> Reply:
    reply = Reply(
        id=new_id(),
        thread_id=thread.id,
        author_id=actor.person_id,
        kind=kind,
        answers_id=answers_id,
        verdict=verdict,
        source=text.body.source,
        html=text.body.html,
        renderer=text.body.renderer,
        setting=text.setting,
        differed=text.differed,
        said_at=now,
        revision=0,
        seal_id=seal_id if seal_id is not None else find_seal_over(actor, thread),
    )
    add_at_once(reply)
    if reply.seal_id is None:
        ask(_ONE_MORE_REPLY, {"thread_id": thread.id})
    publish(
        ReplyPublished(
            reply_id=reply.id,
            thread_id=thread.id,
            community_id=thread.community_id,
            author_id=actor.person_id,
            kind=said_as or kind,
            voice=actor.voice_in(thread.community_id),
            at=now,
        )
    )
    return reply
