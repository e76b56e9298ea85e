"""What is kept in the process of pages that were made once: parts that everybody shares, and for visitors whole pages.

Nothing is kept longer than it is true: whoever makes something to keep says under which names it may change
(`cop.discussions.versions`) before reading anything for it, and what was kept is used again only while all of them
have the stamps they had. What time alone changes is as old as the hour at most.
"""

from __future__ import annotations

import sys
import threading
import zlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar, cast

from cachetools import LRUCache
from flask import render_template
from flask_babel import get_locale
from markupsafe import Markup

from cop.platform import versions
from cop.platform.choices import site_settings
from cop.platform.contexts import app_itself, g_itself
from cop.platform.versions import Stamps
from cop.web.callers import viewer
from cop.web.sending import now

P = ParamSpec("P")
T = TypeVar("T")
Id = TypeVar("Id", bound=Hashable)

MOST_BYTES: Final = 32 * 1024 * 1024
_PATIENCE: Final = 5.0  # seconds to wait for somebody who is making the same


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that was made, and what it rests on."""

    names: tuple[str, ...]
    stamps: Stamps
    made: Any

    def size(self) -> int:
        return 500 + sum(sys.getsizeof(part) for part in (self.made if isinstance(self.made, tuple) else (self.made,)))


class Packed:
    """A written part as it is kept: a tenth of what it takes when it is read."""

    __slots__ = ("_packed",)

    def __init__(self, text: Markup) -> None:
        self._packed = zlib.compress(text.encode(), level=1)

    @property
    def text(self) -> Markup:
        return Markup(zlib.decompress(self._packed).decode())  # noqa: S704  # a part that was written by its template

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Packed) and self._packed == other._packed

    def __hash__(self) -> int:
        return hash(self._packed)

    def __sizeof__(self) -> int:
        return sys.getsizeof(self._packed) + 48


_kept: LRUCache[Hashable, Kept] = LRUCache(MOST_BYTES, getsizeof=Kept.size)
_one_at_a_time = threading.Lock()
_being_made: dict[Hashable, threading.Lock] = {}


def forget_all() -> None:
    """Keep nothing of what was made so far."""
    with _one_at_a_time:
        _kept.clear()


def rest_on(*names: str) -> Stamps:
    """Say what this page rests on, before reading it; the stamps it has now, the same all through one request."""
    known: dict[str, int] = g_itself().setdefault("cop_stamps", {})
    unknown = [name for name in names if name not in known]
    if unknown:
        known.update(zip(unknown, versions.stamps_of(unknown), strict=True))
    return tuple(known[name] for name in names)


def write_part(template: str, **shown: Any) -> Markup:
    """A part of a page, written out by its own template, to stand in another."""
    return Markup(render_template(template, **shown))  # noqa: S704  # what Jinja has written is escaped already


def kept_part(key: Hashable, names: Sequence[str], make: Callable[[], T]) -> T:
    """A part of a page that is the same for everybody who may see it, made anew only when what it rests on changed.

    Args:
        key: what tells this part from every other, without the language and the hour.
        names: what it rests on.
        make: makes it: a str, or a tuple of what little a page must know of it beside its text.
    """
    stamps, whole_key = rest_on(*names), (key, *circumstances())
    found = look_up(whole_key)
    if found and found.stamps == stamps:
        return cast("T", _verified(found.made, make))
    with alone_with(whole_key):
        found = look_up(whole_key)  # somebody may have made it while we waited
        if found and found.stamps == stamps:
            return cast("T", found.made)
        made = make()
        keep(whole_key, Kept(tuple(names), stamps, made))
    return made


def kept_by_id(
    what: str,
    ids: Iterable[Id],
    names_of: Callable[[Id], Sequence[str]],
    make: Callable[[list[Id]], Mapping[Id, T]],
) -> dict[Id, T]:
    """The same for many things of one sort; those that do not hold any more are made together.

    Args:
        names_of: what the thing of an id rests on.
        make: makes the things of the given ids, each of which is a key of what it returns.
    """
    asked = list(ids)
    rest_on(*dict.fromkeys(name for one in asked for name in names_of(one)))
    made: dict[Id, T] = {}

    def make_one(one: Id) -> T:
        if one not in made:
            made.update(make([other for other in asked if other == one or _is_compared() or not holds(other)]))
        return made[one]

    def holds(one: Id) -> bool:
        found = look_up(((what, one), *circumstances()))
        return found is not None and found.stamps == rest_on(*names_of(one))

    return {one: kept_part((what, one), names_of(one), partial(make_one, one)) for one in asked}


@contextmanager
def alone_with(key: Hashable) -> Iterator[None]:
    """Let one make a thing and the others wait for it: after a change everybody asks for the same at once.

    Whoever has waited long makes it themselves; nobody can wait for somebody who waits for them.
    """
    with _one_at_a_time:
        making = _being_made.setdefault(key, threading.Lock())
    is_ours = making.acquire(timeout=_PATIENCE)
    try:
        yield
    finally:
        if is_ours:
            with _one_at_a_time:
                _being_made.pop(key, None)
            making.release()


def circumstances() -> tuple[Hashable, ...]:
    """What any words depend on beside what they say: the language, the clock, and what the site is called."""
    carried, person = g_itself(), viewer()
    known = carried.get("copcircumstances")
    if known is None or known[0] is not person:  # who is looking may change in the middle of a request
        hour = now().strftime("%Y-%m-%dT%H")
        known = carried.copcircumstances = person, (str(get_locale()), person.time_zone, hour, site_settings())
    found: tuple[Hashable, ...] = known[1]
    return found


def look_up(key: Hashable) -> Kept | None:
    with _one_at_a_time:
        return _kept.get(key)


def keep(key: Hashable, kept: Kept) -> None:
    if kept.size() <= MOST_BYTES // 16:
        with _one_at_a_time:
            _kept[key] = kept


def _is_compared() -> bool:
    return app_itself().testing


def _verified(made: T, make: Callable[[], T]) -> T:
    """Under test, whatever is used again is made again too and must come out the same."""
    if _is_compared() and (again := make()) != made:
        raise AssertionError(f"kept, but no longer so: {made!r}\nis now: {again!r}")
    return made
