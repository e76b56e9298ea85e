"""Every page there is, and who looks at it: what `make look` photographs and the browser tests walk through.

A route that answers a page of HTML and stands neither here nor in `NO_PAGE` fails a test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bench.furnishing import (
    ADMINISTRATOR,
    AWAY,
    HIDDEN,
    HOME,
    HOST,
    IN_TWO,
    MODERATOR,
    NEWCOMER,
    PRACTITIONER,
    PRIVATE,
    REMOVED,
    SUSPENDED,
    Place,
)
from cop.accounts.models import NEW_ADDRESS, RESET, SIGN_UP, UNDO, VERIFY

NO_PAGE = {
    "static": "a file",
    "composing.complete_mention": "names for the script of the composer, as JSON",
    "composing.show_similar": "a part of the composer's page, which shows it",
    "drafts.save_draft": "takes forms alone",
    "replies.find_reply": "leads on to the page of the thread that holds the reply",
    "search.suggest": "titles for the script of the search field, as JSON",
    "settings.show_first": "leads on to the first page of the settings",
    "site.show_favicon": "leads on to a file",
    "site.show_health": "a word for operators, as JSON",
    "site.show_readiness": "a word for operators, as JSON",
    "site.show_robots": "a file for robots",
    "threads.find_thread": "leads on to the thread under its slug",
}


@dataclass(frozen=True)
class Shot:
    """One page: its name, where it is, who looks, and the mock-up it was rebuilt from.

    `press` names a button to be pressed there first, for what is only shown once something was refused.
    """

    name: str
    path: str
    who: str = ""
    mockup: str = ""
    press: str = ""
    status: int = 200


def list_shots(place: Place) -> list[Shot]:
    """Every page, for everybody to whom it shows something else."""
    parts = (
        _of_visitors, _of_communities, _of_people_here, _of_threads, _of_what_one_told, _of_states, _of_cases,
        _of_composers, _of_search, _of_settings, _of_administration, _of_accounts,
    )  # fmt: skip
    shots = [shot for part in parts for shot in part(place)]
    assert len({shot.name for shot in shots}) == len(shots), "two pages of one name"
    return shots


def _of_visitors(_place: Place) -> Iterator[Shot]:
    yield Shot("welcome", "/", mockup="welcome")
    yield Shot("communities", "/c/")
    yield Shot("communities-member", "/c/", PRACTITIONER)
    yield Shot("not-found", "/t/0000/any", mockup="states", status=404)
    yield Shot("home", "/", PRACTITIONER, "home")
    yield Shot("home-newcomer", "/", NEWCOMER, "home")
    yield Shot("home-moderator", "/", MODERATOR, "home")
    yield Shot("home-administrator", "/", ADMINISTRATOR)
    yield Shot("home-unconfirmed", "/", REMOVED)


def _of_communities(_place: Place) -> Iterator[Shot]:
    yield Shot("community", f"/c/{AWAY}/", mockup="community")
    yield Shot("community-newcomer", f"/c/{HOME}/", NEWCOMER, "community")
    yield Shot("community-endorsed", f"/c/{HOME}/?sort=endorsed", PRACTITIONER, "community")
    yield Shot("needs", f"/c/{HOME}/?sort=needs-you", PRACTITIONER, "home")
    yield Shot("community-new", f"/c/{HOME}/?sort=new", MODERATOR, "community")
    yield Shot("community-administrator", f"/c/{HOME}/", ADMINISTRATOR)
    yield Shot("community-removed", f"/c/{HOME}/", REMOVED)
    yield Shot("outside", f"/c/{PRIVATE}/")
    yield Shot("outside-member", f"/c/{PRIVATE}/", PRACTITIONER)
    yield Shot("outside-asked", f"/c/{PRIVATE}/", NEWCOMER)
    yield Shot("community-private", f"/c/{PRIVATE}/", HOST)
    yield Shot("community-secret", f"/c/{HIDDEN}/", MODERATOR, "community")
    yield Shot("about", f"/c/{HOME}/about")
    yield Shot("about-secret", f"/c/{HIDDEN}/about", MODERATOR)
    yield Shot("about-member", f"/c/{HOME}/about", NEWCOMER)
    yield Shot("procedures", f"/c/{HOME}/procedures")
    yield Shot("procedures-member", f"/c/{HOME}/procedures", PRACTITIONER)
    yield Shot("where-to-tell", "/tell", IN_TWO)
    yield Shot("found", "/c/new", ADMINISTRATOR)
    yield Shot("found-refused", "/c/new", ADMINISTRATOR, press="Found it", status=422)
    yield Shot("community-settings", f"/c/{HOME}/settings", MODERATOR)
    yield Shot("leave", f"/c/{HOME}/leave", PRACTITIONER)
    yield Shot("leave-last", f"/c/{HOME}/leave", MODERATOR)


def _of_people_here(place: Place) -> Iterator[Shot]:
    yield Shot("people", f"/c/{HOME}/people")
    yield Shot("people-newcomer", f"/c/{HOME}/people", NEWCOMER)
    yield Shot("people-practitioner", f"/c/{HOME}/people", PRACTITIONER)
    yield Shot("people-moderator", f"/c/{HOME}/people", MODERATOR)
    yield Shot("people-private", f"/c/{PRIVATE}/people", HOST)
    yield Shot("member", f"/c/{HOME}/people/{NEWCOMER}", MODERATOR)
    yield Shot("member-practitioner", f"/c/{HOME}/people/{PRACTITIONER}", MODERATOR)
    yield Shot("member-visitor", f"/c/{HOME}/people/{PRACTITIONER}")
    yield Shot("member-own", f"/c/{HOME}/people/{PRACTITIONER}", PRACTITIONER)
    yield Shot("why", f"/c/{HOME}/people/{PRACTITIONER}/why", MODERATOR)
    yield Shot("why-newcomer", f"/c/{HOME}/people/{NEWCOMER}/why", PRACTITIONER)
    yield Shot("invitation", f"/invitations/{place.tokens['invitation']}")
    yield Shot("invitation-member", f"/invitations/{place.tokens['invitation']}", PRACTITIONER)
    yield Shot("invitation-gone", "/invitations/none", status=404)
    yield Shot("profile", f"/people/{MODERATOR}", mockup="profile")
    yield Shot("profile-own", f"/people/{PRACTITIONER}", PRACTITIONER, "profile")
    yield Shot("profile-newcomer", f"/people/{NEWCOMER}", MODERATOR, "profile")


def _of_threads(place: Place) -> Iterator[Shot]:
    story, question, procedure = (place.threads[kind] for kind in ("story", "question", "procedure"))
    revised = place.threads["own story"]
    yield Shot("story", place.threads[f"story in {AWAY}"], mockup="story")
    yield Shot("story-outsider", place.threads[f"story in {AWAY}"], NEWCOMER, "story")
    yield Shot("story-newcomer", place.threads["own story"], NEWCOMER, "story")
    yield Shot("story-member", place.threads["own story"], MODERATOR, "story")
    yield Shot("story-waiting", story, PRACTITIONER, "story")
    yield Shot("story-own", story, place.handles["story"], "story")
    yield Shot("story-found-in", f"{story}?find=quiet", PRACTITIONER)
    yield Shot("story-reports", f"{story}?show=report")
    yield Shot("story-withdrawn", place.threads["withdrawn"], MODERATOR, "story")
    yield Shot("story-restore", place.threads["withdrawn"], PRACTITIONER, "story")
    yield Shot("question", question, mockup="story")
    yield Shot("question-member", question, PRACTITIONER, "story")
    yield Shot("procedure", procedure, mockup="procedure")
    yield Shot("procedure-own", procedure, place.handles["procedure"], "procedure")
    yield Shot("revisions", f"{_stem(revised)}/revisions")
    yield Shot("revisions-own", f"{_stem(revised)}/revisions", PRACTITIONER)
    yield Shot("revisions-reply", f"{place.replies['own']}/revisions")


def _of_what_one_told(place: Place) -> Iterator[Shot]:
    """What is written below a thread, and what is changed of one's own."""
    answered, own = _stem(place.threads[f"story in {AWAY}"]), _stem(place.threads["own story"])
    question, procedure = place.threads["question"], place.threads["procedure"]
    yield Shot("used", f"{own}/verdict?verdict=held", MODERATOR, "states")
    yield Shot("used-refused", f"{own}/verdict?verdict=held", MODERATOR, "states", "Say how it went", 422)
    yield Shot("otherwise", f"{own}/verdict?verdict=otherwise", MODERATOR, "states")
    yield Shot("probe", f"{own}/probe", MODERATOR, "story")
    yield Shot("in-my-case", f"{place.replies['probe']}/case", PRACTITIONER)
    yield Shot("take-away", f"{place.replies['probe']}/remove", MODERATOR)
    yield Shot("refused", f"{answered}/verdict?verdict=held", NEWCOMER, status=403)
    yield Shot("edit-story", f"{own}/edit", PRACTITIONER, "compose")
    yield Shot("edit-question", f"{_stem(question)}/edit-question", place.handles["question"], "compose")
    yield Shot("edit-procedure", f"{_stem(procedure)}/edit-procedure", place.handles["procedure"], "compose")
    yield Shot("edit-reply", f"{place.replies['own']}/edit", PRACTITIONER)


def _of_states(place: Place) -> Iterator[Shot]:
    """How threads stand, and where somebody says so."""
    due, contested = place.threads["due"], place.threads["contested"]
    yield Shot("due", due, place.handles["due"], "story")
    yield Shot("check-in", f"{_stem(due)}/check-in?answer=depends", place.handles["due"], "states")
    yield Shot("check-in-refused", f"{_stem(due)}/check-in?answer=depends", place.handles["due"], "", "Say it", 422)
    yield Shot("contested", contested, mockup="story")
    yield Shot("contested-own", contested, place.handles["contested"], "story")
    yield Shot("condition", f"{_stem(contested)}/condition", place.handles["contested"])
    yield Shot("superseded", place.threads["superseded"], mockup="states")
    yield Shot("retired", place.threads["retired"], MODERATOR, "states")
    yield Shot("retire", f"{_stem(place.threads['own story'])}/retire", MODERATOR)
    yield Shot("supersede", f"{_stem(place.threads['own story'])}/supersede", MODERATOR)
    yield Shot("keeper", f"{_stem(place.threads['left'])}/keeper", MODERATOR)
    yield Shot("community-contested", f"/c/{HOME}/?state=contested", PRACTITIONER, "community")


def _of_cases(place: Place) -> Iterator[Shot]:
    case, live = place.threads["case"], place.threads["live"]
    yield Shot("case-visitor", case, mockup="case")
    yield Shot("case", case, NEWCOMER, "case")
    yield Shot("case-through", case, PRACTITIONER, "case-after")
    yield Shot("case-own", case, place.handles["case"], "case-after")
    yield Shot("case-live", live, mockup="case")
    yield Shot("case-live-own", live, place.handles["live"], "case")
    yield Shot("decision", f"{_stem(case)}/decisions/1", PRACTITIONER, "case-after")
    yield Shot("decision-own", f"{_stem(case)}/decisions/1", place.handles["case"], "case-after")
    yield Shot("decision-live", f"{_stem(live)}/decisions/1", place.handles["live"], "case-after")
    yield Shot("ask-panel", f"{_stem(case)}/decisions/2/ask", PRACTITIONER)
    yield Shot("reasons", f"{_stem(case)}/decisions/2/reasons", PRACTITIONER)
    yield Shot("edit-case", f"{_stem(case)}/edit-case", place.handles["case"], "compose")
    yield Shot("outcome", f"{_stem(live)}/outcome", place.handles["live"])


def _of_composers(place: Place) -> Iterator[Shot]:
    new = f"/c/{HOME}/new"
    yield Shot("compose", f"{new}/story?anew=1", PRACTITIONER, "compose")
    yield Shot("compose-newcomer", f"{new}/story", NEWCOMER, "compose")
    yield Shot("compose-begun", f"{new}/story", PRACTITIONER, "compose")
    yield Shot("compose-refused", f"{new}/story", NEWCOMER, "compose", "Tell it", 422)
    yield Shot("compose-preview", f"{new}/story", PRACTITIONER, "compose", "Preview")
    yield Shot("compose-outsider", f"/c/{AWAY}/new/story", PRACTITIONER, status=403)
    yield Shot("compose-case", f"{new}/case", PRACTITIONER, "compose")
    yield Shot("compose-case-refused", f"{new}/case", PRACTITIONER, "compose", "Tell it", 422)
    yield Shot("cut-case", f"{new}/case?story={place.threads['own story'].split('/')[2]}", PRACTITIONER, "compose")
    yield Shot("ask", f"{new}/question?anew=1", PRACTITIONER, "compose")
    yield Shot("point", f"{new}/procedure", MODERATOR, "compose")
    yield Shot("drafts", "/drafts", PRACTITIONER, "states")
    yield Shot("became", "/became", PRACTITIONER, "home")
    yield Shot("drafts-none", "/drafts", MODERATOR, "states")
    yield Shot("draft-kept", f"/drafts/{place.tokens['kept']}", PRACTITIONER)


def _of_search(_place: Place) -> Iterator[Shot]:
    words = "/search?q=alarm+night+pressure"
    yield Shot("search-blank", "/search", mockup="search")
    yield Shot("search", words, mockup="search")
    yield Shot("search-narrowed", f"{words}&s=living&from=2020&order=date", PRACTITIONER, "search")
    yield Shot("search-misread", "/search?q=alarm&from=yesterday", status=422)
    yield Shot("search-loosened", "/search?q=alarm+kind:dissent+before:2001", mockup="search")
    yield Shot("search-empty", "/search?q=zzyzx", mockup="states")
    yield Shot("search-empty-member", "/search?q=zzyzx", PRACTITIONER, "states")


def _of_settings(_place: Place) -> Iterator[Shot]:
    yield Shot("settings", "/settings/profile", PRACTITIONER)
    yield Shot("settings-account", "/settings/account", PRACTITIONER)
    yield Shot("settings-unconfirmed", "/settings/account", REMOVED)
    yield Shot("settings-devices", "/settings/sessions", PRACTITIONER)
    yield Shot("settings-preferences", "/settings/preferences", PRACTITIONER)
    yield Shot("settings-leave", "/settings/deactivate", PRACTITIONER)
    yield Shot("settings-leave-not", "/settings/deactivate", MODERATOR)


def _of_administration(_place: Place) -> Iterator[Shot]:
    yield Shot("admin-site", "/admin/", ADMINISTRATOR)
    yield Shot("admin-people", "/admin/people", ADMINISTRATOR)
    yield Shot("admin-restore", f"/admin/people?q={SUSPENDED}", ADMINISTRATOR)
    yield Shot("admin-suspend", f"/admin/people/{NEWCOMER}/suspend", ADMINISTRATOR)
    yield Shot("admin-communities", "/admin/communities", ADMINISTRATOR)


def _of_accounts(place: Place) -> Iterator[Shot]:
    yield Shot("signin", "/signin", mockup="signin")
    yield Shot("signin-refused", "/signin", mockup="signin", press="Sign in", status=422)
    yield Shot("signin-first", "/signin?next=/drafts", mockup="signin")
    yield Shot("signup", "/signup", mockup="signin")
    yield Shot("signup-refused", "/signup", mockup="signin", press="Send me the letter", status=422)
    yield Shot("signup-sent", "/signup/sent")
    yield Shot("signout", "/signout", PRACTITIONER)
    yield Shot("signout-visitor", "/signout")
    yield Shot("reset", "/reset")
    yield Shot("reset-sent", "/reset/sent")
    yield Shot("letter-over", "/letters/none", status=404)
    for purpose in (SIGN_UP, RESET, VERIFY, NEW_ADDRESS, UNDO):
        yield Shot(f"letter-{purpose}", f"/letters/{place.tokens[purpose]}")


def _stem(thread: str) -> str:
    return re.sub(r"^(/t/[^/]+).*", r"\1", thread)
