"""A world that takes long to build, kept so that the next test finds it as it was."""

from __future__ import annotations

from typing import Any, Self

from sqlalchemy import Connection, Table, func, insert, select

from cop.platform.database import Base, db


class Snapshot:
    """Every row of every table, and where PostgreSQL's counters stood."""

    def __init__(self, rows: list[tuple[Table, list[dict[str, Any]]]], counters: dict[str, int]) -> None:
        self._rows = rows
        self._counters = counters

    @classmethod
    def take(cls) -> Self:
        with db.engine.connect() as connection:
            found = [
                (table, parents_first(table, [dict(row._mapping) for row in connection.execute(select(table))]))
                for table in Base.metadata.sorted_tables
            ]
            rows = [(table, kept) for table, kept in found if kept]
            return cls(rows, _read_counters(connection, [table for table, _kept in rows]))

    def put_back(self) -> None:
        """Fill empty tables with what was there."""
        with db.engine.begin() as connection:
            for table, rows in self._rows:
                connection.execute(insert(table), rows)
            if self._counters:
                connection.execute(select(*(func.setval(name, value) for name, value in self._counters.items())))


def parents_first(table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows that point to others of their own table, one level deep, behind those."""
    own = [key.parent.name for key in table.foreign_keys if key.references(table)]
    return sorted(rows, key=lambda row: any(row[name] is not None for name in own))


def _read_counters(connection: Connection, tables: list[Table]) -> dict[str, int]:
    """The counters of these tables' ids; they would know nothing of rows that are put back with their numbers."""
    if connection.dialect.name != "postgresql":
        return {}
    counters = {}
    for table in tables:
        name = "id" in table.c and connection.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
        if name:
            counters[name] = connection.scalar(select(func.max(table.c.id)))
    return counters
