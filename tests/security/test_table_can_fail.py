"""security.md A39: the table of permissions proves something only if it fails when a rule is loosened. Each one is."""

from __future__ import annotations

import sys
from types import FunctionType

import pytest

from cop.communities import permissions as communities
from cop.discussions import permissions as discussions
from cop.endorsements import permissions as endorsements
from cop.platform.errors import ALLOWED
from tests.security.stage import ROLES, VISIBILITIES, Stage
from tests.security.test_permissions import ACTIONS, attempt, declared, stage

__all__ = ["stage"]  # the fixture

TRIED = {  # a rule, and an action that somebody is refused by it alone (who may invite is asked twice)
    communities.can_join: "joins",
    communities.can_ask: "asks to join",
    communities.can_redeem: "takes an invitation by link",
    communities.can_write: "replies",
    communities.can_vouch: "vouches for a newcomer",
    communities.can_moderate: "adds a topic",
    communities.can_remove: "removes a member",
    communities.can_appoint: "appoints a moderator",
    communities.can_dismiss: "dismisses a moderator",
    communities.can_leave: "leaves",
    communities.can_found: "founds a community",
    discussions.can_tell: "tells a story",
    discussions.can_reply: "replies",
    discussions.can_answer: "answers the reply",
    discussions.can_revise_thread: "revises the story",
    discussions.can_revise_reply: "revises the reply",
    endorsements.can_give_verdict: "has seen it too",
}


@pytest.mark.parametrize("rule", TRIED, ids=lambda rule: rule.__name__)
def test_A39_the_table_finds_a_rule_that_allows_everything(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, rule: FunctionType
) -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("cop.") and vars(module).get(rule.__name__) is rule:
            monkeypatch.setattr(module, rule.__name__, lambda *_args, **_more: ALLOWED)
    action, expected = TRIED[rule], declared()

    wrong = []
    for visibility in VISIBILITIES:
        for who in ROLES:
            got = attempt(stage, ACTIONS[action], stage.places[visibility], who)
            stage.begin_again()
            wrong += [(visibility, who, got)] if got not in (expected[action, visibility, who], "same") else []

    assert wrong
