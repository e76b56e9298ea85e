"""Statements that are written once and carried out often: compiled once, then given to the driver as they are.

SQLAlchemy goes through a hundred calls for each statement that it carries out, whatever the statement; the database
itself is done sooner. Here it writes the statement and says how values are turned, both once for each number of values
in an IN; what is left is to put the values into their places, to ask the driver, and to turn what came back.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.schema import ScalarElementColumnDefault

Turn = Callable[[Any], Any]
_MOST_KEPT = 1000  # statements, and each again for every number of values in its IN


class Rows(list[Any]):
    """The rows of an answer, read to the end; named as SQLAlchemy's result names what it does the same with."""

    def all(self) -> Rows:
        return self

    def first(self) -> Any:
        return self[0] if self else None

    def one(self) -> Any:
        if len(self) != 1:
            raise MultipleResultsFound if self else NoResultFound
        return self[0]

    def scalar(self) -> Any:
        return self[0][0] if self else None

    def scalar_one(self) -> Any:
        return self.one()[0]

    def scalars(self) -> Rows:
        return Rows(row[0] for row in self)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands among those that are asked: its name, and in a list its number."""

    name: str
    number: int | None = None


class Prepared:
    """A statement in the words of one database.

    Args:
        lengths: how many values each list that is asked holds, by name; None for what is no list.

    Raises:
        TypeError: a column has a default that is not a plain value; whoever asks says what it is to be.
    """

    def __init__(self, statement: Any, dialect: Dialect, lengths: Mapping[str, int | None]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(lengths))
        state = compiled.construct_expanded_state(_places(lengths) | _defaults(compiled), escape_names=False)
        self.text = state.statement
        self._is_in_order = compiled.positional
        turns = _turns(compiled, state.parameter_expansion)
        self._values = [(name, state.parameters[name], turns[name]) for name in state.positiontup or state.parameters]
        self._dialect = dialect
        self._columns = list(getattr(statement, "exported_columns", ()))
        self._read: Turn | None = None

    def values(self, asked: Mapping[str, Any]) -> Any:
        """As the driver wants them: in their order, or by name."""
        if self._is_in_order:
            return tuple([_value(asked, at, turn) for _name, at, turn in self._values])
        return {name: _value(asked, at, turn) for name, at, turn in self._values}

    def rows(self, cursor: Any) -> Rows:
        if not self._columns:  # it changes rows and asks for none back, though PostgreSQL may send the ids it gave
            return Rows()
        if self._read is None:
            self._read = self._reader(cursor.description)
        return Rows(map(self._read, cursor.fetchall()))

    def _reader(self, description: Sequence[Sequence[Any]]) -> Turn:
        """What makes a row of what the driver sends, by name and with its values turned; known once it has sent some.
        Several threads may come here at once, and each makes the same."""
        found = [
            (place, column.type.dialect_impl(self._dialect).result_processor(self._dialect, sent[1]))
            for place, (column, sent) in enumerate(zip(self._columns, description, strict=True))
        ]
        turns = [(place, turn) for place, turn in found if turn]
        names = [getattr(column, "key", None) or "" for column in self._columns]
        make: Turn = namedtuple("Row", names, rename=True)._make  # type: ignore[attr-defined]  # its names are not written here

        def read(sent: Sequence[Any]) -> Any:
            values = list(sent)
            for place, turn in turns:
                values[place] = turn(values[place])
            return make(values)

        return read if turns else make


def ask_on(connection: Connection, statement: Executable, asked: Mapping[str, Any]) -> Rows:
    """Carry out a statement of columns on a connection whose transaction has begun.

    Args:
        statement: one that lives as long as the process; every list that is asked goes into an IN.

    Raises:
        DBAPIError: as SQLAlchemy raises it.
    """
    lengths = tuple([(name, len(value) if type(value) is list else None) for name, value in asked.items()])
    prepared = _prepared(statement, connection.dialect, lengths)
    values = prepared.values(asked)
    for heard in connection.dispatch.before_cursor_execute:
        heard(connection, None, prepared.text, values, None, False)
    driver: Any = connection.connection.driver_connection
    try:
        return prepared.rows(driver.execute(prepared.text, values))
    except connection.dialect.loaded_dbapi.Error as problem:
        raise _in_its_words(problem, prepared.text, values, connection) from problem


@lru_cache(_MOST_KEPT)
def _prepared(statement: Executable, dialect: Dialect, lengths: tuple[tuple[str, int | None], ...]) -> Prepared:
    return Prepared(statement, dialect, dict(lengths))


def _places(lengths: Mapping[str, int | None]) -> dict[str, Any]:
    return {
        name: _Place(name) if many is None else [_Place(name, number) for number in range(many)]
        for name, many in lengths.items()
    }


def _defaults(compiled: SQLCompiler) -> dict[str, Any]:
    """What the columns hold that an INSERT was given no value for."""
    found = {}
    for column in compiled.prefetch:
        if compiled.update_prefetch or not isinstance(column.default, ScalarElementColumnDefault):
            raise TypeError(f"{column} is given a value by a function, and must be asked for")
        found[column.key] = column.default.arg
    return found


def _turns(compiled: SQLCompiler, lists: Mapping[str, Sequence[str]]) -> dict[str, Turn | None]:
    """How each value is turned for the driver; those of a list by the names that they were given."""
    dialect, found = compiled.dialect, dict[str, Turn | None]()
    for name, bind in compiled.binds.items():
        turn = bind.type.dialect_impl(dialect).bind_processor(dialect)
        found |= dict.fromkeys(lists.get(name, [name]), turn)
    return found


def _value(asked: Mapping[str, Any], at: Any, turn: Turn | None) -> Any:
    """What is asked at a place, or what always stands there, as the driver takes it."""
    if type(at) is _Place:
        at = asked[at.name] if at.number is None else asked[at.name][at.number]
    return turn(at) if turn else at


def _in_its_words(problem: Any, text: str, values: Any, connection: Connection) -> BaseException:
    """The driver's error as SQLAlchemy raises it; a connection that is lost goes back to no pool."""
    if connection.dialect.is_disconnect(problem, connection.connection, None):
        connection.invalidate(problem)
    errors = connection.dialect.loaded_dbapi.Error
    said: BaseException = DBAPIError.instance(text, values, problem, errors, dialect=connection.dialect)
    return said
