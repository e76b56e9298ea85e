"""The words for states, the same on cards, in search and as filters."""

from __future__ import annotations

from cop.platform.words import gettext as _


def words_of_states() -> dict[str, str]:
    return {
        "living": _("Living"),
        "resting": _("Resting"),
        "due": _("Due for a check-in"),
        "contested": _("Contested"),
        "superseded": _("Superseded"),
        "retired": _("Retired"),
    }
