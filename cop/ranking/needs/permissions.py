"""Who may set a need aside."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.permissions import can_write
from cop.platform.errors import Ruling


def can_snooze(viewer: Viewer, community_id: int, now: datetime) -> Ruling:
    """Whoever could do something about it: of others nothing is needed, and they have nothing to set aside."""
    return can_write(viewer, community_id, now)
