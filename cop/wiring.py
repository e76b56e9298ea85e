"""What follows from what, and who delivers what. Read this page to know every consequence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cop.accounts import letters
from cop.accounts.events import (
    AdministratorAppointed,
    AdministratorRemoved,
    PasswordChanged,
    PersonLeft,
    PersonRestored,
    PersonRevised,
    PersonSignedUp,
    PersonSuspended,
    PersonVerified,
)
from cop.accounts.sessions import forget_expired_sessions
from cop.accounts.tickets import forget_old_tickets
from cop.communities import reactions as communities
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
    PersonVerified: [],
    PersonRevised: [],
    PasswordChanged: [notifications.tell_of_new_password],
    PersonLeft: [communities.let_go],
    PersonSuspended: [],
    PersonRestored: [],
    AdministratorAppointed: [],
    AdministratorRemoved: [],
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


def jobs(settings: Settings, indexing: Indexing) -> dict[str, Job]:
    """How each kind of outbox row is delivered."""
    mailing = Mailing(settings)
    return {
        search.INDEX: Job(indexing.index_texts, batch=200),
        notifications.WELCOME: Job(mailing.send_welcome, once_more=True),
        letters.SIGN_UP_LETTER: Job(mailing.send_sign_up, once_more=True),
        letters.INVITATION_LETTER: Job(mailing.send_invitation, once_more=True),
        letters.RESET_LETTER: Job(mailing.send_reset, once_more=True),
        letters.VERIFY_LETTER: Job(mailing.send_verify, once_more=True),
        letters.NEW_ADDRESS_LETTER: Job(mailing.send_new_address, once_more=True),
        letters.ADDRESS_NOTICE: Job(mailing.send_address_notice, once_more=True),
        letters.PASSWORD_NOTICE: Job(mailing.send_password_notice, once_more=True),
        letters.FAREWELL: Job(mailing.send_farewell, once_more=True),
        "sweep": Job(_sweep, inside=True, every=SWEEP_EVERY),
    }


def _sweep(_payloads: Sequence[Payload], now: datetime) -> None:
    """Forget what has run out: sessions, tickets, keys of sent forms, counts of limits."""
    forget_expired_sessions(now=now)
    forget_old_tickets(now=now)
    repeats.forget_old(now=now)
    limits.forget_old(now=now)
