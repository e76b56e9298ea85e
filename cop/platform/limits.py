"""How often something may be tried: counts in the database, behind the interface of the `limits` library.

The library has storages for Redis and memory and none for SQL; an embedded site has neither Redis nor one process, so
this small one keeps the counts where everything else is. Windows are fixed.
"""

from __future__ import annotations

import time
from datetime import datetime

from limits.storage import Storage
from sqlalchemy import Index, String, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import case

from cop.platform.database import Base, is_sqlite, reading, session, transaction


class LimitCount(Base):
    """How often one key was hit in its running window."""

    __tablename__ = "limit_count"
    __table_args__ = (Index(None, "expires_at"),)

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    hits: Mapped[int]
    expires_at: Mapped[int]  # seconds, UTC


class DatabaseStorage(Storage):
    """Fixed windows in the table `limit_count`, under the address `cop-database://`."""

    STORAGE_SCHEME = ["cop-database"]  # noqa: RUF012  # the library reads this name

    @property
    def base_exceptions(self) -> type[Exception]:
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count a hit; the number in the running window."""
        now = int(time.time())
        insert = sqlite_insert if is_sqlite() else postgresql_insert
        fresh = insert(LimitCount).values(key=key[:300], hits=amount, expires_at=now + expiry)
        is_over = LimitCount.expires_at <= now
        counted = fresh.on_conflict_do_update(
            index_elements=[LimitCount.key],
            set_={
                "hits": case((is_over, amount), else_=LimitCount.hits + amount),
                "expires_at": case((is_over, now + expiry), else_=LimitCount.expires_at),
            },
        ).returning(LimitCount.hits)
        with transaction():
            return int(session().execute(counted).scalar_one())

    def get(self, key: str) -> int:
        """The hits of the running window; reads leave no transaction open behind them."""
        with reading():
            row = (
                session()
                .execute(select(LimitCount.hits, LimitCount.expires_at).where(LimitCount.key == key[:300]))
                .first()
            )
        return row.hits if row and row.expires_at > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """When the running window ends, in seconds."""
        with reading():
            ends = session().scalar(select(LimitCount.expires_at).where(LimitCount.key == key[:300]))
        return float(ends or time.time())

    def check(self) -> bool:
        """Whether the counts can be read."""
        with reading():
            session().execute(select(LimitCount.key).limit(1)).first()
        return True

    def reset(self) -> int | None:
        """Forget every count; how many there were is not told."""
        with transaction():
            session().execute(delete(LimitCount))
        return None

    def clear(self, key: str) -> None:
        with transaction():
            session().execute(delete(LimitCount).where(LimitCount.key == key[:300]))


def forget_old(*, now: datetime) -> None:
    """Remove counts whose window is over."""
    session().execute(delete(LimitCount).where(LimitCount.expires_at < now.timestamp()))
