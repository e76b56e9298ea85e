"""Seeds to choose constants on, and seeds to report on: no world is ever in both."""

from __future__ import annotations

from typing import Final

TRAINING: Final = range(1_000, 1_020)
HELD_OUT: Final = range(50_000, 50_100)

if set(TRAINING) & set(HELD_OUT):
    raise AssertionError("a constant must not be chosen on the worlds that it is reported on")
