"""What a probe points at, beside the boxes of a story: a decision of a case, at which practitioners are asked."""

from __future__ import annotations

_DECISION = "decision-"
_MOST = 9  # one figure; a case has four decisions at most


def decision_box(place: int) -> str:
    """The box of a question to the panel of a decision."""
    return f"{_DECISION}{place}"


def decision_in(box: str) -> int:
    """The decision whose panel is asked, from 1, or 0 for any other box."""
    number = box.removeprefix(_DECISION) if box.startswith(_DECISION) else ""
    return int(number) if number in map(str, range(1, _MOST + 1)) else 0
