"""A refusal that joining would mend: the reason, and the button that joins and comes back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request

from cop.communities.permissions import can_join
from cop.communities.queries import CommunityLine
from cop.platform.errors import Ruling
from cop.web.callers import viewer


@dataclass(frozen=True, slots=True)
class RefusalPage:
    """Why not, in which community, and whether joining it would help."""

    reason: str
    community: CommunityLine
    may_join: Ruling
    back: str


def refuse(community: CommunityLine, ruling: Ruling) -> tuple[str, int]:
    """The 403 page for something that people of a community may do."""
    page = RefusalPage(ruling.reason, community, can_join(viewer(), community.id), request.full_path.rstrip("?"))
    return render_template("threads/refused.html", page=page), 403
