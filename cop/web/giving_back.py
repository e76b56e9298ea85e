"""A form of one box that could not be taken: a page of its own with what was typed, and why not."""

from __future__ import annotations

from flask import render_template

from cop.web.forms.communities import OneLineForm
from cop.web.pages.community_settings import AgainPage


def give_back(form: OneLineForm, page: AgainPage) -> tuple[str, int]:
    return render_template("communities/again.html", page=page, form=form), 422
