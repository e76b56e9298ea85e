"""The clock is read here, at the edge, and nowhere else; everything below takes `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def seconds(at: datetime) -> int:
    """Whole seconds since 1970 in UTC: the unit in which acts are stored."""
    return int(at.timestamp() // 1)


def moment(at: float) -> datetime:
    """The moment that `seconds` came from."""
    return datetime.fromtimestamp(at, UTC)
