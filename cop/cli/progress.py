"""How far long work has come, on standard error: one line that changes on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self, TypeVar

import click

Item = TypeVar("Item")

_ON_TERMINAL = 0.1  # seconds between two lines
_ELSEWHERE = 10.0


class Progress:
    """Says where the work stands. Use it as a context: at the end its line is cleared."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._said_at = time.monotonic() if not self._is_terminal else 0.0
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clear()

    def say(self, where: str) -> None:
        """Say how far it is, unless it has just been said."""
        now = time.monotonic()
        if now - self._said_at < (_ON_TERMINAL if self._is_terminal else _ELSEWHERE):
            return
        self._said_at = now
        self._clear()
        click.echo(where, err=True, nl=not self._is_terminal)
        self._width = len(where) if self._is_terminal else 0

    def note(self, sentence: str) -> None:
        """Say something that must stay, on a line of its own."""
        self._clear()
        click.echo(sentence, err=True)

    def counting(self, items: Iterable[Item], where: str) -> Iterator[Item]:
        """The same items, counted; `where` holds the number as {}."""
        for number, item in enumerate(items, 1):
            yield item
            self.say(where.format(number))

    def _clear(self) -> None:
        if self._width:
            click.echo(f"\r{' ' * self._width}\r", err=True, nl=False)
            self._width = 0
