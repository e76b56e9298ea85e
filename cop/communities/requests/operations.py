"""Asking to be let in, and answering."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.events import AskedToJoin, JoinRequestSettled, JoinRequestWithdrawn
from cop.communities.models import SECRET, Community, JoinRequest
from cop.communities.operations import admit
from cop.communities.permissions import can_approve, can_ask, can_moderate
from cop.communities.places.queries import as_of_now
from cop.communities.queries import CommunityLine, find_place, lock_community
from cop.communities.requests.queries import find_open_request, get_request
from cop.platform.characters import says_something
from cop.platform.database import session
from cop.platform.errors import Conflict, NotVisible, Unsound
from cop.platform.events import publish
from cop.platform.words import gettext as _

LONGEST_REQUEST = 280
LONGEST_SENTENCE = 500


def ask_to_join(*, actor: Viewer, community: CommunityLine, line: str, now: datetime) -> None:
    """Ask, with a line of why. One request is open at a time.

    Raises:
        Unsound: the line is empty or too long.
    """
    visibility = lock_community(community.id).visibility
    asked = find_open_request(community.id, actor.person_id)
    actor = as_of_now(actor, community.id)
    if visibility == SECRET and actor.place_in(community.id) is None:
        raise NotVisible
    can_ask(actor, community.id, visibility=visibility, has_asked=asked is not None).enforce()
    if not says_something(line) or len(line) > LONGEST_REQUEST:
        raise Unsound({"line": _("Say why in a line of at most %(most)s characters.", most=LONGEST_REQUEST)})
    session().add(
        JoinRequest(community_id=community.id, person_id=actor.person_id, line=line, asked_at=now, sentence="")
    )
    session().flush()
    publish(AskedToJoin(community_id=community.id, person_id=actor.person_id, at=now))


def withdraw_request(*, actor: Viewer, community_id: int, now: datetime) -> None:
    """Take back what one asked; no error when it is settled meanwhile."""
    lock_community(community_id)
    actor = as_of_now(actor, community_id)
    asked = find_open_request(community_id, actor.person_id)
    if asked is None:
        return
    asked.outcome, asked.settled_at = "withdrawn", now
    session().flush()
    publish(JoinRequestWithdrawn(community_id=community_id, person_id=actor.person_id, at=now))


def approve_request(*, actor: Viewer, community: Community, request_id: int | None, now: datetime) -> None:
    """Let somebody in."""
    request = _settle(actor, community, request_id, "approved", now)
    if find_place(community.id, request.person_id) is None:
        admit(community_id=community.id, person_id=request.person_id, now=now, by_another=True)
    _tell(request, now)


def refuse_request(
    *, actor: Viewer, community: Community, request_id: int | None, sentence: str, now: datetime
) -> None:
    """Say why not.

    Raises:
        Unsound: there is no sentence, or it is too long.
    """
    if not says_something(sentence) or len(sentence) > LONGEST_SENTENCE:
        raise Unsound({"sentence": _("Say why not, in at most %(most)s characters.", most=LONGEST_SENTENCE)})
    request = _settle(actor, community, request_id, "refused", now)
    request.sentence = sentence
    session().flush()
    _tell(request, now)


def _settle(actor: Viewer, community: Community, request_id: int | None, outcome: str, now: datetime) -> JoinRequest:
    community, actor = lock_community(community.id), as_of_now(actor, community.id)
    if outcome == "approved":
        can_approve(actor, community.id, visibility=community.visibility).enforce()
    can_moderate(actor, community.id).enforce()
    request = get_request(community.id, request_id)
    if request.settled_at is not None:
        raise Conflict(_("That has been settled already, or taken back."))
    request.outcome, request.settled_at, request.settled_by_id = outcome, now, actor.person_id
    session().flush()
    return request


def _tell(request: JoinRequest, now: datetime) -> None:
    publish(
        JoinRequestSettled(
            community_id=request.community_id, person_id=request.person_id, request_id=request.id, at=now
        )
    )
