"""The thirteen types: what each is called, the question as it may be asked, and which asks for which empty box."""

from __future__ import annotations

from cop.discussions.probes.models import TYPES
from cop.platform.words import gettext as _


def name_of(kind: str) -> str:
    """What the button says that chooses this type."""
    return {
        "cue": _("What did you see?"),
        "knowledge": _("What did you know?"),
        "analogue": _("Seen before?"),
        "goal": _("What were you after?"),
        "option": _("What else?"),
        "basis": _("Why that one?"),
        "experience": _("What made the difference?"),
        "aiding": _("What would have helped?"),
        "time": _("How much time?"),
        "assessment": _("How would you hand it over?"),
        "expectancy": _("What did you expect?"),
        "whatif": _("What if…?"),
        "uncertainty": _("How sure were you?"),
    }[kind]


def wording_of(kind: str) -> str:
    """The question of this type as it stands in the box until somebody changes it (domain.md A1)."""
    return {
        "cue": _("What exactly did you see, hear or sense at that moment? What would I have looked at and missed?"),
        "knowledge": _("What did you already know that let you read it that way, and where did it come from?"),
        "analogue": _("Did it remind you of an earlier case? Which, and where does it stop being like it?"),
        "goal": _("What were you trying to achieve, or protect, right then?"),
        "option": _("What else could you have done, and why not? Was anything not really an option?"),
        "basis": _("How did you pick it? Was there a rule? When does the rule fail?"),
        "experience": _("What training or experience was needed? Where would a newcomer slip?"),
        "aiding": _("What information, tool or person would have made it easier?"),
        "time": _("How much time pressure was there, and what would you do with twice the time?"),
        "assessment": _("If someone took over at that point, how would you describe the situation in two sentences?"),
        "expectancy": _("What did you expect to happen next? What would have told you you were wrong?"),
        "whatif": _("If [this] had been different, what would you have done?"),
        "uncertainty": _("What were you unsure about, and what did you do about it?"),
    }[kind]


def asks_for(box: str) -> tuple[str, str]:
    """The type and the wording that ask for a box that its teller left empty."""
    return {
        "noticed": ("cue", wording_of("cue")),
        "expected": ("expectancy", wording_of("expectancy")),
        "options": ("option", wording_of("option")),
        "did_why": ("basis", _("What did you do, and how did you pick it? When does that fail?")),
        "outcome": ("expectancy", _("What came of it, and was it what you had expected?")),
        "not_when": ("whatif", _("When would you not do this? What would have to be different?")),
        "watch_for": ("experience", _("What would you watch for the next time? Where would a newcomer slip?")),
    }.get(box, ("", ""))


def is_default(text: str) -> bool:
    """Whether nobody has changed it: it is the question of some type as it stands."""
    asked = {wording_of(kind) for kind in TYPES} | {asks_for(box)[1] for box in _BOXES}
    return text.strip() in asked


_BOXES = ("noticed", "expected", "options", "did_why", "outcome", "not_when", "watch_for")
