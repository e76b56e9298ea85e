"""`python -m bench.ranking`: the order on trial against nine others, on worlds that no constant was chosen on.

    python -m bench.ranking            the report: three sizes, ten held-out seeds each
    python -m bench.ranking --quick    three seeds of the two smaller sizes
    python -m bench.ranking --train    what was tried on training seeds, to choose constants
    python -m bench.ranking --dying    what one dissent costs after years; no simulation
    python -m bench.ranking --plots    only draw docs/ranking-*.svg from what is there

What was lived through is kept under .bench/ranking and not lived through again; `--anew` forgets it first.
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Sequence

from bench.ranking import dying, plots
from bench.ranking.report import differences, table
from bench.ranking.seeds import HELD_OUT, TRAINING
from bench.ranking.trials import CHOSEN, ENDORSED, FOLDER, LIVING, TRIED, Trial, reported, run_all
from bench.ranking.worlds import SIZES

SEEDS = 10
TRAINING_SEEDS = 5
QUICK_SEEDS = 3
PAIRED = ("ndcg", "ndcg_attacked", "stale", "cover")


def main() -> None:
    chosen = _read_arguments()
    begun = time.monotonic()
    if chosen.anew:
        shutil.rmtree(FOLDER, ignore_errors=True)
    if chosen.dying:
        print("\n".join(dying.table()))
    elif chosen.plots:
        plots.draw(HELD_OUT[: chosen.seeds])
    elif chosen.train:
        train(chosen.sizes or ["300"], TRAINING[: min(chosen.seeds, len(TRAINING))], chosen.processes)
    else:
        report(chosen.sizes or list(SIZES), HELD_OUT[: chosen.seeds], chosen.processes)
        plots.draw(HELD_OUT[: chosen.seeds])
    print(f"\n{time.monotonic() - begun:.0f} s. Raw results: {FOLDER}")


def report(sizes: Sequence[str], seeds: Sequence[int], processes: int) -> None:
    run_all(
        [Trial(name, size, seed) for size in sizes for seed in seeds for name in reported(size)], processes=processes
    )
    for size in sizes:
        print(f"\n## {size} people, 200 sybils, seeds {seeds[0]} to {seeds[-1]}: mean ± 95 %\n")
        print("\n".join(table(reported(size), size, seeds)))
        for ours in (LIVING, CHOSEN, ENDORSED):
            others = [name for name in reported(size) if name != ours]
            print(f"\n{ours}, paired, in the same worlds:\n")
            print("\n".join(differences(ours, others, size, seeds, PAIRED)))


def train(sizes: Sequence[str], seeds: Sequence[int], processes: int) -> None:
    names = [f"tried: {name}" for name in TRIED]
    run_all([Trial(name, size, seed) for size in sizes for seed in seeds for name in names], processes=processes)
    for size in sizes:
        print(f"\n## {size} people, training seeds {seeds[0]} to {seeds[-1]}: mean ± 95 %\n")
        print("\n".join(table(names, size, seeds)))
        print("\nPaired, in the same worlds:\n")
        print("\n".join(differences(names[0], names[1:], size, seeds, PAIRED)))


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.ranking")
    for flag in ("quick", "train", "dying", "plots", "anew"):
        parser.add_argument(f"--{flag}", action="store_true")
    parser.add_argument("--sizes", nargs="*", choices=list(SIZES))
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--processes", type=int, choices=(1, 2), default=2)
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.sizes, chosen.seeds = ["30", "300"], QUICK_SEEDS
    chosen.seeds = chosen.seeds or (TRAINING_SEEDS if chosen.train else SEEDS)
    return chosen


if __name__ == "__main__":
    main()
