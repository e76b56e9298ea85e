"""Plays the content through the operations, in the order of time, as if it had happened.

Whatever a person does here, they do with the rights that they had at that moment; a story or reply that the forms
would refuse is refused here too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from cop.accounts.administration import appoint_administrator
from cop.accounts.operations import Practice, sign_up
from cop.accounts.passwords import hash_password
from cop.accounts.viewer import VISITOR, Viewer
from cop.communities.invitations.operations import invite_by_link, redeem_invitation
from cop.communities.members.operations import appoint, leave_community
from cop.communities.models import PUBLIC, SECRET
from cop.communities.operations import found_community, join_community
from cop.communities.queries import get_community, get_listed, load_person_as_viewer
from cop.communities.requests.operations import approve_request, ask_to_join
from cop.communities.requests.queries import list_open_requests
from cop.communities.topics.operations import add_topic
from cop.communities.vouches.operations import vouch_for
from cop.demo.care import CarePlay, look_back_a_year
from cop.demo.cases import CasePlay, read_cases
from cop.demo.content import (
    AdministratorCard,
    CommunityCard,
    Content,
    HelpedCard,
    MemberCard,
    PersonCard,
    StoryCard,
    Utterance,
    VouchCard,
)
from cop.demo.drafts import begin_draft
from cop.demo.probes import ProbePlay
from cop.demo.writing import Writing
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import (
    ask_question,
    publish_answer,
    publish_reply,
    revise_reply,
    revise_story,
    tell_story,
)
from cop.discussions.procedures.operations import add_procedure, mark_reviewed
from cop.discussions.queries import get_reply, get_thread
from cop.discussions.replies import ReplyText
from cop.discussions.withdrawals.operations import withdraw_reply
from cop.endorsements.insights.operations import say_it_helped
from cop.endorsements.operations import give_verdict
from cop.platform import markup
from cop.platform.database import transaction

PASSWORD = "seven quiet nights"  # noqa: S105  # everybody's, and printed by `cop demo`: nothing here is secret
_A_MOMENT = timedelta(hours=1)  # before joining somewhere one signs up
_A_DAY = timedelta(days=1)  # for as long a moderator thinks about it

Saying = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Step:
    """Something that happens at a moment."""

    at: datetime
    happen: Callable[[datetime], None]


def load_demo(content: Content, *, now: datetime, say: Saying = lambda _done, _all: None) -> None:
    """Let everything happen, each in a transaction of its own, on an empty database.

    Args:
        now: the moment from which the content's days are counted back.
        say: told after each step how many are done, and of how many.

    Raises:
        BadContent: somebody says what the forms would refuse.
    """
    steps = _Play(content, now.replace(microsecond=0)).list_steps()
    for done, step in enumerate(steps, 1):
        step.happen(step.at)
        say(done, len(steps))


def address_of(person: PersonCard | AdministratorCard) -> str:
    """The address with which somebody of the demonstration signs in."""
    return f"{person.handle}@example.org"


class _Play:
    """The people, threads and replies so far, by the names that the content gives them."""

    def __init__(self, content: Content, now: datetime) -> None:
        self._content, self._now, self._cases = content, now, read_cases()
        self._communities: Mapping[str, CommunityCard] = {card.slug: card for card in content.communities}
        self._people: dict[str, int] = {}
        self._threads: dict[str, int] = {}
        self._replies: dict[tuple[str, int], int] = {}
        self._writing = Writing(content, self._now)
        self._moderators = {
            place.community: person.key
            for person in content.people
            for place in person.memberships
            if place.has_founded
        }
        self._password_hash = hash_password(PASSWORD)

    def list_steps(self) -> list[_Step]:
        """Everything in order of time; of one moment, in the order of the files."""
        steps = [step for person in self._content.people for step in self._life_of(person)]
        if card := self._content.administrator:
            steps.append(_Step(min(step.at for step in steps) - _A_MOMENT, lambda at: self._appoint(card, at)))
        steps += [step for story in self._content.stories for step in self._course_of(story)]
        steps += self._list_asking()
        care = CarePlay(self._threads, {person.key: person.handle for person in self._content.people}, self._viewer)
        for content in self._content.care:
            steps += [_Step(self._ago(days), happen) for days, happen in care.happenings(content)]
        steps += [
            _Step(self._ago(one.days_ago), partial(begin_draft, one, self._viewer)) for one in self._content.drafts
        ]
        cases = CasePlay(self._cases, self._viewer, self._threads)
        steps += [_Step(self._ago(days), happen) for days, happen in cases.happenings()]
        steps.append(_Step(self._now, look_back_a_year))
        return sorted(steps, key=lambda step: step.at)

    def _list_asking(self) -> list[_Step]:
        """What is asked of the tellers, and what becomes of it."""
        tellers = {story.file: story.teller for story in self._content.stories}
        drafts = {story.file: story.draft for story in self._content.stories}
        play = ProbePlay(tellers, drafts, self._threads, self._viewer, self._ago)
        return [_Step(at, happen) for asked in self._content.asked for at, happen in play.list_moments(asked)]

    def _life_of(self, person: PersonCard) -> list[_Step]:
        came_at = min(self._ago(member.joined_days_ago) for member in person.memberships if not member.is_waiting)
        steps = [_Step(came_at - _A_DAY - _A_MOMENT, lambda at: self._sign_up(person, at))]
        for member in person.memberships:
            steps += self._belonging_of(person, member)
        return steps

    def _belonging_of(self, person: PersonCard, member: MemberCard) -> list[_Step]:
        if member.is_waiting:
            return [_Step(self._ago(member.asked_days_ago), lambda at: self._ask_to_join(person, member, at))]
        joined_at = self._ago(member.joined_days_ago)
        if member.has_founded:
            return [_Step(joined_at, lambda at: self._found(person, member, at))]
        steps = [_Step(joined_at, lambda at: self._join(person, member, at))]
        if self._communities[member.community].visibility == SECRET:
            steps = [_Step(joined_at, lambda at: self._invite(person, member, at))]
        elif self._communities[member.community].visibility != PUBLIC:
            steps = [
                _Step(joined_at - _A_DAY, lambda at: self._ask_to_join(person, member, at)),
                _Step(joined_at, lambda at: self._let_in(member.community, at)),
            ]
        return steps + self._rise_of(person, member)

    def _rise_of(self, person: PersonCard, member: MemberCard) -> list[_Step]:
        """Everybody's word for them, who made them a moderator, and when they went."""
        words = [VouchCard(member.vouched_by, member.vouched_days_ago, member.vouch)] if member.vouch else []
        steps = [
            _Step(self._ago(word.days_ago), partial(self._vouch, person, member, word))
            for word in (*words, *member.also)
        ]
        if member.appointed_by:
            steps.append(_Step(self._ago(member.appointed_days_ago), partial(self._raise, person, member)))
        if member.left_days_ago:
            steps.append(_Step(self._ago(member.left_days_ago), partial(self._leave, person, member)))
        return steps

    def _course_of(self, story: StoryCard) -> list[_Step]:
        steps = [_Step(self._ago(story.told_days_ago), lambda at: self._tell(story, at))]
        for place in range(len(story.talk)):
            steps.append(self._step_of(story, place))
            for one in story.talk[place].helped:
                steps.append(_Step(self._ago(one.days_ago), partial(self._be_helped, story, place, one)))
        return steps

    def _step_of(self, story: StoryCard, place: int) -> _Step:
        entry = story.talk[place]
        return _Step(self._ago(entry.days_ago), lambda at: self._say(story, place, entry, at))

    def _sign_up(self, person: PersonCard, at: datetime) -> None:
        practice = Practice(person.practice, person.practising_since, person.setting)
        with transaction():
            self._people[person.key] = sign_up(
                name=person.name,
                email=address_of(person),
                password_hash=self._password_hash,
                practice=practice,
                now=at,
            )

    def _appoint(self, card: AdministratorCard, at: datetime) -> None:
        with transaction():
            person_id = sign_up(
                name=card.name,
                email=address_of(card),
                password_hash=self._password_hash,
                practice=Practice(),
                now=at,
            )
            appoint_administrator(person_id=person_id, now=at)

    def _found(self, person: PersonCard, member: MemberCard, at: datetime) -> None:
        card = self._communities[member.community]
        welcome = markup.render(card.welcome)
        with transaction():
            found_community(
                name=card.name,
                slug=card.slug,
                practice=card.practice,
                ink=card.ink,
                welcome=welcome,
                visibility=card.visibility,
                moderator_id=self._people[person.key],
                now=at,
            )
        for topic in card.topics:
            with transaction():
                actor = self._viewer(person.key)
                add_topic(actor=actor, community=get_community(actor, card.slug), name=topic, now=at)

    def _join(self, person: PersonCard, member: MemberCard, at: datetime) -> None:
        with transaction():
            join_community(actor=self._viewer(person.key), community=get_community(VISITOR, member.community), now=at)

    def _ask_to_join(self, person: PersonCard, member: MemberCard, at: datetime) -> None:
        with transaction():
            actor = self._viewer(person.key)
            ask_to_join(actor=actor, community=get_listed(actor, member.community), line=member.asks, now=at)

    def _let_in(self, slug: str, at: datetime) -> None:
        with transaction():
            actor = self._viewer(self._moderators[slug])
            community = get_community(actor, slug)
            (request,) = list_open_requests(community.id)
            approve_request(actor=actor, community=community, request_id=request.id, now=at)

    def _invite(self, person: PersonCard, member: MemberCard, at: datetime) -> None:
        with transaction():
            host = self._viewer(self._moderators[member.community])
            token = invite_by_link(actor=host, community=get_community(host, member.community), now=at)
        with transaction():
            redeem_invitation(actor=self._viewer(person.key), token=token, now=at)

    def _vouch(self, person: PersonCard, member: MemberCard, word: VouchCard, at: datetime) -> None:
        with transaction():
            actor = self._viewer(word.by)
            vouch_for(
                actor=actor,
                community=get_community(actor, member.community),
                person_id=self._people[person.key],
                line=word.line,
                now=at,
            )

    def _leave(self, person: PersonCard, member: MemberCard, at: datetime) -> None:
        with transaction():
            actor = self._viewer(person.key)
            leave_community(actor=actor, community=get_community(actor, member.community), now=at)

    def _raise(self, person: PersonCard, member: MemberCard, at: datetime) -> None:
        with transaction():
            actor = self._viewer(member.appointed_by)
            community = get_community(actor, member.community)
            appoint(actor=actor, community=community, person_id=self._people[person.key], now=at)

    def _tell(self, story: StoryCard, at: datetime) -> None:
        rendered = self._writing.render_thread(story, at)
        with transaction():
            actor = self._viewer(story.teller)
            community = get_community(actor, story.community)
            if points := story.points:
                thread = add_procedure(
                    actor=actor,
                    community=community,
                    text=self._writing.render_procedure(story, rendered, at),
                    owner_id=self._people[points.owner],
                    grounds=[self._threads[file] for file in points.rests_on],
                    now=at,
                )
            elif story.kind == "question":
                thread = ask_question(actor=actor, community=community, question=rendered, topics=story.topics, now=at)
            else:
                thread = tell_story(actor=actor, community=community, story=rendered, topics=story.topics, now=at)
            self._threads[story.file] = thread.id

    def _say(self, story: StoryCard, place: int, entry: Utterance, at: datetime) -> None:
        revised = self._writing.render_revised(story, entry, at) if entry.kind == "revise" else None
        text = self._writing.render_said(story, entry)
        with transaction():
            actor = self._viewer(entry.by)
            thread = get_thread(actor, self._threads[story.file], locked=True)
            if revised:
                revise_story(actor=actor, thread=thread, story=revised, seen_revision=thread.revision, now=at)
            elif entry.kind == "reviewed":
                mark_reviewed(actor=actor, thread=thread, now=at)
            elif entry.of is not None:
                self._change(story, entry, actor, thread, text, at)
            elif reply := self._publish(story, entry, actor, thread, text, at):
                self._replies[story.file, place] = reply.id

    def _be_helped(self, story: StoryCard, place: int, one: HelpedCard, at: datetime) -> None:
        with transaction():
            actor = self._viewer(one.by)
            thread = get_thread(actor, self._threads[story.file], locked=True)
            said = get_reply(actor, self._replies[story.file, place])
            say_it_helped(actor=actor, thread=thread, said=said, now=at)

    def _change(
        self, story: StoryCard, entry: Utterance, actor: Viewer, thread: Thread, text: ReplyText | None, at: datetime
    ) -> None:
        """Edit or withdraw what was said before."""
        reply = get_reply(actor, self._replies[story.file, entry.of or 0])
        if text is None:
            withdraw_reply(actor=actor, thread=thread, reply=reply, now=at)
        else:
            revise_reply(
                actor=actor,
                reply=reply,
                community_id=thread.community_id,
                text=text,
                seen_revision=reply.revision,
                now=at,
            )

    def _publish(
        self, story: StoryCard, entry: Utterance, actor: Viewer, thread: Thread, text: ReplyText | None, at: datetime
    ) -> Reply | None:
        if entry.kind == "reply" and text:
            return publish_reply(actor=actor, thread=thread, text=text, now=at)
        if entry.kind == "answer" and text:
            answered = get_reply(actor, self._replies[story.file, entry.answers or 0])
            return publish_answer(actor=actor, thread=thread, answered=answered, text=text, now=at)
        return give_verdict(actor=actor, thread=thread, kind=entry.kind, text=text, now=at)

    def _viewer(self, key: str) -> Viewer:
        return load_person_as_viewer(self._people[key])

    def _ago(self, days: float) -> datetime:
        return (self._now - timedelta(days=days)).replace(microsecond=0)
