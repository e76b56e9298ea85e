"""What the composer of stories sends."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from cop.communities.models import SHELF_LIVES
from cop.discussions.cues import default_hook
from cop.discussions.models import FIELDS, Thread
from cop.discussions.operations import MOST_TOPICS_EACH
from cop.discussions.queries import FieldText
from cop.discussions.stories import StoryDraft, faults_of, tidy_line, tidy_text
from cop.platform.characters import is_storable
from cop.platform.words import gettext as _
from cop.platform.words import lazy_gettext
from cop.web.forms import Form
from cop.web.sending import now

CHIPS = ("expected", "options", "watch_for", "not_when", "shelf_life")


class StoryForm(Form):
    """A story as it is being written; the names are those of the boxes."""

    situation = TextAreaField(lazy_gettext("What was going on?"))
    noticed = TextAreaField(lazy_gettext("What did you notice?"))
    did_why = TextAreaField(lazy_gettext("What did you do, and why that?"))
    outcome = TextAreaField(lazy_gettext("What happened?"))
    outcome_unknown = BooleanField(lazy_gettext("I don’t know yet"))
    expected = TextAreaField(lazy_gettext("What did you expect to see?"))
    options = TextAreaField(lazy_gettext("What else did you consider?"))
    watch_for = TextAreaField(lazy_gettext("What would you watch for?"))
    not_when = TextAreaField(lazy_gettext("When would you not do this?"))
    shelf_life = StringField(lazy_gettext("How fast does this age?"))
    title = StringField(lazy_gettext("What would you call it?"))
    hook = StringField(lazy_gettext("The line that makes a colleague stop"))
    happened = StringField(lazy_gettext("When did it happen?"))
    topic = SelectMultipleField(lazy_gettext("What does it speak of?"), choices=[], validate_choice=False)
    # A reminder; nothing hangs on it.
    redacted = BooleanField(lazy_gettext("I have read it as a colleague of mine would"))
    anyway = HiddenField()  # set once the question about what was noticed has been asked
    seen_revision = IntegerField()

    @classmethod
    def of(cls, thread: Thread, fields: list[FieldText], topics: Sequence[str] = ()) -> StoryForm:
        """The story as it stands, to be revised. A line under the title that was only the first cue stays empty."""
        sources = {field.name: field.source for field in fields}
        return cls(
            **sources,
            title=thread.title,
            hook="" if thread.hook == default_hook(sources.get("noticed", "")) else thread.hook,
            happened=thread.happened,
            shelf_life=thread.shelf_life,
            outcome_unknown=thread.outcome_due_at is not None,
            seen_revision=thread.revision,
            topic=list(topics),
        )

    def draft(self) -> StoryDraft:
        texts = {name: tidy_text(self[name].data or "") for name in FIELDS}
        return StoryDraft(
            title=tidy_line(self.title.data or ""),
            fields={name: text for name, text in texts.items() if text},
            hook=tidy_line(self.hook.data or ""),
            happened=tidy_line(self.happened.data or ""),
            shelf_life=self.shelf_life.data or "",
            outcome_unknown=bool(self.outcome_unknown.data),
        )

    def is_sound(self) -> bool:
        """Whether it can be told; otherwise the reasons stand beside the boxes."""
        faults = faults_of(self.draft(), now=now())
        if "words" in faults:
            faults.setdefault("situation", faults.pop("words"))
        if len(self.topics()) > MOST_TOPICS_EACH:
            faults["topic"] = _("Choose at most %(most)s.", most=MOST_TOPICS_EACH)
        self.blame(faults)
        return not self.errors

    def leaves_noticed_open(self) -> bool:
        """Whether nothing was noticed and nobody has asked about it yet: it is asked once."""
        return not self.anyway.data and "noticed" not in self.draft().fields

    def topics(self) -> list[str]:
        """The slugs of what it speaks of; what cannot be one is left out."""
        return [slug for slug in dict.fromkeys(self.topic.data or ()) if is_storable(slug)]

    def is_open(self, box: str) -> bool:
        """Whether a box behind a chip holds something."""
        return bool(self[box].data) if box != "shelf_life" else self.shelf_life.data in SHELF_LIVES

    def revision(self) -> int:
        """The revision that was shown; what cannot be read agrees with none."""
        seen = self.seen_revision.data
        return seen if isinstance(seen, int) else -1
