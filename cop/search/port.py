"""What the rest of the site asks of a search index, whichever engine stands behind it.

The index is disposable. It holds words and numbers, never a text that is shown: a search answers with ids, and the
database decides what of them the viewer sees and reads out the passage.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol, get_args

from cop.platform.errors import Problem

MOST_HITS = 200  # threads; decision 22
KEPT_WORDS = 6  # with more, what is typed is a situation: the six rarest count, decision 22, …
READ_BEYOND = 8_000  # … and of the others as many as stand in so few texts together, rarest first

Kind = Literal["story", "case", "question", "procedure"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Part = Literal["thread", "reply", "probe", "answer", "report", "dissent"]
PARTS: tuple[Part, ...] = get_args(Part)
Order = Literal["fit", "date"]


@dataclass(frozen=True, slots=True)
class IndexedText:
    """One text to be found: a thread's own (its hook and fields as `body`), or one reply, of some kind.

    `title` is the thread's title, for a reply too if its thread's words should lead to it: in the thread's own text
    it counts three times, in a reply once. `author` is "" where nobody may be named. `at` is in UTC seconds and
    settles ties: the newer text first.
    """

    id: int
    thread_id: int
    community_id: int
    kind: Kind
    part: Part
    title: str
    body: str
    author: str
    at: int


Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is looked for, and where one may look.

    Args:
        words: up to KEPT_WORDS are preferred all in one text; where no text has all, or there are more, any will do.
        times: how often each of the words was typed; once, where this is empty.
        phrases: each must stand in the text, its words side by side.
        excluded: a thread in which one of these stands anywhere is left out.
        communities: what the viewer sees; nothing outside is found, counted or weighed.
        narrowed_to: the communities that were asked for, if any were; those not seen stay unseen.
        kinds, parts: the kinds of thread and of text that were asked for, either of which will do; empty means all.
        since, until: from which second on, and before which one, a text was told or said.
        within: sets of threads in all of which a thread must be.
        outside: threads that are left out.
        texts: the only texts that may answer, if they are known beforehand.
        order: by how well a text fits, or the latest first.
        title: all words in their order: a thread with exactly this title comes first.
        is_listing: there is no word to look for, and whatever else is asked for will do: the latest first.
    """

    words: tuple[str, ...]
    communities: frozenset[int]
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    narrowed_to: frozenset[int] | None = None
    kinds: frozenset[Kind] = frozenset()
    parts: frozenset[Part] = frozenset()
    times: tuple[int, ...] = ()
    since: int | None = None
    until: int | None = None
    within: tuple[frozenset[int], ...] = ()
    outside: frozenset[int] = frozenset()
    texts: frozenset[int] | None = None
    order: Order = "fit"
    title: tuple[str, ...] = ()
    is_listing: bool = False

    @property
    def searched_communities(self) -> frozenset[int]:
        return self.communities if self.narrowed_to is None else self.communities & self.narrowed_to


@dataclass(frozen=True, slots=True)
class Hit:
    """A thread that was found, which of its texts answers best, how it stands in each order."""

    thread_id: int
    text_id: int
    score: float
    is_titled: bool = False
    is_procedure: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search.

    Args:
        hits: the best thread first, but procedures after everything else; each thread once.
        words: those of the query's words that were searched for, the rarest first: not the unknown, and of many only
            some.
        has_every_word: False when one of the query's words is unknown, or only texts with some of them were found.
    """

    hits: tuple[Hit, ...] = ()
    words: tuple[str, ...] = ()
    has_every_word: bool = True


class IndexState(StrEnum):
    """How the index is."""

    SOUND = "sound"
    REBUILDING = "rebuilding"  # the old one, where it is sound, goes on answering
    BROKEN = "broken"  # missing, damaged or written by another version: somebody must rebuild it


class IndexUnavailable(Problem):
    """There is no sound index to ask or to write to."""

    status = 503

    def __init__(self, reason: str = "Search is being rebuilt. Try again in a minute.") -> None:
        super().__init__(reason)


class IndexBusy(Exception):
    """Another process has been writing for longer than we wait; the same call later will do."""


class SearchIndex(Protocol):
    """An index of texts. One object serves every thread of a process; any number of processes may share the index."""

    def put(self, texts: Iterable[IndexedText]) -> None:
        """Make texts findable; one that is there already, by id, is replaced.

        Raises:
            IndexUnavailable: there is none, and nobody is building one.
            IndexBusy: another process writes.
        """

    def remove(self, ids: Iterable[int]) -> None:
        """Make texts unfindable. Raises as `put` does."""

    def remove_threads(self, thread_ids: Iterable[int]) -> None:
        """Make all texts of some threads unfindable. Raises as `put` does."""

    def find(self, query: SearchQuery, limit: int = MOST_HITS) -> Found:
        """The threads that answer a query, never more than MOST_HITS.

        Raises:
            IndexUnavailable: there is no sound index.
        """

    def count(self) -> int:
        """How many texts can be found. Raises IndexUnavailable."""

    def ids(self) -> Sequence[int]:
        """The ids of all texts that can be found, in order; eight bytes each. Raises IndexUnavailable."""

    def state(self) -> IndexState:
        """How the index is; cheap enough for every few seconds."""

    def rebuild(self, texts: Iterable[IndexedText]) -> int:
        """Build the index anew from all texts and put it in the old one's place; how many texts it holds.

        Begin to read the texts when the first is asked for, not before: what is put or removed from then on is kept.

        Raises:
            IndexBusy: another process is rebuilding it already, or writes without end.
        """
