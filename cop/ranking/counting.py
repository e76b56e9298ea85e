"""Which acts count, and with what voice, once withdrawals, deletions, bans and promotions are heard.

The rules are D1, R8, R9, R10 and R11 of domain.md B0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from cop.ranking.acts import DAY, TABLE_B1, UNDONE_ALONE, VERDICTS, Act, ActKind, is_refused

RECENT: Final = 90 * DAY  # how far back a promotion or a lost role reaches
_COUNTED: Final = TABLE_B1 | {ActKind.ACCEPT_CONDITION}


def in_order(acts: Iterable[Act]) -> list[Act]:
    """The acts in their one order, each id once: the first delivery is the act."""
    once: dict[int, Act] = {}
    for act in acts:
        once.setdefault(act.id, act)
    return sorted(once.values(), key=lambda act: act.place)


def counting_acts(acts: Iterable[Act], tellers: frozenset[int]) -> list[Act]:
    """The acts that count, in order, each with the voice it has now.

    Acts of the kinds of table B1, and accepted conditions. What an undone act had caused is undone with it,
    since everything else is computed from what this returns (P10).

    Args:
        acts: all acts of one thread, in any order, an id perhaps more than once.
        tellers: who tells the thread; their verdicts do not exist.
    """
    kept: dict[int, Act] = {}
    banned: set[int] = set()
    for act in in_order(acts):
        if act.kind in _COUNTED:
            if not is_refused(act, tellers):
                kept[act.id] = act
        elif act.kind is ActKind.DELETE:
            _delete(act, kept)
        elif act.person_id is None:
            continue  # nobody is banned, promoted or withdrawn without a name
        elif act.kind is ActKind.BAN:
            banned.add(act.person_id)
        elif act.kind is ActKind.UNBAN:
            banned.discard(act.person_id)
        else:
            _rewrite_verdicts(act, kept)
    return [act for act in kept.values() if act.kind is ActKind.CREATED or act.person_id not in banned]


def _rewrite_verdicts(control: Act, kept: dict[int, Act]) -> None:
    """Withdraw the person's verdicts so far, or give those of the last ninety days another voice."""
    for act in list(kept.values()):
        if act.kind not in VERDICTS or act.person_id != control.person_id:
            continue
        if control.kind is ActKind.WITHDRAW_VERDICT:
            del kept[act.id]
        elif act.at >= control.at - RECENT:
            voice = control.voice if control.kind is ActKind.PROMOTE else 0.0
            kept[act.id] = replace(act, voice=voice)


def _delete(control: Act, kept: dict[int, Act]) -> None:
    """Replies, answers to check-ins and accepted conditions can be undone one by one: a thread keeps its telling, and a
    verdict is withdrawn with all that its person gave before it."""
    deleted = kept.get(control.ref) if control.ref is not None else None
    if deleted and deleted.kind in UNDONE_ALONE:
        del kept[deleted.id]
