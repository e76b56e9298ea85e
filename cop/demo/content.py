"""The demonstration's content as its files say it. The format is described in content/README.md."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cop.communities.models import MODERATOR
from cop.demo.care import CareContent, read_care
from cop.demo.drafts import DraftCard, read_drafts
from cop.demo.faults import BadContent
from cop.demo.probes import ProbeContent, read_probes
from cop.discussions.stories import StoryDraft, tidy_text

FOLDER = Path(__file__).resolve().parent / "content"
_FENCE = "+++"
_TALK = "talk"
ASKING = "asking"


@dataclass(frozen=True, slots=True)
class VouchCard:
    """One more person's word, beside the first."""

    by: str
    days_ago: float
    line: str


@dataclass(frozen=True, slots=True)
class MemberCard:
    """How a person came to be in a community; a moderator whom nobody appointed founded it.

    Whoever has asked to be let in and still waits has the role `asking` here, and none there.
    """

    community: str
    role: str
    joined_days_ago: float = 0.0
    vouched_by: str = ""
    vouched_days_ago: float = 0.0
    vouch: str = ""
    asks: str = ""  # the line with which they asked to be let in, where one has to
    asked_days_ago: float = 0.0  # when, if nobody has answered yet
    left_days_ago: float = 0.0  # when they went, if they have
    also: tuple[VouchCard, ...] = ()
    appointed_by: str = ""
    appointed_days_ago: float = 0.0

    @property
    def has_founded(self) -> bool:
        return self.role == MODERATOR and not self.appointed_by

    @property
    def is_waiting(self) -> bool:
        return self.role == ASKING


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Somebody who takes part."""

    key: str
    name: str
    handle: str
    practice: str
    practising_since: int
    setting: str
    memberships: tuple[MemberCard, ...]


@dataclass(frozen=True, slots=True)
class AdministratorCard:
    """Who looks after the site, and is in no community."""

    name: str
    handle: str


@dataclass(frozen=True, slots=True)
class CommunityCard:
    """A community."""

    name: str
    slug: str
    practice: str
    ink: str
    welcome: str
    visibility: str = "public"
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HelpedCard:
    """Whom an answer helped to see it, and when they said so."""

    by: str
    days_ago: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """One entry of the talk under a story; `answers` is the place of an earlier one, `helped` who says that it did.

    Or a change: `of` is the place of what is edited or withdrawn, `box` the box of the story that is revised.
    """

    kind: str
    by: str
    days_ago: float
    setting: str = ""
    differed: str = ""
    answers: int | None = None
    of: int | None = None
    box: str = ""
    text: str = ""
    helped: tuple[HelpedCard, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryCard:
    """A story, a question or a procedure, and the talk under it."""

    file: str
    community: str
    teller: str
    told_days_ago: float
    draft: StoryDraft
    talk: tuple[Utterance, ...] = field(default=())
    kind: str = "story"
    topics: tuple[str, ...] = ()
    points: PointCard | None = None


@dataclass(frozen=True, slots=True)
class PointCard:
    """What a procedure points to: a document, whoever keeps it, and the files of what it rests on."""

    rests_on: tuple[str, ...]
    owner: str
    reviewed_days_ago: float
    link: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """All of it."""

    people: tuple[PersonCard, ...]
    communities: tuple[CommunityCard, ...]
    stories: tuple[StoryCard, ...]
    administrator: AdministratorCard | None = None
    asked: tuple[ProbeContent, ...] = ()  # what is asked of the tellers, one for each community that has any
    care: tuple[CareContent, ...] = ()  # what became of threads, the same
    drafts: tuple[DraftCard, ...] = ()


def read_content(folder: Path = FOLDER) -> Content:
    """Read every file.

    Raises:
        BadContent: one of them is not as its format says.
    """
    communities = [_read(path, _read_community) for path in sorted(folder.glob("*/community.toml"))]
    stories = [_read(path, _read_story) for path in sorted(folder.glob("*/[0-9]*.md"))]
    people = folder / "people.toml"
    administrator = _read(people, _read_administrator)
    asked = tuple(_read(path, read_probes) for path in sorted(folder.glob("*/probes.toml")))
    care = tuple(_read(path, read_care) for path in sorted(folder.glob("*/care.toml")))
    drafts = tuple(one for path in sorted(folder.glob("*/drafts.toml")) for one in _read(path, read_drafts))
    return Content(_read(people, _read_people), tuple(communities), tuple(stories), administrator, asked, care, drafts)


def hash_content(folder: Path = FOLDER) -> str:
    """What the content is, in one word: another when any file has changed."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".toml", ".md")):
        digest.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _read(path: Path, read: Any) -> Any:
    try:
        return read(path)
    except (KeyError, TypeError, ValueError) as problem:
        raise BadContent(
            f"The demonstration's file {path.parent.name}/{path.name} is not in order: {problem}."
        ) from problem


def _read_people(path: Path) -> tuple[PersonCard, ...]:
    people = tomllib.loads(path.read_text(encoding="utf-8"))["people"]
    return tuple(PersonCard(**_with_memberships(one)) for one in people)


def _read_administrator(path: Path) -> AdministratorCard | None:
    card = tomllib.loads(path.read_text(encoding="utf-8")).get("administrator")
    return AdministratorCard(**card) if card else None


def _with_memberships(person: Mapping[str, Any]) -> dict[str, Any]:
    return {**person, "memberships": tuple(_read_member(one) for one in person["memberships"])}


def _read_member(member: Mapping[str, Any]) -> MemberCard:
    return MemberCard(**{**member, "also": tuple(VouchCard(**one) for one in member.get("also", ()))})


def _read_community(path: Path) -> CommunityCard:
    return CommunityCard(**_frozen(tomllib.loads(path.read_text(encoding="utf-8"))))


def _frozen(card: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in card.items()}


def _read_story(path: Path) -> StoryCard:
    pieces = _pieces(path.read_text(encoding="utf-8"))
    head, body = next(pieces)
    sections = _sections(body)
    if sections.pop(_TALK, ""):
        raise ValueError("words stand between “## talk” and its first entry")
    return StoryCard(
        file=f"{path.parent.name}/{path.name}",
        community=path.parent.name,
        teller=head.pop("teller"),
        told_days_ago=head.pop("told_days_ago"),
        kind=head.pop("kind", "story"),
        topics=tuple(head.pop("topics", ())),
        points=PointCard(**_frozen(head.pop("points"))) if "points" in head else None,
        draft=StoryDraft(fields=sections, **head),
        talk=tuple(_read_utterance(entry, text) for entry, text in pieces),
    )


def _read_utterance(entry: dict[str, Any], text: str) -> Utterance:
    helped = tuple(HelpedCard(**one) for one in entry.pop("helped", ()))
    return Utterance(text=tidy_text(text), helped=helped, **entry)


def _pieces(text: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The pieces of a file: TOML between two fences, and the text that follows it."""
    before, *rest = text.split(f"{_FENCE}\n")
    if before.strip() or len(rest) % 2:
        raise ValueError("its lines of +++ do not pair up")
    for toml, following in zip(rest[::2], rest[1::2], strict=True):
        yield tomllib.loads(toml), following


def _sections(body: str) -> dict[str, str]:
    """The text under each “## heading”."""
    _before, *sections = f"\n{body}".split("\n## ")
    named = (section.partition("\n") for section in sections)
    return {name.strip(): tidy_text(text) for name, _, text in named}
