"""`cop check` reckons every derived column again: each one, spoiled by hand, is named, and `--mend` puts it right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, select, update

from cop.cli.contents import KEPT, RENDERED
from cop.cli.findings import Check
from cop.communities.members.operations import remove_person
from cop.communities.models import Community
from cop.communities.operations import appoint_moderator
from cop.communities.queries import load_person_as_viewer
from cop.discussions.drafts.models import Draft
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import revise_reply, revise_story
from cop.discussions.replies import ReplyDraft, render_reply
from cop.discussions.stories import StoryDraft, render_story
from cop.platform.database import Base, UtcDateTime, session, transaction
from cop.ranking.standings.jobs import measure_all
from tests.cases.stage import add_case, choose, think_twice
from tests.cast import Cast, add_community, add_member, add_person, add_reply, add_story, add_verdict, ask_a_question
from tests.cli.conftest import Run
from tests.probing import add_probe
from tests.tending import add_due_story, answer, retire

# What each table holds that follows from something else, and whether all of it, or its place, is what order keeps.
DERIVED = {
    "act": {"counts_as"},
    "case_outcome": {"html", "renderer"},
    "check_in": {"voice_before"},
    "commitment": {"first", "html", "renderer"},
    "community": {"welcome_html", "welcome_renderer"},
    "draft": {"aim"},
    "fork": {"html", "renderer"},
    "membership": {"voice"},
    "need": {"kind", "community_id", "ref_id", "for_id", "since", "due_at"},
    "participation": {"x"},
    "person": {"name_skeleton", "bio_html", "bio_renderer"},
    "probe": {"thread_id", "state", "box", "gone_at"},
    "reply": {"html", "renderer", "revision", "revised_at"},
    "second_thought": {"html", "renderer"},
    "standing": {"share", "band", "ways"},
    "standing_measure": {"is_simple"},
    "story_field": {"html", "renderer"},
    "thread": {"words", "replies", "readers", "revision", "revised_at", "was_cut"},
    "thread_order": {
        "community_id", "is_procedure", "is_withdrawn", "ended_as", "told_at", "k", "log2_p", "log2_n", "p_all",
        "n_all", "dissenters", "firm_dissenters", "q", "r", "e", "rest_at", "practised_at", "last_verified",
        "base_shelf_days", "shelf_days", "check_due", "contested_at", "condition_at", "latest_at", "latest_id",
    },
    "title_start": {"start"},
    "unsealed": {"thread_id", "place"},
    "verdict": {"kind", "voice", "given_at", "set_aside_at", "reply_id", "answer", "answered_at"},
    "waiting_probe": {"html", "renderer"},
}  # fmt: skip
# What is recorded, so that nothing else says it: what somebody wrote, chose or did, when, and what was true just then.
RECORDED = {
    "acceptance": "condition_id person_id role at",
    "act": "id thread_id person_id kind at voice ref role",
    "callback": "id person_id kind thread_id ref_id at seen_at",
    "callback_letter": "person_id sent_at due_at",
    "case_cut": "case_id story_id",
    "case_outcome": "thread_id source told_at asked",
    "check_in": "thread_id person_id due_at asked_at answer answered_at role reply_id",
    "commitment": "id fork_id person_id role ranks confidence source at",
    "commitment_cue": "commitment_id cue_id",
    "community": "id slug name practice welcome visibility ink half_life_days verdict_half_life_days quality_weight"
    " shelf_life founded_at",
    "condition": "id thread_id sort text by_id proposed_at",
    "draft": "id person_id cookie_hash kind community_id thread_id reply_id path fields revision begun_at saved_at"
    " discarded_at",
    "ending": "id thread_id kind successor_id reason said_at by_id at seconded_by_id ended_at ended_by_id",
    "fork": "id thread_id place prompt source",
    "fork_cue": "id fork_id place text",
    "fork_option": "id fork_id place text note",
    "insight": "id reply_id person_id given_at withdrawn_at moved_at",
    "intention": "thread_id person_id at remind_at reminded_at",
    "invitation": "id community_id by_id token_hash email made_at expires_at used_at used_by_id revoked_at",
    "join_request": "id community_id person_id line asked_at outcome settled_at settled_by_id sentence",
    "keeping": "id thread_id person_id by_id asked_at accepted_at ended_at",
    "membership": "person_id community_id role joined_at practitioner_since appointed_at silenced_until",
    "need": "id thread_id",
    "not_now": "thread_id person_id said_at",
    "participation": "thread_id seat",
    "person": "id handle name email password_hash practice practising_since setting willing_to_be_asked bio language"
    " time_zone theme signed_up_at verified_at administrator_since suspended_at suspended_by_id suspended_for"
    " deactivated_at",
    "probe": "reply_id type quote settled_at settled_by_id",
    "probe_case": "reply_id probe_id",
    "probe_letter": "person_id sent_at due_at",
    "probe_removal": "reply_id by_id reason at",
    "probe_wonder": "probe_id person_id at",
    "procedure": "thread_id link owner_id reviewed_at",
    "procedure_ground": "procedure_id thread_id place",
    "read_mark": "person_id thread_id at reply_id is_practitioners",
    "removal": "id community_id person_id by_id reason at role voice joined_at practitioner_since appointed_at"
    " silenced_until ended_at",
    "reply": "id thread_id author_id kind answers_id verdict source setting differed said_at seal_id withdrawn_at"
    " withdrawn_by_id",
    "revision": "id thread_id reply_id number source by_id at",
    "second_thought": "commitment_id source at",
    "session": "id token_hash person_id device started_at last_seen_at expires_at",
    "silence": "person_id community_id until",
    "snooze": "need_id person_id until",
    "standing": "community_id person_id",
    "standing_measure": "community_id measured_at",
    "story_field": "thread_id name source",
    "thread": "id community_id kind teller_id title hook told_at happened shelf_life outcome_due_at attribution"
    " source_url external_id withdrawn_at withdrawn_by_id",
    "thread_order": "thread_id",
    "thread_topic": "thread_id topic_id",
    "ticket": "id token_hash purpose person_id address about issued_at expires_at used_at",
    "title_start": "thread_id word",
    "topic": "id community_id slug name retired_at",
    "unsealed": "seal_id person_id how at",
    "verdict": "thread_id person_id",
    "vouch": "id community_id by_id for_id role line at withdrawn_at",
    "waiting_probe": "id thread_id asker_id type box quote source asked_at place",
}
MACHINERY = {"limit_count", "outbox", "sent_form", "site_setting", "version"}  # of the platform; knows no domain
WORDS = {  # a value that is allowed there, and another than the one that stands
    "ended_as": ("retired", "superseded"), "band": ("known here", "newcomer"), "state": ("declined", "open"),
    "kind": ("question", "checkin"), "verdict.kind": ("failed", "held"), "answer": ("depends", "still"),
    "box": ("outcome", "options"), "ways": ("[[1]]", "[]"),
}  # fmt: skip


def test_every_column_is_known_to_be_derived_or_recorded() -> None:
    columns = {name: {one.name for one in table.columns} for name, table in Base.metadata.tables.items()}
    told = {name: set(RECORDED.get(name, "").split()) | DERIVED.get(name, set()) for name in columns.keys() - MACHINERY}

    assert {name: columns[name] for name in told} == told


@pytest.mark.usefixtures("postgresql_programs")
def test_every_derived_column_that_is_wrong_is_named_and_mended(
    run: Run, cast: Cast, now: datetime, deliver: Callable[[], int]
) -> None:
    """One after the other, each put back before the next; then all at once."""
    _set_the_stage(cast, now)
    deliver()
    measure_all([{}], now)
    deliver()
    assert run("check", "--texts").exit_code == 0, run("check", "--texts").output

    unnamed = []
    for table, columns in DERIVED.items():
        for column in sorted(columns):
            with _spoiled(Base.metadata.tables[table], column, now) as names:
                unnamed += [f"{table}.{column}"] if not any(names in what for what in _troubles(table, column)) else []
    for table, columns in DERIVED.items():
        for column in sorted(columns - {"thread_id", "kind", "ref_id"}):  # by which rows are found again
            _spoil(Base.metadata.tables[table], column, now)
    mended = run("check", "--mend", "--texts")

    assert unnamed == []
    assert mended.exit_code == 0, mended.output


def _set_the_stage(cast: Cast, now: datetime) -> None:
    """Something in every table that holds something derived."""
    ago = lambda days: now - timedelta(days=days)  # noqa: E731
    story = add_story(cast.maren, cast.bedside, ago(40), noticed="Cold knees.", outcome="He slept, and I did not.")
    for days, asker in ((39, cast.tomasz), (38, cast.tomasz), (37, cast.tomasz)):  # the third one waits
        add_probe(asker, story, ago(days), quote="I did not" if days == 39 else "")
    add_probe(cast.joanne, story, ago(36), quote="Cold knees", box="noticed")
    with transaction():
        thread = session().get_one(Thread, story)
        draft = StoryDraft(title="A tidy chart", fields={"situation": "Otherwise.", "noticed": "Cold knees."})
        maren = load_person_as_viewer(cast.maren)
        revise_story(actor=maren, thread=thread, story=render_story(draft, now=now), seen_revision=0, now=ago(30))
    said = add_reply(cast.tomasz, story, ago(29))
    with transaction():
        reply, tomasz = session().get_one(Reply, said), load_person_as_viewer(cast.tomasz)
        text = render_reply(ReplyDraft("The same here."))
        revise_reply(
            actor=tomasz, reply=reply, community_id=cast.bedside, text=text, seen_revision=0, now=ago(28)
        )  # fmt: skip
    due = add_due_story(cast, now)
    answer(cast.tomasz, due, "depends", ago(2), why="Since the new beds it depends.")
    case = add_case(cast.maren, cast.bedside, ago(20))
    for person in (cast.tomasz, cast.joanne):
        choose(person, case, ago(19))
    think_twice(cast.tomasz, case, ago(18), "I would call sooner now.")
    ask_a_question(cast.maren, cast.bedside, ago(5))
    retire(cast.joanne, add_story(cast.maren, cast.bedside, ago(50), title="An old pump"), ago(4))
    with transaction() as s:
        s.add(
            Draft(
                person_id=cast.maren, kind="reply", community_id=cast.bedside, thread_id=story,
                aim=f"reply:{story}", fields='[["body", "Begun."]]', begun_at=now, saved_at=now,
            )
        )  # fmt: skip
    _found_a_guild(cast, now)


def _found_a_guild(cast: Cast, now: datetime) -> None:
    """Large enough for standing to be measured."""
    then = now - timedelta(days=60)
    moderators = [add_person(f"{name} Ames", then) for name in ("Ulla", "Vera", "Wim")]
    community = add_community("Guild", "guild", moderators[0], then)
    for person in moderators[1:]:
        with transaction():
            appoint_moderator(community_id=community, person_id=person, now=then)
    people = [add_person(f"Practitioner{n} Boyd", then) for n in range(9)]
    for n, person in enumerate(people):
        add_member(person, community, then, vouched_by=moderators[n % 3])
    told = add_story(people[0], community, then, title="What the guild knows")
    add_verdict(moderators[1], told, "held", now - timedelta(days=10))
    add_verdict(people[8], told, "seen", now - timedelta(days=10))
    with transaction():
        remove_person(
            actor=load_person_as_viewer(moderators[0]), community=session().get_one(Community, community),
            person_id=people[8], reason="He named a patient.", now=now - timedelta(days=1),
        )  # fmt: skip


def _troubles(table: str, column: str) -> list[str]:
    """What is found, without going through the renderer or the mathematics of standing for what asks neither."""
    checks: dict[Check, str] = RENDERED if column.endswith(("html", "renderer")) else KEPT
    of_standing = table in ("standing", "membership", "standing_measure")
    return [
        finding.what
        for check, name in checks.items()
        if (name == "standing") == of_standing
        for finding in check()
        if finding.advice
    ]


class _spoiled:  # noqa: N801  # reads as what it does
    """A row in which this column holds something else for a while; gives the word by which it is to be named."""

    def __init__(self, table: Table, column: str, now: datetime) -> None:
        self.table, self.column, self.now = table, column, now

    def __enter__(self) -> str:
        self.key, self.stood = _spoil(self.table, self.column, self.now)
        return _name_of(self.table.name, self.column)

    def __exit__(self, *_problem: object) -> None:
        table = self.table
        here = [table.c[name] == value for name, value in self.key.items() if name != self.column]
        with transaction() as s:
            s.execute(update(table).where(*here).values({self.column: self.stood}))


_NAMES = {
    "thread.replies": "replies: thread", "thread.readers": "readers: thread", "thread.was_cut": "“was cut”",
    "probe.state": "a probe of", "need.kind": "needs: need", "need.ref_id": "needs: need",
    "need.for_id": "needs: for_id of need", "need.since": "needs: since of need", "need.due_at": "needs: need",
    "participation.x": "order: participation", "act.counts_as": "order: act", "membership.voice": "standing: voice",
    "standing_measure.is_simple": "standing: is_simple",
}  # fmt: skip
_CHOSEN = {  # of which rows one is spoiled, where not of any
    "verdict.answer": "answered_at", "verdict.answered_at": "answered_at", "verdict.reply_id": "reply_id",
    "check_in.voice_before": "voice_before", "thread_order.ended_as": "ended_as",
}  # fmt: skip


def _name_of(table: str, column: str) -> str:
    if table == "thread_order":
        return f"order: {column} of thread"
    return _NAMES.get(f"{table}.{column}") or (f"standing: {column}" if table == "standing" else f"{table}.{column}")


def _spoil(table: Table, column: str, now: datetime) -> tuple[dict[str, Any], Any]:
    """Write something else into one row; how the row is found, and what stood there."""
    query = select(table).order_by(*table.primary_key.columns)
    if needed := _CHOSEN.get(f"{table.name}.{column}"):
        query = query.where(table.c[needed].is_not(None))
    if f"{table.name}.{column}" == "probe.box":
        query = query.where(table.c.quote != "", table.c.gone_at.is_(None))
    if f"{table.name}.{column}" == "standing.ways":
        query = query.where(table.c.ways != "[]")
    with transaction() as s:
        row = s.execute(query.limit(1)).mappings().one()
        key = {one.name: row[one.name] for one in table.primary_key.columns}
        here = [table.c[name] == value for name, value in key.items()]
        s.execute(update(table).where(*here).values({column: _other(table, column, row[column], now)}))
    return key, row[column]


def _other(table: Table, column: str, stood: Any, now: datetime) -> Any:
    points = next(iter(table.c[column].foreign_keys), None)
    if points is not None:
        target = points.column
        return session().scalar(select(target).where(target != (stood or 0)).order_by(target.desc()).limit(1))
    if column in WORDS:
        words = WORDS.get(f"{table.name}.{column}", WORDS[column])
        return next(word for word in words if word != stood)
    kind = table.c[column].type.python_type
    if column.endswith("renderer"):
        return 99
    if kind is bool:
        return not stood
    if isinstance(table.c[column].type, UtcDateTime):
        return (stood or now) - timedelta(seconds=17)
    if kind is float:
        step = 0.1 if column in ("rest_at", "check_due") else 3e-9
        return (stood or 0.0) + step if (stood or 0.0) < 1 or column not in ("voice", "counts_as") else stood - step
    return (stood or 0) + 1 if kind is int else f"{stood}?"
