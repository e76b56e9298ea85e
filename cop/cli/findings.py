"""What `cop check` finds of one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing; without `advice` all is well. A note is worth knowing, and no trouble."""

    what: str
    advice: str = ""
    is_note: bool = False

    @property
    def is_trouble(self) -> bool:
        return bool(self.advice) and not self.is_note

    @property
    def line(self) -> str:
        word = "note" if self.is_note else "trouble" if self.advice else "ok"
        return f"{word:<8} {self.what} {self.advice}".rstrip()


Check = Callable[[], Iterator[Finding]]
