"""A thread's page: the story, who stands behind it, what came of it, and what the viewer may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from markupsafe import Markup

from cop.accounts.viewer import Viewer
from cop.communities.permissions import can_join
from cop.communities.queries import CommunityLine, get_line
from cop.discussions.marks.buffer import MarkBuffer
from cop.discussions.marks.queries import Mark, Unread, find_mark_and_unread, list_unread
from cop.discussions.models import Thread
from cop.discussions.permissions import can_reply, can_restore_thread
from cop.discussions.probes.permissions import can_probe
from cop.discussions.queries import ThreadLine, find_community_of, get_thread, title_for
from cop.discussions.versions import SITE, of_place, of_standing, of_thread
from cop.endorsements.permissions import can_give_verdict
from cop.platform.errors import NotVisible, Ruling
from cop.web.caching import kept_part, rest_on, write_part
from cop.web.forms.cases import ChoiceForm
from cop.web.forms.threads import ReplyForm
from cop.web.pages.articles import render_article
from cop.web.pages.care import Care, Conditions, Tending, Yours, build_conditions, build_tending, build_yours
from cop.web.pages.cases import list_cuts, render_case
from cop.web.pages.procedures import render_procedure
from cop.web.pages.stands import StandPanel, build_stand
from cop.web.pages.talks import Asked, Seen, Talk, build_talk

YOURS = "<!--yours-->"  # a comment, which nobody's text can contain


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Everything the page of a thread shows to this viewer, and nothing that it does not."""

    id: int
    slug: str
    kind: str
    title: str
    community: CommunityLine
    teller_name: str
    is_own: bool
    article: Markup
    decisions: Markup  # of a case
    cuts: tuple[ThreadLine, ...]  # the cases that were made of this story
    shows_stand: bool  # of a case: to whoever is through
    shows_talk: bool  # of a case: to whoever has passed a decision
    stand: StandPanel
    conditions: Conditions | None  # of a disputed story
    tending: Tending | None
    care: Care
    talk: Talk
    may_reply: Ruling
    may_probe: Ruling
    may_endorse: Ruling
    may_join: Ruling
    withdrawn_at: datetime | None
    may_restore: Ruling
    mark: Mark | None  # how far the viewer has read once they have seen this page


def build_thread_page(
    viewer: Viewer,
    thread_id: int | None,
    asked: Asked,
    form: ReplyForm,
    choice: ChoiceForm | None,
    *,
    marks: MarkBuffer,
    now: datetime,
) -> ThreadPage:
    """The page of one thread, in a number of statements that does not grow with its replies.

    Raises:
        NotVisible: there is no such thread for this viewer, or a cursor is not one of this list.
    """
    thread, community = _find_thread(viewer, thread_id)
    render = render_procedure if thread.kind == "procedure" else render_article
    article, teller_name, care = render(
        viewer, thread, community_slug=community.slug, community_name=community.name, now=now
    )
    decisions, way = Markup(""), None
    if thread.kind == "case":
        decisions, way = render_case(
            viewer,
            thread,
            choice,
            slug=community.slug,
            name=community.name,
            teller_name=teller_name,
            now=now,
        )
    stand, may_reply = build_stand(viewer, thread), can_reply(viewer, thread, now)
    is_in = viewer.place_in(thread.community_id) is not None
    yours = build_yours(viewer, thread, care, stand.own, may_reply, now=now) if is_in else None
    mark, unread = _read_so_far(viewer, thread, marks)
    talk, seen = build_talk(viewer, thread, asked, form, unread, now=now)
    return ThreadPage(
        id=thread.id,
        slug=thread.slug,
        kind=thread.kind,
        title=title_for(viewer, thread),
        community=community,
        teller_name=teller_name,
        is_own=viewer.id is not None and viewer.id == thread.teller_id,
        article=fill_yours(article, yours),
        decisions=decisions,
        cuts=list_cuts(viewer, thread) if thread.was_cut else (),
        shows_stand=way is None or way.is_through,
        shows_talk=way is None or bool(way.opened) or thread.withdrawn_at is not None,
        stand=stand,
        conditions=build_conditions(viewer, thread, has_ended=False, now=now)
        if care.is_disputed and not care.has_ended and thread.withdrawn_at is None
        else None,
        tending=build_tending(viewer, thread, care, now=now) if is_in else None,
        care=care,
        talk=talk,
        may_reply=may_reply,
        may_probe=can_probe(viewer, thread, now, is_teller_here=care.is_teller_here and thread.kind != "procedure"),
        may_endorse=can_give_verdict(viewer, thread, now) if way is None or way.is_through else Ruling(False),
        may_join=can_join(viewer, community.id),
        withdrawn_at=thread.withdrawn_at,
        may_restore=can_restore_thread(viewer, thread, now),
        mark=_read_on(viewer, thread, mark, unread, seen, now) if viewer.id is not None else None,
    )


def _find_thread(viewer: Viewer, thread_id: int | None) -> tuple[Thread, CommunityLine]:
    """The thread and where it is.

    It is read once it is said what the page rests on, so that none is kept of which the viewer has lost sight. Of what
    is hidden from them the same is asked as of what is not there.
    """
    if thread_id is None:
        raise NotVisible
    place_id = find_community_of(thread_id) or 0
    place = (of_place(place_id), SITE)
    rest_on(of_thread(thread_id), of_standing(thread_id), *place)
    thread = get_thread(viewer, thread_id)  # whoever sees it sees the community
    return thread, kept_part(("place", place_id), place, lambda: get_line(viewer, place_id))


def fill_yours(article: Markup, yours: Yours | None) -> Markup:
    """The shared article with what this reader is asked, in its place under the vital signs."""
    written = write_part("threads/_yours.html", page=yours) if yours and not yours.is_empty else Markup("")
    return Markup(str(article).replace(YOURS, str(written), 1))  # noqa: S704  # both are templates' own


def _read_so_far(viewer: Viewer, thread: Thread, marks: MarkBuffer) -> tuple[Mark | None, Unread | None]:
    """Where the viewer stopped reading, and what has been said behind it."""
    if viewer.id is None:
        return None, None
    noted = marks.find(viewer.id, thread.id)
    stored = (noted, list_unread(noted)) if noted else find_mark_and_unread(viewer.id, thread.id)
    return stored or (None, None)


def _read_on(
    viewer: Viewer, thread: Thread, mark: Mark | None, unread: Unread | None, seen: Seen, now: datetime
) -> Mark | None:
    """How far the viewer has read with this page; what they leaped over stays unread."""
    if mark is None or unread is None:
        return Mark(viewer.person_id, thread.id, now, seen.newest) if seen.is_newest else None
    read = tuple(takewhile(seen.reply_ids.__contains__, unread.reply_ids))
    if read == unread.reply_ids:
        return replace(mark, at=now, reply_id=read[-1] if read else mark.reply_id)
    return replace(mark, reply_id=read[-1]) if read else None
