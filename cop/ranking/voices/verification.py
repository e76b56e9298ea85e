"""`cop check`: is everybody's verdict the last one of their acts, with its voice? Restated here, thread by thread.

Of a verdict that was taken back no row stands; one whose person was put out stands aside, for as long as they are out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isclose

from sqlalchemy import select

from cop.accounts.models import Person
from cop.communities.models import Removal
from cop.discussions.models import Thread
from cop.endorsements.check_ins.models import BY_PRACTICE, CheckIn
from cop.endorsements.models import Verdict
from cop.platform.clock import moment, seconds
from cop.platform.database import reading, session
from cop.ranking.acts import CHECK_INS, GIVEN_VERDICTS, KEEPER, Act, ActKind
from cop.ranking.grounds.queries import list_acts
from cop.ranking.needs.facts.queries import list_threads_from
from cop.ranking.verification import BATCH, NEAR, Finding

_KEYS = ("kind", "given_at", "answer", "answered_at", "reply_id")
_REACH = 90 * 86_400  # seconds: a promotion or a lost role reaches back as far (B0, R11)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of a thread, as the acts have it."""

    kind: str
    given_at: int
    answer: str | None
    answered_at: int | None
    voice: float
    reply_id: int | None  # of what was written with it
    voice_before: float | None  # of what the answer renewed or replaced


@dataclass(frozen=True, slots=True)
class WrongVerdict(Finding):
    """One column of a verdict, or of an answer to a check-in, that is not what the acts say."""

    person_id: int
    said: Said | None = None  # all that the acts say, of a row that is missing or one too many


@dataclass(frozen=True, slots=True)
class _Stored:
    acts: Sequence[Act]
    tellers: frozenset[int]
    verdicts: Mapping[int, Verdict]
    answers: Mapping[tuple[int, int], tuple[datetime, float | None]]  # by person and second
    put_out: Mapping[int, datetime]
    gone: frozenset[int]


def check_verdicts(batch: int = BATCH) -> Iterator[WrongVerdict]:
    """Walk all threads; one with findings is read a second time, since people write meanwhile."""
    last = 0
    while thread_ids := _next(last, batch):
        last = thread_ids[-1]
        for thread_id in sorted({finding.thread_id for finding in find_wrong_verdicts(thread_ids)}):
            yield from find_wrong_verdicts([thread_id])


def find_wrong_verdicts(thread_ids: Sequence[int]) -> list[WrongVerdict]:
    with reading():
        return _findings(thread_ids)


def look_again(thread_id: int) -> list[WrongVerdict]:
    """The findings of one thread, inside a transaction."""
    return _findings([thread_id])


def said_in(acts: Sequence[Act], tellers: frozenset[int]) -> dict[int, Said]:
    """Who says what of a thread by its acts, in order; of bans it is not asked: what is set aside is kept as it is."""
    by_person: dict[int, list[Act]] = defaultdict(list)
    deleted = {act.ref for act in acts if act.kind is ActKind.DELETE}
    for act in acts:
        if act.person_id is not None and act.person_id not in tellers and act.role != KEEPER:
            by_person[act.person_id].append(act)
    found = ((person_id, _say(own, deleted)) for person_id, own in by_person.items())
    return {person_id: said for person_id, said in found if said}


def _say(own: Sequence[Act], deleted: set[int | None]) -> Said | None:
    given: Act | None = None
    answers: list[Act] = []
    for act in own:
        if act.kind is ActKind.WITHDRAW_VERDICT or act.kind in GIVEN_VERDICTS:
            given, answers = (act if act.kind in GIVEN_VERDICTS else None), []
        elif act.kind in CHECK_INS and act.id not in deleted:
            answers.append(act)
    if given is None:
        return None
    last = [given, *answers]
    return Said(
        kind=given.kind,
        given_at=given.at,
        answer=last[-1].kind if answers else None,
        answered_at=last[-1].at if answers else None,
        voice=_voice_of(last[-1], own),
        reply_id=given.ref,
        voice_before=_voice_of(last[-2], own) if answers else None,
    )


def _voice_of(act: Act, own: Sequence[Act]) -> float:
    """The frozen voice, or that of the last promotion or lost role that reached back to it."""
    voice = act.voice
    for other in own:
        is_later = other.place > act.place and other.at - act.at <= _REACH
        if is_later and other.kind in (ActKind.PROMOTE, ActKind.ROLE_LOSS):
            voice = other.voice if other.kind is ActKind.PROMOTE else 0.0
    return voice


def _findings(thread_ids: Sequence[int]) -> list[WrongVerdict]:
    return [finding for thread_id, stored in _load(thread_ids).items() for finding in _compare(thread_id, stored)]


def _compare(thread_id: int, stored: _Stored) -> Iterator[WrongVerdict]:
    expected = said_in(stored.acts, stored.tellers)
    for person_id in sorted(stored.verdicts.keys() | expected.keys()):
        verdict, said = stored.verdicts.get(person_id), expected.get(person_id)
        if verdict is None or said is None:
            yield WrongVerdict(thread_id, "verdict", _row(verdict), _row(said), person_id, said)
            continue
        yield from _compare_one(thread_id, verdict, said, stored)


def _compare_one(thread_id: int, verdict: Verdict, said: Said, stored: _Stored) -> Iterator[WrongVerdict]:
    person_id = verdict.person_id
    answered_at, before = stored.answers.get((person_id, said.answered_at or 0), (None, None))
    if said.answered_at is not None and answered_at is None:
        answered_at = moment(said.answered_at)
    have = (verdict.kind, seconds(verdict.given_at), verdict.answer, verdict.answered_at, verdict.reply_id)
    want = (said.kind, said.given_at, said.answer, answered_at, said.reply_id)
    for key, one, other in zip(_KEYS, have, want, strict=True):
        if one != other:
            yield WrongVerdict(thread_id, f"verdict.{key}", one, other, person_id)
    if not isclose(verdict.voice, said.voice, rel_tol=0, abs_tol=NEAR):
        yield WrongVerdict(thread_id, "verdict.voice", verdict.voice, said.voice, person_id)
    if said.answer and not isclose(before or 0.0, said.voice_before or 0.0, rel_tol=0, abs_tol=NEAR):
        yield WrongVerdict(thread_id, "check_in.voice_before", before, said.voice_before, person_id)
    out = stored.put_out.get(person_id)
    if verdict.set_aside_at != out and not (out is None and person_id in stored.gone):
        yield WrongVerdict(thread_id, "verdict.set_aside_at", verdict.set_aside_at, out, person_id)


def _row(one: object) -> object:
    return "nothing" if one is None else "a row"


def _next(after: int, limit: int) -> list[int]:
    with reading():
        return list_threads_from(after, limit=limit)


def _load(thread_ids: Sequence[int]) -> dict[int, _Stored]:
    acts, verdicts, answers = list_acts(thread_ids), _list_verdicts(thread_ids), _list_answers(thread_ids)
    people = {person_id for of_thread in verdicts.values() for person_id in of_thread}
    out = _list_put_out(people)
    gone = frozenset(
        session().scalars(select(Person.id).where(Person.id.in_(people), Person.deactivated_at.is_not(None)))
    )
    rows = select(Thread.id, Thread.teller_id, Thread.community_id).where(Thread.id.in_(thread_ids))
    return {
        thread_id: _Stored(
            acts=[one.act for one in acts[thread_id]],
            tellers=frozenset() if teller_id is None else frozenset({teller_id}),
            verdicts=verdicts[thread_id],
            answers=answers[thread_id],
            put_out=out[community_id],
            gone=gone,
        )
        for thread_id, teller_id, community_id in session().execute(rows)
    }


def _list_verdicts(thread_ids: Sequence[int]) -> dict[int, dict[int, Verdict]]:
    found: dict[int, dict[int, Verdict]] = defaultdict(dict)
    for verdict in session().scalars(select(Verdict).where(Verdict.thread_id.in_(thread_ids))):
        found[verdict.thread_id][verdict.person_id] = verdict
    return found


def _list_answers(thread_ids: Sequence[int]) -> dict[int, dict[tuple[int, int], tuple[datetime, float | None]]]:
    """Of the answers that renewed or replaced a verdict, when they were given, and the voice that it had before."""
    found: dict[int, dict[tuple[int, int], tuple[datetime, float | None]]] = defaultdict(dict)
    rows = select(CheckIn.thread_id, CheckIn.person_id, CheckIn.answered_at, CheckIn.voice_before).where(
        CheckIn.thread_id.in_(thread_ids), CheckIn.role == BY_PRACTICE, CheckIn.answered_at.is_not(None)
    )
    for thread_id, person_id, at, voice in session().execute(rows):
        if at is not None:
            found[thread_id][person_id, seconds(at)] = at, voice
    return found


def _list_put_out(people: set[int]) -> dict[int, dict[int, datetime]]:
    """Who is out of which community, and since when."""
    found: dict[int, dict[int, datetime]] = defaultdict(dict)
    rows = select(Removal.community_id, Removal.person_id, Removal.at).where(
        Removal.person_id.in_(people), Removal.ended_at.is_(None)
    )
    for community_id, person_id, at in session().execute(rows):
        found[community_id][person_id] = at
    return found
