"""What is sent by whoever adds a procedure or changes one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from wtforms import IntegerField, SelectMultipleField, StringField, TextAreaField

from cop.discussions.models import Procedure, Thread
from cop.discussions.procedures.texts import LONGEST_LINK, MOST_GROUNDS, ProcedureDraft, faults_of
from cop.discussions.queries import FieldText
from cop.discussions.stories import tidy_line, tidy_text
from cop.platform import ids
from cop.platform.characters import is_storable
from cop.platform.words import lazy_gettext
from cop.web.forms import Form
from cop.web.pages.talks import read_words

_ADDRESS = re.compile(r"(?:.*/t/)?([0-9a-z]{1,13})(?:[/?#].*)?", re.ASCII)


class ProcedureFields(Form):
    """A procedure: where it is or what it says, who keeps it, and what it rests on."""

    title = StringField(lazy_gettext("What is it called?"))
    ground = SelectMultipleField(lazy_gettext("Discussions"), choices=[], validate_choice=False)
    rests_on = TextAreaField(lazy_gettext("Which discussions does it rest on?"))
    look = StringField(lazy_gettext("Find a discussion by words of its title"))
    link = StringField(lazy_gettext("Where is the document?"))
    text = TextAreaField(lazy_gettext("Or what does it say?"))
    owner = StringField(lazy_gettext("Who keeps it?"))
    reviewed = StringField(lazy_gettext("When did somebody last look at it?"))
    seen_revision = IntegerField()

    @classmethod
    def of(
        cls, thread: Thread, procedure: Procedure, fields: Sequence[FieldText], grounds: Sequence[int], owner: str
    ) -> ProcedureFields:
        """The procedure as it stands, to be changed."""
        return cls(
            title=thread.title,
            ground=[ids.spell(one) for one in grounds],
            link=procedure.link,
            text=fields[0].source if fields else "",
            owner=owner,
            reviewed=procedure.reviewed_at.date().isoformat(),
            seen_revision=thread.revision,
        )

    def draft(self) -> ProcedureDraft:
        return ProcedureDraft(
            title=tidy_line(self.title.data or ""),
            link=tidy_line(self.link.data or "")[: LONGEST_LINK + 1],
            text=tidy_text(self.text.data or ""),
            reviewed=_read_date(self.reviewed.data or ""),
        )

    def grounds(self) -> list[int]:
        """The threads that were ticked, and those whose addresses were typed; what is no address is left out."""
        typed = [_ADDRESS.fullmatch(line.strip()) for line in (self.rests_on.data or "").split("\n")[:50]]
        spelled = [*(self.ground.data or ())[:50], *(found[1] for found in typed if found)]
        read = (ids.read(one) for one in spelled)
        return list(dict.fromkeys(one for one in read if one is not None))[: MOST_GROUNDS + 1]

    def words(self) -> list[str]:
        """What is looked for among the titles."""
        return read_words(self.look.data or "").lower().split()

    def handle(self) -> str:
        """The owner's handle, from it or from the address of their page."""
        typed = (self.owner.data or "").strip().rstrip("/").rpartition("/")[2]
        return typed if is_storable(typed) else ""

    def is_sound(self, now: datetime) -> bool:
        """Whether it can be stored; otherwise the reasons stand beside the boxes."""
        self.blame(faults_of(self.draft(), grounds=self.grounds(), now=now))
        return not self.errors

    def revision(self) -> int:
        """The revision that was shown; what cannot be read agrees with none."""
        seen = self.seen_revision.data
        return seen if isinstance(seen, int) else -1


def _read_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
