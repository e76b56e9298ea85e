"""What `cop check` finds of one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing; without `advice` all is well."""

    what: str
    advice: str = ""

    @property
    def line(self) -> str:
        return f"trouble  {self.what} {self.advice}" if self.advice else f"ok       {self.what}"


Check = Callable[[], Iterator[Finding]]
