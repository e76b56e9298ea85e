"""A thread's page, and the composer in which stories are told and revised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.cases.models import MOST_FORKS
from cop.communities.queries import get_community
from cop.discussions import operations as discussions
from cop.discussions.drafts.queries import DraftLine
from cop.discussions.queries import get_thread, list_fields, list_topics_of
from cop.discussions.stories import Story, render_story
from cop.discussions.telltales import Telltale
from cop.discussions.withdrawals import operations as withdrawals
from cop.platform import ids
from cop.platform.errors import Conflict, NotAllowed, NotVisible
from cop.platform.words import gettext as _
from cop.web.addresses import address_of
from cop.web.callers import anyone, signed_in, viewer
from cop.web.composers import draft_asked_for, draft_begun, thread_begun
from cop.web.composing import similar_to
from cop.web.drafts import keep_in_hand
from cop.web.forms.cases import ChoiceForm
from cop.web.forms.stories import CHIPS, StoryForm
from cop.web.forms.threads import ReplyForm
from cop.web.limiting import previewing_limit, writing_limit
from cop.web.marking import note_reading, waiting_marks
from cop.web.mentioning import link_story
from cop.web.pages.composer import Around, ComposerPage, build_composer, build_reviser, preview_of
from cop.web.pages.talks import FILTERS, KINDS, Asked, read_words
from cop.web.pages.threads import build_thread_page
from cop.web.refusals import refuse
from cop.web.reminding import look_for_people
from cop.web.sending import carry_out, now
from cop.web.visitors import kept_for_visitors

Page = tuple[str, int]  # what is shown, and its status
routes = Blueprint("threads", __name__)
_TAKEN = (  # below a thread, and could be slugs
    "edit", "edit-question", "edit-procedure", "edit-case", "outcome", "verdict", "revisions", "probe", "check-in",
    "condition", "retire", "supersede", "keeper",
)  # fmt: skip


@routes.url_defaults
def _keep_slugs_apart(endpoint: str, values: dict[str, Any]) -> None:
    """A story called “Edit” must not lead to where it is edited."""
    if endpoint == "threads.show_thread" and values.get("slug") in _TAKEN:
        values["slug"] += "-story"


@routes.get("/t/<thread_id>")
@anyone
def find_thread(thread_id: str) -> Response:
    return redirect(address_of(get_thread(viewer(), ids.read(thread_id))))


@routes.get("/t/<thread_id>/<slug>")
@anyone
@kept_for_visitors
def show_thread(thread_id: str, slug: str) -> str:
    """The slug helps people and decides nothing."""
    asked, is_known = _read_asked(), viewer().is_authenticated
    draft, choice = (_begun_in(thread_id), _choice_asked_for(thread_id)) if is_known else (None, None)
    if draft is None:
        return render_thread(thread_id, asked, ReplyForm(kind=asked.kind), choice=choice, notes_reading=True)
    form = ReplyForm.refilled(draft)
    kind = asked.kind if "kind" in request.args or form.kind.data not in KINDS else form.kind.data
    return render_thread(thread_id, replace(asked, kind=kind), form, choice=choice, notes_reading=True)


@routes.post("/t/<thread_id>/withdraw")
@signed_in
@writing_limit
def withdraw_thread(thread_id: str) -> Response:
    answer = carry_out(lambda: _change(thread_id, withdrawals.withdraw_thread))
    flash(_("Withdrawn. You can bring it back within thirty days, from here."), "good")
    return answer


@routes.post("/t/<thread_id>/restore")
@signed_in
@writing_limit
def restore_thread(thread_id: str) -> Response:
    return carry_out(lambda: _change(thread_id, withdrawals.restore_thread))


@routes.get("/c/<slug>/new/story")
@signed_in
def compose_story(slug: str) -> Page:
    draft = thread_begun(slug, "story")
    return _render_composer(slug, StoryForm.refilled(draft) if draft else StoryForm(), Around())


@routes.post("/c/<slug>/new/story")
@signed_in
@writing_limit
@previewing_limit
def tell_story(slug: str) -> Response | Page:
    form = StoryForm()
    if _is_still_writing():
        around = _read_wanted(form)
        if around.preview:
            similar = similar_to(slug, " ".join(form.draft().fields.values()))
            around = replace(around, similar=similar, telltales=_look_for_people(slug, form))
        return _render_composer(slug, form, around)
    if not form.is_sound():
        return _render_composer(slug, form, Around(), status=422)
    asked = Around(asks_noticed=form.leaves_noticed_open(), telltales=_look_for_people(slug, form))
    if asked.asks_noticed or asked.telltales:
        return _render_composer(slug, form, asked)
    story = link_story(render_story(form.draft(), now=now()), slug=slug)
    try:
        led_on = carry_out(lambda: _tell(slug, story, form.topics()))
    except NotAllowed:
        return _render_composer(slug, form, Around(), status=403)
    flash(_("Told."), "good")
    return led_on


@routes.get("/t/<thread_id>/edit")
@signed_in
def edit_story(thread_id: str) -> Response | Page:
    thread = get_thread(viewer(), ids.read(thread_id))
    if thread.kind == "question":
        return redirect(url_for("questions.edit_question", thread_id=thread_id))
    if thread.kind == "procedure":
        return redirect(url_for("procedures.edit_procedure", thread_id=thread_id))
    if thread.kind == "case":
        return redirect(url_for("cases.edit_case", thread_id=thread_id, draft=request.args.get("draft")))
    if draft := draft_begun(f"revision:{thread.id}"):
        return _render_reviser(thread_id, StoryForm.refilled(draft), Around())
    topics = [topic.slug for topic in list_topics_of(thread.id)]
    return _render_reviser(thread_id, StoryForm.of(thread, list_fields(thread.id), topics), Around())


@routes.post("/t/<thread_id>/edit")
@signed_in
@writing_limit
@previewing_limit
def revise_story(thread_id: str) -> Response | Page:
    form = StoryForm()
    if _is_still_writing():
        return _render_reviser(thread_id, form, _read_wanted(form))
    if not form.is_sound():
        return _render_reviser(thread_id, form, Around(), status=422)
    story = link_story(render_story(form.draft(), now=now()), thread_id=thread_id)
    try:
        return carry_out(lambda: _revise(thread_id, story, form))
    except Conflict:
        return _render_reviser(thread_id, form, Around(is_overtaken=True), status=409)


def render_thread(
    thread_id: str, asked: Asked, form: ReplyForm, *, choice: ChoiceForm | None = None, notes_reading: bool = False
) -> str:
    """The page with a form for a reply in it, empty or as it was sent; of a case with one for a choice."""
    page = build_thread_page(viewer(), ids.read(thread_id), asked, form, choice, marks=waiting_marks(), now=now())
    if notes_reading and page.mark:
        note_reading(page.mark)
    return render_template("threads/show.html", page=page, form=form)


def _read_asked() -> Asked:
    """What the address asks for; a kind to which the composer cannot be set is as if not asked.

    Raises:
        NotVisible: there is no such filter.
    """
    show, kind = request.args.get("show", ""), request.args.get("kind", "")
    if show and show not in FILTERS:
        raise NotVisible
    return Asked(
        show=show,
        before=request.args.get("before"),
        start=request.args.get("start"),
        first=request.args.get("at") == "first",
        find=read_words(request.args.get("find", "")),
        kind=kind if kind in KINDS else KINDS[0],
    )


def _begun_in(thread_id: str) -> DraftLine | None:
    """The reply one has begun here, or whichever the address names."""
    return draft_asked_for("answer") or draft_begun(f"reply:{ids.read(thread_id)}")


def _choice_asked_for(thread_id: str) -> ChoiceForm | None:
    """A choice in this case that the address names, begun beside another of the same decision."""
    draft = draft_asked_for(*(f"choice{place}" for place in range(1, MOST_FORKS + 1)))
    return ChoiceForm.refilled(draft) if draft and draft.thread_id == ids.read(thread_id) else None


def _is_still_writing() -> bool:
    """Whether a chip or the preview was pressed: nothing is checked and nothing is stored."""
    return "open" in request.form or "preview" in request.form


def _read_wanted(form: StoryForm) -> Around:
    return Around(preview=preview_of(form.draft()) if "preview" in request.form else None)


def _look_for_people(slug: str, form: StoryForm) -> tuple[Telltale, ...]:
    """The places to look at again, until somebody says that they have."""
    draft = form.draft()
    titles = {"title": draft.title, "hook": draft.hook}
    return () if form.redacted.data else look_for_people(slug, draft.fields, titles=titles)


def _read_opened(form: StoryForm) -> frozenset[str]:
    """The boxes that stand open though they may be empty: those that did, and the chip just pressed turns its own."""
    stood, pressed = request.form.getlist("opened"), request.values.getlist("open")
    if form.begun:
        stood = [value for name, value in form.begun.fields if name == "opened"]
    return frozenset(CHIPS) & (frozenset(stood) ^ frozenset(pressed))


def _render_composer(slug: str, form: StoryForm, around: Around, *, status: int = 200) -> Page:
    keep_in_hand()
    page = build_composer(viewer(), slug, around, now=now())
    return _render(page, form, status)


def _render_reviser(thread_id: str, form: StoryForm, around: Around, *, status: int = 200) -> Page:
    keep_in_hand()
    page = build_reviser(viewer(), ids.read(thread_id), around, now=now())
    if page.revised and around.is_overtaken:
        form.seen_revision.data = page.revised.revision  # what is sent next is meant to stand on top of it
    return _render(page, form, status)


def _render(page: ComposerPage, form: StoryForm, status: int) -> Page:
    """The composer, or why not; somebody who has typed already keeps it whatever the reason."""
    if not page.may_write and request.method == "GET":
        return refuse(page.community, page.may_write)
    shown = render_template("threads/compose.html", page=page, form=form, opened=_read_opened(form))
    return shown, status if page.may_write else 403


def _change(thread_id: str, change: Callable[..., None]) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    change(actor=viewer(), thread=thread, now=now())
    return address_of(thread)


def _tell(slug: str, story: Story, topics: list[str]) -> str:
    community = get_community(viewer(), slug)
    return address_of(
        discussions.tell_story(actor=viewer(), community=community, story=story, topics=topics, now=now())
    )


def _revise(thread_id: str, story: Story, form: StoryForm) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    discussions.revise_story(
        actor=viewer(), thread=thread, story=story, seen_revision=form.revision(), topics=form.topics(), now=now()
    )
    return address_of(thread)
