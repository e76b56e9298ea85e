"""`make bench-endurance`: the figures R1, R5 to R9, R12 and R13 as a table, and the raw numbers beside it.

Full size takes about an hour. `ENDURANCE_SHARE=0.05` does a twentieth of everything; `ENDURANCE_ONLY=kills,backups`
does these alone.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.endurance.backups import take_and_restore
from bench.endurance.databases import postgresql
from bench.endurance.degraded import HEALED_WITHIN, fill_disk, lose_index, lose_mail
from bench.endurance.kills import Outcome, kill_and_count
from bench.endurance.load import load
from bench.endurance.stage import set_stage
from bench.endurance.upgrades import upgrade_and_kill

FOLDER = Path(".bench") / "endurance"
SHARE = float(os.environ.get("ENDURANCE_SHARE", "1"))
ONLY = [name for name in os.environ.get("ENDURANCE_ONLY", "").split(",") if name]
KILLS = {"SQLite": 200, "PostgreSQL": 100}
WRITES, BACKUPS, TEXTS, UPGRADE_KILLS = 10_000, 20, 100_000, 20
REQUESTS = {"SQLite": 90_000, "PostgreSQL": 20_000}  # pages read; a tenth as many writes come beside them

NewDatabase = Callable[[], str]
Row = tuple[str, str, str, bool]  # the figure's id, what it is, what was measured, whether it is as it should be


def main() -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its bytecode, and starts a third sooner
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    raw: dict[str, Any] = {"share": SHARE}
    rows: list[Row] = []
    with postgresql() as new_database:
        bases: list[tuple[str, NewDatabase | None]] = [("SQLite", None), ("PostgreSQL", new_database)]
        for name, part in (
            ("kills", _kills), ("backups", _backups), ("upgrades", _upgrades), ("degraded", _degraded), ("load", _load)
        ):  # fmt: skip
            for base, new in bases:
                if not ONLY or name in ONLY:
                    begun = time.monotonic()
                    made = part(base, new, raw)
                    rows += made
                    print(f"  {name}, {base}: {time.monotonic() - begun:.0f} s", flush=True)
    (FOLDER / "raw.json").write_text(json.dumps(raw, indent=1, default=vars))
    _show(rows)
    if not all(is_right for *_told, is_right in rows):
        sys.exit("endurance: something is not as it should be; see above")


def _share_of(number: int, *, least: int = 1) -> int:
    return max(least, round(number * SHARE))


def _place(name: str, base: str) -> Path:
    folder = (FOLDER / f"{name}-{base.lower()}").absolute()
    folder.mkdir()
    return folder


def _kills(base: str, new: NewDatabase | None, raw: dict[str, Any]) -> list[Row]:
    place = _place("kills", base)
    stage = set_stage(place / "data", new() if new else "")
    kills, writes = _share_of(KILLS[base]), _share_of(WRITES)
    outcome = kill_and_count(stage, place / "log", kills=kills, writes=writes)
    raw[f"kills {base}"] = _raw(outcome)
    told, account = outcome.told, outcome.account
    starts = sorted(outcome.starts)
    return [
        (
            "R1",
            f"acknowledged writes lost, {base}",
            f"{account.lost} of {len(told)} over {outcome.killed} kills; effects lost {account.effects_lost}, done"
            f" twice {account.effects_doubled}; index lacks {account.index_lacks}",
            account.is_clean and len(told) >= writes,
        ),
        (
            "R5",
            f"doubled after sending again, {base}",
            f"{account.doubled} of {len(told)}; {told.sent_again} were sent again",
            account.doubled == 0,
        ),
        (
            "R8",
            f"start after kill -9, {base}",
            f"longest {starts[-1]:.1f} s of {len(starts)}; all delivered {account.settled_in:.0f} s after the last",
            starts[-1] <= 5 and account.settled_in <= 60,
        ),
    ]


def _raw(outcome: Outcome) -> dict[str, Any]:
    told = outcome.told
    return {
        "kills": outcome.kills, "acknowledged": len(told), "sent again": told.sent_again, "refused": told.refused,
        "starts": outcome.starts, "account": asdict(outcome.account),
    }  # fmt: skip


def _backups(base: str, new: NewDatabase | None, raw: dict[str, Any]) -> list[Row]:
    place = _place("backups", base)
    stage = set_stage(place / "data", new() if new else "")
    figures = take_and_restore(stage, place / "log", times=_share_of(BACKUPS, least=2), new_database=new)
    raw[f"backups {base}"] = asdict(figures)
    told = (
        f"{figures.consistent} of {figures.taken} restores whole; backup {figures.longest_backup:.1f} s,"
        f" restore {figures.longest_restore:.1f} s at {figures.megabytes:.1f} MB"
    )
    return [("R6", f"backup while writing, {base}", told, figures.consistent == figures.taken)]


def _upgrades(base: str, new: NewDatabase | None, raw: dict[str, Any]) -> list[Row]:
    place = _place("upgrades", base)
    figures = upgrade_and_kill(
        place / "data", new() if new else "", texts=_share_of(TEXTS), kills=_share_of(UPGRADE_KILLS, least=3)
    )
    raw[f"upgrades {base}"] = asdict(figures)
    told = (
        f"{figures.texts} texts from the first schema in {figures.seconds:.0f} s; tables changed"
        f" {figures.rows_changed}; killed {figures.kills} times before"
    )
    is_right = figures.is_as_the_models and not figures.rows_changed and figures.seconds <= 600
    return [("R7", f"upgrade, {base}", told, is_right)]


def _degraded(base: str, new: NewDatabase | None, raw: dict[str, Any]) -> list[Row]:
    place = _place("degraded", base)
    stage = set_stage(place / "data", new() if new else "")
    seconds = max(4.0, 30 * SHARE)
    found = [
        lose_index(stage, place / "log", seconds=seconds),
        lose_mail(stage, place / "log", seconds=seconds, hangs=False),
        lose_mail(stage, place / "log", seconds=seconds, hangs=True),
        None if new else fill_disk(place / "disk", place / "log", seconds=seconds),
    ]
    raw[f"degraded {base}"] = [asdict(one) for one in found if one]
    return [
        (
            "R9",
            f"{one.what}, {base}",
            f"{one.reads - one.reads_failed} of {one.reads} pages came; {one.writes} writes; refused"
            f" {one.refused or 'none'}; well again after {one.healed_in:.0f} s",
            not one.reads_failed and one.healed_in <= HEALED_WITHIN and one.is_clean,
        )
        for one in found
        if one
    ]


def _load(base: str, new: NewDatabase | None, raw: dict[str, Any]) -> list[Row]:
    place, requests = _place("load", base), _share_of(REQUESTS[base])
    figures = load(place / "data", new() if new else "", place / "log", requests=requests, share=min(1.0, SHARE))
    raw[f"load {base}"] = asdict(figures)
    each = ", ".join(f"{what} {ms:.0f}" for what, ms in figures.read_ms_of.items())
    is_quick = figures.read_ms <= 300 and figures.write_ms <= 500
    return [
        (
            "R12",
            f"fifty people, {base}",
            f"{figures.errors} errors in {figures.reads} pages and {figures.writes} writes {figures.failed or ''};"
            f" p95 {figures.read_ms:.0f} ms read ({each}), {figures.write_ms:.0f} ms write",
            not figures.errors and figures.account.is_clean and (is_quick or base != "SQLite"),  # R12 asks it of SQLite
        ),
        (
            "R13",
            f"the dearest request, {base}",
            f"{figures.cpu_seconds:.2f} s CPU, {figures.grown_mb:.0f} MB more",
            figures.cpu_seconds <= 1 and figures.grown_mb <= 150,
        ),
    ]


def _show(rows: list[Row]) -> None:
    print(f"\n{'id':<4} {'figure':<48} {'':<4} measured")
    for number, figure, measured, is_right in rows:
        print(f"{number:<4} {figure:<48} {'ok' if is_right else 'NOT':<4} {measured}")
    print(f"\nRaw numbers: {FOLDER / 'raw.json'}")


if __name__ == "__main__":
    main()
