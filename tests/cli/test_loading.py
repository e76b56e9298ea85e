"""What the server loads before it answers: what stands in memory for nothing makes every start longer, too."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys
from cop.app import create_app
import cop.cli.running, cop.cli.serving
create_app()
print(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    settings = {"COP_DATA": str(tmp_path_factory.mktemp("loading")), "COP_DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM],
        env={**os.environ, **settings}, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return set(json.loads(done.stdout))


def test_the_server_loads_every_page_before_it_forks(loaded: set[str]) -> None:
    assert {"cop.web.threads", "cop.web.search", "cop.cli.server"} <= loaded


@pytest.mark.parametrize(
    "needless", ["alembic", "cop.cli.backing_up", "cop.demo.content", "cop.platform.migrating", "tarfile"]
)
def test_the_server_leaves_alone_what_no_page_needs(loaded: set[str], needless: str) -> None:
    assert needless not in loaded
