"""What everything that exists looks like on a page.

The kinds, states, verdicts and roles are read from the tables' own constraints: a value that has no sign here, or a
constraint of which nothing is said, fails the test that reads this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sqlalchemy import CheckConstraint

from cop.platform.database import Base

_NAMED = re.compile(r"^(\w+) IN \((.+)\)$")

# By table and column: the sign of each value, or one sign for all in which {} is the value.
SIGNS: Final[Mapping[str, Mapping[str, str] | str]] = {
    "community.ink": {
        "iron": "<body>",
        "verdigris": '<body class="ink-verdigris">',
        "sepia": '<body class="ink-sepia">',
    },
    "community.visibility": {
        "public": "Anybody reads what is told here",
        "members": "Only members read what is told here",
        "secret": "Only members know that it is there",
    },
    "membership.role": "You are a {} here",
    "standing.band": {
        "moderator": "moderates here.",
        "practitioner": "is a practitioner here, and much trust has reached them.",
        "known here": "is a practitioner here, and some trust has reached them.",
        "newcomer": "is new here.",
    },
    "thread.kind": '<span class="kind"><svg class="i" aria-hidden="true"><use href="/static/icons.svg#i-{}"/>',
    "thread.shelf_life": {
        "weeks": "Ages over weeks",
        "months": "Ages over months",
        "years": "Ages over years",
        "never": "Does not age",
    },
    "callback.kind": {
        "report": 'i-report"/></svg></span><p>',
        "wondered": "Several wonder the same about",
        "thought": "Somebody thought again about what they had chosen in",
        "case": "A case was made of",
        "procedure": "A procedure rests on",
        "year": "It is a year since you told",
        "helped": "helped",
    },
    "condition.sort": {"holds_when": "<b>Holds when</b>", "not_when": "<b>Not when</b>"},
    "ending.kind": {"retired": "Retired on ", "superseded": "Superseded on "},
    "need.kind": {
        "question": "Nobody has answered “",
        "probe": " asks about “",
        "checkin": "” still hold?",
        "contested": "” hold, and where not?",
        "outcome": "What came of “",
    },
    "reply.kind": {
        "reply": "Your reply",
        "probe": "typed t-probe",
        "answer": 'aria-label="The teller’s answer"',
        "report": "typed t-held",
        "dissent": '<li class="post post-otherwise"',
    },
    "reply.verdict": '<span class="typed t-{}">',
    "story_field.name": {
        "situation": ">The situation</h2>",
        "noticed": ">What I noticed</h2>",
        "expected": ">What I expected</h2>",
        "options": ">What else I considered</h2>",
        "did_why": ">What I did, and why</h2>",
        "outcome": ">What happened</h2>",
        "not_when": ">When not to do this</h2>",
        "watch_for": ">What I would watch for</h2>",
    },
    "check_in.answer": {
        "still": "Still holds</span>",
        "depends": "It depends</span>",
        "no_longer": "Holds no longer</span>",
    },
    "probe.state": {
        "open": "Probe, open</span>",
        "answered": "Probe</span>",
        "declined": "Probe, declined</span>",
        "withdrawn": "Taken away by a moderator",
    },
    "verdict.kind": {
        "seen": "seen this too</b>",
        "held": " held</span>",
        "adapted": " held in part</span>",
        "failed": " did not hold</span>",
        "otherwise": "<b>would do otherwise</b>",
    },
}
# And what is met otherwise, or on no page.
ELSEWHERE: Final[Mapping[str, str]] = {
    "probe.type": "a question is met in its own words, which the test compares",
    "community.shelf_life": "what holds where a teller says nothing of it, and all who tell here do",
    "join_request.outcome": "told by mail to whoever asked",
    "ticket.purpose": "a letter's",
    "unsealed.how": "how somebody came by what was sealed, which nobody is shown",
    "removal.role": "the role to which somebody comes back",
    "vouch.role": "a role of that day, kept for the order alone",
    "acceptance.role": "a role of that day, kept for the order alone",
    "check_in.role": "a role of that day, kept for the order alone",
    "commitment.role": "a role of that day, whose choices are drawn apart",
}
# What is a state of something, and no value of a column.
WORDS: Final = (
    "Probe, waiting",
    "have been changed since",
    "One more wonders",
    "In my case",
    "Withdrawn by its author",
    "Practitioners disagree here",
    "Sealed until you commit",
    "Not decided yet",
    "Asked of the panel",
    "Who asks to join",
    "Looks after it since its teller has gone",
    "Nobody has asked yet",
    "What happened is not known yet",
    "Not looked at for a year",
)


def list_enumerations() -> dict[str, set[str]]:
    """By table and column, every value that may stand there."""
    return {
        f"{table.name}.{found[1]}": set(re.findall(r"'([^']+)'", found[2]))
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint) and (found := _NAMED.match(str(constraint.sqltext)))
    }


def signs_of(name: str, values: set[str]) -> dict[str, str]:
    """The sign of each value; fails where one has none, or one is of a value that there is not."""
    signs = SIGNS[name]
    if isinstance(signs, str):
        return {value: signs.format(value) for value in sorted(values)}
    assert signs.keys() == values, f"{name} has other values than tests/demo/signs.py says"
    return dict(signs)
