"""R1, R5: fifty times kill -9 at random moments while eight people write. `make bench-endurance` does it oftener."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.endurance.kills import kill_and_count
from bench.endurance.stage import set_stage


@pytest.mark.parametrize(("kind", "kills"), [("sqlite", 34), ("postgresql", 16)])
def test_nothing_acknowledged_is_lost_or_doubled_when_everything_is_killed(
    tmp_path: Path, postgresql: Callable[[], str], kind: str, kills: int
) -> None:
    stage = set_stage(tmp_path / "data", postgresql() if kind == "postgresql" else "")

    outcome = kill_and_count(stage, tmp_path / "log", kills=kills, writes=3 * kills, whole_every=12, longest=0.4)

    assert outcome.killed == kills
    assert outcome.told.sent_again > 0
    assert outcome.account.is_clean, outcome.account
    assert set(outcome.told.refused) <= {0, 503}, outcome.told.refused
