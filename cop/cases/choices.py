"""What somebody sends who chooses: an order of the options, why, how sure they are, and what swayed them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cop.cases.metrics import ranks_of
from cop.cases.models import CONFIDENCES
from cop.platform import markup
from cop.platform.characters import length_of_words, says_something
from cop.platform.errors import Unsound
from cop.platform.markup import Rendered
from cop.platform.words import gettext as _

LEAST_REASON = 20  # characters that say something: domain.md A2


@dataclass(frozen=True, slots=True)
class ChoiceDraft:
    """A choice as it was sent.

    Args:
        first, last: places of options, from 1.
        order: the rank given to each option, where somebody put all of them in order; empty otherwise.
        cue_ids: what swayed them.
    """

    rationale: str
    first: int | None = None
    last: int | None = None
    order: Sequence[int | None] = ()
    confidence: int | None = None
    cue_ids: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice that can be stored as soon as it is known what there was to choose from."""

    draft: ChoiceDraft
    rationale: Rendered

    def ranks_among(self, options: int) -> tuple[float, ...]:
        """The rank of each of so many options.

        Raises:
            Unsound: it is no order of them.
        """
        return ranks_in(self.draft, options)


def ranks_in(draft: ChoiceDraft, options: int) -> tuple[float, ...]:
    """The rank that a choice gives to each of so many options.

    Raises:
        Unsound: it is no order of them.
    """
    if draft.order:
        return _ranks_in_order(draft.order, options)
    if draft.first is None or not 1 <= draft.first <= options:
        raise Unsound({"first": _("Choose what you would do first.")})
    if draft.last is None or not 1 <= draft.last <= options:
        raise Unsound({"last": _("Choose what you would leave for last.")})
    if draft.first == draft.last:
        raise Unsound({"last": _("What you do first cannot be what you leave for last.")})
    return ranks_of(options, first=draft.first - 1, last=draft.last - 1)


def faults_of(draft: ChoiceDraft) -> dict[str, str]:
    """What keeps it from being kept, as far as that shows without knowing the options."""
    faults = {}
    if not draft.order and draft.first is None:
        faults["first"] = _("Choose what you would do first.")
    if not draft.order and draft.last is None:
        faults["last"] = _("Choose what you would leave for last.")
    if not draft.order and draft.first is not None and draft.first == draft.last:
        faults["last"] = _("What you do first cannot be what you leave for last.")
    if draft.confidence not in CONFIDENCES:
        faults["confidence"] = _("Say how sure you are. A hunch will do.")
    if length_of_words(draft.rationale) < LEAST_REASON:
        faults["rationale"] = _("Say what tipped you, in at least %(least)s characters.", least=LEAST_REASON)
    if markup.is_too_long(draft.rationale):
        faults["rationale"] = _("It is longer than 64 kB, which is about ten thousand words.")
    return faults


def faults_of_second_thought(text: str) -> dict[str, str]:
    if not says_something(text):
        return {"second_thought": _("Say what you think now. A line is enough.")}
    if markup.is_too_long(text):
        return {"second_thought": _("It is longer than 64 kB, which is about ten thousand words.")}
    return {}


def render_choice(draft: ChoiceDraft) -> Choice:
    """Render a choice without faults. Slow: never inside a transaction."""
    return Choice(draft, markup.render(draft.rationale))


def _ranks_in_order(order: Sequence[int | None], options: int) -> tuple[float, ...]:
    given = [rank for rank in order[:options] if rank is not None]
    if sorted(given) != list(range(1, options + 1)) or any(rank is not None for rank in order[options:]):
        says = _("Give each a place of its own, from 1 to %(most)s, or leave all of them.", most=options)
        raise Unsound({"order": says})
    return tuple(map(float, given))
