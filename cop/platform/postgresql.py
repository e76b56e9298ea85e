"""PostgreSQL: a connection that has rested is asked whether it still lives, and one that has just worked is not.

Asking at every page, as `pool_pre_ping` does, costs as much as many a statement. A server that ends and begins again is
away for longer than that, so that what has worked a moment ago is hardly ever lost; who meets it all the same is told
so, and the next is not.
"""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy.exc import InvalidatePoolError

ASKED_AFTER = 1.0  # seconds of rest
_RESTS_SINCE = "cop_rests_since"


def _begin_rest(_connection: Any, record: Any) -> None:
    record.info[_RESTS_SINCE] = time.monotonic()


def _ask_whether_it_lives(connection: Any, record: Any, _proxy: Any) -> None:
    if time.monotonic() - record.info.get(_RESTS_SINCE, time.monotonic()) < ASKED_AFTER:
        return
    try:
        connection.autocommit = True
        connection.execute("")
        connection.autocommit = False
    except Exception as problem:  # whatever it says, this one serves no longer, and those beside it rested as long
        raise InvalidatePoolError from problem


POOL_EVENTS = [(_begin_rest, "checkin"), (_ask_whether_it_lives, "checkout")]
