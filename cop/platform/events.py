"""Events: what happened, told inside the transaction to whoever is wired to hear it.

A reaction only writes rows; whatever leaves the process is an outbox row. The wiring is one page: `cop.wiring`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Flask, current_app

Reaction = Callable[[Any], None]
Reactions = Mapping[type, Sequence[Reaction]]


def connect(app: Flask, reactions: Reactions, always: Sequence[Reaction] = ()) -> None:
    """Tell the application what follows from what, and what follows from everything."""
    app.extensions["cop-reactions"] = {of: (*those, *always) for of, those in reactions.items()}


def publish(happened: object) -> None:
    """Run the reactions to an event, in the order of the wiring, in this transaction.

    Raises:
        KeyError: the event has no line in the wiring; every event has one, even an empty one.
    """
    for react in current_app.extensions["cop-reactions"][type(happened)]:
        react(happened)
