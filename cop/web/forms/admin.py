"""What administrators send."""

from __future__ import annotations

from wtforms import RadioField, StringField

from cop.accounts.administration import LONGEST_REASON
from cop.discussions.stories import tidy_line
from cop.platform.characters import says_something
from cop.platform.choices import LONGEST_NAME, Choices
from cop.platform.words import gettext as _
from cop.platform.words import lazy_gettext
from cop.settings import FOUND, SIGNUP
from cop.web.forms import Form


class SiteForm(Form):
    """What the site is called, who may make an account, who may found a community."""

    site_name = StringField(lazy_gettext("What this site is called"))
    signup = RadioField(lazy_gettext("Who may make an account"), choices=SIGNUP, validate_choice=False)
    found = RadioField(lazy_gettext("Who may found a community"), choices=FOUND, validate_choice=False)

    @classmethod
    def of(cls, choices: Choices) -> SiteForm:
        return cls(site_name=choices.site_name, signup=choices.signup, found=choices.found)

    def chosen(self) -> Choices:
        return Choices(tidy_line(self.site_name.data or ""), self.signup.data, self.found.data)

    def is_sound(self) -> bool:
        length = len(tidy_line(self.site_name.data or ""))
        if not says_something(self.site_name.data or ""):
            self.blame({"site_name": _("Give the site a name.")})
        if length > LONGEST_NAME:
            self.blame(
                {
                    "site_name": _(
                        "This is %(length)s characters; %(most)s is the most.", length=length, most=LONGEST_NAME
                    )
                }
            )
        for field, among in ((self.signup, SIGNUP), (self.found, FOUND)):
            if field.data not in among:
                self.blame({field.name: _("Choose one.")})
        return not self.errors


class SuspendForm(Form):
    """Why somebody is kept out."""

    reason = StringField(lazy_gettext("Why?"))

    def text(self) -> str:
        return tidy_line(self.reason.data or "")

    def is_sound(self) -> bool:
        length = len(self.text())
        if not says_something(self.text()):
            self.blame({"reason": _("Say why, in a line. Administrators read it here.")})
        if length > LONGEST_REASON:
            self.blame(
                {
                    "reason": _(
                        "This is %(length)s characters; %(most)s is the most.", length=length, most=LONGEST_REASON
                    )
                }
            )
        return not self.errors
