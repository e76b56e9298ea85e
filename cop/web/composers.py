"""Which composer a form belongs to, and the way back to it: what a draft is for, and where one goes on with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from flask import request, url_for

from cop.accounts.viewer import Viewer
from cop.cases.models import MOST_FORKS
from cop.cases.permissions import can_commit
from cop.cases.queries import find_way
from cop.communities.permissions import can_write
from cop.communities.queries import find_visible_id, get_community, get_line
from cop.discussions.drafts.fields import Fields
from cop.discussions.drafts.operations import Target
from cop.discussions.drafts.queries import DraftLine, find_begun, find_begun_thread, read_draft
from cop.discussions.permissions import can_reply
from cop.discussions.probes.boxes import decision_in
from cop.discussions.queries import get_reply, get_thread
from cop.platform import ids
from cop.platform.errors import NotVisible
from cop.web.addresses import address_in, address_of, anchor_of
from cop.web.callers import viewer
from cop.web.paths import form_at
from cop.web.sending import now

Finder = Callable[[Viewer, Mapping[str, Any], Mapping[str, str]], Target | None]


def find_target(reader: Viewer, path: str, fields: Fields) -> Target | None:
    """What a form sent to `path` is for, or None when no text of any length is written there.

    Raises:
        NotVisible: it is for something that the reader cannot see.
    """
    endpoint, values = form_at(path)
    finder = _FINDERS.get(endpoint)
    return finder(reader, values, dict(fields)) if finder else None


def way_back(reader: Viewer, draft: DraftLine) -> str | None:
    """The composer in which one goes on with a draft; None for what belongs to none.

    Raises:
        NotVisible: it is for something that the reader cannot see any more.
    """
    leads = _WAYS.get(draft.kind)
    if leads is None or draft.community_id is None:
        return None
    return leads(reader, draft)


def draft_asked_for(*kinds: str) -> DraftLine | None:
    """The draft that the address names, if it is one of the viewer's for this composer."""
    with suppress(NotVisible):
        draft = read_draft(viewer(), ids.read(request.args["draft"])) if request.args.get("draft") else None
        return draft if draft and draft.kind in kinds else None
    return None


def draft_begun(*aims: str) -> DraftLine | None:
    """The draft that the address names, or else the one that was begun here."""
    return draft_asked_for(*(aim.split(":")[0] for aim in aims)) or find_begun(viewer(), aims)


def thread_begun(slug: str, kind: str) -> DraftLine | None:
    """What one has begun of a kind in a community, unless an empty composer is asked for."""
    community_id = find_visible_id(viewer(), slug)
    if "anew" in request.args or community_id is None:
        return None
    return draft_asked_for(kind) or find_begun_thread(viewer(), community_id, kind)


def _new_thread(kind: str) -> Finder:
    def find(reader: Viewer, values: Mapping[str, Any], _fields: Mapping[str, str]) -> Target:
        return Target(kind, get_community(reader, values["slug"]).id)

    return find


def _revised_thread(reader: Viewer, values: Mapping[str, Any], _fields: Mapping[str, str]) -> Target:
    thread = get_thread(reader, ids.read(values["thread_id"]))
    return Target("revision", thread.community_id, thread.id)


def _said(reader: Viewer, values: Mapping[str, Any], fields: Mapping[str, str]) -> Target:
    thread = get_thread(reader, ids.read(values["thread_id"]))
    if "answers" not in fields:
        return Target("reply", thread.community_id, thread.id)
    answered = get_reply(reader, ids.read(fields["answers"]))
    if answered.thread_id != thread.id:
        raise NotVisible
    return Target("answer", thread.community_id, thread.id, answered.id)


def _revised_reply(reader: Viewer, values: Mapping[str, Any], _fields: Mapping[str, str]) -> Target:
    reply = get_reply(reader, ids.read(values["reply_id"]))
    thread = get_thread(reader, reply.thread_id)
    return Target("edit", thread.community_id, thread.id, reply.id)


def _said_with_verdict(reader: Viewer, values: Mapping[str, Any], fields: Mapping[str, str]) -> Target | None:
    """A verdict at one click needs no text and has no composer."""
    if fields.get("verdict") in ("seen", "skip"):
        return None
    thread = get_thread(reader, ids.read(values["thread_id"]))
    kind = "dissent" if fields.get("verdict") == "otherwise" else "report"
    return Target(kind, thread.community_id, thread.id)


def _to_new_thread(reader: Viewer, draft: DraftLine) -> str:
    slug = get_line(reader, draft.community_id or 0).slug
    return url_for(_COMPOSERS[draft.kind], slug=slug, draft=ids.spell(draft.id))


def _to_revision(reader: Viewer, draft: DraftLine) -> str:
    thread = get_thread(reader, draft.thread_id)
    return url_for(_REVISERS[thread.kind], thread_id=ids.spell(thread.id), draft=ids.spell(draft.id))


def _to_reply(reader: Viewer, draft: DraftLine) -> str | None:
    """Where nobody may reply any more there is no box in which the words could stand."""
    thread = get_thread(reader, draft.thread_id)
    may_reply = can_reply(reader, thread, now())
    return f"{address_of(thread)}?draft={ids.spell(draft.id)}#reply" if may_reply else None


def _to_answer(reader: Viewer, draft: DraftLine) -> str | None:
    thread, answered = get_thread(reader, draft.thread_id), get_reply(reader, draft.reply_id)
    if not can_reply(reader, thread, now()):
        return None
    address, anchor = address_in(thread, answered, page_of=answered).split("#")[0], anchor_of(answered)
    return f"{address}&draft={ids.spell(draft.id)}#{anchor}"


def _to_edit(reader: Viewer, draft: DraftLine) -> str:
    reply = get_reply(reader, draft.reply_id)
    return url_for("replies.edit_reply", reply_id=ids.spell(reply.id), draft=ids.spell(draft.id))


def _to_verdict(reader: Viewer, draft: DraftLine) -> str:
    thread = get_thread(reader, draft.thread_id)
    verdict = "otherwise" if draft.kind == "dissent" else "used"
    return url_for("verdicts.ask_verdict", thread_id=ids.spell(thread.id), verdict=verdict, draft=ids.spell(draft.id))


_COMPOSERS = {
    "story": "threads.compose_story",
    "question": "questions.compose_question",
    "procedure": "procedures.compose_procedure",
    "case": "cases.compose_case",
}
_REVISERS = {
    "story": "threads.edit_story",
    "question": "questions.edit_question",
    "procedure": "procedures.edit_procedure",
    "case": "cases.edit_case",
}


def _asked(reader: Viewer, values: Mapping[str, Any], _fields: Mapping[str, str]) -> Target:
    thread = get_thread(reader, ids.read(values["thread_id"]))
    return Target("probe", thread.community_id, thread.id)


def _about_reply(kind: str) -> Finder:
    """What is written about one thing that was said, in a form of its own."""

    def find(reader: Viewer, values: Mapping[str, Any], _fields: Mapping[str, str]) -> Target:
        asked = get_reply(reader, ids.read(values["reply_id"]))
        thread = get_thread(reader, asked.thread_id)
        return Target(kind, thread.community_id, thread.id, asked.id)

    return find


def _to_probe(reader: Viewer, draft: DraftLine) -> str:
    thread = get_thread(reader, draft.thread_id)
    thread_id, own = ids.spell(thread.id), ids.spell(draft.id)
    if place := decision_in(dict(draft.fields).get("box", "")):
        return url_for("decisions.compose_question", thread_id=thread_id, place=place, draft=own)
    return url_for("probes.compose_probe", thread_id=thread_id, draft=own)


def _to_form_about(endpoint: str) -> Callable[[Viewer, DraftLine], str]:
    """Back to a form about one thing that was said."""

    def lead(reader: Viewer, draft: DraftLine) -> str:
        asked = get_reply(reader, draft.reply_id)
        return url_for(endpoint, reply_id=ids.spell(asked.id), draft=ids.spell(draft.id))

    return lead


def _about(kind: str) -> Finder:
    """What is written about a whole thread, in a form of its own."""

    def find(reader: Viewer, values: Mapping[str, Any], _fields: Mapping[str, str]) -> Target:
        thread = get_thread(reader, ids.read(values["thread_id"]))
        return Target(kind, thread.community_id, thread.id)

    return find


def _checked_in(reader: Viewer, values: Mapping[str, Any], fields: Mapping[str, str]) -> Target | None:
    """One word pressed beside the box for a reply: what is typed there is no reason."""
    return None if "kind" in fields else _about("checkin")(reader, values, fields)


def _at_decision(kind: str) -> Finder:
    """What is written at one decision of a case, of which the kind of the draft names the place."""

    def find(reader: Viewer, values: Mapping[str, Any], fields: Mapping[str, str]) -> Target | None:
        return _about(f"{kind}{values['place']}")(reader, values, fields)

    return find


def _to_form(endpoint: str) -> Callable[[Viewer, DraftLine], str]:
    def lead(reader: Viewer, draft: DraftLine) -> str:
        thread = get_thread(reader, draft.thread_id)
        return url_for(endpoint, thread_id=ids.spell(thread.id), draft=ids.spell(draft.id))

    return lead


def _to_choice(place: int) -> Callable[[Viewer, DraftLine], str | None]:
    """The decision while one stands before it; whoever has passed it can only read what they had written."""

    def lead(reader: Viewer, draft: DraftLine) -> str | None:
        thread = get_thread(reader, draft.thread_id)
        may_choose = can_commit(reader, thread, now()) and find_way(reader, thread.id).next_place == place
        return f"{address_of(thread)}?draft={ids.spell(draft.id)}#decide" if may_choose else None

    return lead


def _to_second_thought(place: int) -> Callable[[Viewer, DraftLine], str | None]:
    """Beside what one chose there."""

    def lead(reader: Viewer, draft: DraftLine) -> str | None:
        thread = get_thread(reader, draft.thread_id)
        if find_way(reader, thread.id).next_place <= place or not can_write(reader, thread.community_id, now()):
            return None
        thread_id, draft_id = ids.spell(thread.id), ids.spell(draft.id)
        return url_for("decisions.show_decision", thread_id=thread_id, place=place, draft=draft_id, _anchor="yours")

    return lead


_PLACES = range(1, MOST_FORKS + 1)
_FINDERS: dict[str, Finder] = {
    "threads.tell_story": _new_thread("story"),
    "threads.revise_story": _revised_thread,
    "questions.ask_question": _new_thread("question"),
    "questions.revise_question": _revised_thread,
    "procedures.add_procedure": _new_thread("procedure"),
    "procedures.revise_procedure": _revised_thread,
    "cases.tell_case": _new_thread("case"),
    "cases.revise_case": _revised_thread,
    "replies.publish_reply": _said,
    "replies.revise_reply": _revised_reply,
    "verdicts.give_verdict": _said_with_verdict,
    "probes.ask_probe": _asked,
    "decisions.ask_panel": _asked,
    "probes.add_case": _about_reply("beside"),
    "probes.remove_probe": _about_reply("removal"),
    "check_ins.answer_check_in": _checked_in,
    "conditions.propose_condition": _about("condition"),
    "endings.retire_thread": _about("retire"),
    "endings.supersede_thread": _about("supersede"),
    "cases.tell_outcome": _about("outcome"),
    "decisions.commit_choice": _at_decision("choice"),
    "decisions.think_again": _at_decision("second"),
}
_WAYS: dict[str, Callable[[Viewer, DraftLine], str | None]] = {
    **dict.fromkeys(_COMPOSERS, _to_new_thread),
    "revision": _to_revision,
    "reply": _to_reply,
    "answer": _to_answer,
    "edit": _to_edit,
    "report": _to_verdict,
    "dissent": _to_verdict,
    "probe": _to_probe,
    "beside": _to_form_about("probes.compose_case"),
    "removal": _to_form_about("probes.ask_removal"),
    "checkin": _to_form("check_ins.ask_check_in"),
    "condition": _to_form("conditions.compose_condition"),
    "retire": _to_form("endings.ask_retire"),
    "supersede": _to_form("endings.ask_supersede"),
    "outcome": _to_form("cases.ask_outcome"),
    **{f"choice{place}": _to_choice(place) for place in _PLACES},
    **{f"second{place}": _to_second_thought(place) for place in _PLACES},
}
