"""What the site holds of what was acknowledged: read from the database itself, once nothing waits any more."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from sqlalchemy import text

from bench.endurance.stage import Stage
from bench.endurance.writers import Told
from cop.app import create_app
from cop.cli.queries import list_miscounts, list_sqlite_faults
from cop.platform.database import close_connections, db, is_sqlite, reading, session
from cop.platform.outbox import count_waiting, list_dead_letters
from cop.ranking.verification import check_orders
from cop.search.port import IndexState
from cop.search.verification import compare

_DRAINED_WITHIN = 120.0


@dataclass
class Account:
    """The balance: everything but `held` and `settled_in` should be nothing."""

    held: int = 0
    lost: int = 0
    doubled: int = 0
    effects_lost: int = 0
    effects_doubled: int = 0
    index_lacks: int = 0
    index_surplus: int = 0
    wrong_orders: int = 0
    wrong_counts: int = 0
    faults: int = 0
    dead_letters: int = 0
    still_waiting: int = 0
    settled_in: float = 0.0

    @property
    def is_clean(self) -> bool:
        return all(value == 0 for name, value in vars(self).items() if name not in ("held", "settled_in"))


def draw_up(stage: Stage, *told: Told, within: float = _DRAINED_WITHIN) -> Account:
    """Wait until the running worker has nothing left to do, then compare."""
    app = create_app(stage.settings)
    with app.app_context():
        account = Account(sum(len(one) for one in told))
        recurring = {name for name, job in app.extensions["cop-jobs"].items() if job.every}  # which wait always
        begun = time.monotonic()
        while time.monotonic() - begun < within and not _is_settled(app.extensions["cop-indexing"], recurring):
            time.sleep(0.1)
        account.settled_in = time.monotonic() - begun
        _compare_texts(account, told)
        _compare_effects(account)
        _compare_index(account, app.extensions["cop-indexing"])
        with reading():
            account.wrong_counts = len(list_miscounts(1000))
            account.faults = len(list_sqlite_faults(100)) if is_sqlite() else 0
        account.wrong_orders = sum(1 for _ in islice(check_orders(), 1000))
        account.dead_letters = len(list_dead_letters())
        account.still_waiting = count_waiting(due_before=datetime.now(UTC) - timedelta(seconds=1))
        db.session.remove()
        close_connections()
    return account


def _is_settled(indexing, recurring: set[str]) -> bool:  # type: ignore[no-untyped-def]
    with reading():
        waiting = set(session().scalars(text("SELECT DISTINCT job FROM outbox WHERE dead_at IS NULL"))) - recurring
    is_done = not waiting and not count_waiting(due_before=datetime.now(UTC))
    return is_done and indexing.state() is IndexState.SOUND


def _compare_texts(account: Account, told: tuple[Told, ...]) -> None:
    with reading():
        replies = Counter(session().scalars(text("SELECT source FROM reply")))
        stories = Counter(session().scalars(text("SELECT title FROM thread")))
    for one in told:
        for said, held in ((one.replies, replies), (one.stories, stories)):
            account.lost += sum(1 for line in said if not held[line])
    ours = [count for held in (replies, stories) for line, count in held.items() if " writer " in line]
    account.doubled = sum(count - 1 for count in ours)
    account.doubled += sum(len(one.led_elsewhere) for one in told)


def _compare_effects(account: Account) -> None:
    with reading():
        replies = set(session().scalars(text("SELECT id FROM reply WHERE source LIKE '% writer %'")))
        effects = Counter(session().scalars(text("SELECT reply_id FROM endurance_effect")))
    account.effects_lost = sum(1 for reply in replies if not effects[reply])
    account.effects_doubled = sum(count - 1 for count in effects.values())


def _compare_index(account: Account, indexing) -> None:  # type: ignore[no-untyped-def]
    if indexing.state() is not IndexState.SOUND:
        account.index_lacks = -1
        return
    difference = compare(indexing.index)
    account.index_lacks = len(difference.threads) + len(difference.replies)
    account.index_surplus = len(difference.surplus)
