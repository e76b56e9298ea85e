"""Many stories at once, for lists: one text, told by Maren in Bedside ICU under different titles."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from functools import cache

from cop.communities.models import Community
from cop.communities.queries import load_person_as_viewer
from cop.discussions.operations import tell_story
from cop.discussions.stories import Story, StoryDraft, render_story
from cop.platform.database import session, transaction
from tests.cast import SITUATION, Cast


def tell_many(
    cast: Cast, now: datetime, number: int, *, about: str = "", apart: timedelta = timedelta(days=10)
) -> list[int]:
    """“Night 00”, told an hour ago, and so on, each told so much before the one above it."""
    with transaction():
        maren, community = load_person_as_viewer(cast.maren), session().get_one(Community, cast.bedside)
        return [
            tell_story(
                actor=maren,
                community=community,
                story=dataclasses.replace(_story(about, now), title=f"Night {n:02}"),
                now=now - timedelta(hours=1) - n * apart,
            ).id
            for n in range(number)
        ]


@cache
def _story(about: str, now: datetime) -> Story:
    return render_story(StoryDraft(title="", fields={"situation": f"{about} {SITUATION}".strip()}), now=now)
