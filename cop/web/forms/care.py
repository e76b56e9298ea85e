"""What is sent about how a thread stands: answers to check-ins, conditions, how it ends, and who keeps it."""

from __future__ import annotations

import re

from wtforms import StringField, TextAreaField

from cop.discussions.endings.operations import faults_of_reason
from cop.discussions.replies import ReplyDraft, faults_of
from cop.discussions.stories import tidy_line, tidy_text
from cop.endorsements.check_ins.models import ANSWERS, STILL
from cop.endorsements.conditions.operations import faults_of_condition
from cop.platform import ids
from cop.platform.characters import is_storable, says_something
from cop.platform.words import gettext as _
from cop.platform.words import lazy_gettext
from cop.web.forms import Form
from cop.web.pages.talks import read_words

_ADDRESS = re.compile(r"(?:.*/t/)?([0-9a-z]{1,13})(?:[/?#].*)?", re.ASCII)


class CheckInForm(Form):
    """Whether it still holds; whatever is not a plain still has its reason."""

    answer = StringField(lazy_gettext("Does it still hold where you are?"))
    body = TextAreaField(lazy_gettext("Why, or on what?"))

    def draft(self) -> ReplyDraft | None:
        """The reason; still needs none, and takes one."""
        text = tidy_text(self.body.data or "")
        return ReplyDraft(text) if says_something(text) else None

    def is_sound(self) -> bool:
        if self.answer.data not in ANSWERS:
            self.blame({"answer": _("Choose one of the three.")})
        draft = self.draft()
        if draft is not None:
            self.blame(faults_of(draft, kind="reply"))
        elif self.answer.data != STILL and self.answer.data in ANSWERS:
            self.blame({"body": _("Say why in a line. It stands as a reply.")})
        return not self.errors


class ConditionForm(Form):
    """When it holds, or when not."""

    sort = StringField(lazy_gettext("Which of the two is it?"))
    condition = TextAreaField(lazy_gettext("The condition"))

    def text(self) -> str:
        return tidy_line(self.condition.data or "")

    def is_sound(self) -> bool:
        self.blame(faults_of_condition(self.sort.data or "", self.text()))
        return not self.errors


class RetireForm(Form):
    """Why it does not hold any more."""

    reason = TextAreaField(lazy_gettext("Why does it not hold any more?"))

    def text(self) -> str:
        return tidy_line(self.reason.data or "")

    def is_sound(self) -> bool:
        self.blame(faults_of_reason(self.text(), is_needed=True))
        return not self.errors


class SupersedeForm(Form):
    """What has taken its place: one of those that were found, or an address."""

    look = StringField(lazy_gettext("Find it by words of its title"))
    successor = StringField(lazy_gettext("What has taken its place?"))
    address = StringField(lazy_gettext("Or its address"))
    reason = TextAreaField(lazy_gettext("What does the newer one have?"))

    def text(self) -> str:
        return tidy_line(self.reason.data or "")

    def words(self) -> list[str]:
        return read_words(self.look.data or "").lower().split()

    def successor_id(self) -> int | None:
        """The thread that was chosen, or whose address was typed; None for what is neither."""
        typed = (self.address.data or "").strip() or (self.successor.data or "").strip()
        found = _ADDRESS.fullmatch(typed) if is_storable(typed) else None
        return ids.read(found[1]) if found else None

    def is_sound(self) -> bool:
        self.blame(faults_of_reason(self.text(), is_needed=False))
        if self.successor_id() is None:
            self.blame({"successor": _("Choose the discussion that has taken its place.")})
        return not self.errors


class KeeperForm(Form):
    """Who is asked to keep it."""

    handle = StringField(lazy_gettext("Who could look after it?"))

    def name(self) -> str:
        """The handle, from it or from the address of their page."""
        typed = (self.handle.data or "").strip().rstrip("/").rpartition("/")[2].removeprefix("@")
        return typed if is_storable(typed) else ""
