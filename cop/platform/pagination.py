"""Keyset pages: a cursor is the sort key of a row, not a page number, so the ten-thousandth page costs as the first."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from cop.platform.characters import is_storable
from cop.platform.errors import NotVisible

Item = TypeVar("Item")
Key = Sequence[float | int | str]


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list, with the cursors that lead on; None where there is no more."""

    items: tuple[Item, ...]
    earlier: str | None = None
    later: str | None = None


def write_cursor(*key: float | int | str) -> str:
    """A sort key as it stands in an address. Floats keep all their bits."""
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(text: str, *kinds: type) -> tuple[float | int | str, ...]:
    """The key that a cursor holds.

    Args:
        kinds: the types its parts must have, in order.

    Raises:
        NotVisible: it is not a cursor of this list; somebody has changed the address.
    """
    try:
        key = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError) as problem:
        raise NotVisible from problem
    if (
        not isinstance(key, list)
        or len(key) != len(kinds)
        or any(type(v) is not k for v, k in zip(key, kinds, strict=True))
    ):
        raise NotVisible
    if any((type(v) is int and abs(v) >= 2**63) or (type(v) is str and not is_storable(v)) for v in key):
        raise NotVisible
    return tuple(key)
