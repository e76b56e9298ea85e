"""What is offered under the search field while somebody types: titles of discussions, and topics."""

from __future__ import annotations

from dataclasses import dataclass

from cop.accounts.viewer import Viewer
from cop.communities.topics.queries import OfferedTopic, list_offered_topics
from cop.search.queries import OfferedTitle, list_offered_titles
from cop.search.titles import fold_typed

MOST_OFFERED, MOST_TOPICS = 8, 3
LEAST_TYPED = 2  # characters, before anything is offered


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What begins as what has been typed, titles first."""

    titles: tuple[OfferedTitle, ...] = ()
    topics: tuple[OfferedTopic, ...] = ()


def build_suggestions(viewer: Viewer, typed: str) -> Suggestions:
    """Titles and topics that the viewer may see, once what is typed is long enough to mean something."""
    folded = fold_typed(typed)
    if len(folded) < LEAST_TYPED:
        return Suggestions()
    return Suggestions(
        tuple(list_offered_titles(viewer, folded, limit=MOST_OFFERED)),
        tuple(list_offered_topics(viewer, folded, limit=MOST_TOPICS)),
    )
