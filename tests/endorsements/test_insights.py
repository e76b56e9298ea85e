"""“That helped me see it”: who may say so of what, what is shown of it, who is told, and that it weighs in no list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cop.accounts.events import AccountClosed
from cop.communities.members.operations import leave_community, remove_person, take_back_removal
from cop.communities.models import Community, Removal
from cop.communities.queries import load_person_as_viewer
from cop.discussions.models import Reply, Thread
from cop.discussions.withdrawals.operations import restore_reply, withdraw_reply
from cop.endorsements.insights.models import Insight
from cop.endorsements.insights.operations import take_insight_back
from cop.endorsements.insights.queries import list_helped
from cop.endorsements.reactions import forget_insights
from cop.notifications.callbacks.models import Callback
from cop.notifications.callbacks.queries import list_callbacks
from cop.platform.database import reading, session, transaction
from cop.platform.errors import NotAllowed
from cop.platform.ids import spell
from cop.ranking.lines import OrderLine
from cop.ranking.models import ActRow
from cop.ranking.queries import order_of
from tests.cases.stage import add_case, choose
from tests.cast import Cast, add_member, add_person, add_reply, add_story, ask_a_question
from tests.postbox import Postbox
from tests.probing import add_probe, answer, be_helped
from tests.web.reading import read, send

Clients = Callable[[int], FlaskClient]
SAYS = "“That helped me see it”"


@pytest.fixture
def story(cast: Cast, now: datetime) -> int:
    return add_story(cast.maren, cast.bedside, now - timedelta(days=9))


@pytest.fixture
def answered(story: int, cast: Cast, now: datetime) -> int:
    """Maren's answer to what Tomasz asked of her story."""
    probe = add_probe(cast.tomasz, story, now - timedelta(days=5)) or 0
    return answer(cast.maren, probe, now - timedelta(days=4))


def address(thread_id: int) -> str:
    return f"/t/{spell(thread_id)}/any"


def said_of(client: FlaskClient, thread_id: int, reply_id: int) -> str:
    """What stands under one answer on the page of its thread."""
    (post,) = read(client, address(thread_id)).words(f"*[@id='p{spell(reply_id)}']")
    return post


def withdraw(person_id: int, reply_id: int, now: datetime) -> None:
    with transaction() as s:
        reply = s.get_one(Reply, reply_id)
        thread = s.get_one(Thread, reply.thread_id)
        withdraw_reply(actor=load_person_as_viewer(person_id), thread=thread, reply=reply, now=now)


def order(thread_id: int) -> tuple[OrderLine, int]:
    with reading() as s:
        return order_of([thread_id])[thread_id], s.scalar(select(func.count()).select_from(ActRow)) or 0


def test_one_tap_says_it_by_name_and_another_takes_it_back(
    story: int, answered: int, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    caro, page = client_of(cast.caro), address(story)
    helped, back = f"/p/{spell(answered)}/helped", f"/p/{spell(answered)}/helped/withdraw"

    pressed = send(caro, helped, **read(caro, page).forms()[helped])
    hers, everybodys = said_of(caro, story, answered), said_of(client, story, answered)
    again = send(caro, helped)
    taken_back = send(caro, back, **read(caro, page).forms()[back])

    assert (pressed.status, again.status, taken_back.status) == (303, 303, 303)
    assert f"{SAYS} Caro" in hers
    assert "It helped you see it. Take it back" in hers
    assert f"{SAYS} Caro" in everybodys
    assert "helped you" not in everybodys
    assert SAYS not in said_of(client, story, answered)
    assert "That helped me see it" in said_of(caro, story, answered)


def test_nobody_says_it_of_their_own_answer_nor_of_anything_else(
    story: int, answered: int, cast: Cast, now: datetime, client_of: Clients
) -> None:
    maren, tomasz = client_of(cast.maren), client_of(cast.tomasz)
    plain = add_reply(cast.caro, story, now)

    own = send(maren, f"/p/{spell(answered)}/helped")
    of_reply = send(tomasz, f"/p/{spell(plain)}/helped")
    withdraw(cast.maren, answered, now)
    of_withdrawn = send(tomasz, f"/p/{spell(answered)}/helped")

    assert "This is your own answer. Others say whether it helped them" in own.text
    assert "This is said of answers alone" in of_reply.text
    assert "Its author has withdrawn it" in of_withdrawn.text
    assert {own.status, of_reply.status, of_withdrawn.status} == {403}
    assert "helped" not in "".join(read(maren, address(story)).forms())


def test_what_others_say_to_a_question_are_its_answers(
    cast: Cast, now: datetime, client_of: Clients, post: Postbox
) -> None:
    question = ask_a_question(cast.caro, cast.bedside, now - timedelta(days=2))
    said = add_reply(cast.tomasz, question, now - timedelta(days=1))
    further = add_reply(cast.caro, question, now - timedelta(hours=5))

    be_helped(cast.caro, said, now)
    be_helped(cast.caro, said, now)  # twice is no error
    letter = post.fetch_one("tomasz@example.org", "What became of")

    with pytest.raises(NotAllowed):
        be_helped(cast.maren, further, now)
    assert f"{SAYS} Caro" in said_of(client_of(cast.maren), question, said)
    (news,) = read(client_of(cast.tomasz), "/became").words("ol[@class='wait inbox']/li")
    assert "Your answer helped Caro Mbeki see it: How do you tell?" in news
    assert "Caro Mbeki says of your answer in “How do you tell?”: that helped me see it." in letter.text
    with reading():
        assert list_callbacks(load_person_as_viewer(cast.caro)).items == ()


def test_what_was_taken_back_or_is_gone_is_told_no_more_and_no_second_time(
    story: int, answered: int, cast: Cast, now: datetime
) -> None:
    def news() -> list[str]:
        with reading():
            return [
                line.who for line in list_callbacks(load_person_as_viewer(cast.maren)).items if line.kind == "helped"
            ]

    be_helped(cast.caro, answered, now)
    be_helped(cast.tomasz, answered, now)
    told = news()
    with transaction() as s:
        said = s.get_one(Reply, answered)
        take_insight_back(actor=load_person_as_viewer(cast.caro), thread=s.get_one(Thread, story), said=said, now=now)
    after_one = news()
    be_helped(cast.caro, answered, now)
    again = news()
    withdraw(cast.maren, answered, now)

    assert sorted(told) == sorted(again) == ["Caro Mbeki", "Tomasz Wieczorek"]
    assert after_one == ["Tomasz Wieczorek"]
    assert news() == []
    with reading() as s:
        assert s.scalar(select(func.count()).where(Callback.kind == "helped")) == 2


def test_whoever_is_put_out_helps_nobody_be_seen_until_they_are_back_and_whoever_leaves_is_still_named(
    story: int, answered: int, cast: Cast, now: datetime, client: FlaskClient
) -> None:
    be_helped(cast.caro, answered, now - timedelta(hours=1))
    be_helped(cast.tomasz, answered, now)

    def named() -> str:
        return said_of(client, story, answered).partition(SAYS)[2].strip()

    before = named()
    with transaction() as s:
        joanne, community = load_person_as_viewer(cast.joanne), s.get_one(Community, cast.bedside)
        remove_person(actor=joanne, community=community, person_id=cast.tomasz, reason="Not the work.", now=now)
        leave_community(actor=load_person_as_viewer(cast.caro), community=community, now=now)
    without = named()
    with transaction() as s:
        joanne, community = load_person_as_viewer(cast.joanne), s.get_one(Community, cast.bedside)
        removal = s.scalars(select(Removal.id)).one()
        take_back_removal(actor=joanne, community=community, removal_id=removal, now=now)
    after = named()
    with transaction():
        forget_insights(AccountClosed(person_id=cast.caro, at=now))

    assert before == after == "Caro Mbeki, Tomasz Wieczorek"
    assert without == "Caro Mbeki"
    with reading() as s:
        assert list(s.scalars(select(Insight.person_id))) == [cast.tomasz]


def test_three_are_named_and_nobody_is_told_how_many_there_are(
    story: int, answered: int, cast: Cast, now: datetime, client: FlaskClient
) -> None:
    for number, name in enumerate(("Ada Ames", "Ben Boyd", "Cia Cole", "Dan Dove", "Eva Eden")):
        person = add_person(name, now)
        add_member(person, cast.bedside, now)
        be_helped(person, answered, now + timedelta(minutes=number))

    shown = said_of(client, story, answered)

    assert f"{SAYS} Ada Ames, Ben Boyd, Cia Cole and others" in shown
    assert "5" not in shown.partition(SAYS)[2]
    with reading():
        assert len(list_helped(cast.bedside, [answered])[answered]) == 4


def test_it_moves_nothing_in_any_list(story: int, answered: int, cast: Cast, now: datetime) -> None:
    before = order(story)

    be_helped(cast.joanne, answered, now)

    assert order(story) == before


def test_what_is_sealed_in_a_case_is_marked_by_those_alone_who_have_come_so_far(
    app: Flask, cast: Cast, now: datetime, client_of: Clients
) -> None:
    case = add_case(cast.maren, cast.bedside, now - timedelta(days=5), forks=1)
    choose(cast.tomasz, case, now - timedelta(days=4))
    said = answer(cast.maren, add_reply(cast.tomasz, case, now - timedelta(days=3)), now - timedelta(days=2))

    refused = send(client_of(cast.joanne), f"/p/{spell(said)}/helped")
    choose(cast.caro, case, now - timedelta(days=1))
    done = send(client_of(cast.caro), f"/p/{spell(said)}/helped")

    assert (refused.status, done.status) == (404, 303)
    assert SAYS not in read(client_of(cast.joanne), address(case)).text
    assert f"{SAYS} Caro" in said_of(client_of(cast.tomasz), case, said)


def test_an_answer_that_comes_back_helped_whom_it_had_helped(
    story: int, answered: int, cast: Cast, now: datetime, client: FlaskClient
) -> None:
    be_helped(cast.caro, answered, now)
    withdraw(cast.maren, answered, now + timedelta(hours=1))
    gone = said_of(client, story, answered)

    with transaction() as s:
        reply, thread = s.get_one(Reply, answered), s.get_one(Thread, story)
        back_at = now + timedelta(hours=2)
        restore_reply(actor=load_person_as_viewer(cast.maren), thread=thread, reply=reply, now=back_at)

    assert SAYS not in gone
    assert f"{SAYS} Caro" in said_of(client, story, answered)
    with reading():
        assert session().scalars(select(Insight.moved_at)).one() == back_at
