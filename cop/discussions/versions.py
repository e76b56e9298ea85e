"""The names under which threads, communities and the site change, and which of them an event changes."""

from __future__ import annotations

from typing import Final

from cop.accounts.events import (
    AdministratorAppointed,
    AdministratorRemoved,
    PasswordChanged,
    PersonSignedUp,
    PersonVerified,
)
from cop.discussions.events import PractitionerRead, ReplyPublished

SITE: Final = "site"  # what may show anywhere: a person's name, the settings of the site


_SHOWN_NOWHERE = (PersonSignedUp, PersonVerified, PasswordChanged, AdministratorAppointed, AdministratorRemoved)


def of_thread(thread_id: int) -> str:
    """One thread: what was told, said and endorsed in it."""
    return f"thread:{thread_id}"


def of_standing(thread_id: int) -> str:
    """One thread without what is merely said in it: who endorsed it, and under which conditions it holds."""
    return f"standing:{thread_id}"


def of_talk(community_id: int) -> str:
    """Any thread of a community: what its lists show."""
    return f"talk:{community_id}"


def of_place(community_id: int) -> str:
    """A community itself, and who is what in it."""
    return f"place:{community_id}"


def changed_by(happened: object) -> tuple[str, ...]:
    """The names that an event changes, by the ids it carries."""
    if isinstance(happened, _SHOWN_NOWHERE):
        return ()
    if isinstance(happened, PractitionerRead):  # who reads moves a thread in its lists and changes nothing in it
        return (of_talk(happened.community_id),)
    thread_id, community_id = getattr(happened, "thread_id", None), getattr(happened, "community_id", None)
    if thread_id is not None:
        whole = of_thread(thread_id), of_talk(_community_of(happened))
        is_merely_said = isinstance(happened, ReplyPublished) and happened.kind == "reply"
        return whole if is_merely_said else (*whole, of_standing(thread_id))
    return (of_place(community_id),) if community_id is not None else (SITE,)


def _community_of(happened: object) -> int:
    """An event that names a thread names its community too, or its lists would go on showing what was."""
    community_id: int = happened.community_id  # type: ignore[attr-defined]  # AttributeError: the event lacks it
    return community_id
