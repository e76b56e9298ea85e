"""The guide names everything an operator can set or run."""

from __future__ import annotations

import re
from pathlib import Path

import click

from cop.cli import Commands
from cop.settings import variables

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")


def _names(commands: list[click.Command], before: str = "") -> list[str]:
    names = []
    for command in commands:
        name = f"{before}{command.name}"
        names += _names(list(command.commands.values()), f"{name} ") if isinstance(command, click.Group) else [name]
    return names


def test_every_setting_is_in_the_guide() -> None:
    assert [name for name in variables() if f"`{name}`" not in GUIDE] == []


def test_the_guide_speaks_of_no_setting_that_is_not_there() -> None:
    assert set(re.findall(r"`(COP_[A-Z_]+)`", GUIDE)) == set(variables())


def test_every_command_is_in_the_guide() -> None:
    commands = Commands()
    asked = click.Context(commands)
    names = _names([found for name in commands.list_commands(asked) if (found := commands.get_command(asked, name))])
    missing = [name for name in names if not all(f"{word}" in GUIDE for word in name.split())]

    assert missing == []
    assert len(names) >= 10


def test_the_lock_file_is_a_plain_list_of_versions() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split("\n")

    assert [line for line in lines if line and not re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.+-]+", line)] == []
