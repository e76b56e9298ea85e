"""Every address there is: the routes of the URL map, filled with everything the cast has, private things first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from flask import Flask
from sqlalchemy import select

from cop.accounts.models import Person
from cop.communities.models import Community
from cop.discussions.drafts.models import Draft
from cop.discussions.models import Reply, Thread
from cop.discussions.probes.models import WaitingProbe
from cop.endorsements.conditions.models import Condition
from cop.platform.database import reading
from cop.platform.ids import spell
from cop.ranking.needs.models import Need
from tests.cast import Cast


def fillings(cast: Cast) -> dict[str, list[str]]:
    """Every value that a parameter of an address can take here."""
    with reading() as s:
        return {
            "slug": list(s.scalars(select(Community.slug))),
            "thread_id": [spell(i) for i in s.scalars(select(Thread.id))],
            "reply_id": [spell(i) for i in s.scalars(select(Reply.id))],
            "handle": list(s.scalars(select(Person.handle))),
            "filename": ["cop.css"],
            "token": ["t" * 43, "none-that-was-ever-handed-out"],
            "topic": ["handover"],
            "request_id": ["1"],
            "removal_id": ["1"],
            "invitation_id": ["1"],
            "condition_id": [spell(i) for i in s.scalars(select(Condition.id))] or ["1"],
            "waiting_id": [spell(i) for i in s.scalars(select(WaitingProbe.id))] or ["1"],
            "place": ["1", "2", "3"],  # the decisions of a case
            "need_id": [spell(i) for i in s.scalars(select(Need.id))] or ["1"],
            "draft_id": [spell(i) for i in s.scalars(select(Draft.id))] or ["1"],
        }


def addresses_of(app: Flask, cast: Cast, method: str) -> Iterator[str]:
    """Every address that takes the method; a parameter nobody has said how to fill fails here."""
    adapter, known = app.url_map.bind("localhost"), fillings(cast)
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()):
            continue
        names = sorted(rule.arguments)
        assert set(names) <= set(known), f"say how to fill {rule.rule}"
        for values in product(*(known[name] for name in names)):
            filled = dict(zip(names, values, strict=True))
            if "thread_id" in filled and "slug" in filled:
                filled["slug"] = "any"  # the slug of a thread decides nothing
            yield adapter.build(rule.endpoint, filled, method=method)
