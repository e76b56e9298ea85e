"""Probes beside the story: each with its answer at the words it asks about, or in the place of the box it asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cop.accounts.queries import PersonLine
from cop.discussions.models import FIELDS
from cop.discussions.probes.models import OPEN
from cop.discussions.probes.queries import Asked
from cop.discussions.probes.spans import Beside, set_beside, set_first
from cop.discussions.queries import FieldText
from cop.web.caching import write_part


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around every pair of one story."""

    thread_id: int
    teller: str
    people: Mapping[int, PersonLine]
    is_tellers_own: bool  # the page is the teller's


@dataclass(frozen=True, slots=True)
class Pair:
    """A probe beside the story, with the teller's answer once there is one."""

    asked: Asked
    around: Around
    is_gone: bool = False  # the words it asked about are not there any more

    @property
    def asker(self) -> PersonLine | None:
        return self.around.people.get(self.asked.reply.author_id or 0)


@dataclass(frozen=True, slots=True)
class AskedBox:
    """A box that the teller left empty, and who has asked for it."""

    name: str
    reply_id: int
    asker: PersonLine | None


def set_pairs(sections: Sequence[FieldText], beside: Sequence[Asked], around: Around) -> tuple[FieldText, ...]:
    """The boxes with each probe beside its words; what was asked of an empty box and answered stands in its place."""
    told, pairs = {section.name: section for section in sections}, defaultdict(list)
    for one in beside:
        pairs[one.probe.box].append(Pair(one, around))
    placed = (
        _set_in(told[name], pairs[name]) if name in told else _stand_in(name, pairs[name])
        for name in FIELDS
        if name in told or pairs[name]
    )
    return tuple(section for section in placed if section.html)


def list_asked_boxes(beside: Sequence[Asked], told: frozenset[str], around: Around) -> tuple[AskedBox, ...]:
    """The empty boxes for which somebody has asked and waits, each once."""
    first = {one.probe.box: one for one in reversed(beside) if one.probe.state == OPEN and not one.probe.quote}
    return tuple(AskedBox(box, one.reply.id, Pair(one, around).asker) for box, one in first.items() if box not in told)


def _set_in(section: FieldText, pairs: Sequence[Pair]) -> FieldText:
    if not pairs:
        return section
    quoting = [pair for pair in pairs if pair.asked.probe.quote]
    html, gone = set_beside(section.html, [Beside(pair.asked.probe.quote, _write(pair)) for pair in quoting])
    for pair in reversed([pair for pair in pairs if not pair.asked.probe.quote]):
        html = set_first(html, _write(pair))
    for number in gone:
        html += f'<div class="passage">{_write(replace(quoting[number], is_gone=True))}</div>'
    return replace(section, html=html)


def _stand_in(box: str, pairs: Sequence[Pair]) -> FieldText:
    """A box without words of its own: what was answered when somebody asked for it, or was asked of words now gone."""
    shown = [replace(pair, is_gone=bool(pair.asked.probe.quote)) for pair in pairs]
    shown = [pair for pair in shown if pair.is_gone or pair.asked.answers]
    return FieldText(box, "", "".join(f'<div class="instead">{_write(pair)}</div>' for pair in shown))


def _write(pair: Pair) -> str:
    return str(write_part("threads/_pair.html", pair=pair))
