"""What follows from what, and who delivers what. Read this page to know every consequence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cop.accounts import letters
from cop.accounts.events import (
    AccountClosed,
    AdministratorAppointed,
    AdministratorRemoved,
    PasswordChanged,
    PersonRestored,
    PersonRevised,
    PersonSignedUp,
    PersonSuspended,
    PersonVerified,
)
from cop.accounts.sessions import forget_expired_sessions
from cop.accounts.tickets import forget_old_tickets
from cop.cases.events import (
    CaseWasCut,
    ChoiceCommitted,
    ForkSkipped,
    OutcomeAsked,
    OutcomeTold,
    SecondThoughtWritten,
)
from cop.cases.operations import ask_for_outcomes
from cop.communities import reactions as communities
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
from cop.discussions.drafts import reactions as drafts
from cop.discussions.drafts.operations import forget_old_drafts
from cop.discussions.endings import reactions as endings
from cop.discussions.events import (
    KeeperAccepted,
    KeeperAsked,
    KeeperReleased,
    PractitionerRead,
    ProbeAnswered,
    ProbeDeclined,
    ProbeOpened,
    ProbeQueued,
    ProbeRemoved,
    ProbeReopened,
    ProbeWondered,
    ProcedureReviewed,
    ReplyPublished,
    ReplyRestored,
    ReplyRevised,
    ReplyWithdrawn,
    SuccessorDropped,
    SuccessorProposed,
    ThreadImported,
    ThreadReopened,
    ThreadRestored,
    ThreadRetired,
    ThreadRevised,
    ThreadSuperseded,
    ThreadTold,
    ThreadWithdrawn,
    WaitingProbeWithdrawn,
    WonderWithdrawn,
)
from cop.discussions.marks.operations import forget_marks_of
from cop.discussions.probes import reactions as probes
from cop.discussions.versions import changed_by
from cop.endorsements import reactions as endorsements
from cop.endorsements.events import (
    AnswerHelped,
    CheckInAnswered,
    CheckInAsked,
    CheckInTakenBack,
    ConditionAccepted,
    ConditionLeft,
    ConditionProposed,
    InsightWithdrawn,
    TryingBegun,
    TryingEnded,
    TryingReminded,
    VerdictGiven,
    VerdictWithdrawn,
)
from cop.endorsements.intentions.operations import remind_of_trying
from cop.notifications import reactions as notifications
from cop.notifications.callbacks import reactions as callbacks
from cop.notifications.callbacks.jobs import YEARS, CallbackMailing, tell_of_years
from cop.notifications.callbacks.operations import LETTER
from cop.notifications.care import reactions as care
from cop.notifications.care.jobs import CareMailing, ask_for_check_ins
from cop.notifications.cases import reactions as asking
from cop.notifications.cases.jobs import CaseMailing
from cop.notifications.jobs import Mailing
from cop.notifications.memberships import reactions as memberships
from cop.notifications.memberships.jobs import MembershipMailing
from cop.notifications.probes import reactions as letters_of_probes
from cop.notifications.probes.jobs import ProbeMailing
from cop.platform import limits, repeats, versions
from cop.platform.events import Reaction, Reactions
from cop.platform.outbox import Job, Payload
from cop.ranking import reactions as ranking
from cop.ranking.events import OrderRewritten, StandingMeasured
from cop.ranking.jobs import follow_removals, rebase_keys
from cop.ranking.needs.jobs import FILL, fill_needs
from cop.ranking.needs.reactions import follow_reply, follow_thread, forget_snoozes
from cop.ranking.standings import reactions as standings
from cop.ranking.standings.jobs import measure_all, measure_standings
from cop.search import reactions as search
from cop.search.jobs import Indexing
from cop.settings import Settings

REACTIONS: Reactions = {
    PersonSignedUp: [notifications.welcome_person],
    PersonVerified: [],
    PersonRevised: [],
    PasswordChanged: [notifications.tell_of_new_password],
    AccountClosed: [
        standings.measure_where_they_are,  # before they are let go
        communities.let_go,
        drafts.forget_drafts,
        forget_marks_of,
        probes.forget_person,
        forget_snoozes,
        callbacks.forget_callbacks,
        endorsements.forget_intentions,
        endorsements.forget_insights,
    ],
    PersonSuspended: [standings.measure_where_they_are],
    PersonRestored: [standings.measure_where_they_are],
    AdministratorAppointed: [],
    AdministratorRemoved: [],
    CommunityFounded: [],
    CommunityRevised: [],
    HalfLifeChanged: [ranking.rebase_half_life],
    TopicsChanged: [],
    PersonJoined: [],
    PersonLeft: [standings.measure_again],
    PersonRemoved: [
        endorsements.set_verdicts_aside,
        ranking.follow_removal,
        memberships.tell_of_removal,
        standings.measure_again,
    ],
    PersonReturned: [
        endorsements.count_verdicts_again,
        ranking.follow_removal,
        memberships.tell_of_return,
        standings.measure_again,
    ],
    AskedToJoin: [],
    JoinRequestWithdrawn: [],
    JoinRequestSettled: [memberships.tell_of_answer],
    PersonInvited: [memberships.send_invitation],
    InvitationRevoked: [],
    PersonVouchedFor: [memberships.tell_of_vouch, standings.measure_again],
    VouchWithdrawn: [memberships.tell_of_withdrawal, standings.measure_again],
    PersonDemoted: [endorsements.lower_recent_verdicts, ranking.demote_acts, standings.measure_again],
    ModeratorAppointed: [memberships.tell_of_appointment, standings.measure_again],
    ModeratorDismissed: [memberships.tell_of_dismissal, standings.measure_again],
    PersonPromoted: [endorsements.raise_recent_verdicts, ranking.promote_acts],
    ThreadTold: [ranking.rank_told_thread, search.index_thread, follow_thread, callbacks.tell_of_procedure],
    ThreadImported: [ranking.rank_imported_thread, search.index_thread],
    ThreadRevised: [
        ranking.rebase_shelf_life,
        search.index_thread,
        probes.look_for_spans,
        follow_thread,
        callbacks.tell_of_procedure,
        endings.tell_predecessors,
    ],
    PractitionerRead: [],
    ProcedureReviewed: [],
    ThreadWithdrawn: [ranking.follow_withdrawal, search.index_thread, follow_thread, endings.tell_predecessors],
    ThreadRestored: [
        ranking.follow_withdrawal,
        search.index_whole_thread,
        follow_thread,
        endings.tell_predecessors,
        standings.measure_again,
    ],
    ReplyPublished: [ranking.count_reply, search.index_reply, probes.settle_answered, follow_reply],
    ReplyRevised: [search.index_reply],
    ReplyWithdrawn: [
        ranking.discount_reply,
        search.index_reply,
        probes.follow_withdrawal,
        follow_thread,
        endorsements.note_moved_insights,
    ],
    ReplyRestored: [
        ranking.count_reply_again,
        search.index_reply,
        probes.follow_restoring,
        follow_thread,
        endorsements.note_moved_insights,
    ],
    ProbeOpened: [letters_of_probes.plan_letter_to_teller, follow_thread],
    ProbeWondered: [letters_of_probes.plan_letter_of_wondering, follow_thread, callbacks.tell_of_wondering],
    ProbeAnswered: [letters_of_probes.tell_asker_of_answer, follow_thread],
    ProbeDeclined: [follow_thread],
    ProbeReopened: [follow_thread],
    ProbeRemoved: [letters_of_probes.tell_asker_of_removal],
    WonderWithdrawn: [follow_thread],
    ProbeQueued: [],
    WaitingProbeWithdrawn: [],
    VerdictGiven: [ranking.weigh_verdict, callbacks.tell_of_report],
    VerdictWithdrawn: [ranking.unweigh_verdict],
    # What becomes of a thread: check-ins, conditions, how it ends, who keeps it, and who is going to try it
    CheckInAsked: [care.ask_whether_it_holds],
    CheckInAnswered: [ranking.weigh_check_in, callbacks.tell_of_report],
    CheckInTakenBack: [ranking.unweigh_check_in],
    ConditionProposed: [follow_thread],
    ConditionAccepted: [ranking.weigh_condition],
    ConditionLeft: [ranking.unweigh_condition],
    ThreadRetired: [ranking.follow_ending, follow_thread],
    SuccessorProposed: [],
    SuccessorDropped: [],
    ThreadSuperseded: [ranking.follow_ending, follow_thread],
    ThreadReopened: [ranking.follow_ending, follow_thread],
    KeeperAsked: [care.ask_to_keep],
    KeeperAccepted: [],
    KeeperReleased: [],
    TryingBegun: [],  # nobody else sees it or counts it
    TryingEnded: [],
    TryingReminded: [care.ask_how_it_went],
    AnswerHelped: [callbacks.tell_of_help],  # no act of order, and standing waits for the night
    InsightWithdrawn: [],
    CaseWasCut: [callbacks.tell_of_case],
    ChoiceCommitted: [],  # no act of order: table B1 has none, and order shows to those who have not chosen
    ForkSkipped: [],
    SecondThoughtWritten: [callbacks.tell_of_second_thought],
    OutcomeAsked: [asking.ask_for_outcome],
    OutcomeTold: [follow_thread],
    OrderRewritten: [],
    StandingMeasured: [],
}

ALWAYS: Sequence[Reaction] = [lambda happened: versions.change(changed_by(happened))]  # kept pages learn of it

SWEEP_EVERY = timedelta(hours=1)
VERIFY_EVERY, VERIFY_AT = timedelta(days=1), 3  # o'clock, UTC
MEASURE_EVERY, MEASURE_AT = timedelta(days=1), 4
YEARS_EVERY, YEARS_AT = timedelta(days=1), 5  # who told something a year ago
CHECK_IN_EVERY, CHECK_IN_AT = timedelta(days=1), 5  # o'clock, UTC
REMIND_EVERY = timedelta(hours=1)
ASK_EVERY = timedelta(hours=1)  # whether the teller of a live case is to be asked what came of it


def jobs(settings: Settings, indexing: Indexing) -> dict[str, Job]:
    """How each kind of outbox row is delivered."""
    mailing = Mailing(settings)
    return {
        search.INDEX: Job(indexing.index_texts, batch=1000),
        search.VERIFY: Job(indexing.verify, every=VERIFY_EVERY, at_hour=VERIFY_AT),
        notifications.WELCOME: Job(mailing.send_welcome, once_more=True),
        letters.SIGN_UP_LETTER: Job(mailing.send_sign_up, once_more=True),
        letters.INVITATION_LETTER: Job(mailing.send_invitation, once_more=True),
        letters.RESET_LETTER: Job(mailing.send_reset, once_more=True),
        letters.VERIFY_LETTER: Job(mailing.send_verify, once_more=True),
        letters.NEW_ADDRESS_LETTER: Job(mailing.send_new_address, once_more=True),
        letters.ADDRESS_NOTICE: Job(mailing.send_address_notice, once_more=True),
        letters.PASSWORD_NOTICE: Job(mailing.send_password_notice, once_more=True),
        letters.FAREWELL: Job(mailing.send_farewell, once_more=True),
        memberships.NEWS: Job(MembershipMailing(settings).send_news, once_more=True),
        memberships.INVITE: Job(MembershipMailing(settings).send_invitation, once_more=True),
        letters_of_probes.TO_TELLER: Job(ProbeMailing(settings).send_to_teller, once_more=True),
        letters_of_probes.TO_ASKER: Job(ProbeMailing(settings).send_to_asker, once_more=True),
        letters_of_probes.OF_REMOVAL: Job(ProbeMailing(settings).send_of_removal, once_more=True),
        asking.ASK: Job(CaseMailing(settings).ask_for_outcome, once_more=True),
        LETTER: Job(CallbackMailing(settings).send, once_more=True),
        YEARS: Job(tell_of_years, inside=True, every=YEARS_EVERY, at_hour=YEARS_AT),
        care.CHECK_IN: Job(CareMailing(settings).ask_whether_it_holds, once_more=True),
        care.TRYING: Job(CareMailing(settings).ask_how_it_went, once_more=True),
        care.KEEPER: Job(CareMailing(settings).ask_to_keep, once_more=True),
        "check_ins.ask": Job(ask_for_check_ins, inside=True, every=CHECK_IN_EVERY, at_hour=CHECK_IN_AT),
        "trying.remind": Job(remind_of_trying, inside=True, every=REMIND_EVERY),
        "cases.ask": Job(ask_for_outcomes, inside=True, every=ASK_EVERY),
        ranking.REBASE: Job(rebase_keys, inside=True),
        FILL: Job(fill_needs, inside=True),
        ranking.FOLLOW_REMOVAL: Job(follow_removals, inside=True),
        standings.MEASURE: Job(measure_standings, batch=50),
        standings.MEASURE_ALL: Job(measure_all, every=MEASURE_EVERY, at_hour=MEASURE_AT),
        "sweep": Job(_sweep, inside=True, every=SWEEP_EVERY),
    }


def _sweep(_payloads: Sequence[Payload], now: datetime) -> None:
    """Forget what has run out: sessions, tickets, keys of sent forms, counts of limits, old drafts."""
    forget_expired_sessions(now=now)
    forget_old_tickets(now=now)
    repeats.forget_old(now=now)
    limits.forget_old(now=now)
    forget_old_drafts(now=now)
