"""What is sent on a community's pages: what it says of itself, and the one line that most acts on people ask for."""

from __future__ import annotations

from typing import ClassVar

from wtforms import StringField, TextAreaField

from cop.accounts import addresses
from cop.communities.members.operations import LONGEST_REASON
from cop.communities.models import INKS, PUBLIC, SHELF_LIVES, VISIBILITIES, Community
from cop.communities.operations import CommunityDraft
from cop.communities.requests.operations import LONGEST_REQUEST, LONGEST_SENTENCE
from cop.communities.topics.operations import LONGEST_TOPIC
from cop.communities.vouches.operations import LONGEST_LINE
from cop.discussions.stories import tidy_line, tidy_text
from cop.platform import markup
from cop.platform.characters import says_something
from cop.platform.slugs import is_slug, slug_of
from cop.platform.words import gettext as _
from cop.platform.words import lazy_gettext
from cop.web.forms import Form

LONGEST_NAME, LONGEST_PRACTICE, LONGEST_WELCOME = 80, 200, 10_000
SHORTEST_HALF_LIFE, LONGEST_HALF_LIFE = 7, 180


class OneLineForm(Form):
    """A form of one box. `box` names it."""

    box: ClassVar[str]
    longest: ClassVar[int]

    def text(self) -> str:
        return tidy_line(self[self.box].data or "")

    def is_sound(self) -> bool:
        """Whether it can be said; otherwise the reason stands beside the box."""
        if fault := self._fault(self.text()):
            self.blame({self.box: fault})
        return not self.errors

    def empty(self) -> str:
        """The sentence for a box that says nothing."""
        raise NotImplementedError

    def _fault(self, text: str) -> str:
        if not says_something(text):
            return self.empty()
        return _too_long(text, self.longest)


class VouchForm(OneLineForm):
    """One line that says what somebody has seen a person do."""

    box, longest = "line", LONGEST_LINE
    line = StringField(lazy_gettext("What have you seen them do?"))

    def empty(self) -> str:
        return _("Say in one line what you have seen them do.")


class AskForm(OneLineForm):
    """Why somebody would like to be let in."""

    box, longest = "line", LONGEST_REQUEST
    line = StringField(lazy_gettext("What brings you here?"))

    def empty(self) -> str:
        return _("Say in a line what brings you here. Its moderators read it.")


class RefuseForm(OneLineForm):
    """Why somebody is not let in."""

    box, longest = "sentence", LONGEST_SENTENCE
    sentence = StringField(lazy_gettext("Why not?"))

    def empty(self) -> str:
        return _("Say in a sentence why not. They are told.")


class RemoveForm(OneLineForm):
    """Why somebody is put out."""

    box, longest = "reason", LONGEST_REASON
    reason = StringField(lazy_gettext("Why?"))

    def empty(self) -> str:
        return _("Say why. They are told.")


class TopicForm(OneLineForm):
    """A topic's name."""

    box, longest = "name", LONGEST_TOPIC
    name = StringField(lazy_gettext("Topic"))

    def empty(self) -> str:
        return _("Give the topic a name.")


class InviteForm(OneLineForm):
    """The one address that an invitation is for."""

    box, longest = "email", 254
    email = StringField(lazy_gettext("Email"))

    def text(self) -> str:
        return addresses.fold(self.email.data or "")

    def empty(self) -> str:
        return _("Write an address that mail reaches, such as aoife@example.org.")

    def _fault(self, text: str) -> str:
        return "" if addresses.is_address(text) else self.empty()


class CommunityForm(Form):
    """What a community says of itself, who may see it, and how long things live in it."""

    name = StringField(lazy_gettext("Its name"))
    slug = StringField(lazy_gettext("Its short name"))
    practice = StringField(lazy_gettext("What is practised there?"))
    visibility = StringField(lazy_gettext("Who reads it?"), default=PUBLIC)
    welcome = TextAreaField(lazy_gettext("What should somebody read first?"))
    ink = StringField(lazy_gettext("Its ink"), default=INKS[0])
    shelf_life = StringField(lazy_gettext("How fast does what is told there age?"), default="months")
    half_life_days = StringField(lazy_gettext("How many days until an act counts half?"), default="30")

    @classmethod
    def of(cls, community: Community) -> CommunityForm:
        """The form as it stands before anything is changed."""
        return cls(
            name=community.name,
            slug=community.slug,
            practice=community.practice,
            visibility=community.visibility,
            welcome=community.welcome,
            ink=community.ink,
            shelf_life=community.shelf_life,
            half_life_days=f"{community.half_life_days:g}",
        )

    def short_name(self) -> str:
        """As typed, or what the name suggests."""
        typed = (self.slug.data or "").strip().lower()
        suggested = slug_of(tidy_line(self.name.data or ""))[:40].strip("-")
        return typed or ("" if suggested == "thread" else suggested)  # that is: no letter of it can be spelled

    def draft(self) -> CommunityDraft:
        """What a sound form says. Slow: the welcome is rendered, so never while a transaction is open."""
        return CommunityDraft(
            name=tidy_line(self.name.data or ""),
            practice=tidy_line(self.practice.data or ""),
            visibility=self.visibility.data,
            welcome=markup.render(tidy_text(self.welcome.data or "")),
            ink=self.ink.data,
            shelf_life=self.shelf_life.data,
            half_life_days=float(self._days() or 30),
        )

    def is_sound(self, *, is_new: bool) -> bool:
        """Whether it can be stored; otherwise the reasons stand beside the boxes."""
        faults = self._faults()
        is_named = bool(self.slug.data or not faults.get("name"))  # without a name nothing could suggest one
        if is_new and is_named and not is_slug(self.short_name()):
            faults["slug"] = _("The short name takes 2 to 40 of a-z, 0-9 and hyphens.")
        if not is_new and not self._days():
            faults["half_life_days"] = _(
                "A whole number of days, from %(least)s to %(most)s.",
                least=SHORTEST_HALF_LIFE,
                most=LONGEST_HALF_LIFE,
            )
        self.blame({name: fault for name, fault in faults.items() if fault})
        return not self.errors

    def _faults(self) -> dict[str, str]:
        name, practice = tidy_line(self.name.data or ""), tidy_line(self.practice.data or "")
        one_of_these = _("Choose one of these.")
        return {
            "name": _too_long(name, LONGEST_NAME) if says_something(name, 2) else _("Give it a name."),
            "practice": _too_long(practice, LONGEST_PRACTICE)
            if says_something(practice)
            else _("Say in a line what is practised there."),
            "welcome": _too_long(tidy_text(self.welcome.data or ""), LONGEST_WELCOME),
            "visibility": "" if self.visibility.data in VISIBILITIES else one_of_these,
            "ink": "" if self.ink.data in INKS else one_of_these,
            "shelf_life": "" if self.shelf_life.data in SHELF_LIVES else one_of_these,
        }

    def _days(self) -> int:
        """The half-life, or 0 when it is none."""
        typed = (self.half_life_days.data or "").strip()
        days = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0
        return days if SHORTEST_HALF_LIFE <= days <= LONGEST_HALF_LIFE else 0


def _too_long(text: str, most: int) -> str:
    if len(text) <= most:
        return ""
    return _("This is %(length)s characters; %(most)s is the most.", length=len(text), most=most)
