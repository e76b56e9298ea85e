"""What search keeps in the database: where titles begin. It follows from the titles and may be made anew."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete

from cop.platform.database import session
from cop.search.models import TitleStart
from cop.search.queries import titles_of
from cop.search.titles import starts_of


def offer_titles(thread_ids: Collection[int]) -> None:
    """Write down where the titles of threads begin, as they are now."""
    session().flush()
    session().execute(delete(TitleStart).where(TitleStart.thread_id.in_(thread_ids)))
    for thread_id, title in titles_of(thread_ids).items():
        session().add_all(
            TitleStart(thread_id=thread_id, word=word, start=start) for word, start in starts_of(title).items()
        )
    session().flush()
