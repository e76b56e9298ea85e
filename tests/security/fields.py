"""Every field a text can be sent in: the form it belongs to, where it goes, and what must stand beside it to be kept.

A field of a form that is not listed here fails `test_b14_every_field_is_listed`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cop.web
from cop.web.forms import Form
from tests.cast import SITUATION

WORLD = {  # where forms go: filled in with what the stage holds
    "story": "/c/bedside-icu/new/story", "story again": "/t/{story}/edit", "question": "/c/bedside-icu/new/question",
    "procedure": "/c/bedside-icu/new/procedure", "reply": "/t/{other}/replies", "reply again": "/p/{reply}/edit",
    "verdict": "/t/{other}/verdict", "profile": "/settings/profile", "member": "/c/bedside-icu/people/caro-mbeki",
}  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """A form, where it is sent by whom, and the other fields with which it would be taken."""

    form: str
    path: str
    texts: tuple[str, ...]
    beside: Mapping[str, str] = field(default_factory=dict)
    who: str = "joanne"


_PRACTICE = ("name", "practice", "since", "setting")
_STORY = ("situation", "noticed", "did_why", "outcome", "expected", "options", "watch_for", "not_when")
_TOLD = {"title": "A tidy chart", "situation": SITUATION, "anyway": "1"}
_HELD = {"verdict": "held", "setting": "Another ward", "what_happened": "It went as told, only later in the night."}
_OTHERWISE = {"verdict": "otherwise", "body": "I would wait, since a tidy chart says little of a night like that."}
_PLACE = {
    "name": "A place", "slug": "a-place", "practice": "What is done there.", "visibility": "public", "ink": "iron",
    "shelf_life": "months", "half_life_days": "30",
}  # fmt: skip
_CASE = {
    "title": "A case",
    "situation": SITUATION,
    "outcome": "I waited, and it came back.",
    "prompt_1": "What now?",
    "option_1_1": "Wait",
    "option_1_2": "Call",
    "option_1_3": "Leave",
    "part_1": "It is later.",
    "forks": "1",
}
_CHOICE = {"first": "1", "last": "2", "rationale": "Since the chart was too tidy for a night.", "confidence": "3"}
_POINT = {
    "title": "How it is done", "text": "Step by step.", "reviewed": "2026-06-01", "rests_on": "/t/{story}",
    "owner": "joanne-pell",
}  # fmt: skip

FORMS = (
    Sent("StoryForm", WORLD["story"], (*_STORY, "title", "hook", "happened", "shelf_life", "topic", "anyway"), _TOLD),
    Sent("StoryForm", WORLD["story again"], ("title", "seen_revision"), {**_TOLD, "seen_revision": "0"}),
    Sent("QuestionForm", WORLD["question"], ("situation", "noticed", "did_why", "title", "topic"), _TOLD),
    Sent(
        "ProcedureFields", WORLD["procedure"],
        ("title", "ground", "rests_on", "look", "link", "text", "owner", "reviewed"), _POINT,
    ),
    Sent(
        "CaseForm", "/c/bedside-icu/new/case",
        ("situation", "not_when", "noticed", "outcome", "title", "hook", "topic", "story", "forks", "more", "body",
         "prompt_1", "part_1", "cues_1", "options_1", "option_1_1", "note_1_1"), _CASE,
    ),
    Sent(
        "ChoiceForm", "/t/{case}/decisions/1/commit",
        ("first", "last", "rationale", "confidence", "cue", "rank_1"), _CHOICE,
    ),
    Sent("SecondThoughtForm", "/t/{case}/decisions/1/second-thought", ("second_thought",)),
    Sent("OutcomeForm", "/t/{live}/outcome", ("outcome",)),
    Sent("CheckInForm", "/t/{other}/check-in", ("answer", "body"), {"answer": "depends", "body": "On the ward."}),
    Sent("ConditionForm", "/t/{story}/condition", ("sort", "condition"), {"sort": "not_when", "condition": "By day."}),
    Sent(
        "SupersedeForm", "/t/{other}/supersede", ("successor", "look", "address", "reason"), {"successor": "{story}"},
    ),
    Sent("RetireForm", "/t/{case}/retire", ("reason",)),
    Sent("KeeperForm", "/t/{other}/keeper", ("handle",)),
    Sent("ProbeForm", "/t/{other}/probe", ("body", "box", "quote", "type"), {"type": "cue", "body": "Which ear?"}),
    Sent("PanelForm", "/t/{asked}/decisions/1/ask", ("body", "box"), {"body": "How did you pick?"}),
    Sent("RemovalForm", "/p/{probe}/remove", ("reason",)),
    Sent("ReplyForm", WORLD["reply"], ("body", "kind", "answers"), {"body": "The same here.", "kind": "reply"}),
    Sent("RevisedReplyForm", WORLD["reply again"], ("body", "setting", "differed"), {"seen_revision": "0"}),
    Sent("UsedForm", WORLD["verdict"], ("verdict", "setting", "what_happened", "what_differed"), _HELD),
    Sent("OtherwiseForm", WORLD["verdict"], ("body", "setting"), _OTHERWISE),
    Sent("ProfileForm", WORLD["profile"], (*_PRACTICE, "bio"), {"name": "Joanne Pell"}),
    Sent("CommunityForm", "/c/bedside-icu/settings", ("name", "practice", "welcome"), {**_PLACE, "name": "Bedside"}),
    Sent("CommunityForm", "/c/new", tuple(_PLACE), _PLACE),
    Sent("TopicForm", "/c/bedside-icu/topics", ("name",)),
    Sent("VouchForm", WORLD["member"] + "/vouch", ("line",)),
    Sent("RemoveForm", WORLD["member"] + "/remove", ("reason",)),
    Sent("AskForm", "/c/night-shift-pzqlmn/ask", ("line",)),
    Sent("RefuseForm", "/c/night-shift-pzqlmn/requests/{request}/refuse", ("sentence",), who="piet"),
    Sent("InviteForm", "/c/bedside-icu/invitations/mail", ("email",)),
    Sent("SiteForm", "/admin/", ("site_name", "signup", "found"), {"signup": "open", "found": "anyone"}),
    Sent("SuspendForm", "/admin/people/bea-lindqvist/suspend", ("reason",)),
    Sent("SignInForm", "/signin", ("email", "password", "next", "kept"), {"email": "otto@example.org"}, "nobody"),
    Sent("SignUpForm", "/signup", (*_PRACTICE, "email", "next"), {"name": "New One"}, "nobody"),
    Sent("JoinForm", "/letters/{join}", (*_PRACTICE, "new_password"), {"name": "Ned Whelan"}, "nobody"),
    Sent("NewPasswordForm", "/letters/{reset}", ("new_password",), {}, "nobody"),
    Sent("ResetForm", "/reset", ("email",), {}, "nobody"),
    Sent("AddressForm", "/settings/account/address", ("email", "password")),
    Sent("PasswordForm", "/settings/account/password", ("password", "new_password")),
    Sent("LeaveForm", "/settings/deactivate", ("password", "sure")),
    Sent("PreferencesForm", "/settings/preferences", ("language", "theme", "time_zone")),
)  # fmt: skip
FIGURES = {"seen_revision"}  # a number; sent with a text once, above
SEARCH = ("q", "c", "after", "order", "k", "t", "s", "by", "from", "to")

# What is read from a request without a form. `args`: in the address; `form`: beside any form.
ARGUMENTS = {
    "/search?{}": SEARCH, "/search/suggest?{}": ("q",), "/signin?{}": ("next",), "/signup?{}": ("next",),
    "/t/{story}/a-tidy-chart?{}": ("show", "kind", "before", "start", "at", "find"),
    "/t/{story}/revisions?{}": ("from",),
    "/t/{story}/verdict?{}": ("verdict",), "/c/bedside-icu/new/question?{}": ("situation",), "/c/?{}": ("after",),
    "/c/bedside-icu/?{}": ("sort", "topic", "state", "kind", "after", "before"), "/c/bedside-icu/similar?{}": ("q",),
    "/c/bedside-icu/mentions?{}": ("q",), "/c/bedside-icu/people?{}": ("role", "after"), "/drafts?{}": ("after",),
    "/c/bedside-icu/procedures?{}": ("before", "after"), "/admin/people?{}": ("q", "after"),
    "/admin/communities?{}": ("after",), "/c/bedside-icu/new/story?{}": ("draft", "anew", "open"),
    "/became?{}": ("after",), "/c/bedside-icu/?sort=needs-you&{}": ("after", "before"),
    "/t/{other}/check-in?{}": ("answer",), "/t/{story}/condition?{}": ("sort",),
    "/static/cop.css?{}": ("v",), "/c/bedside-icu/new/case?{}": ("story",),
}  # fmt: skip
BESIDE = {
    "/drafts": (
        "finds", "find", "draft", "draft_revision", "draft_path", "keeps", "leaves", "by", "then", "title", "body",
        "key",
    ),
    "/drafts/1/discard": ("back",), "/theme": ("theme", "back"), "/settings/sessions": ("session",),
    "/became/seen": ("up_to",), "/needs/1/set-aside": ("back",),
    "/c/bedside-icu/join": ("back",), "/c/bedside-icu/new/story": ("open", "opened", "preview", "title"),
    "/c/bedside-icu/new/procedure": ("looking", "look"), "/t/{other}/probe": ("choose",),
    "/t/{story}/check-in": ("kind", "answer"), "/t/{story}/try/end": ("back",),
}  # fmt: skip
_READ = re.compile(r"""request\.(args|form|values)(?:\.get(?:list)?\(|\[)["'](\w+)["']""")
_ASKED = re.compile(r"""["'](\w+)["'] in request\.(args|form)""")


_PLACE_OF = re.compile(r"(_\d)+$")  # boxes of a list are alike: `option_2_3` is sent as `option_1_1`


def fields_of_forms() -> Iterator[tuple[str, str]]:
    """Every field that takes a text, by the name of its form and its own; those a form takes over count there."""
    for module in pkgutil.walk_packages(cop.web.__path__, "cop.web."):
        importlib.import_module(module.name)
    for form in _below(Form):
        for name, one in inspect.getmembers(form, lambda member: hasattr(member, "field_class")):
            if one.field_class.__name__ != "BooleanField" and not form.__name__.startswith("_"):
                yield form.__name__, _PLACE_OF.sub(lambda places: re.sub(r"\d", "1", places[0]), name)


def names_read() -> set[str]:
    """What our pages read of a request by name."""
    sources = [path.read_text(encoding="utf-8") for path in Path(cop.web.__path__[0]).glob("*.py")]
    return {found[1] for text in sources for found in _READ.findall(text)} | {
        found[0] for text in sources for found in _ASKED.findall(text)
    }


def _below(form: type[Form]) -> Iterator[type[Form]]:
    for one in form.__subclasses__():
        yield one
        yield from _below(one)
