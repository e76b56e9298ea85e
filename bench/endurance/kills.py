"""kill -9 at random moments while eight people write, and what is left (R1, R5, R8)."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.endurance.account import Account, draw_up
from bench.endurance.servers import Server
from bench.endurance.stage import Stage
from bench.endurance.writers import Told, Writers

SHORTEST, LONGEST = 0.05, 1.5  # seconds between two kills


@dataclass
class Outcome:
    """What was done, what was acknowledged, how long starts took, and the balance."""

    kills: dict[str, int]
    told: Told
    account: Account
    starts: list[float] = field(default_factory=list)

    @property
    def killed(self) -> int:
        return sum(self.kills.values())


def kill_and_count(
    stage: Stage, log: Path, *, kills: int, writes: int, whole_every: int = 4, longest: float = LONGEST, seed: int = 1
) -> Outcome:
    """Kill so often, and go on until so many writes are acknowledged.

    Args:
        whole_every: every so many kills the server itself goes too and is started anew; the other times it stays, and
            starts what was killed of its web processes and its worker.
        longest: the most seconds between two kills; the moment is random.
    """
    chance, server = random.Random(seed), Server(stage.environment, log)
    done, starts = {"everything": 0, "web processes": 0, "worker": 0, "web and worker": 0}, [server.start()]
    writers = Writers(stage, server.port)
    writers.start()
    try:
        for number in range(1, kills + 1):
            time.sleep(chance.uniform(SHORTEST, longest))
            if number % whole_every == 0:
                server.kill_everybody()
                starts.append(server.start())
                done["everything"] += 1
                continue
            (what,) = chance.choices(("web processes", "worker", "web and worker"), (3, 1, 1))
            server.kill_some(web="web" in what, worker="worker" in what)
            done[what] += 1
            _wait_for_answer(server)
        while len(writers.told) < writes:
            time.sleep(0.1)
    finally:
        writers.stop()
    account = draw_up(stage, writers.told)
    server.end()
    return Outcome(done, writers.told, account, starts)


def _wait_for_answer(server: Server) -> None:
    ends = time.monotonic() + 30
    while not server.answers("/healthz") and time.monotonic() < ends:
        time.sleep(0.02)
