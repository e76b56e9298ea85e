"""What is sent on a thread's page: replies, and the two forms that bring a verdict."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField, StringField, TextAreaField

from cop.discussions.replies import ReplyDraft, faults_of
from cop.discussions.stories import tidy_line, tidy_text
from cop.platform.words import gettext as _
from cop.platform.words import lazy_gettext
from cop.web.forms import Form

USED = ("held", "adapted", "failed")


class ReplyForm(Form):
    """The composer under a thread, and the teller's answer to one reply."""

    kind = HiddenField(default="reply")
    answers = HiddenField()
    body = TextAreaField(lazy_gettext("What you want to add"))

    def draft(self) -> ReplyDraft:
        return ReplyDraft(tidy_text(self.body.data or ""))

    def is_sound(self) -> bool:
        """Whether it can be said; otherwise the reasons stand beside the boxes."""
        self.blame(faults_of(self.draft(), kind="answer" if self.answers.data else "reply"))
        return not self.errors


class RevisedReplyForm(Form):
    """A reply of one's own, to be changed; only reports and dissents have the two lines below the text."""

    seen_revision = IntegerField()
    body = TextAreaField(lazy_gettext("What you said"))
    setting = StringField(lazy_gettext("Where"))
    differed = TextAreaField(lazy_gettext("What was different"))

    def draft(self, kind: str) -> ReplyDraft:
        setting = self.setting.data if kind in ("report", "dissent") else ""
        differed = self.differed.data if kind == "report" else ""
        return ReplyDraft(tidy_text(self.body.data or ""), tidy_line(setting or ""), tidy_text(differed or ""))

    def is_sound(self, kind: str) -> bool:
        self.blame(faults_of(self.draft(kind), kind=kind))
        return not self.errors

    def revision(self) -> int:
        """The revision that was shown; what cannot be read agrees with none."""
        seen = self.seen_revision.data
        return seen if isinstance(seen, int) else -1


class UsedForm(Form):
    """“I have used this”: the verdict and the field report are one act."""

    verdict = StringField(lazy_gettext("What became of it?"))
    setting = StringField(lazy_gettext("My setting"))
    what_happened = TextAreaField(lazy_gettext("What happened"))
    what_differed = TextAreaField(lazy_gettext("What was different"))

    def draft(self) -> ReplyDraft:
        return ReplyDraft(
            tidy_text(self.what_happened.data or ""),
            tidy_line(self.setting.data or ""),
            tidy_text(self.what_differed.data or ""),
        )

    def is_sound(self) -> bool:
        if self.verdict.data not in USED:
            self.blame({"verdict": _("Choose what became of it.")})
        boxes = {"body": "what_happened", "differed": "what_differed"}
        faults = faults_of(self.draft(), kind="report")
        self.blame({boxes.get(box, box): sentence for box, sentence in faults.items()})
        return not self.errors


class OtherwiseForm(Form):
    """“I would do otherwise”: the verdict and the dissent are one act."""

    body = TextAreaField(lazy_gettext("I would do otherwise, because"))
    setting = StringField(lazy_gettext("Where I stand"))

    def draft(self) -> ReplyDraft:
        return ReplyDraft(tidy_text(self.body.data or ""), tidy_line(self.setting.data or ""))

    def is_sound(self) -> bool:
        self.blame(faults_of(self.draft(), kind="dissent"))
        return not self.errors
