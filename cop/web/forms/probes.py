"""What is sent to ask the teller something."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import HiddenField, TextAreaField

from cop.discussions.models import FIELDS
from cop.discussions.probes.boxes import decision_box
from cop.discussions.probes.models import TYPES
from cop.discussions.probes.operations import faults_of_removal
from cop.discussions.probes.texts import ProbeDraft, find_faults, settle_span
from cop.discussions.probes.wordings import asks_for, is_default, wording_of
from cop.discussions.replies import ReplyDraft, faults_of
from cop.discussions.stories import tidy_line, tidy_text
from cop.platform.words import lazy_gettext
from cop.web.forms import Form


class ProbeForm(Form):
    """A type, the question in words that may be changed, and what of the story it is about."""

    type = HiddenField()
    box = HiddenField()
    body = TextAreaField(lazy_gettext("Your question"))
    quote = TextAreaField(lazy_gettext("The words you ask about"))

    @classmethod
    def begun_with(cls, *, kind: str, box: str, quote: str, body: str = "") -> ProbeForm:
        """The form as it is first shown: for an empty box its own question, else that of the type."""
        form = cls(formdata=None)
        form.box.data = box if box in FIELDS and not quote else ""
        form.quote.data = quote
        asks, wording = asks_for(form.box.data) if form.box.data and not kind else ("", "")
        form.type.data = asks or (kind if kind in TYPES else "" if body else TYPES[0])
        form.body.data = body or wording or wording_of(form.type.data)
        return form

    @property
    def untouched_words(self) -> str:
        """The question in the box, if nobody has changed it: another type may take its place."""
        return self.body.data if is_default(self.body.data or "") else ""

    @property
    def is_untouched(self) -> bool:
        """Whether nobody has written anything of their own in it."""
        return bool(self.untouched_words) and not (self.quote.data or "").strip()

    def choose(self, kind: str) -> None:
        """Another type; its question takes the place of one that nobody has changed."""
        if kind not in TYPES:
            return
        self.type.data = kind
        if is_default(self.body.data or "") or not (self.body.data or "").strip():
            self.body.data = wording_of(kind)

    def reply(self) -> ReplyDraft:
        """Its words, as the reply that it becomes."""
        return ReplyDraft(tidy_text(self.body.data or ""))

    def quoted(self) -> str:
        return tidy_line(self.quote.data or "").strip("“”\"'‘’ ")

    def draft(self, boxes: Mapping[str, str]) -> ProbeDraft:
        """What was typed, with the box in which the quoted words stand.

        Args:
            boxes: the HTML of the boxes of the story, by name.
        """
        typed = ProbeDraft(
            type=self.type.data or "",
            body=tidy_text(self.body.data or ""),
            quote=self.quoted(),
            box=self.box.data or "",
        )
        return settle_span(typed, boxes)

    def is_sound(self, draft: ProbeDraft) -> bool:
        self.blame(find_faults(draft))
        return not self.errors


class PanelForm(Form):
    """A question to those who chose at a decision; how they picked, in words that may be changed."""

    box = HiddenField()
    body = TextAreaField(lazy_gettext("Your question"))

    @classmethod
    def begun_at(cls, place: int) -> PanelForm:
        form = cls(formdata=None)
        form.box.data, form.body.data = decision_box(place), wording_of("basis")
        return form

    @property
    def is_untouched(self) -> bool:
        """Whether nobody has written anything of their own in it."""
        return is_default(self.body.data or "")

    def draft(self) -> ReplyDraft:
        return ReplyDraft(tidy_text(self.body.data or ""))

    def is_sound(self) -> bool:
        self.blame(faults_of(self.draft(), kind="probe"))
        return not self.errors


class RemovalForm(Form):
    """Why a moderator takes a question away."""

    reason = TextAreaField(lazy_gettext("Why is it taken away?"))

    def text(self) -> str:
        return tidy_line(self.reason.data or "")

    def is_sound(self) -> bool:
        self.blame(faults_of_removal(self.text()))
        return not self.errors


class CaseForm(Form):
    """“In my case”: a reply beside a probe."""

    body = TextAreaField(lazy_gettext("In my case"))

    def draft(self) -> ReplyDraft:
        return ReplyDraft(tidy_text(self.body.data or ""))

    def is_sound(self) -> bool:
        self.blame(faults_of(self.draft(), kind="reply"))
        return not self.errors
