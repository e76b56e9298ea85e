"""Acts: everything that counts for order, and what each kind of it weighs (domain.md B1 and B0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

DAY: Final = 86_400  # seconds
ROUNDING: Final = 1e-9  # a computed number this close to a threshold has reached it
LEAST_VOICE: Final = 0.1  # below it a voice weighs nothing in what holds up
KEEPER: Final = "keeper"  # the role of a check-in that is no verdict of its person
FULL_SEAT: Final = 0.5  # from it on a person has a seat of their own


class ActKind(StrEnum):
    """What somebody did on a thread, or what was done about what they did."""

    CREATED = "created"
    REPLY = "reply"
    PROBE = "probe"
    ANSWER = "answer"
    SEEN = "seen"
    HELD = "held"
    ADAPTED = "adapted"
    OTHERWISE = "otherwise"
    FAILED = "failed"
    STILL = "still"
    DEPENDS = "depends"
    NO_LONGER = "no_longer"
    WITHDRAW_VERDICT = "withdraw_verdict"
    DELETE = "delete"
    BAN = "ban"
    UNBAN = "unban"
    PROMOTE = "promote"
    ROLE_LOSS = "role_loss"
    ACCEPT_CONDITION = "accept_condition"


class Weight(NamedTuple):
    """What an act of a full voice adds to liveliness, to support and to dissent."""

    life: float
    support: float = 0.0
    dissent: float = 0.0


WEIGHTS: Final[Mapping[ActKind, Weight]] = {
    ActKind.CREATED: Weight(life=1),
    ActKind.REPLY: Weight(life=1),
    ActKind.PROBE: Weight(life=1),
    ActKind.ANSWER: Weight(life=1),
    ActKind.SEEN: Weight(life=1, support=1),
    ActKind.HELD: Weight(life=3, support=3),
    ActKind.ADAPTED: Weight(life=3, support=1.5),
    ActKind.OTHERWISE: Weight(life=2, dissent=1),
    ActKind.FAILED: Weight(life=3, dissent=3),
    ActKind.STILL: Weight(life=2, support=2),
    ActKind.DEPENDS: Weight(life=2, support=1),
    ActKind.NO_LONGER: Weight(life=2, dissent=3),
}

TABLE_B1: Final = frozenset(WEIGHTS)  # the acts that make a thread lively; all others are about acts
REPLIES: Final = frozenset({ActKind.REPLY, ActKind.PROBE, ActKind.ANSWER})
GIVEN_VERDICTS: Final = frozenset({ActKind.SEEN, ActKind.HELD, ActKind.ADAPTED, ActKind.OTHERWISE, ActKind.FAILED})
CHECK_INS: Final = frozenset({ActKind.STILL, ActKind.DEPENDS, ActKind.NO_LONGER})
VERDICTS: Final = GIVEN_VERDICTS | CHECK_INS  # an answer to a check-in replaces the verdict before it
UNDONE_ALONE: Final = REPLIES | CHECK_INS | {ActKind.ACCEPT_CONDITION}  # by a deletion that names them
SUPPORTING: Final = frozenset(kind for kind, weight in WEIGHTS.items() if weight.support)
DISSENTING: Final = frozenset(kind for kind, weight in WEIGHTS.items() if weight.dissent)
VERIFYING: Final = frozenset({ActKind.HELD, ActKind.ADAPTED, ActKind.FAILED}) | CHECK_INS


@dataclass(frozen=True, slots=True)
class Act:
    """One act on one thread; the order of acts is that of (at, id).

    Args:
        id: unique; an act that arrives twice with one id is one act.
        at: when it happened, whole seconds UTC.
        person_id: who did it, or whom a ban, promotion or role loss is about; None for an anonymous teller.
        voice: 0 to 1, the person's voice at that moment; the new voice on a promotion.
        ref: on `delete` the id of the deleted act, on `accept_condition` which condition (None: the only one);
            elsewhere the id of the reply that came with the act, which order does not ask for.
        role: on `accept_condition`: "teller", "moderator" or "dissenter"; on a check-in "keeper", of whoever looks
            after the thread without having used it.
    """

    id: int
    at: int
    person_id: int | None
    kind: ActKind
    voice: float = 0.0
    ref: int | None = None
    role: str | None = None

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the one order of acts."""
        return self.at, self.id


@dataclass(frozen=True, slots=True)
class Params:
    """What a community may set: the two half-lives in days, and how much holding up weighs in Living."""

    half_life_days: float = 30.0  # H, 7 to 180
    verdict_half_life_days: float = 365.0  # HQ
    quality_weight: float = 4.0  # lambda, 1 to 6

    @property
    def half_life(self) -> float:
        """H in seconds."""
        return self.half_life_days * DAY

    @property
    def verdict_half_life(self) -> float:
        """HQ in seconds."""
        return self.verdict_half_life_days * DAY


def reaches(value: float, threshold: float) -> bool:
    """Whether a computed number is at least the threshold, give or take what floats lose."""
    return value >= threshold - ROUNDING


def has_voice(voice: float) -> bool:
    """Whether a voice weighs in what holds up, and makes its owner a dissenter or a practitioner."""
    return reaches(voice, LEAST_VOICE)


def is_refused(act: Act, tellers: frozenset[int]) -> bool:
    """Whether it is a verdict on one's own thread, which does not exist (R9); a check-in is none."""
    return act.kind in GIVEN_VERDICTS and act.person_id in tellers


def gives_verdict(act: Act, tellers: frozenset[int]) -> bool:
    """Whether it says something of another's thread: a teller's check-in is no verdict (R4), nor is a keeper's."""
    if act.role == KEEPER:
        return False
    return act.kind in VERDICTS and act.person_id is not None and act.person_id not in tellers
