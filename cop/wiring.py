"""What follows from what, and who delivers what. Read this page to know every consequence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cop.accounts.events import PersonSignedUp
from cop.accounts.operations import forget_expired_sessions
from cop.communities.events import CommunityFounded, PersonJoined, PersonPromoted, PersonVouchedFor
from cop.discussions.events import ReplyPublished, ReplyRevised, ThreadImported, ThreadRevised, ThreadTold
from cop.discussions.versions import changed_by
from cop.endorsements import reactions as endorsements
from cop.endorsements.events import VerdictGiven, VerdictWithdrawn
from cop.notifications import reactions as notifications
from cop.notifications.jobs import Mailing
from cop.platform import limits, repeats, versions
from cop.platform.events import Reaction, Reactions
from cop.platform.outbox import Job, Payload
from cop.ranking import reactions as ranking
from cop.search import reactions as search
from cop.search.jobs import Indexing
from cop.settings import Settings

REACTIONS: Reactions = {
    PersonSignedUp: [notifications.welcome_person],
    CommunityFounded: [],
    PersonJoined: [],
    PersonVouchedFor: [],
    PersonPromoted: [endorsements.raise_recent_verdicts, ranking.promote_acts],
    ThreadTold: [ranking.rank_told_thread, search.index_thread],
    ThreadImported: [ranking.rank_imported_thread, search.index_thread],
    ThreadRevised: [ranking.rebase_shelf_life, search.index_thread],
    ReplyPublished: [ranking.count_reply, search.index_reply],
    ReplyRevised: [search.index_reply],
    VerdictGiven: [ranking.weigh_verdict],
    VerdictWithdrawn: [ranking.unweigh_verdict],
}

ALWAYS: Sequence[Reaction] = [lambda happened: versions.change(changed_by(happened))]  # kept pages learn of it

SWEEP_EVERY = timedelta(hours=1)
VERIFY_EVERY = timedelta(days=1)


def jobs(settings: Settings, indexing: Indexing) -> dict[str, Job]:
    """How each kind of outbox row is delivered."""
    return {
        search.INDEX: Job(indexing.index_texts, batch=200),
        search.VERIFY: Job(indexing.verify, every=VERIFY_EVERY),
        notifications.WELCOME: Job(Mailing(settings).send_welcome, once_more=True),
        "sweep": Job(_sweep, inside=True, every=SWEEP_EVERY),
    }


def _sweep(_payloads: Sequence[Payload], now: datetime) -> None:
    """Forget what has run out: sessions, keys of sent forms, counts of limits."""
    forget_expired_sessions(now=now)
    repeats.forget_old(now=now)
    limits.forget_old(now=now)
