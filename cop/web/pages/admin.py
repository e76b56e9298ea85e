"""What administrators see of people and communities: enough to look after them, and nothing that was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cop.accounts.addresses import fold
from cop.accounts.permissions import can_suspend
from cop.accounts.queries import (
    PEOPLE_A_PAGE,
    Account,
    count_administrators,
    find_accounts,
    get_account,
    list_accounts,
)
from cop.accounts.viewer import Viewer
from cop.communities.care.queries import CommunityCount, list_community_counts
from cop.platform.characters import is_storable
from cop.platform.errors import NotVisible, Ruling
from cop.platform.pagination import Page, read_cursor, write_cursor

_LONGEST_SEARCH = 254
COMMUNITIES_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """People with their addresses: those that were searched for, or everybody, the latest first."""

    wanted: str
    people: Page[Account]


@dataclass(frozen=True, slots=True)
class SuspensionPage:
    account: Account
    may_suspend: Ruling


def build_accounts_page(wanted: str, *, after: str | None) -> AccountsPage:
    words = " ".join(wanted.split())[:_LONGEST_SEARCH]
    if words and is_storable(words):
        return AccountsPage(words, Page(tuple(find_accounts(words, fold(words)))))
    found = list_accounts(after=_read_place(after) if after else None)
    shown = found[:PEOPLE_A_PAGE]
    later = write_cursor(shown[-1].signed_up_at.isoformat(), shown[-1].id) if len(found) > PEOPLE_A_PAGE else None
    return AccountsPage("", Page(tuple(shown), later=later))


def build_suspension_page(viewer: Viewer, handle: str) -> SuspensionPage:
    account = get_account(handle)
    ruling = can_suspend(
        viewer,
        person_id=account.id,
        is_administrator=account.is_administrator,
        administrators=count_administrators(),
    )
    return SuspensionPage(account, ruling)


def build_communities_page(*, after: str | None) -> Page[CommunityCount]:
    place = read_cursor(after, str, int) if after else None
    found = list_community_counts(after=(str(place[0]), int(place[1])) if place else None, limit=COMMUNITIES_A_PAGE + 1)
    shown = found[:COMMUNITIES_A_PAGE]
    later = write_cursor(shown[-1].name, shown[-1].id) if len(found) > len(shown) else None
    return Page(tuple(shown), later=later)


def _read_place(after: str) -> tuple[datetime, int]:
    moment, person_id = read_cursor(after, str, int)
    try:
        at = datetime.fromisoformat(str(moment))
    except ValueError as problem:
        raise NotVisible from problem
    if at.tzinfo is None:
        raise NotVisible
    return at, int(person_id)
