"""What is sent from one's own settings. Whatever could take an account away asks for the password."""

from __future__ import annotations

from zoneinfo import available_timezones

from wtforms import BooleanField, PasswordField, SelectField, StringField, TextAreaField

from cop.accounts import addresses, names, passwords
from cop.accounts.operations import Preferences
from cop.accounts.queries import OwnAccount
from cop.accounts.viewer import Viewer
from cop.discussions.stories import tidy_text
from cop.platform.languages import list_languages
from cop.platform.words import gettext as _
from cop.platform.words import lazy_gettext
from cop.web.forms import Form
from cop.web.forms.accounts import PracticeForm, fault_of_address
from cop.web.templating import THEMES

LONGEST_BIO = 4000
_NOT_PLACES = ("Etc/", "SystemV/", "posix/", "right/", "US/")  # other names of the same hours


class ProfileForm(PracticeForm):
    """What others read beside one's name and on one's page."""

    bio = TextAreaField(lazy_gettext("More about your work"))
    willing = BooleanField(lazy_gettext("I am willing to be asked"))

    @classmethod
    def of_own(cls, person: Viewer, own: OwnAccount) -> ProfileForm:
        return cls(
            name=person.name,
            practice=person.practice,
            since=str(person.practising_since or ""),
            setting=person.setting,
            bio=own.bio,
            willing=own.willing_to_be_asked,
        )

    def about_oneself(self) -> str:
        return tidy_text(self.bio.data or "")

    def _faults(self) -> dict[str, str]:
        length, fault = len(self.about_oneself()), ""
        if length > LONGEST_BIO:
            fault = _("This is %(length)s characters; %(most)s is the most.", length=length, most=LONGEST_BIO)
        return super()._faults() | {"bio": fault}


class _GuardedForm(Form):
    """A form that asks for the password one has."""

    password = PasswordField(lazy_gettext("Your password"))

    def _fault_of_password(self, own: OwnAccount) -> str:
        right = passwords.goes_with(self.password.data or "", own.password_hash)
        return "" if right else _("That is not your password. Check whether caps lock is on.")

    def _blame_all(self, faults: dict[str, str]) -> bool:
        self.blame({name: fault for name, fault in faults.items() if fault})
        return not self.errors


class AddressForm(_GuardedForm):
    """Another address for mail and for signing in."""

    password = PasswordField(lazy_gettext("Your password"), id="password-for-address")
    email = StringField(lazy_gettext("New address"))

    def address(self) -> str:
        return addresses.fold(self.email.data or "")

    def is_sound(self, own: OwnAccount) -> bool:
        fault = fault_of_address(self.address())
        if self.address() == own.email:
            fault = _("That is the address you have.")
        return self._blame_all({"email": fault, "password": self._fault_of_password(own)})


class PasswordForm(_GuardedForm):
    """Another password."""

    new_password = PasswordField(lazy_gettext("New password"))

    def is_sound(self, own: OwnAccount, *, name: str) -> bool:
        fault = passwords.fault_of(self.new_password.data or "", name=name, email=own.email)
        return self._blame_all({"password": self._fault_of_password(own), "new_password": fault})


class LeaveForm(_GuardedForm):
    """Closing the account: the password, and one's name typed, since it cannot be undone."""

    sure = StringField(lazy_gettext("Your name, as it stands here"))

    def is_sound(self, own: OwnAccount, *, name: str) -> bool:
        is_sure = names.tidy(self.sure.data or "").casefold() == name.casefold()
        fault = "" if is_sure else _("Write %(name)s here if you mean it.", name=name)
        return self._blame_all({"password": self._fault_of_password(own), "sure": fault})


class PreferencesForm(Form):
    """How the site speaks to one."""

    language = SelectField(lazy_gettext("Language"), validate_choice=False)
    time_zone = SelectField(lazy_gettext("Time zone"), validate_choice=False)
    theme = SelectField(lazy_gettext("Theme"), validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(_NOT_PLACES))
        self.language.choices = list(list_languages().items())
        self.time_zone.choices = [("", _("UTC")), *((zone, zone.replace("_", " ")) for zone in zones)]
        words = {"auto": _("As the device is set"), "light": _("Light"), "dark": _("Dark")}
        self.theme.choices = [(name, words[name]) for name in sorted(THEMES)]

    @classmethod
    def of(cls, person: Viewer) -> PreferencesForm:
        return cls(language=person.language or "en", time_zone=person.time_zone, theme=person.theme or "auto")

    def preferences(self) -> Preferences:
        return Preferences(self.language.data, self.time_zone.data, self.theme.data)

    def is_sound(self) -> bool:
        for field in (self.language, self.time_zone, self.theme):
            if field.data not in [value for value, _word in field.choices]:
                self.blame({field.name: _("Choose one of the list.")})
        return not self.errors
