"""security.md A02, A04: roles × actions × visibility, every cell of docs/permissions.md, by the real routes.

A cell is what somebody gets: `yes` it is done or shown, `same` it is answered and nothing is
changed, since it was so already, `no` it is refused in a sentence, `-` it looks as if it did not
exist, `door` they are asked to sign in. Whatever is not `yes` has changed nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table
from werkzeug.test import TestResponse

from cop.communities.models import JoinRequest
from cop.platform.ids import spell
from tests.security.stage import ROLES, VISIBILITIES, Place, Stage, build_stage

TABLE = Path(__file__).parents[2] / "docs" / "permissions.md"
YES, SAME, NO, GONE, DOOR = "yes", "same", "no", "-", "door"
STORY = {
    "title": "Told for the table",
    "situation": "It had been a quiet night until the second pump began to say one thing and the patient another. " * 5,
    "noticed": "The numbers were tidy.",
}
PROCEDURE = {
    "title": "Turning", "link": "https://example.org/turning.pdf", "owner": "m-the-one", "reviewed": "2026-06-01",
    "ground": "{story}",
}  # fmt: skip
# Forms that are in no row: what they change is their sender's own, or nothing, whoever that is.
OWN = {
    "accounts.sign_in": "anybody may try; who gets in is for tests/security/test_accounts.py",
    "accounts.sign_up": "anybody may ask; nothing is made before the letter is opened",
    "accounts.sign_out": "ends the session it comes with",
    "accounts.reset": "anybody may ask; the letter goes to the address",
    "letters.use_letter": "whoever holds the letter: tests/security/test_accounts.py",
    "settings.revise_profile": "one's own account, by the session alone",
    "settings.change_address": "the same, with the password",
    "settings.choose_password": "the same, with the password",
    "settings.send_verification": "the same",
    "settings.end_sessions": "the same; another's number does nothing (C03)",
    "settings.keep_preferences": "the same",
    "callbacks.see": "marks what became of one’s own as seen, by the session alone",
    "settings.leave": "the same, with the password",
    "site.set_theme": "a cookie of one's own",
}

CASE = {
    "title": "A case for the table",
    "situation": "The second pump began to say one thing and the patient another.",
    "prompt_1": "What now?",
    "option_1_1": "Wait",
    "option_1_2": "Call",
    "option_1_3": "Change the line",
    "outcome_unknown": "y",
}


@dataclass(frozen=True)
class Action:
    """One thing that somebody may try: a page with a word that must stand in it, or a form with its fields."""

    address: str
    fields: dict[str, str] | None = None
    shows: str = ""
    asked: bool = False  # everybody outside has asked to come in before


def _page(address: str, shows: str = "") -> Action:
    return Action(address, None, shows)


ACTIONS: dict[str, Action] = {
    "finds it on /c/": _page("/c/", "{name}"),
    "opens its page": _page("/c/{slug}/", "{name}"),
    "reads its threads there": _page("/c/{slug}/", "{word}"),
    "reads about it": _page("/c/{slug}/about", "{name}"),
    "reads who is in it": _page("/c/{slug}/people", "novice the One"),
    "reads a member’s page": _page("/c/{slug}/people/novice-the-one", "novice the One"),
    "reads why they stand where they do": _page("/c/{slug}/people/novice-the-one/why", "novice the One"),
    "reads a story": _page("/t/{story}/any", "{word}"),
    "follows a reply’s own address": _page("/p/{reply}"),
    "finds a story by a word of it": _page("/search?q={word}", "Of {word}"),
    "joins": Action("/c/{slug}/join", {}),
    "asks to join": Action("/c/{slug}/ask", {"line": "I do this work."}),
    "takes an invitation by link": Action("/invitations/{token}", {}),
    "leaves": Action("/c/{slug}/leave", {}),
    "opens the composer": _page("/c/{slug}/new/story"),
    "tells a story": Action("/c/{slug}/new/story", STORY),
    "revises the story": Action("/t/{story}/edit", STORY | {"seen_revision": "0"}),
    "replies": Action("/t/{story}/replies", {"kind": "reply", "body": "I saw the same."}),
    "revises the reply": Action("/p/{reply}/edit", {"body": "Said otherwise.", "seen_revision": "0"}),
    "answers the reply": Action("/t/{story}/replies", {"body": "Yes, that.", "answers": "{reply}"}),
    "withdraws the story": Action("/t/{story}/withdraw", {}),
    "brings back a withdrawn story": Action("/t/{taken_story}/restore", {}),
    "withdraws the reply": Action("/p/{reply}/withdraw", {}),
    "withdraws what the silenced said before": Action("/p/{silenced_reply}/withdraw", {}),
    "brings back a withdrawn reply": Action("/p/{taken_reply}/restore", {}),
    "asks a question": Action("/c/{slug}/new/question", {"title": "Who knows this?", "situation": "It is new to us."}),
    "revises the question": Action("/t/{question}/edit-question", {
        "title": "Who knows this?", "situation": "It is new to us.", "seen_revision": "0",
    }),
    "adds a procedure": Action("/c/{slug}/new/procedure", PROCEDURE),
    "changes a procedure": Action("/t/{procedure}/edit-procedure", PROCEDURE | {"seen_revision": "0"}),
    "says that a procedure still stands": Action("/t/{procedure}/reviewed", {}),
    "saves the teller’s draft": Action("/drafts", {
        "draft": "{draft}", "draft_revision": "1", "draft_path": "/c/{slug}/new/story", "title": "Taken over",
    }),
    "throws the teller’s draft away": Action("/drafts/{draft}/discard", {}),
    "takes back a draft the teller threw away": Action("/drafts/{thrown_draft}/back", {}),
    "has seen it too": Action("/t/{story}/verdict", {"verdict": "seen"}),
    "says not now": Action("/t/{story}/verdict", {"verdict": "skip"}),
    "reports that it held": Action("/t/{story}/verdict", {
        "verdict": "held", "setting": "A ward", "what_happened": "It held, twice in one night, as it was told.",
        "what_differed": "We were three, not two.",
    }),
    "would do otherwise": Action("/t/{story}/verdict", {
        "verdict": "otherwise", "setting": "A ward",
        "body": "I would wait for the second reading, because the first is so often the tubing and not the patient.",
    }),
    "takes a verdict back": Action("/t/{another}/verdict/withdraw", {}),
    "opens the page that asks": _page("/t/{story}/probe"),
    "asks a probe": Action("/t/{story}/probe", {"type": "cue", "body": "Which ear was it in?"}),
    "answers the probe": Action("/t/{story}/replies", {"body": "The left one.", "answers": "{probe}"}),
    "declines the probe": Action("/p/{probe}/decline", {}),
    "opens a declined probe again": Action("/p/{declined}/reopen", {}),
    "wonders too": Action("/p/{probe}/wonder", {}),
    "takes the wondering back": Action("/p/{probe}/stop-wondering", {}),
    "says that an answer helped": Action("/p/{answer}/helped", {}),
    "does not say so any more": Action("/p/{answer}/helped/withdraw", {}),
    "says how it was in their case": Action("/p/{probe}/case", {"body": "With us it was the tubing."}),
    "takes back what waits": Action("/waiting/{waiting}/withdraw", {}),
    "asks the panel": Action("/t/{asked_case}/decisions/1/ask", {"body": "How did you pick?"}),
    "answers for the panel": Action("/t/{asked_case}/replies", {"body": "By the alarm.", "answers": "{panel_probe}"}),
    "takes a question away": Action("/p/{probe}/remove", {"reason": "It asks who the patient was."}),
    "gives a question back": Action("/p/{removed_probe}/give-back", {}),
    "sets aside what is needed of them": Action("/needs/{need}/set-aside", {"back": "/c/{slug}/?sort=needs-you"}),
    "takes up what was not set aside": Action("/needs/{need}/take-up", {"back": "/c/{slug}/?sort=needs-you"}),
    "vouches for a newcomer": Action("/c/{slug}/people/novice-the-one/vouch", {"line": "Ran the night alone."}),
    "takes a word back": Action("/c/{slug}/people/n-the-one/vouch/withdraw", {}),
    "takes a request back": Action("/c/{slug}/ask/withdraw", {}, asked=True),
    "approves who asks": Action("/c/{slug}/requests/{request}/approve", {}),
    "refuses who asks": Action("/c/{slug}/requests/{request}/refuse", {"sentence": "Not yet."}),
    "makes an invitation link": Action("/c/{slug}/invitations/link", {}),
    "invites by mail": Action("/c/{slug}/invitations/mail", {"email": "somebody@example.org"}),
    "revokes an invitation": Action("/c/{slug}/invitations/{invitation}/revoke", {}),
    "removes a member": Action("/c/{slug}/people/novice-the-one/remove", {"reason": "A reason."}),
    "takes a removal back": Action("/c/{slug}/removals/{removal}/take-back", {}),
    "appoints a moderator": Action("/c/{slug}/people/novice-the-one/appoint", {}),
    "dismisses a moderator": Action("/c/{slug}/people/founder-the-one/dismiss", {}),
    "opens its settings": _page("/c/{slug}/settings"),
    "changes its settings": Action("/c/{slug}/settings", {
        "name": "Renamed", "practice": "What is done.", "visibility": "{visibility}", "ink": "sepia",
        "shelf_life": "years", "half_life_days": "60", "welcome": "",
    }),
    "adds a topic": Action("/c/{slug}/topics", {"name": "Days"}),
    "renames a topic": Action("/c/{slug}/topics/nights/rename", {"name": "Late"}),
    "retires a topic": Action("/c/{slug}/topics/nights/retire", {}),
    "founds a community": Action("/c/new", {
        "name": "Founded", "slug": "founded", "practice": "What is done.", "visibility": "public", "ink": "iron",
        "shelf_life": "months", "welcome": "",
    }),
    "opens the composer of a case": _page("/c/{slug}/new/case"),
    "brings a case": Action("/c/{slug}/new/case", CASE),
    "revises the case": Action("/t/{case}/edit-case", CASE | {"seen_revision": "0"}),
    "reads a case": _page("/t/{case}/any", "A case of {word}"),
    "chooses in the case": Action("/t/{case}/decisions/1/commit", {
        "first": "1", "last": "3", "rationale": "It settled twice before I got there.", "confidence": "2",
    }),
    "reads on without choosing": Action("/t/{case}/decisions/1/read-on", {}),
    "reads what was chosen, not having passed": _page("/t/{case}/decisions/1"),
    "has a second thought, not having chosen": Action("/t/{case}/decisions/1/second-thought", {
        "second_thought": "I would look again.",
    }),
    "says what came of the case": Action("/t/{case}/outcome", {"outcome": "I waited, and it settled."}),
    "says that it still holds": Action("/t/{due}/check-in", {"answer": "still"}),
    "takes back what they said of it": Action("/t/{answered}/check-in/take-back", {}),
    "is going to try it": Action("/t/{disputed}/try", {}),
    "is not going to try it any more": Action("/t/{story}/try/end", {}),
    "proposes a condition": Action("/t/{disputed}/condition", {"sort": "not_when", "condition": "By day."}),
    "accepts a condition": Action("/t/{disputed}/conditions/{condition}/accept", {}),
    "takes the accepting back": Action("/t/{disputed}/conditions/{condition}/leave", {}),
    "retires the story": Action("/t/{story}/retire", {"reason": "The pump is not made any more."}),
    "says what has taken its place": Action("/t/{story}/supersede", {"successor": "{another}", "reason": ""}),
    "agrees that it has": Action("/t/{proposed}/supersede/agree", {}),
    "drops what was to take its place": Action("/t/{proposed}/supersede/drop", {}),
    "takes it back that a story is retired": Action("/t/{ended}/reopen", {}),
    "asks somebody to keep a story": Action("/t/{orphan}/keeper", {"handle": "p-the-one"}),
    "says that they will keep it": Action("/t/{asked}/keeper/accept", {}),
    "gives up keeping it": Action("/t/{kept}/keeper/release", {}),
    "opens the site’s settings": _page("/admin/"),
    "changes the site’s settings": Action("/admin/", {"site_name": "Mine", "signup": "closed", "found": "anyone"}),
    "invites to the site": Action("/admin/people", {"email": "somebody@example.org"}),
    "restores an account": Action("/admin/people/u-the-one/restore", {}),
    "suspends an account": Action("/admin/people/novice-the-one/suspend", {"reason": "A reason."}),
}  # fmt: skip


def declared() -> dict[tuple[str, str, str], str]:
    """What docs/permissions.md says, by action, visibility and role."""
    cells, visibilities = {}, []
    for line in TABLE.read_text().splitlines():
        parts = [part.strip() for part in line.strip().strip("|").split("|")]
        if line.startswith("| action"):
            visibilities = [part.split()[0] for part in parts[1:]]
            roles = [part.split()[1] for part in parts[1:]]
        elif visibilities and line.startswith("| ") and not line.startswith("|-"):
            for cell, visibility, role in zip(parts[1:], visibilities, roles, strict=True):
                cells[parts[0], visibility, role] = cell
    return cells


def _filled(text: str, place: Place) -> str:
    return text.format(
        slug=place.slug,
        name=f"The {place.visibility} place",
        word=place.word,
        story=spell(place.story),
        reply=spell(place.reply),
        case=spell(place.case),
        token=place.token,
        request=spell(place.request),
        invitation=spell(place.invitation),
        removal=spell(place.removal),
        probe=spell(place.probe),
        declined=spell(place.declined),
        waiting=spell(place.waiting),
        condition=spell(place.condition),
        visibility=place.visibility,
        **{name: spell(number) for name, number in place.others.items()},
    )


def attempt(stage: Stage, action: Action, place: Place, who: str) -> str:
    """What somebody gets who tries it."""
    address, browser = _filled(action.address, place), stage.browsers[who]
    if action.fields is None:
        answer = browser.get(address)
    else:
        fields = {name: _filled(value, place) for name, value in action.fields.items()}
        answer = browser.post(address, data={**stage.guard(who), **fields})
    return _outcome(answer, _filled(action.shows, place))


def _outcome(answer: TestResponse, shows: str) -> str:
    where = answer.headers.get("Location", "")
    if answer.status_code == 401 or "/signin" in where:
        return DOOR
    if answer.status_code in (200, 302, 303):
        return YES if not shows or shows in answer.text else GONE
    return {403: NO, 409: NO, 404: GONE}.get(answer.status_code, str(answer.status_code))


_built: dict[int, Stage] = {}  # one a database: building it takes longer than all the cells of an action


@pytest.fixture
def stage(
    app: Flask, client_of: Callable[[int], FlaskClient], now: datetime, deliver: Callable[[], int]
) -> Iterator[Stage]:
    built = _built.get(id(app))
    if built is None:
        built = _built[id(app)] = build_stage(app, client_of, now)
        deliver()
        built.remember()
        built.index = app.extensions["cop-indexing"]
    app.extensions["cop-indexing"] = built.index
    built.come_back()
    with built.watched():
        yield built


def tried_in_every_cell(stage: Stage, name: str) -> Iterator[str]:
    """What is otherwise than the table says, cell by cell, each in a world as it was built."""
    action, expected = ACTIONS[name], declared()
    for visibility, who in product(VISIBILITIES, ROLES):
        got = attempt(stage, action, stage.places[visibility], who)
        changed = stage.is_changed()
        if got == YES and action.fields is not None and not changed:
            got = SAME
        if got != expected[name, visibility, who]:
            yield f"{visibility} {who} {name}: {got}, and the table says {expected[name, visibility, who]}"
        if changed and (got != YES or action.fields is None):
            yield f"{visibility} {who} {name}: {got}, and yet something changed"
        if stage.written:
            stage.begin_again()


def test_A02_A04_everybody_may_do_exactly_what_the_table_says(stage: Stage, now: datetime) -> None:
    """One test for all rows: between two of them every table would be emptied and filled again."""
    wrong = [fault for name in ACTIONS if not ACTIONS[name].asked for fault in tried_in_every_cell(stage, name)]
    with stage.supposing(cast(Table, JoinRequest.__table__), stage.asked(now)):
        wrong += [fault for name in ACTIONS if ACTIONS[name].asked for fault in tried_in_every_cell(stage, name)]

    assert wrong == []


def test_A02_every_form_there_is_has_its_row(stage: Stage) -> None:
    routes = stage.app.url_map.bind("localhost")
    place = stage.places["public"]
    tried = {
        routes.match(_filled(action.address, place), method="POST")[0]
        for action in ACTIONS.values()
        if action.fields is not None
    }
    forms = {rule.endpoint for rule in stage.app.url_map.iter_rules() if "POST" in (rule.methods or ())}

    assert forms - tried == set(OWN), "say in docs/permissions.md who may send it, or here why nobody has to be asked"


def test_the_table_names_every_action_role_and_visibility() -> None:
    cells = declared()

    assert set(cells) == {(name, visibility, who) for name in ACTIONS for visibility in VISIBILITIES for who in ROLES}
    assert set(cells.values()) <= {YES, SAME, NO, GONE, DOOR}
    for who, words in ROLES.items():
        assert re.search(rf"^- \*\*{who}\*\*: {re.escape(words)}$", TABLE.read_text(), re.MULTILINE), who
