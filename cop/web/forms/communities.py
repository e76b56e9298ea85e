"""What is sent on a community's pages: a vouch for somebody."""

from __future__ import annotations

from wtforms import StringField

from cop.communities.operations import LONGEST_LINE
from cop.discussions.stories import tidy_line
from cop.platform.characters import says_something
from cop.platform.words import gettext as _
from cop.platform.words import lazy_gettext
from cop.web.forms import Form


class VouchForm(Form):
    """One line that says what a moderator has seen somebody do."""

    line = StringField(lazy_gettext("What have you seen them do?"))

    def text(self) -> str:
        return tidy_line(self.line.data or "")

    def is_sound(self) -> bool:
        """Whether it can be said; otherwise the reason stands beside the box."""
        length = len(self.text())
        if not says_something(self.text()):
            self.blame({"line": _("Say in one line what you have seen them do.")})
        if length > LONGEST_LINE:
            self.blame(
                {"line": _("This is %(length)s characters; %(most)s is the most.", length=length, most=LONGEST_LINE)}
            )
        return not self.errors
