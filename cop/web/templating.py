"""What every template may use: words for times and numbers, addresses, the guard of forms, the pulse's bars."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from cop.accounts.devices import label_of
from cop.accounts.queries import PersonLine
from cop.accounts.viewer import Viewer
from cop.demo import CLINICAL
from cop.discussions.drafts.queries import DraftLine
from cop.platform import ids, repeats, site
from cop.platform.choices import site_settings
from cop.platform.contexts import g_itself, request_itself
from cop.platform.words import gettext as _
from cop.platform.words import ngettext
from cop.settings import Settings
from cop.web.caching import Packed, kept_part
from cop.web.callers import viewer
from cop.web.compiled import CompiledTemplates, OurTemplate
from cop.web.sending import now

THEMES = ("light", "dark", "auto")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_GUARD, _NEW_DRAFT = Markup("\0guard\0"), "\0draft\0"  # no text that anybody wrote holds a NUL
_MARKS = re.compile(f"{_GUARD}|{_NEW_DRAFT}")
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def furnish(app: Flask, settings: Settings) -> None:
    """Give the templates their words and tools."""
    app.jinja_env.template_class = OurTemplate
    app.jinja_env.bytecode_cache = CompiledTemplates(site.folder("templates"), Path(__file__).read_bytes())
    app.jinja_env.globals.update(
        _=_,
        url_for=link_to,
        ngettext=ngettext,
        viewer=viewer,
        now=now,
        theme=theme,
        asset=asset,
        icon_of=icon,
        form_guard=form_guard,
        guard_again=guard_again,
        draft_guard=draft_guard,
        alike=alike,
        bars=bars,
        site=site_settings,
        is_demo=settings.demo,
        invented=invented,
        device=label_of,
    )
    app.jinja_env.filters.update(
        ago=ago,
        since=since,
        day=day,
        clock=clock,
        month_of=month_of,
        initials=initials,
        spell=ids.spell,
        practice=practice_line,
        greeting=greeting,
        happened=happened_words,
        number=number_word,
    )


def link_to(endpoint: str, **values: Any) -> str:
    """An address of ours, as `url_for` makes it. A page holds fifty of them, and most are the same on every page."""
    for value in values.values():  # what is not plain may be equal to something else, or ask for another host
        if value is not None and type(value) is not str:
            return url_for(endpoint, **values)
    return _link_to(request_itself().root_path, endpoint, tuple(values.items()))


@lru_cache(maxsize=4_000)
def _link_to(_root: str, endpoint: str, values: tuple[tuple[str, str | None], ...]) -> str:
    return url_for(endpoint, **dict(values))  # type: ignore[arg-type]  # addresses take whatever they name


def icon(name: str) -> Markup:
    """One of the signs of `icons.svg`; a page holds dozens."""
    return _icon(request_itself().root_path, name)


@lru_cache(maxsize=400)
def _icon(_root: str, name: str) -> Markup:
    address = f"{url_for('static', filename='icons.svg')}#i-{name}"
    return Markup('<svg class="i" aria-hidden="true"><use href="{}"/></svg>').format(address)


def invented(slug: str) -> str:
    """What the demonstration says below its texts; of a clinical practice also what they are not."""
    if slug in CLINICAL:
        return _("Invented for this demonstration; not clinical advice.")
    return _("Invented for this demonstration.")


def theme() -> str:
    """The reader's theme: this device's, from its cookie, else the one they prefer; anything else is auto."""
    chosen = request.cookies.get("theme") or viewer().theme
    return chosen if chosen in THEMES else "auto"


def here(at: datetime) -> datetime:
    """A moment on the reader's clock; visitors have the clock of UTC."""
    zone = viewer().time_zone
    try:
        return at.astimezone(ZoneInfo(zone) if zone else UTC)
    except (KeyError, ValueError, OSError):  # a zone that this machine's tables no longer know
        return at.astimezone(UTC)


def form_guard() -> Markup:
    """The hidden fields of a form that changes something: the token, and the key that makes a double click harmless."""
    if "cop_marks_guards" in g_itself():
        return _GUARD
    return guard_again(repeats.new_key()) if viewer().is_authenticated else Markup("")


def guard_again(key: str) -> Markup:
    """The guard of a form that is sent once more, with the key of the first sending, so that its work is done once.

    Its page is made for one person and never stored, so the token is there even when the database cannot say for whom.
    """
    carried = g_itself()
    if "cop_token" not in carried:
        carried.cop_token = escape(generate_csrf())
    token, key = carried.cop_token, escape(key or repeats.new_key())
    return Markup(  # noqa: S704  # both are escaped
        f'<input type="hidden" name="csrf_token" value="{token}"><input type="hidden" name="key" value="{key}">'
    )


def alike(what: str, *told: Hashable, caller: Callable[[], Markup]) -> Markup:
    """A form that reads the same for everybody of one standing: written once, and only its guards anew.

    Args:
        what: which form; with `told` it tells this text from every other.
        caller: writes it.
    """
    kept = kept_part(("form", what, *told), (), lambda: Packed(_write_with_marks(caller)))
    return Markup(_MARKS.sub(_fill_mark, kept.text))  # noqa: S704  # its template has escaped what was told


def _write_with_marks(caller: Callable[[], Markup]) -> Markup:
    g.cop_marks_guards = True
    try:
        return Markup(caller())  # noqa: S704  # what Jinja has written is escaped already
    finally:
        g.pop("cop_marks_guards")


def _fill_mark(mark: re.Match[str]) -> str:
    return form_guard() if mark[0] == _GUARD else ids.spell(ids.new_id())


def draft_guard(path: str, begun: DraftLine | None = None, *, in_hand: bool = True) -> Markup:
    """The hidden fields by which a form of many words is kept as a draft: which, on which revision, and what it is for.

    Args:
        path: where the form is sent when it is said.
        begun: the draft from which it was filled.
        in_hand: whether it is the form that was just sent and is shown again.
    """
    draft_id, revision = _draft_in_hand() if in_hand and request.method == "POST" else (None, 0)
    if begun:
        draft_id, revision = begun.id, begun.revision
    return Markup(
        '<input type="hidden" name="draft" value="{}"><input type="hidden" name="draft_revision" value="{}">'
        '<input type="hidden" name="draft_path" value="{}">'
    ).format(_spell_draft(draft_id), revision, path)


def _spell_draft(draft_id: int | None) -> str:
    if draft_id is None and "cop_marks_guards" in g:
        return _NEW_DRAFT
    return ids.spell(draft_id or ids.new_id())


def _draft_in_hand() -> tuple[int | None, int]:
    """The draft as which the form in hand was just saved, or else the one that it named, and the revision."""
    if "draft_in_hand" in g:
        draft_id, revision = g.draft_in_hand
        return draft_id, revision
    sent = request.form.get("draft_revision", "")
    return ids.read(request.form.get("draft", "")), int(sent) if sent.isdecimal() and len(sent) < 10 else 0


def asset(name: str) -> str:
    """The address of a static file with the fingerprint of its bytes, so that it may be kept for ever."""
    return link_to("static", filename=name, v=_fingerprint(name))


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((site.folder("static") / name).read_bytes()).hexdigest()[:12]


def bars(counts: Sequence[int]) -> list[tuple[int, float, float, bool]]:
    """The pulse's rectangles as (x, y, height, whether hot), in a viewBox of 70 × 20 (DESIGN.md, Vital sign)."""
    return [
        (i * 6, 18 - min(n, 6) * 2.8 if n else 18.5, min(n, 6) * 2.8 + 2 if n else 1.5, i > 7 and n > 0)
        for i, n in enumerate(counts)
    ]


def ago(at: datetime) -> str:
    """A time in day-coarse words up to four weeks, then the date."""
    days = (here(now()).date() - here(at).date()).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days < 14:
        return ngettext("%(num)s day ago", "%(num)s days ago", days)
    if days <= 28:
        return ngettext("%(num)s week ago", "%(num)s weeks ago", days // 7)
    return day(at)


def since(at: datetime) -> str:
    """When something was, as one says since when: the hour of today, a day of this week, then the date."""
    days = (here(now()).date() - here(at).date()).days
    if days <= 0:
        return f"{here(at):%H:%M}"
    if days == 1:
        return _("yesterday")
    return _(_DAYS[here(at).weekday()]) if days < 7 else day(at)


def day(at: datetime) -> str:
    """A date: 4 Nov 2025."""
    at = here(at)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def clock(at: datetime) -> str:
    """The time of day: 21:08."""
    return here(at).strftime("%H:%M")


def month_of(at: datetime) -> str:
    """A month, with its year unless it is this one: April, or April 2025."""
    at = here(at)
    month = _LONG_MONTHS[at.month - 1]
    return month if at.year == here(now()).year else f"{month} {at.year}"


def greeting(person: Viewer) -> str:
    """By the reader's clock, if they have said where it stands."""
    hour = here(now()).hour
    if not person.time_zone:
        return _("Hello, %(name)s", name=person.name)
    if 5 <= hour < 12:
        return _("Good morning, %(name)s", name=person.name)
    if 12 <= hour < 18:
        return _("Good afternoon, %(name)s", name=person.name)
    return _("Good evening, %(name)s", name=person.name)


def happened_words(stored: str) -> str:
    """“2023-05” as May 2023, “2023” as it is."""
    return f"{_LONG_MONTHS[int(stored[5:]) - 1]} {stored[:4]}" if len(stored) == 7 else stored


def initials(name: str) -> str:
    """At most two letters that stand for a name."""
    words = [word for word in name.split() if word[0].isalnum()] or [name or "·"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def practice_line(person: PersonLine | Viewer) -> str:
    """“ICU nurse, 14 yrs”: years are counted from the year that was stored."""
    if not person.practising_since:
        return person.practice
    years = now().year - person.practising_since
    told = ngettext("%(num)s yr", "%(num)s yrs", years) if years > 0 else _("first year")
    return f"{person.practice}, {told}" if person.practice else told


def number_word(number: int) -> str:
    """Small numbers as words, the rest as figures: “four stories”."""
    return _WORDS[number] if 0 <= number < len(_WORDS) else str(number)
