"""`cop check`: is this installation healthy, and what to do if not. A line for each thing that was looked at."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import chain, islice

import click
from flask import current_app

from cop.cases.cutting import recount_cuts
from cop.cli.advice import advise_on
from cop.cli.arrangements import ARRANGEMENTS
from cop.cli.commands import Command, Failure, sentence_of, settings
from cop.cli.contents import KEPT, NAMED, RENDERED
from cop.cli.database_servers import SERVERS
from cop.cli.derived.strays import find_strays, mend_strays
from cop.cli.findings import Check, Finding
from cop.cli.folders import find_folder_faults
from cop.cli.last_backup import BACKUPS
from cop.cli.locks import is_held, worker_lock
from cop.cli.queries import (
    ask_database,
    count_findable_texts,
    list_miscounts,
    list_misread,
    list_sqlite_faults,
    list_stray_cuts,
    list_stray_probes,
    try_to_write,
)
from cop.cli.reaching import REACHING
from cop.cli.schema import require_schema
from cop.cli.storage import STORAGE
from cop.cli.surroundings import GROUND, WORKINGS
from cop.discussions.marks.operations import recount_readers
from cop.discussions.operations import recount_replies, restate_probes
from cop.discussions.versions import SITE
from cop.platform import clock, versions
from cop.platform.database import is_sqlite, reading, transaction
from cop.platform.errors import Busy
from cop.platform.outbox import count_waiting, list_dead_letters, revive_dead_letters
from cop.ranking.needs.verification import check_needs
from cop.ranking.operations import replay_order
from cop.ranking.verification import check_orders
from cop.ranking.voices.operations import restate_verdicts
from cop.ranking.voices.verification import check_verdicts
from cop.search.jobs import Indexing
from cop.search.port import IndexState
from cop.search.verification import compare, last_verified

_MENDED = 10_000  # wrong keys that are mended in one run
_PROMISED = 50_000  # texts, as the guide says
_LOOKS, _PAUSE = 10, 0.5  # how often it is counted again, and the seconds between
_PATIENCE = timedelta(minutes=1)  # a row of the outbox that is due for longer is not being delivered
_WHO_LOCKS = (
    "Another program has it open, mostly a shell of sqlite3 or psql, or one that copies files. End that one; on SQLite"
    " fuser -v FILE names it, on PostgreSQL the view pg_locks."
)


@click.command("check", cls=Command)
@click.option("--revive", is_flag=True, help="Try again what the worker has given up on, then check.")
@click.option("--mend", is_flag=True, help="Write whatever follows from what people did anew, where it is wrong.")
@click.option("--texts", is_flag=True, help="Render every text again and compare, which takes a while.")
def check(revive: bool, mend: bool, texts: bool) -> None:
    """Say whether this installation is healthy, and what to do if not."""
    if mend:
        require_schema()
        columns = _mend_strays(texts)  # first: by some of them the rest is found
        click.echo(f"Mended {_mend()} threads.")
        if columns:
            click.echo(f"Wrote {columns} other values anew.")
        if communities := _mend_standings():
            click.echo(f"Measured standing again in {communities} communities.")
    if revive:
        require_schema()
        click.echo(f"Revived {revive_dead_letters(now=clock.now())} dead letters; the worker tries them again.")
    troubles = _tell_all(GROUND | STORAGE)
    contents = _MACHINERY | KEPT | (RENDERED if texts else {})
    troubles += _tell_all(_FOUNDATIONS) or _tell_all(contents | SERVERS | WORKINGS | ARRANGEMENTS | BACKUPS | REACHING)
    if troubles:
        raise Failure(f"{troubles} in trouble." if troubles > 1 else "One thing is in trouble.")


def _mend() -> int:
    """Fold every thread whose keys or needs are wrong from its acts again, and count replies and readers anew."""
    with reading():
        miscounted = {thread.thread_id for thread in (*list_miscounts(_MENDED), *list_misread(_MENDED))}
        stray = {one.thread_id for one in (*list_stray_probes(_MENDED), *list_stray_cuts(_MENDED))}
    checks = chain(check_orders(), check_needs(), check_verdicts())
    misplaced = {key.thread_id for key in islice(checks, _MENDED)}
    wrong = miscounted | misplaced | stray
    for thread_id in wrong:
        with transaction():
            restate_probes(thread_id=thread_id)
            recount_cuts(thread_id=thread_id)
            recount_replies(thread_id=thread_id)
            recount_readers(thread_id=thread_id)
            restate_verdicts(thread_id=thread_id)
            replay_order(thread_id=thread_id)
            versions.change([SITE])
    return len(wrong)


def _mend_strays(with_texts: bool) -> int:
    """Write other values anew that follow from what is stored beside them."""
    mended = mend_strays(islice(find_strays(with_texts=with_texts), _MENDED))
    if mended:
        with transaction():
            versions.change([SITE])
    return mended


def _mend_standings() -> int:
    """Measure every community again in which somebody's standing is wrong."""
    from cop.ranking.standings.operations import measure_community  # loads scipy, which nothing else here needs
    from cop.ranking.standings.verification import check_standings

    wrong = sorted({one.community_id for one in islice(check_standings(), _MENDED)})
    for community_id in wrong:
        measure_community(community_id, now=clock.now())
    return len(wrong)


def _tell_all(checks: Mapping[Check, str]) -> int:
    return sum(_tell(find, what) for find, what in checks.items())


def _tell(find: Check, what: str) -> int:
    """Print what a check finds; how many troubles. A check that fails is a trouble itself."""
    troubles = 0
    try:
        for finding in find():
            click.echo(finding.line)
            troubles += finding.is_trouble
    except Exception as problem:
        sentence = sentence_of(problem)
        click.echo(Finding(f"{what}: {sentence}", advise_on(sentence)).line)
        troubles += 1
    return troubles


def _check_settings() -> Iterator[Finding]:
    chosen = settings()
    base = "PostgreSQL" if chosen.database.startswith("postgresql") else "SQLite"
    yield Finding(f"settings: {base}, data in {chosen.data.resolve()}, reached at {chosen.base_url}.")


def _check_folder() -> Iterator[Finding]:
    faults = list(find_folder_faults(settings().data))
    yield from (Finding(f"data folder: {fault.what}", fault.advice) for fault in faults)
    if not faults:
        yield Finding("data folder: written to, and closed to others.")


def _check_database() -> Iterator[Finding]:
    require_schema()  # before anything else, since asking SQLite for a database would make one
    with reading():
        ask_database()
    try:
        with transaction():
            try_to_write()
    except Busy:
        yield Finding("database: somebody has locked it for seconds, so that nobody can write.", _WHO_LOCKS)
    else:
        yield Finding("database: answers and can be written, with the newest schema.")


def _check_file() -> Iterator[Finding]:
    if not is_sqlite():
        return
    with reading():
        faults = list_sqlite_faults(NAMED)
    restore = "Stop the site and bring back the latest file of DATA/backups."
    yield from (Finding(f"database file: {fault}.", restore) for fault in faults)
    if not faults:
        yield Finding("database file: every page is sound, and every row points somewhere.")


def _check_dead_letters() -> Iterator[Finding]:
    dead = list_dead_letters(NAMED)
    for letter in dead:
        what = f"dead letter {letter.id}: {letter.job} failed {letter.attempts} times, at last with “{letter.fault}”."
        yield Finding(what, "When the cause is mended, try it again with cop check --revive.")
    if not dead:
        yield Finding("dead letters: none.")


def _check_outbox() -> Iterator[Finding]:
    waiting = _count_waiting()
    has_worker = is_held(worker_lock(settings().data))
    if not waiting:
        yield Finding(
            f"outbox: nothing waits for long; {'a worker is' if has_worker else 'no worker is'} running here."
        )
    elif not has_worker:
        yield Finding(
            f"outbox: {waiting} have waited for more than a minute.", "Start a worker with cop serve or cop work."
        )
    elif _falls_below(waiting):
        yield Finding("outbox: the worker is busy with what has waited.")
    else:
        yield Finding(
            f"outbox: {waiting} have waited for more than a minute.", "The worker is stuck; see what it logs."
        )


def _count_waiting() -> int:
    return count_waiting(due_before=clock.now() - _PATIENCE)


def _falls_below(waiting: int) -> bool:
    """Whether a worker is getting somewhere: after an import much waits at once, and all of it is old."""
    for _ in range(_LOOKS):
        time.sleep(_PAUSE)
        if _count_waiting() < waiting:
            return True
    return False


def _check_index() -> Iterator[Finding]:
    indexing: Indexing = current_app.extensions["cop-indexing"]
    state = indexing.state()
    with reading():
        texts = count_findable_texts()
    if state is IndexState.REBUILDING:
        yield Finding("search index: is being rebuilt.")
    elif state is IndexState.BROKEN and not texts:
        yield Finding("search index: there is none, and nothing to find yet.")
    elif state is IndexState.BROKEN:
        yield Finding(
            "search index: missing, damaged or of an older version.",
            "Rebuild it with cop reindex; a worker does so by itself.",
        )
    elif difference := compare(indexing.index):
        what = (
            f"search index: holds {indexing.index.count()} texts, the database {texts};"
            f" {len(difference.threads + difference.replies)} are missing and {len(difference.surplus)} too many."
        )
        yield Finding(what, "If a running worker does not even it out in a minute, rebuild it with cop reindex.")
    else:
        yield Finding(f"search index: holds all {texts} texts{_when_verified(indexing)}.")
    if texts > _PROMISED:
        what = f"search index: {texts} texts are more than the {_PROMISED} up to which search is promised to be quick."
        yield Finding(what, "It goes on finding all of them, and takes longer; rebuilding it does too.", is_note=True)


def _when_verified(indexing: Indexing) -> str:
    """When the nightly job compared index and database last, and what it had to mend."""
    last = last_verified(indexing.folder)
    if last is None:
        return ""
    mended = f"{last.missing + last.surplus} mended" if last.missing + last.surplus else "nothing to mend"
    return f"; compared on {clock.moment(last.at):%Y-%m-%d}, {mended}"


_FOUNDATIONS: dict[Check, str] = {
    _check_settings: "settings",
    _check_folder: "data folder",
    _check_database: "database",
}
_MACHINERY: dict[Check, str] = {
    _check_file: "database file",
    _check_dead_letters: "dead letters",
    _check_outbox: "outbox",
    _check_index: "search index",
}
