"""Standing in the database: measured by the worker, given as voices, told in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from cop.accounts.administration import appoint_administrator, restore_person, suspend_person
from cop.accounts.operations import leave_site
from cop.accounts.permissions import Ties
from cop.accounts.queries import find_accounts
from cop.accounts.viewer import Viewer
from cop.communities.members.operations import leave_community, remove_person
from cop.communities.models import Community, Membership
from cop.communities.operations import appoint_moderator
from cop.communities.queries import load_person_as_viewer
from cop.communities.vouches.operations import vouch_for, withdraw_vouch
from cop.discussions.models import Reply, Thread
from cop.discussions.withdrawals.operations import restore_reply, restore_thread, withdraw_reply, withdraw_thread
from cop.endorsements.insights.models import Insight
from cop.endorsements.insights.operations import say_it_helped, take_insight_back
from cop.endorsements.models import Verdict
from cop.endorsements.operations import withdraw_verdict
from cop.platform.database import db, reading, session, transaction
from cop.platform.ids import spell
from cop.ranking.standings.jobs import measure_all
from cop.ranking.standings.models import Standing
from cop.ranking.standings.operations import measure_community
from cop.ranking.standings.verification import check_standings
from tests.cases.stage import add_case, skip
from tests.cast import add_community, add_member, add_person, add_reply, add_story, add_verdict, ask_a_question
from tests.probing import be_helped


@dataclass(frozen=True)
class Guild:
    """Three moderators and eight practitioners; each moderator has vouched for some, and `lone` for nobody."""

    community: int
    moderators: tuple[int, int, int]
    practitioners: tuple[int, ...]
    newcomer: int
    story: int  # told by the first practitioner


@pytest.fixture
def guild(app: Flask, now: datetime) -> Guild:
    then = now - timedelta(days=20)
    moderators = tuple(add_person(f"{name} Ames", then) for name in ("Ulla", "Vera", "Wim"))
    community = add_community("Guild", "guild", moderators[0], then)
    for person in moderators[1:]:
        with transaction():
            appoint_moderator(community_id=community, person_id=person, now=then)
    practitioners = tuple(add_person(f"Practitioner{n} Boyd", then) for n in range(8))
    for n, person in enumerate(practitioners):
        add_member(person, community, then, vouched_by=moderators[n % 3])
    newcomer = add_person("Newcomer Cole", then)
    add_member(newcomer, community, then)
    story = add_story(practitioners[0], community, then)
    return Guild(community, (moderators[0], moderators[1], moderators[2]), practitioners, newcomer, story)


def voices(community: int) -> dict[int, float]:
    with reading() as s:
        query = select(Membership.person_id, Membership.voice).where(Membership.community_id == community)
        return {row.person_id: row.voice for row in s.execute(query)}


def shares(community: int) -> dict[int, float]:
    with reading() as s:
        query = select(Standing.person_id, Standing.share).where(Standing.community_id == community)
        return {row.person_id: row.share for row in s.execute(query)}


def test_the_worker_measures_a_community_after_a_vouch_and_gives_everybody_the_voice_that_came_out(
    guild: Guild, deliver: Callable[[], int], now: datetime
) -> None:
    add_verdict(guild.moderators[1], guild.story, "held", now)

    deliver()

    found = voices(guild.community)
    assert {found[person] for person in guild.moderators} == {1.0}
    assert all(0.1 <= found[person] <= 1 for person in guild.practitioners)
    assert len({round(found[person], 6) for person in guild.practitioners}) > 1
    assert found[guild.newcomer] == 0


def test_a_small_community_gives_everybody_who_was_vouched_for_the_same_voice(
    cast, deliver: Callable[[], int], client_of: Callable[[int], FlaskClient]
) -> None:
    deliver()

    found = voices(cast.bedside)
    assert (found[cast.joanne], found[cast.maren], found[cast.caro]) == (1.0, 1.0, 0.0)
    page = client_of(cast.maren).get("/c/bedside-icu/people/maren-oduya/why").text
    assert "fewer than three moderators or ten practitioners" in page


def test_the_page_names_the_ways_of_trust_and_no_number(
    guild: Guild, deliver: Callable[[], int], client_of: Callable[[int], FlaskClient], now: datetime
) -> None:
    add_verdict(guild.moderators[1], guild.story, "held", now)
    measure_all([{}], now)
    deliver()

    page = client_of(guild.newcomer).get("/c/guild/people/practitioner0-boyd/why")

    assert "Ulla Ames has vouched for Practitioner0 Boyd." in page.text
    assert "Vera Ames has used what Practitioner0 Boyd told, and it held." in page.text
    assert "How they stand here" in client_of(guild.newcomer).get("/c/guild/people/practitioner0-boyd").text


def test_a_way_over_somebody_who_has_gone_since_is_not_shown(
    guild: Guild, deliver: Callable[[], int], client_of: Callable[[int], FlaskClient], now: datetime
) -> None:
    deliver()
    with transaction() as s:
        s.execute(delete(Membership).where(Membership.person_id == guild.moderators[0]))

    page = client_of(guild.newcomer).get("/c/guild/people/practitioner0-boyd/why")

    assert page.status_code == 200
    assert "Ulla Ames" not in page.text


def test_what_was_withdrawn_is_no_way_of_trust_any_more(
    guild: Guild, deliver: Callable[[], int], client_of: Callable[[int], FlaskClient], now: datetime
) -> None:
    add_verdict(guild.moderators[1], guild.story, "held", now)
    measure_community(guild.community, now=now)
    why = "/c/guild/people/practitioner0-boyd/why"
    before = client_of(guild.newcomer).get(why).text
    with transaction() as s:
        s.execute(update(Thread).values(withdrawn_at=now))

    after = client_of(guild.newcomer).get(why).text

    assert "Vera Ames has used what Practitioner0 Boyd told" in before
    assert "Vera Ames" not in after
    assert "Ulla Ames has vouched for Practitioner0 Boyd." in after


def test_nobody_outside_is_told_how_somebody_stands(
    guild: Guild, cast, deliver: Callable[[], int], client_of: Callable[[int], FlaskClient]
) -> None:
    deliver()

    for person in (cast.otto, cast.joanne):
        browser = client_of(person)
        assert browser.get("/c/guild/people/practitioner0-boyd/why").status_code == 404
        assert "How they stand here" not in browser.get("/c/guild/people/practitioner0-boyd").text


def test_a_measure_changes_voices_and_no_verdict_that_was_given_before(
    guild: Guild, deliver: Callable[[], int], now: datetime
) -> None:
    add_verdict(guild.practitioners[1], guild.story, "held", now - timedelta(days=10))

    deliver()

    with reading() as s:
        given = s.scalar(select(Verdict.voice).where(Verdict.person_id == guild.practitioners[1]))
    assert given == 1.0
    assert voices(guild.community)[guild.practitioners[1]] < 1.0


def test_whoever_is_vouched_for_later_gets_the_measured_voice_on_what_they_said_lately(
    guild: Guild, deliver: Callable[[], int], now: datetime
) -> None:
    deliver()
    add_verdict(guild.newcomer, guild.story, "held", now - timedelta(days=3))
    db.session.remove()
    with transaction():
        vouch_for(
            actor=load_person_as_viewer(guild.moderators[0]),
            community=session().get_one(Community, guild.community),
            person_id=guild.newcomer,
            line="Did the work with me.",
            now=now,
        )

    deliver()

    found = voices(guild.community)[guild.newcomer]
    with reading() as s:
        given = s.scalar(select(Verdict.voice).where(Verdict.person_id == guild.newcomer))
    assert 0.1 <= found < 1.0
    assert given == found


def test_a_lost_role_takes_the_weight_from_what_was_said_in_the_last_ninety_days_alone(
    guild: Guild, deliver: Callable[[], int], now: datetime
) -> None:
    person, by = guild.practitioners[1], guild.moderators[1]
    add_verdict(person, guild.story, "held", now - timedelta(days=10))
    db.session.remove()
    with transaction():
        withdraw_vouch(
            actor=load_person_as_viewer(by),
            community=session().get_one(Community, guild.community),
            person_id=person,
            now=now,
        )

    deliver()

    with reading() as s:
        assert s.scalar(select(Verdict.voice).where(Verdict.person_id == person)) == 0
    assert voices(guild.community)[person] == 0


def test_somebody_suspended_passes_nothing_on_and_has_no_voice(
    guild: Guild, deliver: Callable[[], int], now: datetime
) -> None:
    with transaction():
        appoint_administrator(person_id=guild.moderators[2], now=now)
    with transaction():
        admin = load_person_as_viewer(guild.moderators[2])
        suspend_person(actor=admin, account=find_accounts("practitioner3-boyd", "")[0], reason="Not theirs.", now=now)
    deliver()
    suspended = voices(guild.community)[guild.practitioners[3]]
    db.session.remove()
    with transaction():
        admin = load_person_as_viewer(guild.moderators[2])
        restore_person(actor=admin, account=find_accounts("practitioner3-boyd", "")[0], now=now)
    found = list(check_standings())
    deliver()

    assert suspended == 0
    assert found == list(check_standings()) == []
    assert voices(guild.community)[guild.practitioners[3]] > 0


def test_a_standing_that_is_not_what_trust_says_is_found_named_and_mended(
    app: Flask, guild: Guild, deliver: Callable[[], int], now: datetime
) -> None:
    add_verdict(guild.moderators[1], guild.story, "held", now - timedelta(days=1))
    deliver()
    assert list(check_standings()) == []
    person, other, third = guild.practitioners[:3]
    right = voices(guild.community)
    with transaction() as s:
        s.execute(update(Standing).where(Standing.person_id == person).values(share=Standing.share + 1e-6))
        s.execute(update(Standing).where(Standing.person_id == other).values(band="newcomer"))
        s.execute(update(Membership).where(Membership.person_id == third).values(voice=0.25))

    found = {(one.person_id, one.key) for one in check_standings()}
    db.session.remove()
    told, mended = (app.test_cli_runner().invoke(args=["check", *more]) for more in ((), ("--mend",)))
    db.session.remove()

    assert {(person, "share"), (other, "band"), (third, "voice")} <= found
    assert f"voice of person {spell(third)} in community {spell(guild.community)} is stored as 0.25" in told.output
    assert "Measured standing again in 1 communities." in mended.output
    assert "ok       standing: everybody's is what vouches and verdicts say." in mended.output
    assert voices(guild.community) == pytest.approx(right, abs=1e-7)
    with transaction() as s:
        s.execute(delete(Standing).where(Standing.person_id == person))
    assert [(one.person_id, one.key) for one in check_standings()] == [(person, "standing")]


def test_a_standing_that_waits_for_the_night_is_no_trouble(
    guild: Guild, deliver: Callable[[], int], now: datetime
) -> None:
    deliver()

    add_verdict(guild.moderators[1], guild.story, "held", now + timedelta(minutes=1))

    assert list(check_standings()) == []


def test_an_answer_that_helped_carries_trust_from_the_next_night_on_and_is_checked_like_a_verdict(
    guild: Guild, deliver: Callable[[], int], client_of: Callable[[int], FlaskClient], now: datetime
) -> None:
    lone, teller = guild.practitioners[7], guild.practitioners[0]
    question = ask_a_question(teller, guild.community, now - timedelta(days=2))
    said = add_reply(guild.newcomer, question, now - timedelta(days=1))
    deliver()
    why, before = "/c/guild/people/newcomer-cole/why", shares(guild.community)

    be_helped(guild.moderators[1], said, now + timedelta(minutes=1))
    be_helped(guild.newcomer, add_reply(lone, question, now), now + timedelta(minutes=1))
    deliver()
    waited, found = shares(guild.community), list(check_standings())
    measure_community(guild.community, now=now + timedelta(days=1))
    db.session.remove()
    after, page = shares(guild.community), client_of(guild.newcomer).get(why).text

    assert waited == before
    assert found == []
    assert before[guild.newcomer] == 0 < after[guild.newcomer]
    assert list(check_standings()) == []
    assert "An answer by Newcomer Cole helped Vera Ames see it." in page
    with transaction() as s:
        s.execute(delete(Insight).where(Insight.person_id == guild.moderators[1]))
    assert (guild.newcomer, "share") in {(one.person_id, one.key) for one in check_standings()}


def test_what_changes_about_an_answer_that_helped_waits_for_the_night_without_being_called_wrong(
    guild: Guild, deliver: Callable[[], int], now: datetime
) -> None:
    question = ask_a_question(guild.practitioners[0], guild.community, now - timedelta(days=2))
    said = add_reply(guild.newcomer, question, now - timedelta(days=1))
    be_helped(guild.moderators[1], said, now - timedelta(hours=1))
    measure_community(guild.community, now=now)
    helped = shares(guild.community)[guild.newcomer]
    db.session.remove()

    def change(then: datetime, work: Callable[[Viewer, Thread, Reply, datetime], None], who: int) -> float:
        """What is measured after it; it is never called wrong before."""
        with transaction() as s:
            work(load_person_as_viewer(who), s.get_one(Thread, question), s.get_one(Reply, said), then)
        assert list(check_standings()) == []
        measure_community(guild.community, now=then + timedelta(minutes=1))
        return shares(guild.community)[guild.newcomer]

    hours = [now + timedelta(hours=number) for number in range(1, 5)]
    newcomer, moderator = guild.newcomer, guild.moderators[1]
    gone = change(hours[0], lambda a, t, r, at: withdraw_reply(actor=a, thread=t, reply=r, now=at), newcomer)
    back = change(hours[1], lambda a, t, r, at: restore_reply(actor=a, thread=t, reply=r, now=at), newcomer)
    taken = change(hours[2], lambda a, t, r, at: take_insight_back(actor=a, thread=t, said=r, now=at), moderator)
    again = change(hours[3], lambda a, t, r, at: say_it_helped(actor=a, thread=t, said=r, now=at), moderator)

    assert gone == taken == 0
    assert helped > 0
    assert back == pytest.approx(helped, rel=1e-3)
    assert again == pytest.approx(helped, rel=1e-3)


def test_every_step_of_a_way_says_why_and_a_step_that_was_taken_back_ends_it(
    guild: Guild, deliver: Callable[[], int], client_of: Callable[[int], FlaskClient], now: datetime
) -> None:
    first, second = guild.practitioners[0], guild.newcomer
    told = add_story(second, guild.community, now - timedelta(days=3))
    add_verdict(first, told, "held", now - timedelta(days=2))
    others = add_story(guild.practitioners[1], guild.community, now - timedelta(days=3))
    add_verdict(first, others, "held", now - timedelta(days=2))  # of what they give a fifth reaches the newcomer
    measure_community(guild.community, now=now)
    why = "/c/guild/people/newcomer-cole/why"
    db.session.remove()

    page = client_of(second).get(why).text
    with transaction():
        withdraw_vouch(
            actor=load_person_as_viewer(guild.moderators[0]),
            community=session().get_one(Community, guild.community),
            person_id=first,
            now=now,
        )

    assert (
        "Ulla Ames has vouched for Practitioner0 Boyd."
        " Practitioner0 Boyd has used what Newcomer Cole told, and it held." in page
    )
    assert "A newcomer can do all that others do here." in page
    assert "Ulla Ames" not in client_of(second).get(why).text


def test_a_thread_that_comes_back_and_a_verdict_taken_back_in_a_case_are_no_trouble_before_the_next_measure(
    guild: Guild, deliver: Callable[[], int], now: datetime
) -> None:
    teller, by = guild.practitioners[0], guild.moderators[1]
    case = add_case(teller, guild.community, now - timedelta(days=5), forks=1)
    skip(by, case, now - timedelta(days=4))
    for thread in (case, guild.story):
        add_verdict(by, thread, "seen", now - timedelta(days=3))
    deliver()
    stood = shares(guild.community)[teller]
    then = [now + timedelta(hours=number) for number in range(1, 4)]
    db.session.remove()

    with transaction() as s:
        withdraw_verdict(actor=load_person_as_viewer(by), thread=s.get_one(Thread, case), now=then[0])
    after_verdict = list(check_standings())
    with transaction() as s:
        withdraw_thread(actor=load_person_as_viewer(teller), thread=s.get_one(Thread, guild.story), now=then[1])
    measure_community(guild.community, now=then[1])
    without = shares(guild.community)[teller]
    db.session.remove()
    with transaction() as s:
        restore_thread(actor=load_person_as_viewer(teller), thread=s.get_one(Thread, guild.story), now=then[2])

    assert after_verdict == list(check_standings()) == []
    assert without < stood


@pytest.mark.parametrize("how", ["leaves", "is put out", "closes their account"])
def test_whoever_goes_takes_their_trust_and_their_standing_along_with_the_next_measure(
    guild: Guild, deliver: Callable[[], int], now: datetime, how: str
) -> None:
    deliver()
    person = guild.practitioners[2]
    db.session.remove()
    with transaction() as s:
        community, actor = s.get_one(Community, guild.community), load_person_as_viewer(person)
        if how == "leaves":
            leave_community(actor=actor, community=community, now=now)
        elif how == "is put out":
            moderator = load_person_as_viewer(guild.moderators[0])
            remove_person(actor=moderator, community=community, person_id=person, reason="Not the work.", now=now)
        else:
            leave_site(actor=actor, ties=Ties(()), now=now)
    assert list(check_standings()) == []

    deliver()

    assert person not in shares(guild.community)
    assert list(check_standings()) == []
