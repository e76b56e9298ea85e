"""A refusal that joining would mend: the reason, the button that joins and comes back, and what was begun there."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from flask import render_template, request

from cop.communities.permissions import can_join
from cop.communities.queries import CommunityLine
from cop.discussions.drafts.fields import Fields
from cop.discussions.drafts.queries import read_draft
from cop.platform import ids
from cop.platform.errors import NotVisible, Ruling
from cop.web.callers import viewer


@dataclass(frozen=True, slots=True)
class RefusalPage:
    """Why not, in which community, whether joining it would help, and the draft that the address names."""

    reason: str
    community: CommunityLine
    may_join: Ruling
    back: str
    begun: Fields


def refuse(community: CommunityLine, ruling: Ruling) -> tuple[str, int]:
    """The 403 page for something that people of a community may do."""
    back = request.full_path.rstrip("?")
    page = RefusalPage(ruling.reason, community, can_join(viewer(), community.id), back, _words_begun())
    return render_template("threads/refused.html", page=page), 403


def _words_begun() -> Fields:
    """What one goes on with from the list of drafts, where it cannot be sent any more: to be read and copied."""
    with suppress(NotVisible):
        return read_draft(viewer(), ids.read(request.args["draft"])).fields if "draft" in request.args else ()
    return ()
