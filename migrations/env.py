"""How Alembic reaches the application's database: through the current application.

On PostgreSQL all migrations are one transaction; on SQLite each is one, begun IMMEDIATE, together with the note of
where the schema stands. Killed at any moment, an upgrade goes on from there.
"""

from alembic import context

from cop.platform.database import Base, UtcDateTime, db


def render_item(kind, value, _autogen_context):
    """Write our own column type as what it is in the database, so that a migration needs none of our code."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


with db.engine.connect().execution_options(cop_writes=True) as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=False,
    )
    if connection.dialect.name == "postgresql":  # a page must not take a minute; an index of a large table may
        connection.exec_driver_sql("SET statement_timeout = 0")
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
