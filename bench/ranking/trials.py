"""Which lists are tried, on which sizes and seeds: each world in one of at most two processes, kept as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.ranking import priors
from bench.ranking.others import OTHERS
from bench.ranking.ours import Rule, by_promise, by_share_of_readers, by_turns
from bench.ranking.practice import live
from bench.ranking.worlds import SIZES, make_world
from cop.ranking.acts import Params

FOLDER: Final = Path(".bench") / "ranking"
MOST_PROCESSES: Final = 2

LIVING: Final = "Living"  # as the product has it
EXPLORING: Final = "Living, every fifth place explores"
ENDORSED: Final = "Endorsed"
CHOSEN: Final = "Living, as training would have it"  # chosen before any held-out world was looked at
NO_VOICES: Final = "Living, all voices 1"
RULES: Final = {
    LIVING: Rule(),
    EXPLORING: Rule(explore=5),
    CHOSEN: Rule(params=Params(quality_weight=6.0), explore=5, explores_by=by_turns),
    ENDORSED: Rule(key="e"),
    NO_VOICES: Rule(has_voices=False),
}
REPORTED: Final = (*RULES, *OTHERS)
ABLATED_AT: Final = "300"  # the size at which the list without voices is tried: it shows what they are for


def reported(size: str) -> list[str]:
    """The lists of the report, for a community of a size."""
    return [name for name in REPORTED if name != NO_VOICES or size == ABLATED_AT]


def _living(weight: float = 4.0, half_life: float = 30.0, explore: int = 5, **more: Any) -> Rule:
    return Rule(params=Params(half_life_days=half_life, quality_weight=weight), explore=explore, **more)


# What was tried on training seeds alone: one constant at a time beside λ = 4, thirty days, every fifth place.
TRIED: Final = {
    "λ = 4, H = 30 d, every 5th": _living(),
    "λ = 1": _living(weight=1.0),
    "λ = 2": _living(weight=2.0),
    "λ = 6": _living(weight=6.0),
    "H = 15 d": _living(half_life=15.0),
    "H = 60 d": _living(half_life=60.0),
    "H = 120 d": _living(half_life=120.0),
    "no exploration": _living(explore=0),
    "every 10th explores": _living(explore=10),
    "every 3rd explores": _living(explore=3),
    "explores by a quarter of readers": _living(explores_by=by_share_of_readers),
    "explores by promise": _living(explores_by=by_promise),
    "explores the endorsed by turns": _living(explores_by=by_turns),
    "the endorsed by turns, every 10th": _living(explore=10, explores_by=by_turns),
    "λ = 6, the endorsed by turns": _living(weight=6.0, explores_by=by_turns),
    "λ = 6, H = 60 d": _living(weight=6.0, half_life=60.0),
    "prior replanted": _living(prior=priors.replanted),
    "half of all time": _living(prior=priors.half_all_time),
    "floor of an eighth": _living(prior=priors.floored),
}
ALL_RULES: Final = RULES | {f"tried: {name}": rule for name, rule in TRIED.items()}


@dataclass(frozen=True, slots=True)
class Trial:
    """One list in one world."""

    name: str
    size: str
    seed: int

    @property
    def file(self) -> Path:
        letters = "".join(one if one.isalnum() else "-" for one in self.name)
        return FOLDER / self.size / str(self.seed) / f"{letters}.json"


def run_all(trials: Iterable[Trial], *, processes: int) -> None:
    """Live through every world that has not been lived through yet."""
    missing = [trial for trial in trials if not trial.file.is_file()]
    if min(processes, MOST_PROCESSES) == 1:
        for number, trial in enumerate(missing):
            _tell(number, len(missing), _run(trial))
        return
    with ProcessPoolExecutor(MOST_PROCESSES) as pool:
        for number, trial in enumerate(pool.map(_run, missing)):
            _tell(number, len(missing), trial)


def _tell(number: int, of: int, trial: Trial) -> None:
    if (number + 1) % 10 == 0 or number + 1 == of:
        print(f"  {number + 1} of {of}: {trial.name}, {trial.size} people, seed {trial.seed}", flush=True)


def _run(trial: Trial) -> Trial:
    outcome = live(make_world(SIZES[trial.size], trial.seed), trial.name, ALL_RULES.get(trial.name))
    trial.file.parent.mkdir(parents=True, exist_ok=True)
    half = trial.file.with_suffix(f".{os.getpid()}")
    half.write_text(json.dumps(outcome))
    half.replace(trial.file)
    return trial


def outcomes(name: str, size: str, seeds: Iterable[int]) -> Iterator[dict[str, Any]]:
    """What was measured, as far as there is any."""
    for seed in seeds:
        file = Trial(name, size, seed).file
        if file.is_file():
            yield json.loads(file.read_text())
