"""What to do about a database that says no: drivers say what happened, and never what to do."""

from __future__ import annotations

_OTHERWISE = "Mend that, then check again."
_USER = (
    "Mend the user and the password in COP_DATABASE_URL; in a password write %40 for @, %2F for /, %23 for # and so on."
)
_ADVICE = (
    (("password authentication failed", "no password supplied", "pg_hba.conf", "role "), _USER),
    (("connection refused", "is the server running"), "Start PostgreSQL, or mend the host in COP_DATABASE_URL."),
    (
        ("could not translate host", "resolve host", "name or service not known", "name resolution"),
        "Mend the name of the host in COP_DATABASE_URL.",
    ),
    (("timeout expired", "timed out"), "See whether a firewall stands before PostgreSQL, or mend the host."),
    (("too many clients", "too many connections", "connection slots"), "Raise max_connections of PostgreSQL."),
    (("starting up", "shutting down"), "Wait until PostgreSQL has started."),
    (
        ("permission denied for schema", "permission denied to create"),
        "The user in COP_DATABASE_URL must own the database.",
    ),
    (("permission denied for",), "The user in COP_DATABASE_URL must own the tables: have it made their owner."),
    (
        ("read-only", "readonly"),
        "A file must belong to whoever runs cop, on a disk that can be written; a PostgreSQL must be no copy.",
    ),
    (
        ("unable to open database file",),
        "See that its folder is there and belongs to whoever runs cop; a new site is made by cop init.",
    ),
    (
        ("disk i/o error",),
        "See whether the disk is full, and what the system logs of it.",
    ),
    (
        ("not a database", "malformed"),
        "Stop the site, see to the disk, and bring the latest backup back with cop restore FILE --yes.",
    ),
    (("no space left", "is full", "disk full"), "Make room; nothing need be started again."),
)


def advise_on(sentence: str) -> str:
    """What helps against a failure that was told in this sentence."""
    said = sentence.lower()
    if "database" in said and "does not exist" in said and "role" not in said:
        return "Make the database, with createdb as the guide says, or mend its name in COP_DATABASE_URL."
    return next((advice for fragments, advice in _ADVICE if any(one in said for one in fragments)), _OTHERWISE)
