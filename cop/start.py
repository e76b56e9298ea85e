"""The program `cop` from its first line: `cop` is `cop.start:main`.

Whatever is loaded at the start stays for good, and Python's collector would go through all of it again and again while
it is being loaded: a fifth of the time to the first answer. So it rests until the application stands, as the
documentation of `gc.freeze` advises a program that forks: what it never moves or frees also stays shared the longer.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from flask import Flask


@contextmanager
def _uncollected() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def main() -> NoReturn:
    """The command `cop`."""
    with _uncollected():
        from cop.app import create_app
        from cop.cli.running import run

    @_uncollected()
    def build() -> Flask:
        return create_app()

    run(build)
