"""What is sent by somebody who asks."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import IntegerField, SelectMultipleField, StringField, TextAreaField

from cop.discussions.models import Thread
from cop.discussions.operations import MOST_TOPICS_EACH
from cop.discussions.queries import FieldText
from cop.discussions.questions import BOXES, faults_of
from cop.discussions.stories import StoryDraft, tidy_line, tidy_text
from cop.platform.characters import is_storable
from cop.platform.words import gettext as _
from cop.platform.words import lazy_gettext
from cop.web.forms import Form


class QuestionForm(Form):
    """A question as it is being asked; what was tried stands in the box of what was done."""

    situation = TextAreaField(lazy_gettext("What is going on?"))
    noticed = TextAreaField(lazy_gettext("What have you noticed?"))
    did_why = TextAreaField(lazy_gettext("What have you tried?"))
    title = StringField(lazy_gettext("What is the question?"))
    topic = SelectMultipleField(lazy_gettext("What does it speak of?"), choices=[], validate_choice=False)
    seen_revision = IntegerField()

    @classmethod
    def of(cls, thread: Thread, fields: Sequence[FieldText], topics: Sequence[str]) -> QuestionForm:
        """The question as it stands, to be revised."""
        sources = {field.name: field.source for field in fields if field.name in BOXES}
        return cls(**sources, title=thread.title, seen_revision=thread.revision, topic=list(topics))

    def draft(self) -> StoryDraft:
        texts = {name: tidy_text(self[name].data or "") for name in BOXES}
        return StoryDraft(
            title=tidy_line(self.title.data or ""), fields={name: text for name, text in texts.items() if text}
        )

    def is_sound(self) -> bool:
        """Whether it can be asked; otherwise the reasons stand beside the boxes."""
        faults = faults_of(self.draft())
        if len(self.topics()) > MOST_TOPICS_EACH:
            faults["topic"] = _("Choose at most %(most)s.", most=MOST_TOPICS_EACH)
        self.blame(faults)
        return not self.errors

    def topics(self) -> list[str]:
        """The slugs of what it speaks of; what cannot be one is left out."""
        return [slug for slug in dict.fromkeys(self.topic.data or ()) if is_storable(slug)]

    def revision(self) -> int:
        """The revision that was shown; what cannot be read agrees with none."""
        seen = self.seen_revision.data
        return seen if isinstance(seen, int) else -1
