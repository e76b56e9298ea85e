"""What is sent from the page that a letter's link leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, PasswordField

from cop.accounts import passwords
from cop.platform.words import lazy_gettext
from cop.web.forms import Form
from cop.web.forms.accounts import PracticeForm


class JoinForm(PracticeForm):
    """The account itself: what was said when it was asked for, and a password."""

    new_password = PasswordField(lazy_gettext("Choose a password"))
    stay = BooleanField(lazy_gettext("Keep me signed in on this device"))

    @classmethod
    def asked_for(cls, about: Mapping[str, Any]) -> JoinForm:
        """The form with what was typed when the letter was asked for."""
        return cls(
            formdata=None,
            name=about.get("name", ""),
            practice=about.get("practice", ""),
            since=str(about.get("since") or ""),
            setting=about.get("setting", ""),
        )

    def is_sound(self, *, address: str = "") -> bool:
        fault = passwords.fault_of(self.new_password.data or "", name=self.called(), email=address)
        self.blame({"new_password": fault} if fault else {})
        super().is_sound()
        return not self.errors


class NewPasswordForm(Form):
    """Another password, for whoever has shown that the address is theirs."""

    new_password = PasswordField(lazy_gettext("Choose a password"))

    def is_sound(self, *, name: str, address: str) -> bool:
        fault = passwords.fault_of(self.new_password.data or "", name=name, email=address)
        self.blame({"new_password": fault} if fault else {})
        return not self.errors
