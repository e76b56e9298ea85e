"""What is sent when somebody asks for an account, signs in, or says what they practise."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, PasswordField, StringField

from cop.accounts import addresses, names
from cop.accounts.operations import Practice
from cop.accounts.viewer import Viewer
from cop.discussions.stories import tidy_line
from cop.platform.words import gettext as _
from cop.platform.words import lazy_gettext
from cop.web.forms import Form
from cop.web.paths import own_path
from cop.web.sending import now

LONGEST_PRACTICE, LONGEST_SETTING = 120, 160
_LONGEST_LIFE_OF_WORK = 80  # years


class SignInForm(Form):
    """An address and its password. `kept` is a text that is on its way through signing in."""

    email = StringField(lazy_gettext("Email"))
    password = PasswordField(lazy_gettext("Password"))
    stay = BooleanField(lazy_gettext("Keep me signed in on this device"))
    next = HiddenField()
    kept = HiddenField()

    def address(self) -> str:
        return addresses.fold(self.email.data or "")


class PracticeForm(Form):
    """What one is called and what one does, as one would say it to a colleague."""

    name = StringField(lazy_gettext("Your name"))
    practice = StringField(lazy_gettext("What do you practise?"))
    since = StringField(lazy_gettext("Since which year?"))
    setting = StringField(lazy_gettext("Where?"))

    @classmethod
    def of(cls, person: Viewer) -> PracticeForm:
        """The form as it stands before anything is changed."""
        since = str(person.practising_since or "")
        return cls(name=person.name, practice=person.practice, since=since, setting=person.setting)

    def called(self) -> str:
        return names.tidy(self.name.data or "")

    def said(self) -> Practice:
        """The practice that a sound form speaks of."""
        year = self._year()
        return Practice(_line(self.practice), int(year) if year else None, _line(self.setting))

    def is_sound(self) -> bool:
        """Whether it can be stored; otherwise the reasons stand beside the boxes."""
        self.blame({name: fault for name, fault in self._faults().items() if fault})
        return not self.errors

    def _faults(self) -> dict[str, str]:
        return {
            "name": names.fault_of(self.called()),
            "practice": _too_long(_line(self.practice), LONGEST_PRACTICE),
            "since": _fault_of_year(self._year()),
            "setting": _too_long(_line(self.setting), LONGEST_SETTING),
        }

    def _year(self) -> str:
        return (self.since.data or "").strip()


class SignUpForm(PracticeForm):
    """Asking for an account: a name, an address, and if one likes what one practises. The password comes later."""

    email = StringField(lazy_gettext("Email"))
    next = HiddenField()

    def address(self) -> str:
        return addresses.fold(self.email.data or "")

    def about(self) -> dict[str, Any]:
        """What the letter carries to the form in which the account is made."""
        said = self.said()
        return {
            "name": self.called(),
            "practice": said.line,
            "since": said.since,
            "setting": said.setting,
            "leads_to": own_path(self.next.data),
        }

    def _faults(self) -> dict[str, str]:
        return super()._faults() | {"email": fault_of_address(self.address())}


class ResetForm(Form):
    """The address of somebody who has lost their password."""

    email = StringField(lazy_gettext("Email"))

    def address(self) -> str:
        return addresses.fold(self.email.data or "")

    def is_sound(self) -> bool:
        fault = fault_of_address(self.address())
        self.blame({"email": fault} if fault else {})
        return not self.errors


def fault_of_address(address: str) -> str:
    """The sentence that says why mail cannot be sent there, or nothing."""
    return "" if addresses.is_address(address) else _("Write an address that mail reaches, such as aoife@example.org.")


def _line(field: StringField) -> str:
    return tidy_line(field.data or "")


def _too_long(line: str, most: int) -> str:
    if len(line) <= most:
        return ""
    return _("This is %(length)s characters; %(most)s is the most.", length=len(line), most=most)


def _fault_of_year(year: str) -> str:
    """Years are counted from it, so it must be one of a life of work."""
    this = now().year
    is_year = year.isascii() and year.isdigit() and len(year) == 4
    if not year or (is_year and 0 <= this - int(year) <= _LONGEST_LIFE_OF_WORK):
        return ""
    return _("Write the year you began, such as %(year)s. It cannot lie ahead.", year=this - 8)
