"""What `cop check` finds in the database: everything that follows from what people did, reckoned again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from cop.cli.derived.queries import Stray
from cop.cli.derived.strays import find_strays
from cop.cli.findings import Check, Finding
from cop.cli.progress import Progress
from cop.cli.queries import list_miscounts, list_misread, list_stray_cuts, list_stray_probes
from cop.platform.database import reading
from cop.platform.ids import spell
from cop.ranking.needs.verification import check_needs
from cop.ranking.verification import Finding as WrongKey
from cop.ranking.verification import check_orders
from cop.ranking.voices.verification import check_verdicts

NAMED = 20  # troubles of one sort that are named; the rest would hide the others


def _check_counts() -> Iterator[Finding]:
    with reading():
        wrong = list_miscounts(NAMED)
    for thread in wrong:
        what = f"replies: thread {spell(thread.thread_id)} says {thread.stored} and has {thread.counted}."
        yield Finding(what, "What people wrote is all there; cop check --mend counts it anew.")
    if not wrong:
        yield Finding("replies: counted right.")


def _check_readers() -> Iterator[Finding]:
    with reading():
        wrong = list_misread(NAMED)
    for thread in wrong:
        what = f"readers: thread {spell(thread.thread_id)} says {thread.stored} practitioners and has {thread.counted}."
        yield Finding(what, "Nobody's mark is lost; cop check --mend counts them anew.")
    if not wrong:
        yield Finding("readers: counted right.")


def _check_probes() -> Iterator[Finding]:
    with reading():
        wrong = [*list_stray_probes(NAMED), *list_stray_cuts(NAMED)]
    for one in wrong:
        what = (
            f"probes: {one.what} of thread {spell(one.thread_id)} is stored as {one.stored}; should be {one.expected}."
        )
        yield Finding(what, "What people wrote is all there; cop check --mend writes it anew.")
    if not wrong:
        yield Finding("probes: each is what became of it, and stories lead to the cases cut from them.")


def _check_verdicts() -> Iterator[Finding]:
    wrong = list(islice(check_verdicts(), NAMED))
    for one in wrong:
        whose = f"person {spell(one.person_id)} on thread {spell(one.thread_id)}"
        what = f"verdicts: {one.key} of {whose} is stored as {one.stored}; the acts say {one.expected}."
        yield Finding(what, "The acts are untouched; cop check --mend writes it anew.")
    if not wrong:
        yield Finding("verdicts: each is what its person said last, with their voice.")


def _check_columns() -> Iterator[Finding]:
    return _tell_strays(find_strays(), "columns: each follows from what stands beside it.")


def _check_texts() -> Iterator[Finding]:
    with Progress() as progress:
        progress.say("Rendering every text again.")
        yield from _tell_strays(find_strays(with_texts=True, rest=False), "texts: each is shown as it was written.")


def _tell_strays(strays: Iterator[Stray], otherwise: str) -> Iterator[Finding]:
    wrong = list(islice(strays, NAMED))
    for one in wrong:
        what = f"columns: {one.name} of {one.whose} is stored as {one.stored!r}; should be {one.expected!r}."
        yield Finding(what, "What people wrote is untouched; cop check --mend writes it anew.")
    if not wrong:
        yield Finding(otherwise)


def _check_needs() -> Iterator[Finding]:
    wrong = list(islice(check_needs(), NAMED))
    for one in wrong:
        what = f"needs: {one.key} of thread {spell(one.thread_id)} is stored as {one.stored}; should be {one.expected}."
        yield Finding(what, "A running worker may be writing them after an upgrade; else cop check --mend does.")
    if not wrong:
        yield Finding("needs: every thread asks for what it needs.")


def _check_order() -> Iterator[Finding]:
    with Progress() as progress:
        progress.say("Comparing every stored key with its acts.")
        wrong = list(islice(check_orders(), NAMED))
    yield from (Finding(_words_of(key), "The acts are untouched; cop check --mend writes it anew.") for key in wrong)
    if not wrong:
        yield Finding("order: every stored key is what its acts say.")


def _words_of(key: WrongKey) -> str:
    return f"order: {key.key} of thread {spell(key.thread_id)} is stored as {key.stored}; its acts say {key.expected}."


def _check_standing() -> Iterator[Finding]:
    from cop.ranking.standings.verification import check_standings  # loads scipy, which nothing else here needs

    wrong = list(islice(check_standings(), NAMED))
    for one in wrong:
        whose = f" of person {spell(one.person_id)}" if one.person_id else ""
        what = (
            f"standing: {one.key}{whose} in community {spell(one.community_id)} is stored as {one.stored};"
            f" vouches and verdicts say {one.expected}."
        )
        yield Finding(what, "It is measured every night; cop check --mend measures it now.")
    if not wrong:
        yield Finding("standing: everybody's is what vouches and verdicts say.")


KEPT: dict[Check, str] = {
    _check_counts: "replies",
    _check_order: "order",
    _check_readers: "readers",
    _check_needs: "needs",
    _check_probes: "probes",
    _check_verdicts: "verdicts",
    _check_columns: "columns",
    _check_standing: "standing",
}
RENDERED: dict[Check, str] = {_check_texts: "texts"}
