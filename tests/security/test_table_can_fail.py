"""security.md A39: the table of permissions proves something only if it fails when a rule is loosened. Each one is."""

from __future__ import annotations

import sys

import pytest

from cop.communities import permissions as communities
from cop.discussions import permissions as discussions
from cop.endorsements import permissions as endorsements
from cop.platform.errors import ALLOWED
from tests.security.stage import Stage
from tests.security.test_permissions import stage, tried_in_every_cell

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
    discussions.can_withdraw_thread: "withdraws the story",
    discussions.can_restore_thread: "brings back a withdrawn story",
    discussions.can_withdraw_reply: "withdraws the reply",
    discussions.can_restore_reply: "brings back a withdrawn reply",
    discussions.can_add_procedure: "adds a procedure",
    discussions.can_keep_procedure: "changes a procedure",
    endorsements.can_give_verdict: "has seen it too",
}


def test_A39_the_table_finds_a_rule_that_allows_everything(stage: Stage) -> None:
    """Each rule is loosened until the first cell that is otherwise."""
    unnoticed = []
    for rule, action in TRIED.items():
        with pytest.MonkeyPatch.context() as loosened:
            for name, module in list(sys.modules.items()):
                if name.startswith("cop.") and vars(module).get(rule.__name__) is rule:
                    loosened.setattr(module, rule.__name__, lambda *_args, **_more: ALLOWED)
            if next(tried_in_every_cell(stage, action), None) is None:
                unnoticed.append(rule.__name__)
        stage.begin_again()

    assert unnoticed == []
