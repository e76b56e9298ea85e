"""Asking about what search did not find: where the reader may ask, and with which words the question begins."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote_plus

from cop.accounts.viewer import Viewer
from cop.communities.queries import CommunityLine
from cop.discussions.permissions import can_tell

MOST_PLACES = 12  # to choose from; whoever is in more narrows the search to the one they mean
LONGEST_LED = 1_500  # characters of the words in an address that somebody is led to after signing in


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that may be asked in one of some places; a visitor signs in first, and may have to choose after."""

    places: tuple[CommunityLine, ...]
    words: str
    is_signed_in: bool

    def __bool__(self) -> bool:
        return bool(self.places) or not self.is_signed_in


def build_asking(
    viewer: Viewer, communities: Sequence[CommunityLine], narrowed: Collection[int] | None, words: str, now: datetime
) -> Asking:
    """Where somebody may ask: in the communities they looked in, or in all of theirs; no statement."""
    looked_in = [line for line in communities if narrowed is None or line.id in narrowed]
    if not viewer.is_authenticated:
        return Asking(tuple(looked_in) if len(looked_in) == 1 else (), _as_far_as_it_is_led(words), False)
    mine = [line for line in looked_in if line.id in viewer.places]
    return Asking(tuple(line for line in mine if can_tell(viewer, line.id, now))[:MOST_PLACES], words, True)


def _as_far_as_it_is_led(words: str) -> str:
    """As many of the words as an address holds that stands in another address."""
    kept = words
    while len(quote_plus(kept)) > LONGEST_LED:
        shorter = kept[: len(kept) * LONGEST_LED // len(quote_plus(kept))]
        kept = shorter.rpartition(" ")[0] or shorter
    return kept
