"""What is sent by somebody who brings a case, who chooses in one, and who says what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, Field, HiddenField, IntegerField, SelectMultipleField, StringField, TextAreaField

from cop.cases.choices import ChoiceDraft, faults_of_second_thought
from cop.cases.choices import faults_of as faults_of_choice
from cop.cases.models import LEAST_OPTIONS, MOST_FORKS, MOST_OPTIONS
from cop.cases.queries import ForkLine
from cop.cases.texts import BOXES, CaseDraft, ForkDraft, faults_of, faults_of_frame, faults_of_outcome
from cop.discussions.cues import default_hook
from cop.discussions.models import Thread
from cop.discussions.operations import MOST_TOPICS_EACH
from cop.discussions.queries import FieldText
from cop.discussions.stories import tidy_line, tidy_text
from cop.platform import ids
from cop.platform.characters import is_storable
from cop.platform.words import gettext as _
from cop.platform.words import lazy_gettext
from cop.web.forms import Form

FORKS, OPTIONS = range(1, MOST_FORKS + 1), range(1, MOST_OPTIONS + 1)


class CaseForm(Form):
    """A case as it is being written. The boxes of decision n are `prompt_n`, `part_n`, `cues_n`, `option_n_k` and
    `note_n_k`; how many of them stand open is sent along, and a button adds one more."""

    situation = TextAreaField(lazy_gettext("What was going on?"))
    not_when = TextAreaField(lazy_gettext("What bound you?"))
    noticed = TextAreaField(lazy_gettext("What could you see?"))
    outcome = TextAreaField(lazy_gettext("What did you do, and what came of it?"))
    outcome_unknown = BooleanField(lazy_gettext("I still have to decide"))
    title = StringField(lazy_gettext("What would you call it?"))
    hook = StringField(lazy_gettext("The line that makes a colleague stop"))
    topic = SelectMultipleField(lazy_gettext("What does it speak of?"), choices=[], validate_choice=False)
    redacted = BooleanField(lazy_gettext("I have read it as a colleague of mine would"))
    seen_revision = IntegerField()
    story = HiddenField()
    forks = IntegerField()
    more = StringField()

    @classmethod
    def of(
        cls, thread: Thread, fields: Sequence[FieldText], forks: Sequence[ForkLine], outcome: str, topics: Sequence[str]
    ) -> CaseForm:
        """The case as it stands, to be revised."""
        sources = {field.name: field.source for field in fields if field.name in BOXES}
        return cls(
            **sources,
            **_boxes_of(forks),
            title=thread.title,
            hook="" if thread.hook == default_hook(sources.get("noticed", "")) else thread.hook,
            outcome=outcome,
            outcome_unknown=not outcome,
            forks=len(forks),
            seen_revision=thread.revision,
            topic=list(topics),
        )

    @classmethod
    def cut_from(cls, story: Thread, fields: Sequence[FieldText], topics: Sequence[str]) -> CaseForm:
        """A story to be cut: what was known before it was decided above, what was done and what followed last."""
        told = {field.name: field.source for field in fields}
        options = [line.strip(" -*") for line in told.get("options", "").split("\n") if line.strip(" -*")]
        return cls(
            **{name: told[name] for name in ("situation", "noticed") if name in told},
            **{f"option_1_{place}": line for place, line in zip(OPTIONS, options, strict=False)},
            outcome="\n\n".join(told[name] for name in ("did_why", "outcome") if name in told),
            title=story.title,
            hook=story.hook,
            story=ids.spell(story.id),
            topic=list(topics),
        )

    def draft(self) -> CaseDraft:
        texts = {name: tidy_text(self[name].data or "") for name in BOXES}
        outcome = tidy_text(self.outcome.data or "")
        return CaseDraft(
            title=tidy_line(self.title.data or ""),
            hook=tidy_line(self.hook.data or ""),
            fields={name: text for name, text in texts.items() if text},
            forks=[fork for place in FORKS if (fork := self._fork(place))],
            outcome=outcome,
            is_live=bool(self.outcome_unknown.data),
        )

    def texts(self) -> dict[str, str]:
        """What is told in sentences, by box."""
        boxes = [*BOXES, "outcome", *(f"{name}_{fork}" for fork in FORKS for name in ("part", "cues", "prompt"))]
        return {name: text for name in boxes if (text := tidy_text(self[name].data or ""))}

    def lines(self) -> dict[str, str]:
        """What is told in a few words, by box."""
        boxes = ["title", "hook", *(f"{name}_{n}_{k}" for n in FORKS for k in OPTIONS for name in ("option", "note"))]
        return {name: line for name in boxes if (line := self._line(name))}

    def is_sound(self) -> bool:
        """Whether it can be told; otherwise the reasons stand beside the boxes."""
        return self._blames(faults_of(self.draft()))

    def is_frame_sound(self) -> bool:
        """The same when only the lines above it may be changed."""
        draft = self.draft()
        return self._blames(faults_of_frame(draft.title, draft.hook))

    def adds(self) -> bool:
        """Whether a button was pressed that opens more boxes: nothing is checked and nothing is stored."""
        return bool(self.more.data)

    @property
    def shown_forks(self) -> range:
        """The decisions whose boxes stand open: those that did, all that hold something, and one more if asked for."""
        held = max((place for place in FORKS if self._fork(place)), default=1)
        asked = min(_number(self.forks.data), MOST_FORKS)
        return range(1, min(max(held, asked) + (self.more.data == "fork"), MOST_FORKS) + 1)

    def shown_options(self, fork: int) -> range:
        held = max((k for k in OPTIONS if self[f"option_{fork}_{k}"].data or self[f"note_{fork}_{k}"].data), default=0)
        asked = min(_number(self[f"options_{fork}"].data), MOST_OPTIONS)
        most = max(held, asked, LEAST_OPTIONS) + (self.more.data == f"option-{fork}")
        return range(1, min(most, MOST_OPTIONS) + 1)

    def may_add_option(self, fork: int) -> bool:
        return len(self.shown_options(fork)) < MOST_OPTIONS

    @property
    def may_add_fork(self) -> bool:
        return len(self.shown_forks) < MOST_FORKS

    def topics(self) -> list[str]:
        """The slugs of what it speaks of; what cannot be one is left out."""
        return [slug for slug in dict.fromkeys(self.topic.data or ()) if is_storable(slug)]

    def revision(self) -> int:
        """The revision that was shown; what cannot be read agrees with none."""
        seen = self.seen_revision.data
        return seen if isinstance(seen, int) else -1

    def story_id(self) -> int | None:
        return ids.read(self.story.data) if self.story.data else None

    def _fork(self, place: int) -> ForkDraft | None:
        """One decision as it was typed, or None when nothing was."""
        lines = [(self._line(f"option_{place}_{k}"), self._line(f"note_{place}_{k}")) for k in OPTIONS]
        cues = [tidy_line(line) for line in (self[f"cues_{place}"].data or "").splitlines()]
        fork = ForkDraft(
            number=place,
            prompt=self._line(f"prompt_{place}"),
            options=[(text, note) for text, note in lines if text],
            part=tidy_text(self[f"part_{place}"].data or ""),
            cues=[cue for cue in cues if cue],
        )
        return fork if fork.prompt or fork.options or fork.part or fork.cues else None

    def _line(self, name: str) -> str:
        return tidy_line(self[name].data or "")

    def _blames(self, faults: dict[str, str]) -> bool:
        if len(self.topics()) > MOST_TOPICS_EACH:
            faults["topic"] = _("Choose at most %(most)s.", most=MOST_TOPICS_EACH)
        self.blame(faults)
        return not self.errors


class ChoiceForm(Form):
    """What somebody chooses, and why."""

    first = IntegerField(lazy_gettext("What you would do first"))
    last = IntegerField(lazy_gettext("What would you leave for last?"))
    rationale = TextAreaField(lazy_gettext("What tipped you?"))
    confidence = IntegerField(lazy_gettext("How sure are you?"))
    cue = SelectMultipleField(lazy_gettext("What swayed you?"), choices=[], validate_choice=False)

    def draft(self) -> ChoiceDraft:
        order = [_rank(self[f"rank_{k}"].data) for k in OPTIONS]
        cues = [cue for text in self.cue.data or () if (cue := ids.read(text)) is not None]
        return ChoiceDraft(
            rationale=tidy_text(self.rationale.data or ""),
            first=_rank(self.first.data),
            last=_rank(self.last.data),
            order=order if any(order) else (),
            confidence=_rank(self.confidence.data),
            cue_ids=cues,
        )

    def is_sound(self) -> bool:
        """Whether it can be kept, as far as that shows without the options; otherwise the reasons stand beside."""
        self.blame(faults_of_choice(self.draft()))
        return not self.form_errors and not any(field.errors for field in self if field.name in _CHECKED)


class SecondThoughtForm(Form):
    """What somebody thinks now."""

    second_thought = TextAreaField(lazy_gettext("What do you think now?"))

    def text(self) -> str:
        return tidy_text(self.second_thought.data or "")

    def is_sound(self) -> bool:
        self.blame(faults_of_second_thought(self.text()))
        return not self.errors


class OutcomeForm(Form):
    """What came of a live case."""

    outcome = TextAreaField(lazy_gettext("What did you do, and what came of it?"))

    def text(self) -> str:
        return tidy_text(self.outcome.data or "")

    def is_sound(self) -> bool:
        self.blame(faults_of_outcome(self.text()))
        return not self.errors


def _add_boxes(form: type[Form], boxes: dict[str, Field]) -> None:
    for name, box in boxes.items():
        setattr(form, name, box)


for _fork in FORKS:
    _add_boxes(
        CaseForm,
        {
            f"part_{_fork}": TextAreaField(lazy_gettext("What was known by then?")),
            f"cues_{_fork}": TextAreaField(lazy_gettext("What showed by then?")),
            f"prompt_{_fork}": StringField(lazy_gettext("What had to be decided?")),
            f"options_{_fork}": IntegerField(),
        },
    )
    for _option in OPTIONS:
        _add_boxes(
            CaseForm,
            {
                f"option_{_fork}_{_option}": StringField(lazy_gettext("What could be done")),
                f"note_{_fork}_{_option}": StringField(lazy_gettext("A line on it")),
            },
        )
for _option in OPTIONS:
    _add_boxes(ChoiceForm, {f"rank_{_option}": IntegerField(lazy_gettext("Its place"))})

_CHECKED = ("first", "last", "rationale", "confidence")  # a number that is none is as if not given


def _boxes_of(forks: Sequence[ForkLine]) -> dict[str, object]:
    boxes: dict[str, object] = {}
    for fork in forks:
        n = fork.place
        boxes |= {f"prompt_{n}": fork.prompt, f"part_{n}": fork.source, f"options_{n}": len(fork.options)}
        boxes[f"cues_{n}"] = "\n".join(cue.text for cue in fork.cues) if n > 1 else ""
        for option in fork.options:
            boxes |= {f"option_{n}_{option.place}": option.text, f"note_{n}_{option.place}": option.note}
    return boxes


def _number(given: object) -> int:
    return given if isinstance(given, int) and given > 0 else 0


def _rank(given: object) -> int | None:
    return given if isinstance(given, int) and 0 < given < 100 else None
