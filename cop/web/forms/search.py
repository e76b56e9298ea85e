"""What the search page is sent beside words: the same operators that may be typed, as fields."""

from __future__ import annotations

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from cop.platform.slugs import is_slug
from cop.platform.words import gettext as _
from cop.platform.words import lazy_gettext
from cop.search.operators import is_date, is_topic
from cop.web.forms import Form
from cop.web.pages.states import words_of_states

OPERATORS = {"k": "kind", "t": "topic", "s": "state", "by": "by", "from": "after", "to": "before"}  # by their fields


class NarrowForm(Form):
    """Kind, topic, state, person and dates. It is part of the address, so that a search can be kept and passed on."""

    class Meta(Form.Meta):
        def wrap_formdata(self, form: object, formdata: object) -> MultiDict[str, str]:
            return request.args

    k = StringField(lazy_gettext("Kind"))
    t = StringField(lazy_gettext("Topic"))
    s = StringField(lazy_gettext("State"))
    by = StringField(lazy_gettext("Told or said by"))
    since = StringField(lazy_gettext("Since"), name="from")
    until = StringField(lazy_gettext("Before"), name="to")

    def choices(self, name: str) -> dict[str, str]:
        """What a field may be, with the words for it; empty where anything may be written."""
        if name == "k":
            return {
                "": _("Any"), "story": _("Stories"), "case": _("Cases"), "question": _("Questions"),
                "procedure": _("Procedures"), "reply": _("Said in replies"), "report": _("Field reports"),
                "dissent": _("Dissents"),
            }  # fmt: skip
        if name == "s":
            return {"": _("Any"), **words_of_states()}
        return {}

    def operators(self) -> dict[str, str]:
        """What was filled in, by the names of operators, each as it would be typed."""
        return {OPERATORS[field.name]: f"{OPERATORS[field.name]}:{self._value(field)}" for field in self._filled()}

    def fields(self) -> dict[str, str]:
        """What was filled in, by the names of fields."""
        return {field.name: str(field.data).strip() for field in self._filled()}

    def is_sound(self) -> bool:
        """Whether everything filled in makes sense; otherwise the reason stands beside the field."""
        for name, field in (("since", self.since), ("until", self.until)):
            if field in self._filled() and not is_date(self._value(field)):
                self.blame({name: _("Write a year, a month or a day: 2026, 2026-05 or 2026-05-01.")})
        if self.by in self._filled() and not is_slug(self._value(self.by)):
            self.blame({"by": _("Write it as in their address, such as aoife-brennan.")})
        for field, is_choice in (
            (self.k, self.choices("k").__contains__), (self.s, self.choices("s").__contains__), (self.t, is_topic),
        ):  # fmt: skip
            if field in self._filled() and not is_choice(self._value(field)):
                self.blame({field.name: _("There is no such choice.")})
        return not self.errors

    def _filled(self) -> list[StringField]:
        return [field for field in self if field.name in OPERATORS and (field.data or "").strip()]

    def _value(self, field: StringField) -> str:
        value = str(field.data).strip()
        return value.removeprefix("@").lower() if field is self.by else value
