"""Saving, throwing away and claiming drafts.

No event is published: a draft is seen by its owner alone, on pages that are never kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, or_, select, update

from cop.accounts.viewer import Viewer
from cop.discussions.drafts.fields import (
    MOST_BYTES,
    Fields,
    is_said_in,
    is_written,
    read_fields,
    size_of,
    tidy_fields,
    write_fields,
)
from cop.discussions.drafts.models import NEW_THREADS, SENT, Draft
from cop.discussions.drafts.queries import (
    KEPT_SIGNED_OUT,
    TAKEN_BACK_FOR,
    DraftLine,
    count_drafts,
    find_aimed,
    find_draft,
)
from cop.platform.database import ask, session
from cop.platform.errors import Conflict, NotAllowed, NotVisible, Unsound
from cop.platform.ids import new_id
from cop.platform.words import gettext as _

MOST_DRAFTS = 100  # a person


@dataclass(frozen=True, slots=True)
class Target:
    """What a draft is for: a new thread of a kind in a community, or something in a thread."""

    kind: str
    community_id: int
    thread_id: int | None = None
    reply_id: int | None = None

    @property
    def aim(self) -> str | None:
        """The one thing it is for, of which a person has at most one draft."""
        return None if self.kind in NEW_THREADS else f"{self.kind}:{self.reply_id or self.thread_id}"


class Overtaken(Conflict):
    """Another tab has saved this draft meanwhile; carries what stands."""

    def __init__(self, stands: DraftLine) -> None:
        super().__init__(_("This draft has been saved in another tab meanwhile."))
        self.stands = stands


def save_draft(
    *, actor: Viewer, draft_id: int, seen_revision: int, target: Target, fields: Fields, now: datetime
) -> DraftLine:
    """Write down what somebody has typed so far.

    Args:
        draft_id: its own, which the page that it is written on made up.
        seen_revision: the revision on which it stands; 0 for what has not been saved yet.

    Raises:
        Overtaken: it was saved in another tab since, or something else was begun there for the same.
        Unsound: it is longer than can be told, or there are too many drafts.
    """
    fields = _checked(fields)
    own, aimed = find_draft(actor, draft_id), find_aimed(actor, target.aim)
    standing = aimed or own
    if standing is None:
        return _add(actor, draft_id, target, fields, now)
    if read_fields(standing.fields) == fields and standing.discarded_at is None:
        return _line(standing)  # an answer that was lost on its way, or two tabs that say the same
    if standing.id != draft_id or standing.revision != seen_revision:
        raise Overtaken(_line(standing))
    return _rewrite(standing, target, fields, now, aim=target.aim)


def settle_draft(
    *,
    actor: Viewer,
    draft_id: int,
    stands_revision: int,
    target: Target,
    fields: Fields,
    keeps_mine: bool,
    now: datetime,
) -> DraftLine:
    """Choose between two versions after both were shown; the other can be taken back like any that is thrown away.

    Raises:
        Overtaken: what stands has changed again.
    """
    fields = _checked(fields)
    own, aimed = find_draft(actor, draft_id), find_aimed(actor, target.aim)
    standing = aimed or own
    if standing is None:
        return _add(actor, draft_id, target, fields, now)
    if standing.revision != stands_revision:
        raise Overtaken(_line(standing))
    if own is not None and own is not standing:  # two drafts of one thing: one remains
        session().delete(own)
        session().flush()
    _set_aside(actor, target, read_fields(standing.fields) if keeps_mine else fields, now)
    return _rewrite(standing, target, fields, now, aim=target.aim) if keeps_mine else _line(standing)


def set_beside(
    *,
    actor: Viewer,
    target: Target,
    fields: Fields,
    now: datetime,
    draft_id: int | None = None,
    seen_revision: int = -1,
) -> DraftLine | None:
    """Save a second draft of one thing, where another tab has one that must stay as it is; None where none is saved.

    Args:
        draft_id: the draft on which the form stood; where that is such a second one already, it is written on.
        seen_revision: and its revision.
    """
    fields = _checked(fields)
    own = find_draft(actor, draft_id)
    if own is not None and own.aim is None and own.discarded_at is None and own.revision == seen_revision:
        return _rewrite(own, target, fields, now, aim=None)
    if is_written(fields) and count_drafts(actor.person_id) < MOST_DRAFTS:
        return _line(_new(actor, new_id(), target, fields, now, aim=None))
    return None


def discard_draft(*, actor: Viewer, draft_id: int | None, now: datetime) -> None:
    """Throw one's own draft away; for an hour it can be taken back."""
    draft = _own(actor, draft_id)
    draft.discarded_at, draft.aim = draft.discarded_at or now, None
    session().flush()


def restore_draft(*, actor: Viewer, draft_id: int | None, now: datetime) -> None:
    """Take back what was thrown away.

    Raises:
        NotVisible: an hour has passed.
        Conflict: something else was begun for the same since.
    """
    draft = _own(actor, draft_id)
    if draft.discarded_at is None:
        return
    if now - draft.discarded_at > TAKEN_BACK_FOR:
        raise NotVisible
    aim = _target_of(draft).aim if draft.kind != SENT and draft.community_id else None
    if find_aimed(actor, aim) is not None:
        raise Conflict(_("You have begun another there since. Throw that one away first."))
    draft.discarded_at, draft.aim = None, aim
    session().flush()


_OWN_DRAFT = (
    select(Draft.revision, Draft.fields)
    .where(Draft.id == bindparam("draft_id"), Draft.person_id == bindparam("person_id"))
    .with_for_update()
)


def forget_draft(*, actor: Viewer, draft_id: int | None, seen_revision: int, said: Fields) -> None:
    """What was written has been said: its draft goes in the same transaction.

    Where another tab has saved words in it since that were not said, it stays, for nobody has read them yet.
    """
    whose = {"draft_id": draft_id, "person_id": actor.person_id}
    draft = ask(_OWN_DRAFT, whose).first() if draft_id is not None else None
    if draft is not None and (draft.revision <= seen_revision or is_said_in(read_fields(draft.fields), said)):
        session().execute(delete(Draft).where(Draft.id == draft_id))


def keep_signed_out(*, cookie_hash: str, path: str, fields: Fields, now: datetime) -> DraftLine:
    """Keep what came in while nobody was signed in, for the browser with this cookie."""
    draft = Draft(
        id=new_id(),
        revision=1,
        cookie_hash=cookie_hash,
        kind=SENT,
        path=path,
        fields=write_fields(fields),
        begun_at=now,
        saved_at=now,
    )
    session().add(draft)
    session().flush()
    return _line(draft)


def claim_draft(*, person_id: int, cookie_hash: str, draft_id: int, now: datetime) -> None:
    """Whoever has just signed in on the page that carried this draft is its owner from now on."""
    kept = Draft.id == draft_id, Draft.cookie_hash == cookie_hash
    session().execute(update(Draft).where(*kept).values(person_id=person_id, cookie_hash=None, saved_at=now))


def aim_claimed(
    *,
    actor: Viewer,
    draft_id: int,
    target: Target,
    fields: Fields,
    continues: int | None,
    on_revision: int,
    now: datetime,
) -> int:
    """Settle what a claimed draft is for; the id of the draft that it became.

    Where the form that was sent went on from a draft that still stands as it was, it takes that one's place. Where the
    draft was changed meanwhile, both remain, and saving one of them shows the two.

    Args:
        fields: what of it belongs to the composer.
        continues: the draft on which the form stood.
        on_revision: and its revision.
    """
    claimed = _own(actor, draft_id)
    earlier = find_aimed(actor, target.aim) or (find_draft(actor, continues) if continues else None)
    if earlier is not None and earlier.discarded_at is None and _goes_on(earlier, fields, continues, on_revision):
        session().delete(claimed)
        session().flush()
        return _rewrite(earlier, target, fields, now, aim=target.aim).id
    claimed.kind, claimed.community_id = target.kind, target.community_id
    claimed.thread_id, claimed.reply_id = target.thread_id, target.reply_id
    claimed.aim = None if earlier is not None else target.aim
    claimed.fields = write_fields(fields)
    session().flush()
    return claimed.id


def forget_old_drafts(*, now: datetime) -> None:
    """Remove what nobody signed in for within a day, and what was thrown away an hour ago."""
    is_over = or_(
        (Draft.person_id.is_(None)) & (Draft.saved_at < now - KEPT_SIGNED_OUT),
        Draft.discarded_at < now - TAKEN_BACK_FOR,
    )
    session().execute(delete(Draft).where(is_over))


def _goes_on(earlier: Draft, fields: Fields, continues: int | None, on_revision: int) -> bool:
    same = earlier.id == continues and earlier.revision == on_revision
    return same or read_fields(earlier.fields) == fields


def _checked(fields: Fields) -> Fields:
    tidy = tidy_fields(fields)
    if size_of(tidy) > MOST_BYTES:
        raise Unsound({"draft": _("It is longer than 64 kB, which is about ten thousand words.")})
    return tidy


def _own(actor: Viewer, draft_id: int | None) -> Draft:
    draft = find_draft(actor, draft_id)
    if draft is None:
        raise NotVisible
    return draft


def _add(actor: Viewer, draft_id: int, target: Target, fields: Fields, now: datetime) -> DraftLine:
    if not is_written(fields):
        return DraftLine(draft_id, target.kind, target.community_id, None, None, "", (), 0, now)
    if count_drafts(actor.person_id) >= MOST_DRAFTS:
        raise NotAllowed(_("You have a hundred drafts. Tell one or throw one away, and this one is saved too."))
    return _line(_new(actor, draft_id, target, fields, now, aim=target.aim))


def _set_aside(actor: Viewer, target: Target, fields: Fields, now: datetime) -> None:
    """Keep the version that was not chosen, as one that was thrown away."""
    if is_written(fields):
        _new(actor, new_id(), target, fields, now, aim=None, discarded_at=now)


def _new(
    actor: Viewer, draft_id: int, target: Target, fields: Fields, now: datetime, *, aim: str | None,
    discarded_at: datetime | None = None,
) -> Draft:  # fmt: skip
    draft = Draft(
        id=draft_id,
        person_id=actor.person_id,
        kind=target.kind,
        community_id=target.community_id,
        thread_id=target.thread_id,
        reply_id=target.reply_id,
        aim=aim,
        path="",
        fields=write_fields(fields),
        revision=1,
        begun_at=now,
        saved_at=now,
        discarded_at=discarded_at,
    )
    session().add(draft)
    session().flush()
    return draft


def _rewrite(draft: Draft, target: Target, fields: Fields, now: datetime, *, aim: str | None) -> DraftLine:
    draft.kind, draft.community_id, draft.aim = target.kind, target.community_id, aim
    draft.thread_id, draft.reply_id = target.thread_id, target.reply_id
    draft.fields, draft.revision, draft.saved_at, draft.discarded_at = (
        write_fields(fields), draft.revision + 1, now, None,
    )  # fmt: skip
    session().flush()
    return _line(draft)


def _target_of(draft: Draft) -> Target:
    return Target(draft.kind, draft.community_id or 0, draft.thread_id, draft.reply_id)


def _line(draft: Draft) -> DraftLine:
    return DraftLine(
        draft.id, draft.kind, draft.community_id, draft.thread_id, draft.reply_id, draft.path,
        read_fields(draft.fields), draft.revision, draft.saved_at,
    )  # fmt: skip
