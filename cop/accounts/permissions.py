"""Who may do what with an account. Each refusal is the sentence the person reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cop.accounts.viewer import Viewer
from cop.platform.errors import ALLOWED, Ruling
from cop.platform.words import gettext as _


@dataclass(frozen=True, slots=True)
class Ties:
    """What would be left without anybody if a person went."""

    alone_in: Sequence[str] = ()  # the communities of which they are the only moderator, by name
    is_last_administrator: bool = False


def can_administer(viewer: Viewer) -> Ruling:
    return ALLOWED if viewer.is_administrator else Ruling(False, _("Only an administrator can do this."))


def can_leave_site(ties: Ties) -> Ruling:
    """Whether an account may be closed: nothing is left without somebody who looks after it."""
    if ties.alone_in:
        names = ", ".join(ties.alone_in)
        return Ruling(False, _("You are the only moderator of %(names)s. Make somebody else one first.", names=names))
    if ties.is_last_administrator:
        return Ruling(False, _("You are the only administrator here. Make somebody else one first."))
    return ALLOWED


def can_suspend(viewer: Viewer, *, person_id: int, is_administrator: bool, administrators: int) -> Ruling:
    """Somebody other than oneself, and never the last who could undo it."""
    if not viewer.is_administrator:
        return Ruling(False, _("Only an administrator can suspend an account."))
    if viewer.id == person_id:
        return Ruling(False, _("You cannot suspend yourself."))
    if is_administrator and administrators <= 1:
        return Ruling(False, _("This is the only administrator."))
    return ALLOWED
