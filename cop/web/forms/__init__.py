"""What is sent: Flask-WTF forms that read and check, and never touch the database.

The CSRF token is not a field here: `web.headers` checks it for everybody who is signed in, before any form is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from cop.discussions.drafts.fields import Fields
from cop.discussions.drafts.queries import DraftLine

if TYPE_CHECKING:
    from cop.web.pages.previews import Preview


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The base of every form."""

    class Meta:
        csrf = False

        def wrap_formdata(self, form: object, formdata: object) -> MultiDict[str, str] | None:
            """What a form sent or a draft kept: Flask-WTF would read JSON too, which no page of ours sends."""
            if isinstance(formdata, MultiDict):
                return formdata
            return request.form if formdata is not None and request.method == "POST" else None

    begun: DraftLine | None = None  # the draft from which it was filled
    is_in_hand = True  # whether it is the one that was sent, where something was
    preview: Preview | None = None  # how it will read, once somebody has asked to see that

    @classmethod
    def refilled(cls, draft: DraftLine) -> Self:
        """The form as it was left, from its draft."""
        form = cls(formdata=MultiDict(draft.fields))
        form.begun = draft
        return form

    def written(self) -> Fields:
        """What stands in it, as it would be sent."""
        return tuple((name, str(field.data)) for name, field in self._fields.items() if field.data)

    def blame(self, faults: dict[str, str]) -> None:
        """Put the domain's sentences beside the fields they speak of; one of no field stands in the summary."""
        for name, sentence in faults.items():
            if name in self._fields:
                self._fields[name].errors = [*self._fields[name].errors, sentence]
            else:
                self.form_errors.append(sentence)
