"""What follows from what, and who delivers what. Read this page to know every consequence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cop.accounts.events import PersonSignedUp
from cop.accounts.operations import forget_expired_sessions
from cop.communities.events import (
    AskedToJoin,
    CommunityFounded,
    CommunityRevised,
    HalfLifeChanged,
    InvitationRevoked,
    JoinRequestSettled,
    JoinRequestWithdrawn,
    ModeratorAppointed,
    ModeratorDismissed,
    PersonDemoted,
    PersonInvited,
    PersonJoined,
    PersonLeft,
    PersonPromoted,
    PersonRemoved,
    PersonReturned,
    PersonVouchedFor,
    TopicsChanged,
    VouchWithdrawn,
)
from cop.discussions.events import ReplyPublished, ReplyRevised, ThreadImported, ThreadRevised, ThreadTold
from cop.endorsements import reactions as endorsements
from cop.endorsements.events import VerdictGiven, VerdictWithdrawn
from cop.notifications import reactions as notifications
from cop.notifications.jobs import Mailing
from cop.notifications.memberships import reactions as memberships
from cop.notifications.memberships.jobs import MembershipMailing
from cop.platform import limits, repeats
from cop.platform.events import Reactions
from cop.platform.outbox import Job, Payload
from cop.ranking import reactions as ranking
from cop.ranking.events import OrderRewritten
from cop.ranking.jobs import follow_removals, rebase_keys
from cop.search import reactions as search
from cop.search.jobs import Indexing
from cop.settings import Settings

REACTIONS: Reactions = {
    PersonSignedUp: [notifications.welcome_person],
    CommunityFounded: [],
    CommunityRevised: [],
    HalfLifeChanged: [ranking.rebase_half_life],
    TopicsChanged: [],
    PersonJoined: [],
    PersonLeft: [],
    PersonRemoved: [endorsements.set_verdicts_aside, ranking.follow_removal, memberships.tell_of_removal],
    PersonReturned: [endorsements.count_verdicts_again, ranking.follow_removal, memberships.tell_of_return],
    AskedToJoin: [],
    JoinRequestWithdrawn: [],
    JoinRequestSettled: [memberships.tell_of_answer],
    PersonInvited: [memberships.send_invitation],
    InvitationRevoked: [],
    PersonVouchedFor: [memberships.tell_of_vouch],
    VouchWithdrawn: [memberships.tell_of_withdrawal],
    PersonDemoted: [],
    ModeratorAppointed: [memberships.tell_of_appointment],
    ModeratorDismissed: [memberships.tell_of_dismissal],
    PersonPromoted: [endorsements.raise_recent_verdicts, ranking.promote_acts],
    ThreadTold: [ranking.rank_told_thread, search.index_thread],
    ThreadImported: [ranking.rank_imported_thread, search.index_thread],
    ThreadRevised: [ranking.rebase_shelf_life, search.index_thread],
    ReplyPublished: [ranking.count_reply, search.index_reply],
    ReplyRevised: [search.index_reply],
    VerdictGiven: [ranking.weigh_verdict],
    VerdictWithdrawn: [ranking.unweigh_verdict],
    OrderRewritten: [],
}

SWEEP_EVERY = timedelta(hours=1)


def jobs(settings: Settings, indexing: Indexing) -> dict[str, Job]:
    """How each kind of outbox row is delivered."""
    return {
        search.INDEX: Job(indexing.index_texts, batch=200),
        notifications.WELCOME: Job(Mailing(settings).send_welcome, once_more=True),
        memberships.NEWS: Job(MembershipMailing(settings).send_news, once_more=True),
        memberships.INVITE: Job(MembershipMailing(settings).send_invitation, once_more=True),
        ranking.REBASE: Job(rebase_keys, inside=True),
        ranking.FOLLOW_REMOVAL: Job(follow_removals, inside=True),
        "sweep": Job(_sweep, inside=True, every=SWEEP_EVERY),
    }


def _sweep(_payloads: Sequence[Payload], now: datetime) -> None:
    """Forget what has run out: sessions, keys of sent forms, counts of limits."""
    forget_expired_sessions(now=now)
    repeats.forget_old(now=now)
    limits.forget_old(now=now)
