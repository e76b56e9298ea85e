"""The few ways in which a request can fail. Each is mapped once, to a page that says it."""

from __future__ import annotations

from dataclasses import dataclass


class Problem(Exception):
    """Something that the person can be told in one sentence."""

    status = 500

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class NotVisible(Problem):
    """There is nothing here that this viewer can see: missing and forbidden look the same."""

    status = 404


class NotAllowed(Problem):
    """The viewer sees the thing and may not do this with it."""

    status = 403


class Conflict(Problem):
    """Somebody else was quicker, or the thing has changed since it was read."""

    status = 409


class Unsound(Problem):
    """What was sent cannot be stored: one sentence for each field, text kept."""

    status = 422

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


class Busy(Problem):
    """The database was busy twice; trying again in a moment will do."""

    status = 503


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether something may be done, and the sentence that says why not."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def enforce(self) -> None:
        """Raise NotAllowed with the reason unless it may be done."""
        if not self.allowed:
            raise NotAllowed(self.reason)


ALLOWED = Ruling(True)
